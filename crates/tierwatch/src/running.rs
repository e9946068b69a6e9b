//! Long-running commands: the runtime, and the signals that end it.
//!
//! **Room:** layer 3. **May use:** nothing of ours.

use crate::outcome::{Failure, Outcome};
use anyhow::Context;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// Runs a future to its end; SIGINT and SIGTERM cancel its token.
pub(crate) fn block_on<F, E>(work: impl FnOnce(CancellationToken) -> F) -> Outcome
where
    F: Future<Output = Result<(), E>>,
    E: Into<Failure>,
{
    // Only the first of a process installs it; it is always the same.
    rustls::crypto::ring::default_provider()
        .install_default()
        .ok();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("cannot start the asynchronous runtime")?;
    runtime.block_on(async {
        let cancel = CancellationToken::new();
        tokio::spawn(end_on_signal(cancel.clone())?);
        work(cancel).await.map_err(Into::into)
    })
}

fn end_on_signal(cancel: CancellationToken) -> anyhow::Result<impl Future<Output = ()>> {
    let mut interrupt = signal(SignalKind::interrupt()).context("cannot listen for SIGINT")?;
    let mut terminate = signal(SignalKind::terminate()).context("cannot listen for SIGTERM")?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        tracing::info!("told to end");
        cancel.cancel();
    })
}
