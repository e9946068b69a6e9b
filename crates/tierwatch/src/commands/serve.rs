//! `tierwatch serve`: runs the centre.
//!
//! **Room:** layer 3. **May use:** every room.

mod own;

use crate::{
    clock,
    commands::check,
    logging,
    outcome::{Failure, Outcome, say},
    running,
};
use anyhow::Context;
use clap::Args;
use std::path::{Path, PathBuf};
use tokio_util::sync::CancellationToken;
use tw_config::SettingsError;
use tw_server::{InventoryError, Server, ServerError, Settings};
use tw_store::Author;
use tw_units::Timestamp;

/// Run the centre: API, console, ingest, alerts.
#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    /// The file with the settings: `listen`, `data`, `inventory`, `tls`, `notify`.
    #[arg(long)]
    config: PathBuf,
    /// Let the wall clock begin at this instant (RFC 3339).
    #[arg(long, hide = true)]
    now: Option<Timestamp>,
    #[command(flatten)]
    log: logging::LogArgs,
}

/// Runs the command until it is interrupted.
pub(crate) fn run(args: &ServeArgs) -> Outcome {
    let settings = read(&args.config)?;
    logging::init(&args.log);
    running::block_on(|cancel| serve(settings, args.now, cancel))
}

/// Reads the settings; paths in them are relative to the file.
fn read(path: &Path) -> Result<Settings, Failure> {
    let settings: Settings = tw_config::read_settings(path).map_err(|cause| match cause {
        SettingsError::Wrong { .. } => Failure::input(cause),
        SettingsError::Read { .. } => Failure::CouldNot(cause.into()),
    })?;
    let settings = beside(settings, path);
    let wrong = settings.validate();
    if wrong.is_empty() {
        return Ok(settings);
    }
    let named = |complaint: &String| format!("{}: {complaint}", path.display());
    Err(Failure::BadInput(wrong.iter().map(named).collect()))
}

/// The settings with their paths as they are meant: relative to the file at `path`.
pub(crate) fn beside(mut settings: Settings, path: &Path) -> Settings {
    let folder = path.parent().unwrap_or(Path::new("."));
    let beside = |file: &mut PathBuf| *file = folder.join(&*file);
    beside(&mut settings.data);
    settings.inventory.iter_mut().for_each(beside);
    settings.seal_key.iter_mut().for_each(beside);
    settings.authority.iter_mut().for_each(beside);
    if let Some(tls) = &mut settings.tls {
        beside(&mut tls.cert);
        beside(&mut tls.key);
    }
    settings
}

async fn serve(settings: Settings, now: Option<Timestamp>, cancel: CancellationToken) -> Outcome {
    let inventory = settings.inventory.clone();
    let (data, traps) = (settings.data.clone(), settings.traps);
    let authority = settings.authority.clone();
    let wall = clock::wall_clock(now);
    let server = Server::open(settings, wall.clone())
        .await
        .map_err(failure)?;
    if let Some(folder) = inventory {
        let inventory = check::load(&folder)?;
        let applied = server
            .app()
            .apply_inventory(&inventory, &Author::local("serve"))
            .await;
        let applied = applied.map_err(|cause| match cause {
            InventoryError::Wrong(problems) => {
                Failure::BadInput(problems.problems.iter().map(ToString::to_string).collect())
            }
            cause => Failure::CouldNot(cause.into()),
        })?;
        say(format!(
            "inventory: {} changes, revision {}",
            applied.changed, applied.revision
        ));
    }
    say(format!(
        "listening on {}",
        server.address().map_err(failure)?
    ));
    if let Some(link) = server.first_link(false).await.map_err(failure)? {
        say(format!(
            "nobody has a password yet; sign in once, within a day, at\n{link}"
        ));
    }
    let about = (data.as_path(), traps, authority.as_deref());
    let own = own::run(server.app(), about, wall, cancel.clone());
    let serving = async {
        let served = server.run(cancel.clone()).await.map_err(failure);
        cancel.cancel();
        served
    };
    let (served, collected) = tokio::join!(serving, own);
    served?;
    Ok(collected.context("the built-in collector")?)
}

fn failure(cause: ServerError) -> Failure {
    match cause {
        ServerError::Settings(wrong) => Failure::BadInput(wrong),
        cause => Failure::CouldNot(cause.into()),
    }
}
