//! `tierwatch sim`: simulated agents for tests and for trying things out.
//!
//! **Room:** layer 3. **May use:** every room.

use crate::{
    clock::wall_clock,
    commands::check::load,
    outcome::{Failure, Outcome, say, say_json},
};
use anyhow::Context;
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use std::{net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};
use tw_sim::{
    agent::{Agent, AgentSettings},
    snmprec::Walk,
    world::World,
};
use tw_units::Timestamp;

/// What to simulate.
#[derive(Debug, Subcommand)]
pub(crate) enum SimCommand {
    /// Serve recorded walks (.snmprec), one agent a file, until interrupted.
    Serve(Serve),
    /// Serve all devices and circuits of an inventory, until interrupted.
    World(WorldArgs),
    /// Print what happens in the simulated world of an inventory, and when.
    Incidents(Incidents),
}

#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// Recorded walks.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Where the first agent listens; the others take the ports behind. With port 0 all ports
    /// are free ones.
    #[arg(long, default_value = "127.0.0.1:16161")]
    listen: SocketAddr,
    #[command(flatten)]
    access: Access,
}

#[derive(Debug, Args)]
pub(crate) struct WorldArgs {
    #[command(flatten)]
    world: Seeded,
    #[command(flatten)]
    access: Access,
}

#[derive(Debug, Args)]
pub(crate) struct Incidents {
    #[command(flatten)]
    world: Seeded,
    /// How many hours of the past; the last two days without it.
    #[arg(long, default_value_t = 48)]
    hours_before: u32,
    /// How many hours of what is to come.
    #[arg(long, default_value_t = 1)]
    hours_after: u32,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
struct Seeded {
    /// The folder of an inventory.
    inventory: PathBuf,
    /// Another seed is another story.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The instant at which the world starts, instead of now.
    #[arg(long)]
    now: Option<Timestamp>,
}

#[derive(Debug, Args)]
struct Access {
    /// Community of v1 and v2c.
    #[arg(
        long,
        default_value = "public",
        env = "TW_SNMP_COMMUNITY",
        hide_env_values = true
    )]
    community: String,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub(crate) fn run(command: SimCommand) -> Outcome {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .context("cannot start the runtime")?;
    match command {
        SimCommand::Serve(args) => runtime.block_on(serve(args)),
        SimCommand::World(args) => runtime.block_on(world(args)),
        SimCommand::Incidents(args) => incidents(&args),
    }
}

async fn serve(args: Serve) -> Outcome {
    let clock = wall_clock(None);
    let mut agents = Vec::new();
    let mut told = Vec::new();
    for (place, file) in args.files.iter().enumerate() {
        let text =
            std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
        let walk = Walk::parse(&String::from_utf8_lossy(&text), clock.now());
        let bad = |(line, why): &(usize, &str)| format!("{}:{line}: {why}", file.display());
        if !walk.problems.is_empty() {
            return Err(Failure::BadInput(walk.problems.iter().map(bad).collect()));
        }
        let (varbinds, duplicates) = (walk.len(), walk.duplicates);
        let bind = behind(args.listen, place)?;
        let agent = Agent::spawn(bind, settings(&args.access), Arc::new(walk), clock.clone());
        let agent = agent
            .await
            .with_context(|| format!("cannot listen on {bind}"))?;
        told.push(json!({
            "file": file, "address": agent.address(),
            "varbinds": varbinds, "duplicates": duplicates,
        }));
        agents.push(agent);
    }
    until_interrupted(&args.access, told).await
}

/// The address of the `place`-th agent.
fn behind(listen: SocketAddr, place: usize) -> Result<SocketAddr, Failure> {
    if listen.port() == 0 {
        return Ok(listen);
    }
    let port = u16::try_from(place)
        .ok()
        .and_then(|place| listen.port().checked_add(place));
    let port = port.ok_or_else(|| Failure::input(format!("too few ports behind {listen}")))?;
    Ok(SocketAddr::new(listen.ip(), port))
}

async fn world(args: WorldArgs) -> Outcome {
    let world = built(&args.world)?;
    let running = world
        .spawn(|_| Some(settings(&args.access)))
        .await
        .map_err(anyhow::Error::from)?;
    let told = running
        .agents()
        .map(|(device, agent)| json!({"device": device, "address": agent.address()}))
        .collect();
    until_interrupted(&args.access, told).await
}

fn incidents(args: &Incidents) -> Outcome {
    let world = built(&args.world)?;
    let hours = |count: u32| Duration::from_secs(u64::from(count) * 3_600);
    let from = world.start().minus(hours(args.hours_before));
    let to = world.start().plus(hours(args.hours_after));
    let found = world.incidents(from, to);
    if args.json {
        let told: Vec<Value> = found
            .iter()
            .map(|incident| {
                let what = format!("{:?}", incident.what);
                json!({"from": incident.from, "to": incident.to, "what": what})
            })
            .collect();
        return say_json(&json!({"incidents": told}));
    }
    for incident in found {
        say(format_args!(
            "{}  {}  {:?}",
            incident.from, incident.to, incident.what
        ));
    }
    Ok(())
}

fn built(args: &Seeded) -> Result<World, Failure> {
    let inventory = load(&args.inventory)?;
    Ok(World::new(
        inventory.register,
        args.seed,
        wall_clock(args.now),
    ))
}

fn settings(access: &Access) -> AgentSettings {
    AgentSettings {
        communities: vec![access.community.clone().into_bytes()],
        ..AgentSettings::default()
    }
}

/// Says who listens where, and waits.
async fn until_interrupted(access: &Access, told: Vec<Value>) -> Outcome {
    if access.json {
        say_json(&json!({"agents": told, "simulated": true}))?;
    } else {
        for agent in &told {
            let name = agent.get("file").or_else(|| agent.get("device"));
            let name = name.and_then(Value::as_str).unwrap_or_default();
            let address = agent
                .get("address")
                .and_then(Value::as_str)
                .unwrap_or_default();
            say(format_args!("{address:<24} {name}"));
        }
    }
    tokio::signal::ctrl_c()
        .await
        .context("cannot wait for an interrupt")?;
    Ok(())
}
