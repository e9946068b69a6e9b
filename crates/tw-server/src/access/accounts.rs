//! From what a request presents to a caller: sessions, tokens of programs, tokens of collectors.
//!
//! **Room:** layer 2, shell. **May use:** `tw-store`, `tw-api`. **Must not:** decide a right.

use crate::{
    access::{
        caller::{Caller, Who},
        secret,
    },
    app::App,
    http::{call::Facts, refusal::Refusal},
};
use tw_api::{Role, Scope};
use tw_store::{AccessError, Grant, GrantScope, StoreError};

/// The scope of the API for one of the store.
pub(crate) fn scope(scope: &GrantScope) -> Scope {
    match scope {
        GrantScope::All => Scope::All,
        GrantScope::Site(site) => Scope::Site { site: site.clone() },
        GrantScope::Unit(unit) => Scope::Unit { unit: unit.clone() },
    }
}

/// The scope of the store for one of the API.
pub(crate) fn grant_scope(scope: &Scope) -> GrantScope {
    match scope {
        Scope::All => GrantScope::All,
        Scope::Site { site } => GrantScope::Site(site.clone()),
        Scope::Unit { unit } => GrantScope::Unit(unit.clone()),
    }
}

/// The role and scope of an account: it has one grant. An account with none, or with a role
/// that this program does not know, may nothing.
pub(crate) fn right_of(grants: &[Grant]) -> Option<(Role, Scope)> {
    let grant = grants.first()?;
    let role = Role::parse(&grant.role).filter(|role| *role != Role::Collector)?;
    Some((role, scope(&grant.scope)))
}

/// The caller of a session's cookie, if it holds.
pub(crate) async fn of_session(
    app: &App,
    cookie: &str,
    _facts: &Facts,
) -> Result<Option<Caller>, Refusal> {
    let session = app
        .store
        .session(secret::hash(cookie))
        .await
        .map_err(|e| store(&e))?;
    let Some(session) = session else {
        return Ok(None);
    };
    let account = app
        .store
        .account(&session.account)
        .await
        .map_err(|e| store(&e))?;
    let Some(account) = account.filter(|account| !account.disabled) else {
        return Ok(None);
    };
    let Some((role, scope)) = right_of(&account.grants) else {
        return Ok(None);
    };
    Ok(Some(Caller {
        who: Who::Person {
            account: account.id,
            session: session.hash,
            expires_at: session.expires_at,
            has_password: account.password_hash.is_some(),
        },
        role: Some(role),
        scope,
    }))
}

/// The caller of a token, of a program or a collector, if it holds.
pub(crate) async fn of_token(app: &App, text: &str) -> Result<Option<Caller>, Refusal> {
    if let Some(token) = app
        .store
        .verify_api_token(text)
        .await
        .map_err(|e| store(&e))?
    {
        let role = Role::parse(&token.role).filter(|role| *role != Role::Collector);
        return Ok(role.map(|role| Caller {
            who: Who::Program {
                token: token.prefix,
                name: token.name,
            },
            role: Some(role),
            scope: scope(&token.scope),
        }));
    }
    let found = app
        .store
        .verify_collector_token(text)
        .await
        .map_err(|e| access(&e))?;
    Ok(found.map(|(token, key)| Caller {
        who: Who::Collector {
            id: token.collector,
            token: token.prefix,
            seal_key: key.0,
        },
        role: Some(Role::Collector),
        scope: Scope::All,
    }))
}

/// A refusal for a store that could not.
pub(crate) fn store(cause: &StoreError) -> Refusal {
    match cause {
        StoreError::WriterGone => Refusal::busy(5),
        StoreError::Limit { what, limit } => Refusal::bad(
            "too_much",
            format!("{what} is limited to {limit}; ask for less"),
        )
        .with("limit", *limit),
        _ => Refusal::internal(cause),
    }
}

/// A refusal for a change of access that did not happen.
pub(crate) fn access(cause: &AccessError) -> Refusal {
    match cause {
        AccessError::Missing { what, id } => Refusal::not_found(what, id),
        AccessError::Stale {
            what,
            id,
            expected: 0,
            ..
        } => Refusal::conflict("exists", format!("there is a {what} {id:?} already")),
        AccessError::Stale { current, .. } => Refusal::stale(*current),
        AccessError::Store(cause) => store(cause),
        AccessError::Seal(cause) => Refusal::internal(cause),
    }
}
