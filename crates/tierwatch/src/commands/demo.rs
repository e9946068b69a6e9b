//! `tierwatch demo`: the model case on this machine, with simulated devices that answer real
//! SNMP, one collector process per site, and the server.
//!
//! **Room:** layer 3. **May use:** every room. **Must not:** write readings to the store by any
//! other way than the collectors'.

mod feed;
mod folder;
mod past;
mod sites;
mod works;

use crate::{
    clock, logging,
    outcome::{Failure, Outcome, say},
    running,
};
use anyhow::Context;
use clap::Args;
use feed::Feed;
use std::{net::SocketAddr, path::PathBuf, sync::Arc};
use tokio_util::sync::CancellationToken;
use tw_model::{Absent, Register};
use tw_server::{App, MonthsHeld, Server, Settings};
use tw_sim::{agent::AgentSettings, world::World};
use tw_store::Author;
use tw_units::{Timestamp, WallClock};

/// The community of the simulated devices; it is no secret.
const COMMUNITY: &str = "tierwatch-demo";

/// Run the model case: three simulated sites, polled over real SNMP on loopback.
///
/// The first line on standard output has the link to sign in with; it works once. The data
/// folder is made anew at each start. Incidents play by themselves: within the first minutes a
/// link flaps, a device restarts with re-numbered interfaces, a site is cut off and later
/// delivers what it kept, and a UPS runs on battery.
#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// Where the console listens; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8420")]
    listen: SocketAddr,
    /// The folder that is made anew for the demo's data.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Another seed plays other curves and other incidents.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// The demo begins at this instant instead of now: 2026-11-22T03:00:00Z.
    #[arg(long, value_name = "TIME")]
    now: Option<Timestamp>,
    /// Another organisation than the built-in model case.
    #[arg(long, value_name = "DIR")]
    inventory: Option<PathBuf>,
    /// Leave the history out; live readings only.
    #[arg(long)]
    no_history: bool,
    #[command(flatten)]
    log: logging::LogArgs,
}

/// Runs until it is told to end.
pub(crate) fn run(args: &DemoArgs) -> Outcome {
    logging::init(&args.log);
    if !args.listen.ip().is_loopback() {
        return Err(Failure::input(format!(
            "--listen {}: the demo listens on loopback only, as 127.0.0.1:8420",
            args.listen
        )));
    }
    let data = folder::prepare(args.data.as_deref())?;
    let inventory = match &args.inventory {
        Some(own) => own.clone(),
        None => folder::unpack_model_case(&data)?,
    };
    let mut register = super::check::load(&inventory)?.register;
    folder::write_community(&data, COMMUNITY, &mut register)?;
    let offset_ms = clock::offset_ms(args.now);
    running::block_on(|cancel| async move {
        let demo = Demo {
            wall: clock::wall_clock_moved(offset_ms),
            data,
            register: Arc::new(register),
            seed: args.seed,
            offset_ms,
        };
        demo.play(args.listen, !args.no_history, cancel).await
    })
}

/// What the parts of the demo share.
struct Demo {
    wall: WallClock,
    data: PathBuf,
    register: Arc<Register>,
    seed: u64,
    offset_ms: i64,
}

impl Demo {
    async fn play(
        self,
        listen: SocketAddr,
        history: bool,
        cancel: CancellationToken,
    ) -> anyhow::Result<()> {
        let settings = Settings {
            listen,
            data: self.centre_data(),
            ..Settings::default()
        };
        let server = Server::open(settings, self.wall.clone()).await?;
        let (app, centre) = (server.app(), server.address()?);
        self.fill(&app).await?;
        let world = World::new(
            Register::clone(&self.register),
            self.seed,
            self.wall.clone(),
        );
        let access = |device: &tw_model::Device| {
            device.credential.as_ref().map(|_| AgentSettings {
                communities: vec![COMMUNITY.into()],
                ..AgentSettings::default()
            })
        };
        // Agents, relays and processes end when these go.
        let _running = world
            .spawn(access)
            .await
            .context("cannot start the simulated devices")?;
        let _sites = sites::start(&self, &world, centre).await?;
        let link = server
            .first_link(true)
            .await?
            .context("the demo always has a first link")?;
        say(format!("Tierwatch demo: {link}"));
        for work in works::all(&world, &self.register) {
            app.play_maintenance(&work).await?;
        }
        if history {
            let known = Arc::clone(&self.register);
            let feed = Feed::new(Arc::clone(&app), world.clone(), known, self.seed);
            // The months of the history are closed by the centre's own job, when all is there.
            let held = app.hold_months();
            tokio::spawn(deliver(feed, held, cancel.clone()));
        }
        server.run(cancel).await?;
        Ok(())
    }

    /// Where the centre keeps its data.
    fn centre_data(&self) -> PathBuf {
        self.data.join("centre")
    }

    /// Puts the organisation into the register.
    async fn fill(&self, app: &App) -> anyhow::Result<()> {
        let present = app.store().load_register().await?;
        let plan = tw_model::plan(&self.register, &present.register, Absent::Delete);
        app.store()
            .apply_plan(plan, None, &Author::local("demo"))
            .await?;
        app.reload_register().await?;
        Ok(())
    }
}

/// Delivers the history, and lets the centre close its months when all of it is there.
async fn deliver(feed: Feed, held: MonthsHeld, cancel: CancellationToken) {
    if let Err(cause) = feed.run(cancel.clone()).await {
        tracing::error!(
            cause = format!("{cause:#}"),
            "the simulated history ended early"
        );
    }
    drop(held);
}
