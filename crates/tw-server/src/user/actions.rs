//! Users and tokens: who gets in and what for.
//!
//! **Room:** layer 2, shell. **May use:** `tw-store`, `tw-model`. **Must not:** leave the
//! organisation without anybody who may manage access.

use super::view;
use crate::{
    access::accounts::{access, grant_scope, right_of, store},
    http::refusal::Refusal,
    session::actions::no_account,
};
use tw_api::{Role, Scope, Token, TokenCreate, TokenCreated, User, UserCreate, UserEdit, UserSpec};
use tw_model::Register;
use tw_store::{Account, Author, Grant, NewApiToken, Store};
use tw_units::{CollectorId, Timestamp};

/// The longest life of a token, in days.
pub(crate) const TOKEN_DAYS_MAX: u32 = 366;
/// The life of a token when nobody says, in days.
const TOKEN_DAYS_DEFAULT: u32 = 90;
const DAY_MS: i64 = 86_400_000;

/// All users.
pub(crate) async fn users(db: &Store) -> Result<Vec<User>, Refusal> {
    let mut users = Vec::new();
    for account in db.accounts().await.map_err(|e| store(&e))? {
        users.push(user(db, &account).await?);
    }
    Ok(users)
}

async fn user(db: &Store, account: &Account) -> Result<User, Refusal> {
    let sessions = db.sessions(&account.id).await.map_err(|e| store(&e))?;
    Ok(view::user(account, sessions.len() as u64))
}

async fn read_user(db: &Store, id: &str) -> Result<User, Refusal> {
    let account = db.account(id).await.map_err(|e| store(&e))?;
    user(db, &account.ok_or_else(|| Refusal::not_found("user", id))?).await
}

/// Adds a user without a password.
pub(crate) async fn add(
    db: &Store,
    register: &Register,
    new: UserCreate,
    author: &Author,
) -> Result<User, Refusal> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
    if new.id.is_empty() || new.id.len() > 64 || !new.id.chars().all(plain) {
        return Err(Refusal::field(
            "id",
            "a name has 1 to 64 letters, digits and - . _",
        ));
    }
    let grants = vec![grant(register, &new.spec)?];
    let account = Account {
        display_name: new.id.clone(),
        id: new.id.clone(),
        disabled: new.spec.disabled,
        grants,
        ..no_account()
    };
    db.put_account(account, author)
        .await
        .map_err(|e| access(&e))?;
    read_user(db, &new.id).await
}

/// Changes what a user may.
pub(crate) async fn change(
    db: &Store,
    register: &Register,
    (id, edit): (&str, UserEdit),
    author: &Author,
) -> Result<User, Refusal> {
    let account = db.account(id).await.map_err(|e| store(&e))?;
    let account = account.ok_or_else(|| Refusal::not_found("user", id))?;
    let grants = vec![grant(register, &edit.spec)?];
    let stays_admin = !edit.spec.disabled && is_admin(&grants);
    if !stays_admin && is_admin(&account.grants) && !account.disabled {
        let accounts = db.accounts().await.map_err(|e| store(&e))?;
        let other = |a: &&Account| a.id != id && !a.disabled && is_admin(&a.grants);
        if !accounts.iter().any(|account| other(&account)) {
            return Err(Refusal::conflict(
                "last_admin",
                "somebody must be left who may manage access",
            ));
        }
    }
    let account = Account {
        version: edit.version,
        disabled: edit.spec.disabled,
        grants,
        ..account
    };
    db.put_account(account, author)
        .await
        .map_err(|e| access(&e))?;
    read_user(db, id).await
}

fn is_admin(grants: &[Grant]) -> bool {
    right_of(grants) == Some((Role::Admin, Scope::All))
}

fn grant(register: &Register, spec: &UserSpec) -> Result<Grant, Refusal> {
    if spec.role == Role::Collector {
        return Err(Refusal::field("role", "a person is no collector"));
    }
    known_scope(register, &spec.scope)?;
    Ok(Grant {
        role: spec.role.as_str().to_owned(),
        scope: grant_scope(&spec.scope),
    })
}

/// Refuses a scope of something that is not there.
pub(crate) fn known_scope(register: &Register, scope: &Scope) -> Result<(), Refusal> {
    let known = match scope {
        Scope::All => true,
        Scope::Site { site } => register.sites.contains_key(site.as_str()),
        Scope::Unit { unit } => register.units.contains_key(unit.as_str()),
    };
    if known {
        Ok(())
    } else {
        Err(Refusal::field("scope", "there is no such site or unit"))
    }
}

/// All tokens, of programs and collectors.
pub(crate) async fn tokens(db: &Store) -> Result<Vec<Token>, Refusal> {
    let programs = db.api_tokens().await.map_err(|e| store(&e))?;
    let collectors = db.collector_tokens().await.map_err(|e| store(&e))?;
    let mut all: Vec<Token> = programs.iter().map(view::api_token).collect();
    all.extend(collectors.iter().map(view::collector_token));
    all.sort_by(|a, b| (b.status.created_at, &a.id).cmp(&(a.status.created_at, &b.id)));
    Ok(all)
}

/// Makes a token. Its secret is in the answer and nowhere else.
pub(crate) async fn add_token(
    db: &Store,
    new: TokenCreate,
    now: Timestamp,
    author: &Author,
) -> Result<TokenCreated, Refusal> {
    let days = new.expires_days.unwrap_or(TOKEN_DAYS_DEFAULT);
    if !(1..=TOKEN_DAYS_MAX).contains(&days) {
        return Err(Refusal::field(
            "expires_days",
            "a token lives for 1 to 366 days",
        ));
    }
    let name = new.spec.name.trim();
    if name.is_empty() || name.chars().count() > 100 || name.chars().any(char::is_control) {
        return Err(Refusal::field(
            "name",
            "a token has a name of 1 to 100 characters",
        ));
    }
    let expires_at = Some(now.plus_millis(i64::from(days) * DAY_MS));
    let shown = match (new.spec.role, &new.spec.collector) {
        (Role::Collector, Some(collector)) => {
            let collector = CollectorId::new(collector.as_str())
                .map_err(|cause| Refusal::field("collector", cause.to_string()))?;
            db.create_collector_token(collector, expires_at, author)
                .await
        }
        (Role::Collector, None) => {
            return Err(Refusal::field("collector", "say which collector"));
        }
        (_, Some(_)) => {
            return Err(Refusal::field(
                "collector",
                "only the role collector has a collector",
            ));
        }
        (role, None) => {
            let token = NewApiToken {
                name: name.to_owned(),
                role: role.as_str().to_owned(),
                scope: grant_scope(&new.spec.scope),
                expires_at,
            };
            db.create_api_token(token, author).await
        }
    };
    let shown = shown.map_err(|e| access(&e))?;
    let made = tokens(db)
        .await?
        .into_iter()
        .find(|token| token.id == shown.prefix);
    let token = made.ok_or_else(|| Refusal::not_found("token", &shown.prefix))?;
    Ok(TokenCreated {
        token,
        secret: shown.text,
    })
}
