//! Routes of sessions.
//!
//! **Room:** layer 2, shell. **May use:** `tw-api`.

use super::actions;
use crate::{
    access::{audit::author, secret},
    http::{
        call::{Answer, Call, Outcome},
        refusal::Refusal,
        route::{Route, bind},
    },
};
use axum::http::{HeaderValue, header};
use tw_api::{Json, Nothing, Session, endpoints as e};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        bind::<e::SessionCreate, _, _>(create),
        bind::<e::SessionGet, _, _>(get),
        bind::<e::SessionDelete, _, _>(delete),
        bind::<e::PasswordSet, _, _>(set_password),
    ]
}

fn cookie(value: &str, tls: bool) -> Result<HeaderValue, Refusal> {
    HeaderValue::from_str(&secret::set_cookie(value, tls)).map_err(|e| Refusal::internal(&e))
}

async fn create(call: Call<e::SessionCreate>) -> Outcome<Json<Session>> {
    let Json(how) = call.body;
    let signed_in = actions::sign_in(&call.app, how, &call.facts).await?;
    let cookie = cookie(&signed_in.cookie, call.app.tls())?;
    tracing::info!(account = signed_in.account, "signed in");
    Ok(Answer::from(Json(signed_in.session))
        .header(header::SET_COOKIE, cookie)
        .audited())
}

async fn get(call: Call<e::SessionGet>) -> Outcome<Json<Session>> {
    Ok(Json(actions::view(&call.caller)).into())
}

async fn delete(call: Call<e::SessionDelete>) -> Outcome<Nothing> {
    actions::sign_out(&call.app, &call.caller, &author(&call.caller, &call.facts)).await?;
    let cookie = cookie("", call.app.tls())?;
    Ok(Answer::from(Nothing)
        .header(header::SET_COOKIE, cookie)
        .audited())
}

async fn set_password(call: Call<e::PasswordSet>) -> Outcome<Nothing> {
    let Json(change) = call.body;
    let by = author(&call.caller, &call.facts);
    actions::set_password(&call.app, &call.caller, change, &by).await?;
    Ok(Answer::from(Nothing).audited())
}
