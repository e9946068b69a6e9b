//! `tierwatch evidence`: when something was made, from its serial number.
//!
//! **Room:** layer 3. **May use:** `tw-lifecycle`. **Must not:** decode; it asks and prints.

use crate::{
    clock::wall_clock,
    outcome::{Failure, Outcome, say, say_json},
};
use clap::{Args, Subcommand};
use jiff::tz::TimeZone;
use tw_lifecycle::{Guard, decode_evidence, evidence_vendors};
use tw_model::Day;

/// Evidence of age.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Read the date in a serial number, or one as its source writes it.
    Decode(Decode),
}

#[derive(Debug, Args)]
pub(crate) struct Decode {
    /// The serial number, or the date as its source writes it.
    serial: String,
    /// Whose it is, as `cisco`, `apc`, `huawei`, `hpe`; or the source, as `ipmi-fru`.
    #[arg(long)]
    vendor: String,
    /// When the model was released: readings long before are refused.
    #[arg(long)]
    released: Option<String>,
    /// When the model's sale ended: decides between several readings.
    #[arg(long)]
    end_of_sale: Option<String>,
    /// The day that counts as today.
    #[arg(long)]
    as_of: Option<String>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(command: Command) -> Outcome {
    match command {
        Command::Decode(args) => decode(&args),
    }
}

fn decode(args: &Decode) -> Outcome {
    let today = match day("--as-of", args.as_of.as_deref())? {
        Some(day) => day.0,
        None => wall_clock(None)
            .now()
            .to_jiff()
            .to_zoned(TimeZone::UTC)
            .date(),
    };
    let guard = Guard {
        today,
        released: day("--released", args.released.as_deref())?.map(|d| d.0),
        end_of_sale: day("--end-of-sale", args.end_of_sale.as_deref())?.map(|d| d.0),
    };
    let Some(decoded) = decode_evidence(&args.vendor, &args.serial, &guard) else {
        let known = evidence_vendors().join(", ");
        return Err(Failure::input(format!(
            "--vendor: no rule for {:?}; known: {known}",
            args.vendor
        )));
    };
    if args.json {
        return say_json(&decoded);
    }
    for c in &decoded.candidates {
        let (from, to, by) = (c.earliest.0, c.latest.0, c.decoder);
        say(format_args!(
            "{from} to {to}, {:?} confidence, {by}",
            c.confidence
        ));
    }
    if let Some(why) = decoded.refused {
        say(format_args!("refused: {why}"));
    }
    Ok(())
}

fn day(flag: &str, text: Option<&str>) -> Result<Option<Day>, Failure> {
    text.map(|text| {
        text.parse()
            .map_err(|why| Failure::input(format!("{flag}: {why}")))
    })
    .transpose()
}
