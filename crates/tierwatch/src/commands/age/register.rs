//! `tierwatch age explain` and `tierwatch age check`: the age rule over a register.
//!
//! **Room:** layer 3. **May use:** `tw-lifecycle`. **Must not:** compute a date; it asks and
//! prints.

use super::word;
use crate::{
    commands::source::{RegisterSource, day_or_today, today},
    outcome::{Failure, Outcome, say, say_json},
};
use clap::Args;
use jiff::civil::Date;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use tw_lifecycle::{
    AgeCount, AgeVerdict, AssetAge, AssetQuestion, EndReason, StaffCount, asset_age, count_ages,
    count_staff, person_verdict, serial_evidence,
};
use tw_model::{AgePolicy, Asset, Catalogue, Person, Register, Waiver};

/// So many assets are listed for people; `--json` has all.
const LISTED_MAX: usize = 50;

/// Which asset, on which day.
#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// The asset's tag.
    tag: String,
    #[command(flatten)]
    source: RegisterSource,
    /// The day on which it is asked. Without it: today in the policy's zone.
    #[arg(long)]
    as_of: Option<String>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Which register, on which day, and what fails the check.
#[derive(Debug, Args)]
pub(crate) struct Check {
    #[command(flatten)]
    source: RegisterSource,
    /// The day on which it is asked. Without it: today in the policy's zone.
    #[arg(long)]
    as_of: Option<String>,
    /// Fail with exit code 3 when any asset in scope has one of these verdicts; what a waiver
    /// covers counts as waived, not as over.
    #[arg(long, value_delimiter = ',', value_parser = ["over", "waived", "uncertain", "unknown", "conflict"])]
    fail_on: Vec<String>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// What a register is judged with.
struct Judge<'a> {
    register: &'a Register,
    policy: &'a AgePolicy,
    catalogue: Catalogue,
    waivers: Vec<&'a Waiver>,
    as_of: Date,
    today: Date,
}

impl<'a> Judge<'a> {
    fn new(register: &'a Register, as_of: Option<&str>) -> Result<Self, Failure> {
        let missing = || Failure::input("the register has no age policy (policies/age.yaml)");
        Ok(Self {
            register,
            policy: register.age_policy.as_ref().ok_or_else(missing)?,
            catalogue: Catalogue::of(register),
            waivers: register.waivers.values().collect(),
            as_of: day_or_today(register, as_of)?,
            today: today(register),
        })
    }

    fn age(&self, asset: &Asset) -> AssetAge {
        let model = self.catalogue.model_of(self.register, asset);
        let evidence = serial_evidence(asset, model, self.today);
        asset_age(&AssetQuestion {
            asset,
            model,
            policy: self.policy,
            waivers: &self.waivers,
            evidence: evidence.as_slice(),
            bounds: &[],
            as_of: self.as_of,
        })
    }
}

pub(super) fn explain(args: &Explain) -> Outcome {
    let register = args.source.load()?;
    let judge = Judge::new(&register, args.as_of.as_deref())?;
    let Some(asset) = register.assets.get(args.tag.as_str()) else {
        return Err(Failure::input(format!("there is no asset {:?}", args.tag)));
    };
    let age = judge.age(asset);
    let shown = explained(asset, &age, judge.as_of);
    if args.json {
        return say_json(&shown);
    }
    let waived = if age.waived { " (waived)" } else { "" };
    say(format_args!("{} {}", asset.tag, asset.class));
    say(format_args!("as of          {}", judge.as_of));
    say(format_args!(
        "verdict        {}{waived}, by {}",
        word(age.verdict),
        age.binds
    ));
    say(format_args!("by age         {}", word(age.answer.verdict)));
    if let Some(second) = &age.obsolescence {
        say(format_args!("obsolescence   {}", word(second.verdict)));
        for end in &second.ends {
            let when = end
                .when
                .map_or("nobody wrote it down".to_owned(), |d| d.to_string());
            say(format_args!("               {} {when}", end.end));
        }
    }
    if !asset.status.in_scope() {
        say(format_args!(
            "               not counted: it is {}",
            asset.status
        ));
    }
    let day = |day: Option<tw_model::Day>| day.map_or("not known".to_owned(), |d| d.to_string());
    say(format_args!(
        "due            {} to {}",
        day(age.answer.due.earliest),
        day(age.answer.due.latest)
    ));
    say(format_args!(
        "replace by     {}",
        day(age.replace_by.latest)
    ));
    if age.old_stock {
        say("               its technology is more than a year older than its use");
    }
    for part in &age.components {
        say(format_args!(
            "part           {} {}",
            part.name,
            word(part.answer.verdict)
        ));
    }
    for reason in &age.answer.reasons {
        say(format_args!("               {reason}"));
    }
    Ok(())
}

