//! Signing in and out.
//!
//! **Room:** layer 2, plain data. **May use:** `tw-units`. **Must not:** do I/O.

use crate::{Role, Scope};
use serde::{Deserialize, Serialize};
use tw_units::Timestamp;
use utoipa::ToSchema;

/// How somebody signs in: with the secret of a one-time link, or with name and password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "method", deny_unknown_fields)]
pub enum SignIn {
    /// The secret of a one-time link (`/sign-in#SECRET`).
    Link {
        /// What stands behind the `#`.
        secret: String,
    },
    /// Name and password.
    Password {
        /// The user's name.
        name: String,
        /// The password.
        password: String,
    },
}

/// Who the caller is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Session {
    /// The user's or token's name.
    pub name: String,
    /// True for a person with a session, false for a program with a token.
    pub person: bool,
    /// The role.
    pub role: Role,
    /// How far it reaches.
    pub scope: Scope,
    /// What the role allows: `view`, `acknowledge`, `edit_devices`…
    pub permissions: Vec<String>,
    /// When the session ends, at the latest.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<Timestamp>,
    /// True when the person came by a link and has no password yet.
    pub needs_password: bool,
}

/// A new password for oneself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordChange {
    /// The present password, unless there is none yet.
    #[serde(default)]
    pub current: Option<String>,
    /// The new one: 12 to 256 characters.
    pub new: String,
}

/// A person who may sign in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct User {
    /// The name.
    pub id: String,
    /// What was given to them.
    pub spec: UserSpec,
    /// What they did with it.
    pub status: UserStatus,
    /// Grows with every change.
    pub version: u64,
}

/// What is given to a user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UserSpec {
    /// The role; never `collector`.
    pub role: Role,
    /// How far it reaches.
    pub scope: Scope,
    /// A disabled user cannot sign in, and all sessions end.
    #[serde(default)]
    pub disabled: bool,
}

/// How a user fares.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UserStatus {
    /// Whether a password is set.
    pub has_password: bool,
    /// Open sessions.
    pub sessions: u64,
    /// The last sign-in.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_sign_in_at: Option<Timestamp>,
    /// When the account was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
}

/// A new user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UserCreate {
    /// The name: letters, digits and `-._`.
    pub id: String,
    /// What is given to them.
    pub spec: UserSpec,
}

/// A changed user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UserEdit {
    /// The version that the caller saw.
    pub version: u64,
    /// What is given to them.
    pub spec: UserSpec,
}

/// A one-time link. It is shown once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OneTimeLink {
    /// The path with the secret, as `/sign-in#…`; the console puts its own origin in front.
    pub path: String,
    /// Until when it works.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
}

/// A token of a program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Token {
    /// Its public part.
    pub id: String,
    /// What was given to it.
    pub spec: TokenSpec,
    /// How it fares.
    pub status: TokenStatus,
    /// Grows with every change.
    pub version: u64,
}

/// What is given to a token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TokenSpec {
    /// What it is for.
    pub name: String,
    /// The role.
    pub role: Role,
    /// How far it reaches.
    pub scope: Scope,
    /// For the role `collector`: which one.
    #[serde(default)]
    pub collector: Option<String>,
}

/// How a token fares.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TokenStatus {
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// Who made it.
    pub created_by: String,
    /// Until when it works.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
    /// When it was last used, to the minute.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_used_at: Option<Timestamp>,
    /// Whether it was taken back.
    pub revoked: bool,
}

/// A new token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TokenCreate {
    /// What is given to it.
    pub spec: TokenSpec,
    /// Days until it expires, 1 to 366; 90 without it.
    #[serde(default)]
    pub expires_days: Option<u32>,
}

/// A new token with its secret. It is shown once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TokenCreated {
    /// The token.
    pub token: Token,
    /// What the program sends behind `Authorization: Bearer`.
    pub secret: String,
}
