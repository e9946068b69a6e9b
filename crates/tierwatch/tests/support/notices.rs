//! A receiver of notices, as somebody's chat or ticket system would be one.
//!
//! **Room:** layer 3; tests.

use axum::{Json, Router, extract::State, routing::post};
use serde_json::Value;
use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

type Kept = Arc<Mutex<Vec<Value>>>;

/// Keeps what is posted to it.
pub struct Notices {
    pub address: SocketAddr,
    kept: Kept,
}

impl Notices {
    /// Listens on a free port of the loopback until the test ends.
    pub async fn listen() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let kept = Kept::default();
        let router = Router::new()
            .route("/", post(keep))
            .with_state(Arc::clone(&kept));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, kept }
    }

    /// The messages so far: subject, what, begins or ends.
    pub fn told(&self) -> Vec<(Value, String, String)> {
        let word = |notice: &Value, name: &str| {
            let word = notice["message"][name].as_str();
            word.unwrap_or_default().to_owned()
        };
        let kept = self.kept.lock().unwrap();
        kept.iter()
            .map(|notice| {
                let subject = notice["message"]["subject"].clone();
                (subject, word(notice, "code"), word(notice, "kind"))
            })
            .collect()
    }
}

async fn keep(State(kept): State<Kept>, Json(notice): Json<Value>) {
    kept.lock().unwrap().push(notice);
}
