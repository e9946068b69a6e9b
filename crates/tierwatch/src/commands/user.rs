//! `tierwatch user …`: people who may sign in.
//!
//! **Room:** layer 3. **May use:** every room.

use crate::{
    commands::token::{DataDir, on_data},
    outcome::{Failure, Outcome, say, say_json},
};
use clap::{Args, Subcommand};
use tw_api::{OneTimeLink, Role, Scope, UserCreate, UserSpec};

/// People who may sign in.
#[derive(Debug, Subcommand)]
pub(crate) enum UserCommand {
    /// Add a user and print the path of a one-time link to sign in by.
    Add(AddArgs),
    /// List the users.
    List(DataDir),
    /// Make a new one-time link for a user; for `admin`, also the account where there is none.
    Link(LinkArgs),
}

/// Who.
#[derive(Debug, Args)]
pub(crate) struct AddArgs {
    #[command(flatten)]
    data: DataDir,
    /// The name for signing in.
    name: String,
    /// admin, operator, network-engineer, asset-manager, auditor or viewer.
    #[arg(long)]
    role: String,
    /// Only this site.
    #[arg(long, conflicts_with = "unit")]
    site: Option<String>,
    /// Only this unit and those below it.
    #[arg(long)]
    unit: Option<String>,
}

/// For whom.
#[derive(Debug, Args)]
pub(crate) struct LinkArgs {
    #[command(flatten)]
    data: DataDir,
    /// The name for signing in.
    #[arg(default_value = "admin")]
    name: String,
}

/// Runs the command.
pub(crate) fn run(command: UserCommand) -> Outcome {
    match command {
        UserCommand::Add(args) => add(args),
        UserCommand::List(data) => list(&data),
        UserCommand::Link(args) => {
            let link = on_data(&args.data, async |offline| offline.link(&args.name).await)?;
            show(&link, args.data.json)
        }
    }
}

fn add(args: AddArgs) -> Outcome {
    let role = Role::parse(&args.role).ok_or_else(|| {
        let words: Vec<&str> = Role::ALL.iter().map(|role| role.as_str()).collect();
        Failure::input(format!(
            "--role: {:?} is none of {}",
            args.role,
            words.join(", ")
        ))
    })?;
    let scope = match (args.site, args.unit) {
        (Some(site), _) => Scope::Site { site },
        (None, Some(unit)) => Scope::Unit { unit },
        (None, None) => Scope::All,
    };
    let new = UserCreate {
        id: args.name,
        spec: UserSpec {
            role,
            scope,
            disabled: false,
        },
    };
    let link = on_data(&args.data, async |offline| offline.add_user(new).await)?;
    show(&link, args.data.json)
}

fn show(link: &OneTimeLink, json: bool) -> Outcome {
    if json {
        return say_json(link);
    }
    say(format!("{}  (once, until {})", link.path, link.expires_at));
    Ok(())
}

fn list(data: &DataDir) -> Outcome {
    let users = on_data(data, async |offline| offline.users().await)?;
    if data.json {
        return say_json(&users);
    }
    say(format!(
        "{:<20} {:<17} {:<9} {}",
        "NAME", "ROLE", "PASSWORD", "STATE"
    ));
    for user in &users {
        let password = if user.status.has_password {
            "set"
        } else {
            "none"
        };
        let state = if user.spec.disabled {
            "disabled"
        } else {
            "enabled"
        };
        say(format!(
            "{:<20} {:<17} {password:<9} {state}",
            user.id,
            user.spec.role.as_str()
        ));
    }
    Ok(())
}
