//! The collector inside the centre's own process, for sites that name none: it hands its batches
//! to the same function that the network uses.
//!
//! **Room:** layer 3. **May use:** `tw-collect`, `tw-server`.

use anyhow::Context;
use std::{
    fs, io::Write as _, net::SocketAddr, os::unix::fs::OpenOptionsExt, path::Path, sync::Arc,
};
use tokio_util::sync::CancellationToken;
use tw_collect::{
    collector::{self, CollectorSettings},
    delivery::{Centre, Delivered},
    seal::SealKey,
};
use tw_ingest::{Batch, CollectorConfig};
use tw_server::{App, CENTRE_COLLECTOR, ConfigError};
use tw_store::ApplyError;
use tw_units::{CollectorId, WallClock};

/// The centre, called directly.
struct InProcess {
    app: Arc<App>,
    collector: CollectorId,
    key: SealKey,
}

impl Centre for InProcess {
    async fn deliver(&self, batches: Vec<Batch>) -> Delivered {
        match self.app.apply_run(&self.collector, batches).await {
            Ok(ack) => Delivered::Taken(ack),
            Err(ApplyError::OutOfOrder { expected }) => Delivered::OutOfOrder { expected },
            Err(cause) => Delivered::Unreachable {
                reason: cause.to_string(),
            },
        }
    }

    async fn config(&self, known: u64) -> Result<Option<CollectorConfig>, String> {
        match self.app.collector_config(&self.collector, &self.key).await {
            Ok(config) => Ok((config.version != known).then_some(config)),
            // Every site has a collector of its own: there is nothing to do yet.
            Err(ConfigError::Unknown(_)) => Ok(None),
            Err(cause) => Err(cause.to_string()),
        }
    }
}

/// Runs the built-in collector until it is cancelled.
pub(super) async fn run(
    app: Arc<App>,
    (data, traps, authority): (&Path, Option<SocketAddr>, Option<&Path>),
    wall: WallClock,
    cancel: CancellationToken,
) -> anyhow::Result<()> {
    let folder = data.join("own-collector");
    let token = token(&folder)?;
    let collector = CollectorId::new(CENTRE_COLLECTOR).context("the built-in name is a name")?;
    let key = SealKey::of_token(&token);
    let mut settings = CollectorSettings::new(folder, token, env!("CARGO_PKG_VERSION"));
    settings.traps = traps;
    settings.authority_pem = authority
        .map(|path| fs::read(path).with_context(|| format!("cannot read {}", path.display())))
        .transpose()?;
    collector::run(
        settings,
        Arc::new(InProcess {
            app,
            collector,
            key,
        }),
        wall,
        cancel,
    )
    .await?;
    Ok(())
}

/// What seals the kept configuration; drawn once.
fn token(folder: &Path) -> anyhow::Result<String> {
    let path = folder.join("token");
    if let Ok(token) = fs::read_to_string(&path) {
        return Ok(token);
    }
    let at = || format!("cannot write {}", path.display());
    fs::create_dir_all(folder).with_context(at)?;
    let token = format!("{:032x}", rand::random::<u128>());
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&path)
        .with_context(at)?;
    file.write_all(token.as_bytes()).with_context(at)?;
    Ok(token)
}
