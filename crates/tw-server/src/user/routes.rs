//! Routes of users and tokens.
//!
//! **Room:** layer 2, shell. **May use:** `tw-api`.

use super::actions;
use crate::{
    access::{accounts, audit::author},
    http::{
        call::{Answer, Call, Outcome},
        list::{Wanted, page},
        refusal::Refusal,
        route::{Route, bind},
    },
    session,
};
use tw_api::{
    Created, Json, Nothing, OneTimeLink, Page, Token, TokenCreated, User, endpoints as e,
};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        bind::<e::UserList, _, _>(list),
        bind::<e::UserAdd, _, _>(add),
        bind::<e::UserPut, _, _>(put),
        bind::<e::UserLink, _, _>(link),
        bind::<e::TokenList, _, _>(tokens),
        bind::<e::TokenAdd, _, _>(add_token),
        bind::<e::TokenRevoke, _, _>(revoke_token),
    ]
}

async fn list(call: Call<e::UserList>) -> Outcome<Json<Page<User>>> {
    let all = actions::users(&call.app.store).await?;
    let wanted = Wanted {
        limit: call.query.limit,
        cursor: call.query.cursor.as_deref(),
    };
    Ok(Json(page(all, |user: &User| user.id.clone(), wanted)?).into())
}

async fn add(call: Call<e::UserAdd>) -> Outcome<Created<User>> {
    let by = author(&call.caller, &call.facts);
    let world = call.app.world();
    let Json(new) = call.body;
    let user = actions::add(&call.app.store, &world.register, new, &by).await?;
    Ok(Answer::from(Created(user)).audited())
}

async fn put(call: Call<e::UserPut>) -> Outcome<Json<User>> {
    let by = author(&call.caller, &call.facts);
    let world = call.app.world();
    let id = call.id().to_owned();
    let Json(edit) = call.body;
    let user = actions::change(&call.app.store, &world.register, (&id, edit), &by).await?;
    Ok(Answer::from(Json(user)).audited())
}

async fn link(call: Call<e::UserLink>) -> Outcome<Json<OneTimeLink>> {
    let by = author(&call.caller, &call.facts);
    let account = call.app.store.account(call.id()).await;
    let account = account.map_err(|e| accounts::store(&e))?;
    if account.is_none() {
        return Err(Refusal::not_found("user", call.id()));
    }
    let about = (call.id(), call.app.now());
    let (path, expires_at) = session::actions::make_link(&call.app.store, about, &by).await?;
    Ok(Answer::from(Json(OneTimeLink { path, expires_at })).audited())
}

async fn tokens(call: Call<e::TokenList>) -> Outcome<Json<Page<Token>>> {
    let all = actions::tokens(&call.app.store).await?;
    let wanted = Wanted {
        limit: call.query.limit,
        cursor: call.query.cursor.as_deref(),
    };
    Ok(Json(page(all, |token: &Token| token.id.clone(), wanted)?).into())
}

async fn add_token(call: Call<e::TokenAdd>) -> Outcome<Created<TokenCreated>> {
    let by = author(&call.caller, &call.facts);
    let Json(new) = call.body;
    actions::known_scope(&call.app.world().register, &new.spec.scope)?;
    let made = actions::add_token(&call.app.store, new, call.app.now(), &by).await?;
    Ok(Answer::from(Created(made)).audited())
}

async fn revoke_token(call: Call<e::TokenRevoke>) -> Outcome<Nothing> {
    let by = author(&call.caller, &call.facts);
    let revoked = call.app.store.revoke_token(call.id().to_owned(), &by).await;
    revoked.map_err(|e| accounts::access(&e))?;
    Ok(Answer::from(Nothing).audited())
}
