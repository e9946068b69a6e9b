//! What the command line does on a data directory, beside a running server or without one.
//!
//! **Room:** layer 2, shell. **May use:** `tw-store`, `tw-api`. **Must not:** need the server.

mod assets;

pub use assets::{AssetFile, AssetWanted};

use crate::{
    discrepancy::{actions as decisions, job, shown},
    http::refusal::Refusal,
    user::actions,
    world::World,
};
use std::path::Path;
use tw_api::{Discrepancy, OneTimeLink, Token, TokenCreate, TokenCreated, User, UserCreate};
use tw_store::{AuditVerdict, Author, OpenError, Reconciled, Store, StoreError, StoreSettings};
use tw_units::WallClock;

/// Why it was not done.
#[derive(Debug, thiserror::Error)]
pub enum OfflineError {
    /// The data directory.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The register.
    #[error("cannot read the register")]
    Register(#[from] tw_store::RegisterError),
    /// What was asked for cannot be: bad input.
    #[error("{0}")]
    Refused(String),
}

impl From<Refusal> for OfflineError {
    fn from(refusal: Refusal) -> Self {
        let field = refusal.params.get("field").and_then(|field| field.as_str());
        Self::Refused(match field {
            Some(field) => format!("{field}: {}", refusal.detail),
            None => refusal.detail,
        })
    }
}

/// An open data directory.
pub struct Offline {
    store: Store,
    wall: WallClock,
    author: Author,
}

impl Offline {
    /// Opens a data directory; a server may run on it.
    pub fn open(data: &Path, wall: WallClock) -> Result<Self, OfflineError> {
        let store = Store::open(&StoreSettings::tool(data), wall.clone())?;
        Ok(Self {
            store,
            wall,
            author: Author::local("cli"),
        })
    }

    /// The kept report of a month: the newest revision, or the one that is asked for.
    pub async fn month_report(
        &self,
        (site, month): (&str, &str),
        rev: Option<u32>,
    ) -> Result<Option<String>, OfflineError> {
        let mut rows = self.store.month_revisions(site, month).await?;
        rows.retain(|row| rev.is_none_or(|rev| row.rev == rev));
        Ok(rows.pop().map(|row| row.body))
    }

    /// Makes a token and shows its secret.
    pub async fn create_token(&self, new: TokenCreate) -> Result<TokenCreated, OfflineError> {
        let register = self.store.load_register().await?.register;
        if !register.is_empty() {
            actions::known_scope(&register, &new.spec.scope)?;
        }
        Ok(actions::add_token(&self.store, new, self.wall.now(), &self.author).await?)
    }

    /// All tokens.
    pub async fn tokens(&self) -> Result<Vec<Token>, OfflineError> {
        Ok(actions::tokens(&self.store).await?)
    }

    /// Takes a token back.
    pub async fn revoke_token(&self, id: &str) -> Result<(), OfflineError> {
        let revoked = self.store.revoke_token(id.to_owned(), &self.author).await;
        Ok(revoked.map_err(|e| crate::access::accounts::access(&e))?)
    }

    /// All users.
    pub async fn users(&self) -> Result<Vec<User>, OfflineError> {
        Ok(actions::users(&self.store).await?)
    }

    /// Adds a user, with a link to sign in by.
    pub async fn add_user(&self, new: UserCreate) -> Result<OneTimeLink, OfflineError> {
        let register = self.store.load_register().await?.register;
        let id = new.id.clone();
        actions::add(&self.store, &register, new, &self.author).await?;
        self.link(&id).await
    }

    /// Makes a one-time link for a user; for `admin`, the account is made when there is none.
    pub async fn link(&self, account: &str) -> Result<OneTimeLink, OfflineError> {
        if account == crate::session::actions::FIRST_ACCOUNT {
            crate::session::actions::ensure_first_account(&self.store, &self.author).await?;
        }
        if self.store.account(account).await?.is_none() {
            return Err(OfflineError::Refused(format!(
                "there is no user {account:?}"
            )));
        }
        let now = self.wall.now();
        let link =
            crate::session::actions::make_link(&self.store, (account, now), &self.author).await;
        let (path, expires_at) = link?;
        Ok(OneTimeLink { path, expires_at })
    }

    /// Compares the register with what was seen, as the server does every two minutes.
    pub async fn reconcile(&self) -> Result<Reconciled, OfflineError> {
        let register = self.store.load_register().await?.register;
        Ok(job::run(&self.store, &register, self.wall.now()).await?.0)
    }

    /// The discrepancies with this status; `all` for every one.
    pub async fn discrepancies(&self, status: &str) -> Result<Vec<Discrepancy>, OfflineError> {
        let world = self.world().await?;
        let all = self.store.discrepancies().await?;
        let wanted = all
            .iter()
            .filter(|one| status == "all" || one.status == status);
        Ok(wanted.map(|one| shown(&world, one)).collect())
    }

    /// Writes what was seen into the register.
    pub async fn accept_discrepancy(
        &self,
        id: &str,
        note: Option<String>,
    ) -> Result<Discrepancy, OfflineError> {
        let world = self.world().await?;
        let desk = decisions::Desk {
            store: &self.store,
            world: &world,
            now: self.wall.now(),
        };
        let one = decisions::at_version(desk, (id, None), "accept").await?;
        decisions::accept(desk, &one, decisions::note(note)?, &self.author).await?;
        self.reconcile().await?;
        let world = self.world().await?;
        let kept = self.store.discrepancy(one.id).await?;
        kept.map(|one| shown(&world, &one))
            .ok_or_else(|| OfflineError::Refused(format!("there is no discrepancy {id}")))
    }

    async fn world(&self) -> Result<World, OfflineError> {
        let stored = self.store.load_register().await?;
        Ok(World::new(
            stored.register,
            stored.versions,
            stored.revision,
        ))
    }

    /// Checks the audit log.
    pub async fn verify_audit(&self) -> Result<AuditVerdict, OfflineError> {
        Ok(self.store.audit_verify().await?)
    }
}
