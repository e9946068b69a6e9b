//! Sign-in by one-time link or password, sessions, the first link.
//!
//! **Room:** layer 2, shell. **May use:** `tw-store`. **Must not:** say which of name and password
//! was wrong, or keep a secret in the clear.

use crate::{
    access::{
        accounts::{self, right_of, store},
        caller::{Caller, Who},
        password, secret,
    },
    app::App,
    http::{call::Facts, refusal::Refusal},
};
use tw_api::{PasswordChange, Session, SignIn};
use tw_store::{Account, Author, Grant, GrantScope, NewLink, NewSession, Store};
use tw_units::Timestamp;

/// A session ends after so long without a request.
const IDLE_MS: u64 = 30 * 60 * 1_000;
/// A session ends after so long in any case.
const ABSOLUTE_MS: i64 = 12 * 3_600 * 1_000;
/// A one-time link works for so long.
const LINK_MS: i64 = 24 * 3_600 * 1_000;
/// What links are for.
const SIGN_IN: &str = "sign-in";
/// The account of the first link.
pub(crate) const FIRST_ACCOUNT: &str = "admin";

/// A new session with the cookie's value.
pub(crate) struct SignedIn {
    pub(crate) cookie: String,
    pub(crate) session: Session,
    pub(crate) account: String,
}

/// Lets somebody in.
pub(crate) async fn sign_in(app: &App, how: SignIn, facts: &Facts) -> Result<SignedIn, Refusal> {
    let now = app.now();
    let name = match &how {
        SignIn::Link { .. } => "",
        SignIn::Password { name, .. } => name.as_str(),
    };
    let early = app.slow_down().attempt(facts.address, name, now);
    early.map_err(|wait| Refusal::too_many("slow_down", wait).with("actor", name))?;
    let account = match &how {
        SignIn::Link { secret } => by_link(app, secret).await?,
        SignIn::Password { name, password } => by_password(app, name, password).await?,
    };
    let Some(account) = account.filter(|account| !account.disabled) else {
        if !name.is_empty() {
            app.slow_down().failed(name, now);
        }
        return Err(Refusal::unauthenticated(
            "sign_in_failed",
            "this link or this name and password does not let you in",
        )
        .with("actor", name));
    };
    app.slow_down().succeeded(name);
    begin(app, account, facts).await
}

async fn by_link(app: &App, text: &str) -> Result<Option<Account>, Refusal> {
    let hash = secret::hash(text);
    let used = app.store.use_one_time_link(hash, SIGN_IN.to_owned()).await;
    match used.map_err(|e| store(&e))?.flatten() {
        Some(account) => app.store.account(&account).await.map_err(|e| store(&e)),
        None => Ok(None),
    }
}

async fn by_password(app: &App, name: &str, password: &str) -> Result<Option<Account>, Refusal> {
    let account = app.store.account(name).await.map_err(|e| store(&e))?;
    let hash = account
        .as_ref()
        .and_then(|account| account.password_hash.clone());
    let fits = app.passwords.fits(password.to_owned(), hash).await;
    let fits = fits.map_err(|e| Refusal::internal(&e))?;
    Ok(account.filter(|_| fits))
}

/// A session with a new secret: what was known before the sign-in is worth nothing after it.
async fn begin(app: &App, account: Account, facts: &Facts) -> Result<SignedIn, Refusal> {
    let (role, scope) = right_of(&account.grants)
        .ok_or_else(|| Refusal::forbidden("no_role", "this account has no role"))?;
    let cookie = secret::draw();
    let expires_at = app.now().plus_millis(ABSOLUTE_MS);
    let author = Author {
        actor: account.id.clone(),
        address: Some(facts.address.to_string()),
        request_id: Some(facts.request_id.clone()),
    };
    let new = NewSession {
        hash: secret::hash(&cookie),
        account: account.id.clone(),
        idle_ms: IDLE_MS,
        expires_at,
        address: facts.address.to_string(),
        agent: facts.agent.clone(),
    };
    app.store
        .begin_session(new, &author)
        .await
        .map_err(|e| accounts::access(&e))?;
    let caller = Caller {
        who: Who::Person {
            account: account.id.clone(),
            session: secret::hash(&cookie),
            expires_at,
            has_password: account.password_hash.is_some(),
        },
        role: Some(role),
        scope,
    };
    Ok(SignedIn {
        cookie,
        session: view(&caller),
        account: account.id,
    })
}

