//! The server: listens, runs the jobs, ends in order.
//!
//! **Room:** layer 2, shell. **May use:** every room of the server. **Must not:** end the process.

use crate::{
    alert::notify::Channels,
    app::{App, AppError},
    jobs,
    session::actions::{FIRST_ACCOUNT, ensure_first_account, make_link},
    settings::Settings,
};
use axum_server::{Handle, tls_rustls::RustlsConfig};
use std::{
    net::{SocketAddr, TcpListener},
    sync::Arc,
    time::Duration,
};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tw_store::Author;
use tw_units::WallClock;

/// Open requests have so long to end when the server ends.
const GOODBYE: Duration = Duration::from_secs(3);

/// Why the server did not start, or ended.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// The settings.
    #[error("the settings are wrong: {}", .0.join("; "))]
    Settings(Vec<String>),
    /// The data directory.
    #[error(transparent)]
    App(#[from] AppError),
    /// A channel for notices.
    #[error("cannot set up a channel for notices")]
    Notify(#[from] tw_notify::SettingsError),
    /// The address.
    #[error("cannot listen on {address}")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// Why.
        #[source]
        cause: std::io::Error,
    },
    /// The certificate or its key.
    #[error("cannot use the certificate {cert}")]
    Tls {
        /// Which.
        cert: String,
        /// Why.
        #[source]
        cause: std::io::Error,
    },
    /// The first link.
    #[error("cannot make the first link: {0}")]
    FirstLink(String),
    /// It broke off.
    #[error("the server broke off")]
    Serve(#[source] std::io::Error),
}

/// A server that listens already and is not served yet.
pub struct Server {
    app: Arc<App>,
    listener: TcpListener,
    channels: Channels,
}

impl Server {
    /// Checks the settings, opens the store and the address.
    pub async fn open(settings: Settings, wall: WallClock) -> Result<Self, ServerError> {
        let wrong = settings.validate();
        if !wrong.is_empty() {
            return Err(ServerError::Settings(wrong));
        }
        // A second call finds the first one's, which is the same.
        rustls::crypto::ring::default_provider()
            .install_default()
            .ok();
        let channels = Channels::new(&settings.notify, &wall)?;
        let address = settings.listen;
        let listen = |cause| ServerError::Listen { address, cause };
        let app = App::open(settings, wall).await?;
        let listener = TcpListener::bind(address).map_err(listen)?;
        listener.set_nonblocking(true).map_err(listen)?;
        Ok(Self {
            app,
            listener,
            channels,
        })
    }

    /// What the handlers share: for a collector in the same process, and for tests.
    pub fn app(&self) -> Arc<App> {
        Arc::clone(&self.app)
    }

    /// Where it listens.
    pub fn address(&self) -> Result<SocketAddr, ServerError> {
        self.listener.local_addr().map_err(ServerError::Serve)
    }

    /// A link with which somebody becomes the administrator, once. Always with `always` (the
    /// demo); otherwise only while nobody has a password.
    pub async fn first_link(&self, always: bool) -> Result<Option<String>, ServerError> {
        let wrong = |detail: String| ServerError::FirstLink(detail);
        let author = Author::local("system");
        let store = &self.app.store;
        ensure_first_account(store, &author)
            .await
            .map_err(|e| wrong(e.detail))?;
        let accounts = store.accounts().await.map_err(|e| wrong(e.to_string()))?;
        if !always
            && accounts
                .iter()
                .any(|account| account.password_hash.is_some())
        {
            return Ok(None);
        }
        let about = (FIRST_ACCOUNT, self.app.now());
        let (path, _) = make_link(store, about, &author)
            .await
            .map_err(|e| wrong(e.detail))?;
        let scheme = if self.app.tls() { "https" } else { "http" };
        Ok(Some(format!("{scheme}://{}{path}", self.address()?)))
    }

    /// Serves until `cancel`. A job that panics ends the server.
    pub async fn run(self, cancel: CancellationToken) -> Result<(), ServerError> {
        let mut tasks = JoinSet::new();
        jobs::spawn(&self.app, self.channels, &mut tasks, &cancel);
        let handle = Handle::new();
        let farewell = handle.clone();
        let ends = cancel.clone();
        tasks.spawn(async move {
            ends.cancelled().await;
            farewell.graceful_shutdown(Some(GOODBYE));
        });
        let service = self
            .app
            .router()
            .into_make_service_with_connect_info::<SocketAddr>();
        let tls = self.app.settings.tls.clone();
        let listener = self.listener;
        let serving = async move {
            match tls {
                None => {
                    axum_server::from_tcp(listener)?
                        .handle(handle)
                        .serve(service)
                        .await
                }
                Some(files) => {
                    let config = RustlsConfig::from_pem_file(&files.cert, &files.key).await?;
                    axum_server::from_tcp_rustls(listener, config)?
                        .handle(handle)
                        .serve(service)
                        .await
                }
            }
        };
        let outcome = tokio::select! {
            served = serving => served.map_err(ServerError::Serve),
            broken = first_panic(&mut tasks) => Err(ServerError::Serve(broken)),
        };
        cancel.cancel();
        while tasks.join_next().await.is_some() {}
        outcome
    }
}

/// Waits for a job that panics; jobs that end in order do not matter.
async fn first_panic(tasks: &mut JoinSet<()>) -> std::io::Error {
    loop {
        match tasks.join_next().await {
            Some(Err(cause)) if cause.is_panic() => return std::io::Error::other(cause),
            Some(_) => {}
            None => std::future::pending().await,
        }
    }
}