fn explained(asset: &Asset, age: &AssetAge, as_of: Date) -> Value {
    let end = |end: &tw_lifecycle::End| {
        let reason = match end.reason {
            EndReason::Age => "age".to_owned(),
            EndReason::Technology => "technology".to_owned(),
            EndReason::Vendor(vendor) => vendor.to_string(),
        };
        json!({"reason": reason, "when": end.when})
    };
    json!({
        "tag": asset.tag, "class": asset.class, "as_of": as_of.to_string(),
        "in_scope": asset.status.in_scope(),
        "verdict": age.verdict, "binds": age.binds, "waived": age.waived, "waiver": age.waiver,
        "by_age": age.answer.verdict,
        "by_obsolescence": age.obsolescence.as_ref().map(|second| second.verdict),
        "vendor_ends": age.obsolescence.as_ref().map(|second| &second.ends),
        "basis": age.answer.basis, "due": age.answer.due,
        "first_day_over": age.answer.first_day_over,
        "replace_by": age.replace_by, "ends": age.ends.iter().map(end).collect::<Vec<_>>(),
        "old_stock": age.old_stock,
        "components": age.components.iter().map(|part| json!({"name": part.name,
            "verdict": part.answer.verdict, "due": part.answer.due})).collect::<Vec<_>>(),
        "reasons": age.answer.reasons.iter().map(ToString::to_string).collect::<Vec<_>>(),
    })
}

pub(super) fn check(args: &Check) -> Outcome {
    let register = args.source.load()?;
    let judge = Judge::new(&register, args.as_of.as_deref())?;
    let judged: Vec<(&Asset, AssetAge)> = register
        .assets
        .values()
        .map(|asset| (asset, judge.age(asset)))
        .collect();
    let count = count_ages(
        judged
            .iter()
            .map(|(asset, age)| (asset.status, age.verdict, age.waived)),
    );
    let staff = staff(&judge, &judged);
    let failing: Vec<&(&Asset, AssetAge)> = judged
        .iter()
        .filter(|(asset, age)| asset.status.in_scope() && fails(&args.fail_on, age))
        .collect();
    if args.json {
        let list = failing.iter().map(|(asset, age)| {
            json!({"tag": asset.tag, "class": asset.class,
            "verdict": age.verdict, "waived": age.waived, "due": age.answer.due})
        });
        say_json(&json!({
            "as_of": judge.as_of.to_string(), "headline": count.headline(), "count": count,
            "staff": staff.iter().map(|(name, count)| (name.clone(), json!(count))).collect::<BTreeMap<_, _>>(),
            "failing": list.collect::<Vec<_>>(),
        }))?;
    } else {
        print(&judge, (&count, &staff), &failing);
    }
    if failing.is_empty() {
        return Ok(());
    }
    Err(Failure::ConditionFailed(format!(
        "{} assets are {}",
        failing.len(),
        args.fail_on.join(" or ")
    )))
}

fn print(
    judge: &Judge<'_>,
    (count, staff): (&AgeCount, &[(String, StaffCount)]),
    failing: &[&(&Asset, AssetAge)],
) {
    say(format_args!("as of {}: {}", judge.as_of, count.headline()));
    for (name, people) in staff {
        say(format_args!(
            "{name}: {} of {} people have a compliant computer; {} too old, {} not known, {} without",
            people.compliant, people.staff, people.over, people.unknown, people.without_computer
        ));
    }
    for (asset, age) in failing.iter().take(LISTED_MAX) {
        let due = age
            .answer
            .due
            .latest
            .map_or("not known".to_owned(), |day| day.to_string());
        say(format_args!(
            "{:<14} {:<12} {:<10} due {due}",
            asset.tag,
            asset.class,
            word(age.verdict)
        ));
    }
    if let Some(more) = failing
        .len()
        .checked_sub(LISTED_MAX)
        .filter(|more| *more > 0)
    {
        say(format_args!("and {more} more; --json has them"));
    }
}

fn fails(fail_on: &[String], age: &AssetAge) -> bool {
    let bucket = match age.verdict {
        AgeVerdict::Over if age.waived => "waived",
        verdict => word(verdict),
    };
    fail_on.iter().any(|wanted| wanted == bucket)
}

/// All staff, and each group that the policy names.
fn staff(judge: &Judge<'_>, judged: &[(&Asset, AssetAge)]) -> Vec<(String, StaffCount)> {
    let mut computers: BTreeMap<&str, Vec<AgeVerdict>> = BTreeMap::new();
    for (asset, age) in judged {
        let counts =
            asset.primary && asset.status.in_scope() && judge.policy.rule(asset.class).per_person;
        if let Some(person) = asset.custodian.as_ref().filter(|_| counts) {
            computers
                .entry(person.as_str())
                .or_default()
                .push(age.verdict);
        }
    }
    let count = |member: &dyn Fn(&Person) -> bool| {
        let people = judge.register.people.values();
        count_staff(people.filter(|p| p.active && member(p)).map(|person| {
            let own = computers.get(person.id.as_str());
            person_verdict(own.map_or(&[], Vec::as_slice))
        }))
    };
    let mut all = vec![("staff".to_owned(), count(&|_| true))];
    all.extend(judge.policy.groups.iter().map(|(name, group)| {
        (
            name.clone(),
            count(&|person| group.has(person.title.as_deref())),
        )
    }));
    all
}