/// Who the caller is, as the API says it.
pub(crate) fn view(caller: &Caller) -> Session {
    let (name, person, expires_at, needs_password) = match &caller.who {
        Who::Person {
            account,
            expires_at,
            has_password,
            ..
        } => (account.clone(), true, Some(*expires_at), !has_password),
        Who::Program { name, .. } => (name.clone(), false, None, false),
        Who::Collector { id, .. } => (id.to_string(), false, None, false),
        Who::Nobody => (String::new(), false, None, false),
    };
    let role = caller.role.unwrap_or(tw_api::Role::Viewer);
    let permissions = tw_api::Permission::ALL
        .into_iter()
        .filter(|permission| caller.may(*permission))
        .map(|permission| permission.as_str().to_owned())
        .collect();
    Session {
        name,
        person,
        role,
        scope: caller.scope.clone(),
        permissions,
        expires_at,
        needs_password,
    }
}

/// Ends the caller's session.
pub(crate) async fn sign_out(app: &App, caller: &Caller, author: &Author) -> Result<(), Refusal> {
    let Who::Person {
        account, session, ..
    } = &caller.who
    else {
        return Err(Refusal::bad("no_session", "a token has no session"));
    };
    let ended = app
        .store
        .end_sessions(account.clone(), Some(*session), author)
        .await;
    ended.map(drop).map_err(|e| store(&e))
}

/// Sets the caller's own password. All sessions end, this one too.
pub(crate) async fn set_password(
    app: &App,
    caller: &Caller,
    change: PasswordChange,
    author: &Author,
) -> Result<(), Refusal> {
    let Who::Person { account, .. } = &caller.who else {
        return Err(Refusal::bad("no_session", "a token has no password"));
    };
    let found = app.store.account(account).await.map_err(|e| store(&e))?;
    let account = found.ok_or_else(|| Refusal::not_found("account", account))?;
    if let Some(hash) = account.password_hash.clone() {
        let given = change.current.unwrap_or_default();
        let fits = app.passwords.fits(given, Some(hash)).await;
        if !fits.map_err(|e| Refusal::internal(&e))? {
            return Err(
                Refusal::forbidden("wrong_password", "the present password is another")
                    .with("actor", account.id.clone()),
            );
        }
    }
    if let Some(complaint) = password::complaint(&change.new, &account.id) {
        return Err(Refusal::field("new", complaint));
    }
    let hash = app
        .passwords
        .hash(change.new)
        .await
        .map_err(|e| Refusal::internal(&e))?;
    let account = Account {
        password_hash: Some(hash),
        ..account
    };
    let put = app.store.put_account(account, author).await;
    put.map(drop).map_err(|e| accounts::access(&e))
}

/// A link with which an account signs in once. Gives the path with its secret.
pub(crate) async fn make_link(
    db: &Store,
    (account, now): (&str, Timestamp),
    author: &Author,
) -> Result<(String, Timestamp), Refusal> {
    let text = secret::draw();
    let expires_at = now.plus_millis(LINK_MS);
    let link = NewLink {
        hash: secret::hash(&text),
        purpose: SIGN_IN.to_owned(),
        account: Some(account.to_owned()),
        expires_at,
    };
    db.put_one_time_link(link, author)
        .await
        .map_err(|e| store(&e))?;
    Ok((format!("/sign-in#{text}"), expires_at))
}

/// Makes the first account, without a password, if there is none yet.
pub(crate) async fn ensure_first_account(db: &Store, author: &Author) -> Result<(), Refusal> {
    if !db.accounts().await.map_err(|e| store(&e))?.is_empty() {
        return Ok(());
    }
    let account = Account {
        id: FIRST_ACCOUNT.to_owned(),
        display_name: FIRST_ACCOUNT.to_owned(),
        language: "en".to_owned(),
        grants: vec![Grant {
            role: "admin".to_owned(),
            scope: GrantScope::All,
        }],
        ..no_account()
    };
    let put = db.put_account(account, author).await;
    put.map(drop).map_err(|e| accounts::access(&e))
}

/// An account with nothing in it.
pub(crate) fn no_account() -> Account {
    Account {
        id: String::new(),
        version: 0,
        display_name: String::new(),
        email: None,
        language: "en".to_owned(),
        password_hash: None,
        disabled: false,
        created_at: Timestamp::EPOCH,
        last_sign_in_at: None,
        grants: Vec::new(),
    }
}
