//! `tierwatch inventory plan|apply`: shows and carries over what differs between files and the
//! register.
//!
//! **Room:** layer 3. **May use:** every room. **Must not:** apply a plan whose outcome the
//! validation does not accept.

use crate::{
    commands::check,
    outcome::{Failure, Outcome, say, say_json},
};
use anyhow::Context;
use clap::Args;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use tw_config::Inventory;
use tw_model::{Absent, Action, Change, Plan, Register, apply, plan};
use tw_store::{Author, Store, StoreSettings};

/// More lines of a plan are counted, not printed; `--json` has all.
const LINES_MAX: usize = 200;

/// Which files, and into which register.
#[derive(Debug, Args)]
pub(crate) struct TransferArgs {
    /// The folder of the inventory.
    dir: PathBuf,
    /// The data directory of the centre.
    #[arg(long)]
    data: PathBuf,
    /// Take the files as the whole truth about the entities that they name: fields that they do
    /// not name are cleared. Without it such fields stay as they are.
    #[arg(long)]
    whole: bool,
    /// Remove the entities that no file names. Without it they stay.
    #[arg(long)]
    delete: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Shows what an apply would do; changes nothing.
pub(crate) fn show(args: &TransferArgs) -> Outcome {
    let inventory = check::load(&args.dir)?;
    let present = match open(&args.data, false)? {
        Some(opened) => opened.register()?.0,
        None => Register::default(),
    };
    let plan = planned(args, &inventory, &present)?;
    print(args, &plan, None)
}

/// Carries it out in one transaction.
pub(crate) fn carry_out(args: &TransferArgs) -> Outcome {
    let inventory = check::load(&args.dir)?;
    // Nothing is made before the files fit what is there.
    let before = open(&args.data, false)?;
    let (present, revision) = match &before {
        Some(opened) => opened.register()?,
        None => (Register::default(), 0),
    };
    let plan = planned(args, &inventory, &present)?;
    let opened = match before {
        Some(opened) => opened,
        None => open(&args.data, true)?.context("the new data directory is not there")?,
    };
    let changed = opened.apply(plan.clone(), revision)?;
    print(args, &plan, Some(changed))
}

/// A store and the runtime that it lives in.
struct Opened {
    store: Store,
    runtime: tokio::runtime::Runtime,
}

impl Opened {
    fn register(&self) -> Result<(Register, u64), Failure> {
        let stored = self.runtime.block_on(self.store.load_register());
        let stored = stored.context("cannot read the register")?;
        Ok((stored.register, stored.revision))
    }

    fn apply(&self, plan: Plan, made_for: u64) -> Result<u64, Failure> {
        let author = Author::local(format!("cli:{}", user()));
        let applied = self.store.apply_plan(plan, Some(made_for), &author);
        let applied = self
            .runtime
            .block_on(applied)
            .context("cannot apply the plan")?;
        Ok(applied.changed)
    }
}

/// Opens the store of a data directory; without `make` only one that is there already.
fn open(data: &Path, make: bool) -> Result<Option<Opened>, Failure> {
    if !make && !data.join("main.db").exists() {
        return Ok(None);
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .context("cannot start the runtime")?;
    let entered = runtime.enter();
    let store = Store::open(&StoreSettings::tool(data), crate::clock::wall_clock(None))
        .with_context(|| format!("cannot open the data directory {}", data.display()))?;
    drop(entered);
    Ok(Some(Opened { store, runtime }))
}

fn user() -> String {
    let name = std::env::var("USER")
        .or_else(|_| std::env::var("LOGNAME"))
        .unwrap_or_default();
    if name.is_empty() {
        "unknown".to_owned()
    } else {
        name
    }
}

/// The plan, when the register would be good after it.
fn planned(
    args: &TransferArgs,
    inventory: &Inventory,
    present: &Register,
) -> Result<Plan, Failure> {
    let absent = if args.delete {
        Absent::Delete
    } else {
        Absent::Keep
    };
    let plan = if args.whole {
        plan(&inventory.register, present, absent)
    } else {
        let over = inventory
            .over(present)
            .context("cannot lay the files over the register")?;
        plan(&over, present, absent)
    };
    let after = apply(&plan, present).context("cannot work out the register after the plan")?;
    let problems = inventory.problems_in(&after);
    if problems.problems.is_empty() {
        return Ok(plan);
    }
    Err(Failure::BadInput(check::lines(&problems, false)))
}

fn print(args: &TransferArgs, plan: &Plan, changed: Option<u64>) -> Outcome {
    let count = |action| plan.count(action);
    let counts = [
        count(Action::Create),
        count(Action::Change),
        count(Action::Delete),
    ];
    if args.json {
        return say_json(&json!({
            "create": counts[0],
            "change": counts[1],
            "delete": counts[2],
            "applied": changed,
            "changes": plan.changes,
        }));
    }
    let lines: Vec<String> = plan.changes.iter().flat_map(lines_of).collect();
    lines.iter().take(LINES_MAX).for_each(say);
    if let Some(more) = lines.len().checked_sub(LINES_MAX).filter(|more| *more > 0) {
        say(format!("and {more} more lines; --json has them"));
    }
    let [create, change, delete] = counts;
    let done = match changed {
        None => "nothing was changed".to_owned(),
        Some(changed) => format!("{changed} applied"),
    };
    say(format!(
        "{create} to create, {change} to change, {delete} to delete; {done}"
    ));
    Ok(())
}

/// One line for an entity, one more for each field that changes.
fn lines_of(change: &Change) -> Vec<String> {
    let sign = match change.action {
        Action::Create => '+',
        Action::Change => '~',
        Action::Delete => '-',
    };
    let mut lines = vec![format!("{sign} {} {}", change.kind, change.id)];
    lines.extend(change.fields.iter().map(|field| {
        let (from, to) = (shown(field.from.as_ref()), shown(field.to.as_ref()));
        format!("    {}: {from} -> {to}", field.path)
    }));
    lines
}

fn shown(value: Option<&Value>) -> String {
    value.map_or_else(|| "nothing".to_owned(), ToString::to_string)
}
