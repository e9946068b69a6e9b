//! `tierwatch plan diff`: what changed from one plan to another.
//!
//! **Room:** layer 3. **May use:** nothing of ours. **Must not:** make a plan; both are read.

use crate::{
    json_input::{Field, read_json},
    outcome::{Outcome, say, say_json},
};
use clap::Args;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug, Args)]
pub(crate) struct Diff {
    /// The plan before, as `plan make --json` printed it.
    before: String,
    /// The plan after; `-` reads standard input.
    after: String,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// A plan as it was printed: what is bought, when, and what it costs.
#[derive(Debug, Default)]
pub(super) struct Printed {
    pub(super) chosen: BTreeSet<String>,
    pub(super) known: BTreeSet<String>,
    pub(super) total_vnd: i64,
    pub(super) schedule: BTreeMap<String, u32>,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Moved {
    pub(super) id: String,
    pub(super) from: u32,
    pub(super) to: u32,
}

/// The difference, by id.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct Difference {
    /// Bought now and not before.
    pub(super) added: Vec<String>,
    /// Bought before and not now, though the plan still knows them.
    pub(super) dropped: Vec<String>,
    /// Bought before and not among the lines now.
    pub(super) gone: Vec<String>,
    /// Bought in another quarter.
    pub(super) moved: Vec<Moved>,
    /// How much more the plan costs.
    pub(super) more_vnd: i64,
}

pub(super) fn run(args: &Diff) -> Outcome {
    let before = read_json(&args.before, read)?;
    let after = read_json(&args.after, read)?;
    let found = difference(&before, &after);
    if args.json {
        return say_json(&found);
    }
    for (word, ids) in [
        ("added  ", &found.added),
        ("dropped", &found.dropped),
        ("gone   ", &found.gone),
    ] {
        for id in ids {
            say(format_args!("{word}  {id}"));
        }
    }
    for Moved { id, from, to } in &found.moved {
        say(format_args!("moved    {id}  quarter {from} to {to}"));
    }
    say(format_args!("total {:+} VND", found.more_vnd));
    Ok(())
}

pub(super) fn difference(before: &Printed, after: &Printed) -> Difference {
    let lost = before.chosen.difference(&after.chosen).cloned();
    let (dropped, gone) = lost.partition(|id| after.known.contains(id));
    let moved = before.schedule.iter().filter_map(|(id, from)| {
        let to = after.schedule.get(id).filter(|to| *to != from)?;
        Some(Moved {
            id: id.clone(),
            from: *from,
            to: *to,
        })
    });
    Difference {
        added: after.chosen.difference(&before.chosen).cloned().collect(),
        dropped,
        gone,
        moved: moved.collect(),
        more_vnd: after.total_vnd - before.total_vnd,
    }
}

const FIELDS: &[&str] = &[
    "chosen",
    "cut",
    "total_vnd",
    "benefit",
    "schedule",
    "proven_optimal",
    "gap",
];

pub(super) fn read(root: &Field<'_>) -> Option<Printed> {
    let file = root.object(FIELDS)?;
    let chosen = file.required("chosen").and_then(|field| {
        let ids: Option<BTreeSet<String>> = field
            .list()?
            .iter()
            .map(|item| item.text().map(ToOwned::to_owned))
            .collect();
        ids
    });
    let cut = match file.optional("cut") {
        Some(field) => field
            .list()?
            .iter()
            .map(|item| {
                let cut = item.object(&["id", "reason"])?;
                Some(cut.required("id")?.text()?.to_owned())
            })
            .collect::<Option<BTreeSet<String>>>(),
        None => Some(BTreeSet::new()),
    };
    let total = file
        .required("total_vnd")
        .and_then(|field| field.whole(0..=i64::MAX));
    let schedule = match file.optional("schedule") {
        Some(field) => quarters(&field),
        None => Some(BTreeMap::new()),
    };
    let chosen = chosen?;
    Some(Printed {
        known: chosen.iter().cloned().chain(cut?).collect(),
        chosen,
        total_vnd: total?,
        schedule: schedule?,
    })
}

fn quarters(field: &Field<'_>) -> Option<BTreeMap<String, u32>> {
    let Some(map) = field.value.as_object() else {
        return field.refuse("must be a group of ids with their quarters".to_owned());
    };
    let quarter = |(id, value): (&String, &serde_json::Value)| {
        let number = value.as_u64().and_then(|number| u32::try_from(number).ok());
        match number {
            Some(number) => Some((id.clone(), number)),
            None => field.refuse(format!("the quarter of {id:?} must be a whole number")),
        }
    };
    map.iter().map(quarter).collect()
}
