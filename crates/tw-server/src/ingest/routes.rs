//! Routes of collectors.
//!
//! **Room:** layer 2, shell. **May use:** `tw-api`, `tw-ingest`.

use super::actions::{self, ConfigError};
use crate::{
    access::{accounts::store, caller::Who},
    http::{
        call::{Answer, Call, Outcome, header_text},
        refusal::Refusal,
        route::{Route, bind},
    },
};
use axum::http::{HeaderName, HeaderValue, header};
use serde_json::Value;
use tw_api::{AnyJson, CborBody, Endpoint, Json, endpoints as e};
use tw_collect::seal::SealKey;
use tw_units::CollectorId;

/// Jobs that may wait for the store's writer before batches are turned away.
const QUEUE_LENGTH_BUSY: u64 = 128;
/// Seconds after which a collector that was turned away may come again.
const BUSY_SECONDS: u64 = 5;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        bind::<e::IngestConfig, _, _>(config),
        bind::<e::IngestBatch, _, _>(batch),
    ]
}

fn who<E: Endpoint>(call: &Call<E>) -> Result<(CollectorId, SealKey), Refusal> {
    match &call.caller.who {
        Who::Collector { id, seal_key, .. } => Ok((id.clone(), SealKey::from_bytes(*seal_key))),
        _ => Err(Refusal::forbidden(
            "not_a_collector",
            "only a collector's token works here",
        )),
    }
}

async fn config(call: Call<e::IngestConfig>) -> Outcome<Json<AnyJson>> {
    let (collector, key) = who(&call)?;
    let version = call.app.config_version().await.map_err(|e| store(&e))?;
    let tag = format!("\"{version}\"");
    if header_text(&call.headers, &header::IF_NONE_MATCH) == tag {
        return Err(Refusal::not_modified());
    }
    let config =
        call.app
            .collector_config(&collector, &key)
            .await
            .map_err(|cause| match cause {
                ConfigError::Unknown(id) => Refusal::not_found("collector", id.as_str()),
                ConfigError::Store(cause) => store(&cause),
            })?;
    let json = serde_json::to_value(&config).map_err(|e| Refusal::internal(&e))?;
    let etag = HeaderValue::from_str(&tag).map_err(|e| Refusal::internal(&e))?;
    Ok(Answer::from(Json(AnyJson(json))).header(header::ETAG, etag))
}

async fn batch(call: Call<e::IngestBatch>) -> Outcome<Json<AnyJson>> {
    let (collector, _) = who(&call)?;
    if call.app.store.stats().queue_length > QUEUE_LENGTH_BUSY {
        return Err(Refusal::busy(BUSY_SECONDS));
    }
    if !call.app.world().knows_collector(&collector) {
        return Err(Refusal::forbidden(
            "unknown_collector",
            "no site has this collector",
        ));
    }
    let encoding = header_text(&call.headers, &HeaderName::from_static("content-encoding"));
    let CborBody(body) = &call.body;
    let batches = actions::unpack(body, encoding)?;
    let ack = call.app.apply_run(&collector, batches).await;
    let ack = ack.map_err(|cause| actions::not_applied(&cause))?;
    let json: Value = serde_json::to_value(&ack).map_err(|e| Refusal::internal(&e))?;
    // Readings are no change of the register: the audit log is for what people and programs do.
    Ok(Answer::from(Json(AnyJson(json))).audited())
}
