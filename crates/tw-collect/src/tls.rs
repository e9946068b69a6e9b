//! Looks at TLS endpoints every so often: which protocol they speak, which certificate they show,
//! and whether it leads to an authority that is known.
//!
//! **Room:** layer 1. **May use:** `tw-ingest`, `tw-units`. **Must not:** judge; the centre does.
//!
//! ```text
//! TlsProber ──one task──► TCP ──► endpoint, one after the other
//!               └── an observation for each that spoke ──► batcher
//! ```

mod certificate;
mod der;
mod handshake;

#[cfg(test)]
mod tests;

use handshake::{ProbeError, Prober};
use rustls::{
    RootCertStore,
    pki_types::{CertificateDer, pem::PemObject},
};
use std::{sync::Arc, time::Duration};
use tokio::{
    sync::mpsc,
    task::JoinSet,
    time::{MissedTickBehavior, interval},
};
use tokio_util::sync::CancellationToken;
use tw_ingest::{Observation, Record, TlsTarget, seen::Seen};
use tw_units::WallClock;

/// The time between two looks at an endpoint.
pub const LOOK_EVERY: Duration = Duration::from_secs(3_600);

/// Endpoints that one collector looks at; further ones are told in the log and left out.
pub const ENDPOINTS_MAX: usize = 200;

/// Why the authorities cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum AuthorityError {
    /// Not PEM.
    #[error("the certificate authority file is no PEM")]
    Pem(#[source] rustls::pki_types::pem::Error),
    /// PEM of something else than a certificate.
    #[error("the certificate authority file holds no certificate that can be used")]
    Certificate(#[source] rustls::Error),
    /// No certificate at all.
    #[error("the certificate authority file holds no certificate")]
    Empty,
}

/// The public authorities, and the organisation's own ones.
pub fn authorities(own_pem: Option<&[u8]>) -> Result<RootCertStore, AuthorityError> {
    let mut roots = RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
    };
    if let Some(pem) = own_pem {
        let public = roots.len();
        for certificate in CertificateDer::pem_slice_iter(pem) {
            let certificate = certificate.map_err(AuthorityError::Pem)?;
            roots
                .add(certificate)
                .map_err(AuthorityError::Certificate)?;
        }
        if roots.len() == public {
            return Err(AuthorityError::Empty);
        }
    }
    Ok(roots)
}

/// Looks at the TLS endpoints of a collector.
#[derive(Debug)]
pub struct TlsProber {
    roots: RootCertStore,
    records: mpsc::Sender<Record>,
    wall: WallClock,
    running: Option<(Vec<TlsTarget>, CancellationToken)>,
}

impl TlsProber {
    /// A prober without endpoints.
    pub fn new(roots: RootCertStore, records: mpsc::Sender<Record>, wall: WallClock) -> Self {
        Self {
            roots,
            records,
            wall,
            running: None,
        }
    }

    /// Looks at these endpoints from now on. When they are the same as before, nothing happens.
    pub fn replace(
        &mut self,
        mut targets: Vec<TlsTarget>,
        tasks: &mut JoinSet<()>,
        cancel: &CancellationToken,
    ) {
        let left_out = targets.len().saturating_sub(ENDPOINTS_MAX);
        if left_out > 0 {
            tracing::warn!(left_out, "more TLS endpoints than one collector looks at");
            targets.truncate(ENDPOINTS_MAX);
        }
        if let Some((running, stop)) = &self.running {
            if *running == targets {
                return;
            }
            stop.cancel();
        }
        let prober = match Prober::new(self.roots.clone()) {
            Ok(prober) => Arc::new(prober),
            Err(cause) => {
                tracing::error!(cause = %crate::chain(&cause), "TLS endpoints are not looked at");
                return;
            }
        };
        let stop = cancel.child_token();
        let rounds = Rounds {
            prober,
            targets: targets.clone(),
            records: self.records.clone(),
            wall: self.wall.clone(),
        };
        tasks.spawn(rounds.run(stop.clone()));
        self.running = Some((targets, stop));
    }
}

struct Rounds {
    prober: Arc<Prober>,
    targets: Vec<TlsTarget>,
    records: mpsc::Sender<Record>,
    wall: WallClock,
}

impl Rounds {
    async fn run(self, stop: CancellationToken) {
        let mut due = interval(LOOK_EVERY);
        due.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                _ = due.tick() => {}
            }
            for target in &self.targets {
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = self.look(target) => {}
                }
            }
        }
    }

    /// Looks at one endpoint. One that cannot be reached is not reported: what it last showed
    /// stands, with its time.
    async fn look(&self, target: &TlsTarget) {
        let at = self.wall.now();
        match self.prober.look(target, at).await {
            Ok(seen) => {
                let observation = Observation {
                    target: target.key(),
                    at,
                    seen: Seen::Tls(Box::new(seen)),
                };
                // The batcher outlives the prober.
                self.records
                    .send(Record::Observation(observation))
                    .await
                    .ok();
            }
            Err(cause @ (ProbeError::Unreachable { .. } | ProbeError::Ours(_))) => {
                let (device, cause) = (&target.device, crate::chain(&cause));
                tracing::info!(%device, cause, "a TLS endpoint was not looked at");
            }
        }
    }
}
