//! Users and tokens as the API shows them.
//!
//! **Room:** layer 2, pure. **May use:** `tw-api`, `tw-store`. **Must not:** show a hash.

use crate::access::accounts::{right_of, scope};
use tw_api::{Role, Scope, Token, TokenSpec, TokenStatus, User, UserSpec, UserStatus};
use tw_store::{Account, ApiToken, CollectorToken};
use tw_units::Timestamp;

/// A user; one whose role is not known may nothing and is shown as a viewer who is disabled.
pub(crate) fn user(account: &Account, sessions: u64) -> User {
    let right = right_of(&account.grants);
    let disabled = account.disabled || right.is_none();
    let (role, scope) = right.unwrap_or((Role::Viewer, Scope::All));
    User {
        id: account.id.clone(),
        spec: UserSpec {
            role,
            scope,
            disabled,
        },
        status: UserStatus {
            has_password: account.password_hash.is_some(),
            sessions,
            last_sign_in_at: account.last_sign_in_at,
            created_at: account.created_at,
        },
        version: account.version,
    }
}

/// The end of a token that was made without one.
const NEVER: Timestamp = Timestamp::from_seconds(253_402_300_799);

/// A program's token.
pub(crate) fn api_token(token: &ApiToken) -> Token {
    Token {
        id: token.prefix.clone(),
        spec: TokenSpec {
            name: token.name.clone(),
            role: Role::parse(&token.role).unwrap_or(Role::Viewer),
            scope: scope(&token.scope),
            collector: None,
        },
        status: TokenStatus {
            created_at: token.created_at,
            created_by: token.created_by.clone(),
            expires_at: token.expires_at.unwrap_or(NEVER),
            last_used_at: token.last_used_at,
            revoked: token.revoked_at.is_some(),
        },
        version: 1,
    }
}

/// A collector's token.
pub(crate) fn collector_token(token: &CollectorToken) -> Token {
    Token {
        id: token.prefix.clone(),
        spec: TokenSpec {
            name: token.collector.to_string(),
            role: Role::Collector,
            scope: Scope::All,
            collector: Some(token.collector.to_string()),
        },
        status: TokenStatus {
            created_at: token.created_at,
            created_by: token.created_by.clone(),
            expires_at: token.expires_at.unwrap_or(NEVER),
            last_used_at: token.last_used_at,
            revoked: token.revoked_at.is_some(),
        },
        version: 1,
    }
}
