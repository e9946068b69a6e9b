//! `tierwatch collect`: the collector of a site, as a process of its own.
//!
//! **Room:** layer 3. **May use:** `tw-collect`, `tw-config`.

use crate::{
    clock, logging,
    outcome::{Failure, Outcome},
    running,
};
use anyhow::Context;
use clap::Args;
use serde::Deserialize;
use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
};
use tw_collect::{
    centre_http::HttpCentre,
    collector::{self, CollectorSettings},
};
use tw_units::SiteId;

/// The longest token that is read.
const TOKEN_BYTES_MAX: u64 = 4_096;

/// Poll a site and deliver to the centre, for ever, with or without it.
#[derive(Debug, Args)]
pub(crate) struct CollectArgs {
    /// The collector's settings: site, centre, `token_file`, data.
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// Milliseconds by which the wall clock is moved; the demo and tests pass theirs on.
    #[arg(
        long,
        value_name = "MS",
        default_value_t = 0,
        hide = true,
        allow_negative_numbers = true
    )]
    clock_offset_ms: i64,
    #[command(flatten)]
    log: logging::LogArgs,
}

/// The file that `--config` names.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CollectFile {
    /// The site that it stands at, as in the inventory.
    pub(crate) site: SiteId,
    /// The centre's address.
    pub(crate) centre: String,
    /// The file with the collector's token.
    pub(crate) token_file: PathBuf,
    /// Where spool and last good configuration lie.
    pub(crate) data: PathBuf,
    /// Where traps and informs of the site's devices are heard, as `0.0.0.0:162`; without it none
    /// are.
    #[serde(default)]
    pub(crate) traps: Option<SocketAddr>,
    /// The organisation's own certificate authorities, PEM: for the centre and for what TLS
    /// endpoints show.
    #[serde(default)]
    pub(crate) authority: Option<PathBuf>,
}

/// Runs until it is told to end.
pub(crate) fn run(args: &CollectArgs) -> Outcome {
    logging::init(&args.log);
    let file: CollectFile = tw_config::read_settings(&args.config).map_err(Failure::input)?;
    let token = token(&file.token_file)?;
    let authority = file
        .authority
        .as_deref()
        .map(|path| fs::read(path).with_context(|| format!("cannot read {}", path.display())))
        .transpose()?;
    let centre = HttpCentre::new(&file.centre, &token, authority.as_deref())
        .map_err(|cause| Failure::input(format!("{}: {cause}", args.config.display())))?;
    let mut settings = CollectorSettings::new(&file.data, token, env!("CARGO_PKG_VERSION"));
    settings.traps = file.traps;
    settings.authority_pem = authority;
    tracing::info!(site = %file.site, centre = file.centre, "collector starts");
    running::block_on(|cancel| async move {
        let wall = clock::wall_clock_moved(args.clock_offset_ms);
        collector::run(settings, Arc::new(centre), wall, cancel).await?;
        anyhow::Ok(())
    })
}

fn token(path: &Path) -> Result<String, Failure> {
    let wrong = |what: &str| Failure::input(format!("{}: {what}", path.display()));
    let length = fs::metadata(path)
        .with_context(|| format!("cannot read the token file {}", path.display()))?
        .len();
    if length > TOKEN_BYTES_MAX {
        return Err(wrong("this is no token: the file is too long"));
    }
    let text = fs::read_to_string(path)
        .with_context(|| format!("cannot read the token file {}", path.display()))?;
    let token = text.trim();
    if token.is_empty() {
        return Err(wrong(
            "the file is empty; it must hold the collector's token",
        ));
    }
    Ok(token.to_owned())
}
