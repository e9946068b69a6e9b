//! `tierwatch token …`: tokens of programs and collectors, on a data directory, whether a
//! server runs on it or not.
//!
//! **Room:** layer 3. **May use:** every room.

use crate::{
    clock,
    outcome::{Failure, Outcome, say, say_json},
};
use anyhow::Context;
use clap::{Args, Subcommand};
use std::path::{Path, PathBuf};
use tw_api::{Role, Scope, Token, TokenCreate, TokenSpec};
use tw_server::{Offline, OfflineError};
use tw_units::Timestamp;

/// Tokens of programs and collectors.
#[derive(Debug, Subcommand)]
pub(crate) enum TokenCommand {
    /// Make a token and print it; it is shown this once.
    Create(CreateArgs),
    /// List the tokens, without their secrets.
    List(DataDir),
    /// Take a token back; it holds no longer, at once.
    Revoke(RevokeArgs),
}

/// Where the data are.
#[derive(Debug, Args)]
pub(crate) struct DataDir {
    /// The server's data directory.
    #[arg(long)]
    pub(crate) data: PathBuf,
    /// Let the wall clock begin at this instant (RFC 3339).
    #[arg(long, hide = true)]
    pub(crate) now: Option<Timestamp>,
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// What the token is for.
#[derive(Debug, Args)]
pub(crate) struct CreateArgs {
    #[command(flatten)]
    data: DataDir,
    /// admin, operator, network-engineer, asset-manager, auditor or viewer.
    #[arg(
        long,
        required_unless_present = "collector",
        conflicts_with = "collector"
    )]
    role: Option<String>,
    /// Only this site.
    #[arg(long, conflicts_with_all = ["unit", "collector"])]
    site: Option<String>,
    /// Only this unit and those below it.
    #[arg(long, conflicts_with = "collector")]
    unit: Option<String>,
    /// For this collector, which delivers with it and nothing else.
    #[arg(long)]
    collector: Option<String>,
    /// What the token is for, for the list.
    #[arg(long)]
    name: Option<String>,
    /// Days until it expires, 1 to 366.
    #[arg(long, default_value_t = 90)]
    expires_days: u32,
}

/// Which token.
#[derive(Debug, Args)]
pub(crate) struct RevokeArgs {
    #[command(flatten)]
    data: DataDir,
    /// The token's public part, as in the list.
    id: String,
}

/// Runs the command.
pub(crate) fn run(command: TokenCommand) -> Outcome {
    match command {
        TokenCommand::Create(args) => create(args),
        TokenCommand::List(data) => list(&data),
        TokenCommand::Revoke(args) => revoke(&args),
    }
}

/// Runs a piece of work on an open data directory.
pub(crate) fn on_data<T>(
    data: &DataDir,
    work: impl AsyncFnOnce(Offline) -> Result<T, OfflineError>,
) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("cannot start the runtime")?;
    runtime.block_on(async {
        existing(&data.data)?;
        let offline = Offline::open(&data.data, clock::wall_clock(data.now)).map_err(failure)?;
        work(offline).await.map_err(failure)
    })
}

fn existing(folder: &Path) -> Result<(), Failure> {
    if folder.join("main.db").exists() {
        return Ok(());
    }
    Err(Failure::input(format!(
        "{}: no data directory of a server (there is no main.db)",
        folder.display()
    )))
}

fn failure(cause: OfflineError) -> Failure {
    match cause {
        OfflineError::Refused(why) => Failure::input(why),
        cause => Failure::CouldNot(cause.into()),
    }
}

fn create(args: CreateArgs) -> Outcome {
    let role = match (&args.role, &args.collector) {
        (_, Some(_)) => Role::Collector,
        (Some(word), None) => Role::parse(word).ok_or_else(|| {
            let words: Vec<&str> = Role::ALL.iter().map(|role| role.as_str()).collect();
            Failure::input(format!("--role: {word:?} is none of {}", words.join(", ")))
        })?,
        (None, None) => Role::Viewer,
    };
    let scope = match (args.site, args.unit) {
        (Some(site), _) => Scope::Site { site },
        (None, Some(unit)) => Scope::Unit { unit },
        (None, None) => Scope::All,
    };
    let name = args.name.or_else(|| args.collector.clone());
    let new = TokenCreate {
        spec: TokenSpec {
            name: name.unwrap_or_else(|| role.as_str().to_owned()),
            role,
            scope,
            collector: args.collector,
        },
        expires_days: Some(args.expires_days),
    };
    let made = on_data(&args.data, async |offline| offline.create_token(new).await)?;
    if args.data.json {
        return say_json(&made);
    }
    say(made.secret);
    Ok(())
}

fn list(data: &DataDir) -> Outcome {
    let tokens = on_data(data, async |offline| offline.tokens().await)?;
    if data.json {
        return say_json(&tokens);
    }
    say(format!(
        "{:<14} {:<17} {:<24} {:<20} {}",
        "ID", "ROLE", "NAME", "EXPIRES", "STATE"
    ));
    for token in &tokens {
        say(row(token));
    }
    Ok(())
}

fn row(token: &Token) -> String {
    let state = if token.status.revoked {
        "revoked"
    } else {
        "valid"
    };
    let expires: String = token
        .status
        .expires_at
        .to_string()
        .chars()
        .take(10)
        .collect();
    let (role, name) = (token.spec.role.as_str(), &token.spec.name);
    format!(
        "{:<14} {role:<17} {name:<24} {expires:<20} {state}",
        token.id
    )
}

fn revoke(args: &RevokeArgs) -> Outcome {
    on_data(&args.data, async |offline| {
        offline.revoke_token(&args.id).await
    })?;
    if args.data.json {
        return say_json(&serde_json::json!({"revoked": args.id}));
    }
    say(format!("{} holds no longer", args.id));
    Ok(())
}
