//! `tierwatch age`: the age rule for one asset from a file of dates, or over a register.
//!
//! **Room:** layer 3. **May use:** `tw-lifecycle`. **Must not:** compute a date; it reads, asks
//! and prints.

mod register;
#[cfg(test)]
mod tests;

use crate::{
    json_input::{Field, Object, read_json},
    outcome::{Outcome, say, say_json},
};
use clap::{Args, Subcommand};
use serde::Serialize;
use std::io::IsTerminal;
use tw_lifecycle::{
    AgeQuestion, AgeVerdict, Basis, Bound, DEFAULT_BASIS, DateRange, DatedFact, judge,
};
use tw_model::{DateKind, Day, Months, PartialDate, Word};

/// The age of equipment, from dates with their precision.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Judge one asset from a file of dates and evidence.
    Evaluate(Evaluate),
    /// Say why an asset of the register is judged as it is.
    Explain(register::Explain),
    /// Count all assets and staff of the register; fail on the verdicts that are asked for.
    Check(register::Check),
}

#[derive(Debug, Args)]
pub(crate) struct Evaluate {
    /// The dates as JSON; `-` reads standard input.
    file: String,
    /// Print JSON also on a terminal.
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(command: Command) -> Outcome {
    match command {
        Command::Evaluate(args) => evaluate(&args),
        Command::Explain(args) => register::explain(&args),
        Command::Check(args) => register::check(&args),
    }
}

fn evaluate(args: &Evaluate) -> Outcome {
    let report = report(&read_json(&args.file, read)?);
    if args.json || !std::io::stdout().is_terminal() {
        return say_json(&report);
    }
    let day = |day: Option<Day>| day.map_or("not known".to_owned(), |d| d.0.to_string());
    let range = |range: &DateRange| format!("{} to {}", day(range.earliest), day(range.latest));
    say(format_args!("verdict         {}", word(report.verdict)));
    say(format_args!("due             {}", range(&report.due)));
    say(format_args!(
        "first day over  {}",
        range(&report.first_day_over)
    ));
    for reason in &report.reasons {
        say(format_args!("                {reason}"));
    }
    Ok(())
}

/// What the file asks.
struct Input {
    as_of: Day,
    max_age: Months,
    dates: Vec<DatedFact>,
    bounds: Vec<Bound>,
}

#[derive(Serialize)]
struct Report {
    verdict: AgeVerdict,
    basis: Option<Basis>,
    due: DateRange,
    first_day_over: DateRange,
    reasons: Vec<String>,
}

fn report(input: &Input) -> Report {
    let answer = judge(&AgeQuestion {
        as_of: input.as_of.0,
        max_age: input.max_age,
        basis: DEFAULT_BASIS,
        dates: &input.dates,
        bounds: &input.bounds,
    });
    Report {
        verdict: answer.verdict,
        basis: answer.basis,
        due: answer.due,
        first_day_over: answer.first_day_over,
        reasons: answer.reasons.iter().map(ToString::to_string).collect(),
    }
}

fn read(root: &Field<'_>) -> Option<Input> {
    let file = root.object(&["as_of", "max_age_months", "dates", "bounds"])?;
    let as_of = file.required("as_of").and_then(|field| {
        let text = field.text()?;
        text.parse().map_or_else(|why| field.refuse(why), Some)
    });
    let months = file.required("max_age_months");
    let months = months.and_then(|field| field.whole(1..=i64::from(Months::MAX)));
    let mut bounds = Vec::new();
    let dates = each(file.required("dates"), |item| dated(item, &mut bounds));
    let given = match file.optional("bounds") {
        Some(field) => each(Some(field), bound),
        None => Some(Vec::new()),
    };
    bounds.extend(given?);
    Some(Input {
        as_of: as_of?,
        max_age: Months(u16::try_from(months?).ok()?),
        dates: dates?.into_iter().flatten().collect(),
        bounds,
    })
}

fn each<'a, T>(
    list: Option<Field<'a>>,
    mut one: impl FnMut(&Field<'a>) -> Option<T>,
) -> Option<Vec<T>> {
    let items: Vec<Option<T>> = list?.list()?.iter().map(&mut one).collect();
    items.into_iter().collect()
}

/// A dated event. The release of the model is no event of the asset: it bounds the others.
#[expect(clippy::option_option, reason = "a fault, a bound, or a fact")]
fn dated(item: &Field<'_>, bounds: &mut Vec<Bound>) -> Option<Option<DatedFact>> {
    let date = item.object(&["kind", "value", "source"])?;
    let kind_field = date.required("kind")?;
    let kind = kind_field.text()?;
    let when = partial(&date.required("value")?)?;
    let source = source(&date)?;
    if kind == "released" {
        let when = DateRange {
            latest: None,
            ..when
        };
        let source = source.or_else(|| Some("the model's release".to_owned()));
        bounds.push(Bound { when, source });
        return Some(None);
    }
    let Some(kind) = DateKind::from_word(kind) else {
        let allowed = DateKind::words().join(", ");
        return kind_field.refuse(format!("{kind:?} is no kind; allowed: {allowed}, released"));
    };
    Some(Some(DatedFact { kind, when, source }))
}

fn bound(item: &Field<'_>) -> Option<Bound> {
    let bound = item.object(&["not_before", "not_after", "source"])?;
    let when = match (bound.optional("not_before"), bound.optional("not_after")) {
        (Some(field), None) => DateRange {
            latest: None,
            ..partial(&field)?
        },
        (None, Some(field)) => DateRange {
            earliest: None,
            ..partial(&field)?
        },
        _ => return item.refuse("must have either not_before or not_after"),
    };
    let source = source(&bound)?;
    Some(Bound { when, source })
}

fn partial(field: &Field<'_>) -> Option<DateRange> {
    let date = field.text()?.parse::<PartialDate>();
    date.map_or_else(|why| field.refuse(why), |date| Some(date.into()))
}

/// The outer option is whether it could be read, the inner whether it is there.
#[expect(clippy::option_option, reason = "absent is not wrong")]
fn source(object: &Object<'_>) -> Option<Option<String>> {
    match object.optional("source") {
        Some(field) => field.text().map(|text| Some(text.to_owned())),
        None => Some(None),
    }
}

const fn word(verdict: AgeVerdict) -> &'static str {
    match verdict {
        AgeVerdict::Over => "over",
        AgeVerdict::Within => "within",
        AgeVerdict::Uncertain => "uncertain",
        AgeVerdict::Unknown => "unknown",
        AgeVerdict::Conflict => "conflict",
    }
}
