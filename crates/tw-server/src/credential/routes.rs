//! Routes of credentials.
//!
//! **Room:** layer 2, shell. **May use:** `tw-api`.

use super::actions;
use crate::{
    access::audit::author,
    http::{
        call::{Answer, Call, Outcome},
        list::{Wanted, page},
        route::{Route, bind},
    },
};
use tw_api::{Credential, Json, Nothing, Page, endpoints as e};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        bind::<e::CredentialList, _, _>(list),
        bind::<e::CredentialPut, _, _>(put),
        bind::<e::CredentialDelete, _, _>(delete),
    ]
}

async fn list(call: Call<e::CredentialList>) -> Outcome<Json<Page<Credential>>> {
    let mut all = actions::list(&call.app).await?;
    if !call.caller.sees_all() {
        // Within a part of the organisation, only what its devices use.
        let world = call.app.world();
        all.retain(|credential| {
            world.register.devices.values().any(|device| {
                call.caller.sees_site(&device.site)
                    && device
                        .credential
                        .as_ref()
                        .is_some_and(|own| own.as_str() == credential.id)
            })
        });
    }
    let wanted = Wanted {
        limit: call.query.limit,
        cursor: call.query.cursor.as_deref(),
    };
    Ok(Json(page(
        all,
        |credential: &Credential| credential.id.clone(),
        wanted,
    )?)
    .into())
}

async fn put(call: Call<e::CredentialPut>) -> Outcome<Json<Credential>> {
    let by = author(&call.caller, &call.facts);
    let id = call.id().to_owned();
    let Json(write) = call.body;
    let credential = actions::put(&call.app, (&id, write), &by).await?;
    Ok(Answer::from(Json(credential)).audited())
}

async fn delete(call: Call<e::CredentialDelete>) -> Outcome<Nothing> {
    let by = author(&call.caller, &call.facts);
    actions::remove(&call.app, (call.id(), call.query.version), &by).await?;
    Ok(Answer::from(Nothing).audited())
}
