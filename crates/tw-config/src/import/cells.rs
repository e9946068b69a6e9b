//! What a cell of a sheet means for a field.
//!
//! **Room:** layer 1. **May use:** nothing of ours. **Must not:** run a formula, or give an
//! identifier back the zeros that a spreadsheet took away.

use super::{DayFormat, headers::word_of};

/// A cell as the file has it.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum RawCell {
    Empty,
    Text(String),
    Number(f64),
    Truth(bool),
    /// A day, known to be one by its format.
    Day(String),
    Formula,
    /// An error value, as `#N/A`.
    Broken,
}

/// Fields whose cells must be text: a number has lost its zeros already.
const TEXT_FIELDS: &[&str] = &[
    "tag",
    "serial",
    "custodian",
    "device",
    "unit",
    "purchase",
    "components",
    "custom",
];

/// Fields that hold dates.
const DATE_FIELDS: &[&str] = &[
    "manufactured",
    "ordered",
    "purchased",
    "received",
    "accepted",
    "first_in_service",
    "installed",
    "warranty_start",
    "warranty_end",
];

/// What is wrong with a cell, and what would be right.
pub(super) type Wrong = (String, &'static str);

/// The cell's text for a field; none when it is empty.
pub(super) fn text_of(
    field: &str,
    cell: RawCell,
    days: DayFormat,
) -> Result<Option<String>, Wrong> {
    let date = DATE_FIELDS.contains(&field);
    match cell {
        RawCell::Empty => Ok(None),
        RawCell::Formula => Err((
            "a formula".to_owned(),
            "a value; copy and paste values only",
        )),
        RawCell::Broken => Err(("an error value".to_owned(), "a value")),
        RawCell::Truth(truth) => Ok(Some(truth.to_string())),
        RawCell::Day(day) if date => Ok(Some(day)),
        RawCell::Day(_) => Err(("a date".to_owned(), "a text")),
        RawCell::Number(number) if TEXT_FIELDS.contains(&field) => Err((
            format!("the number {number}, which may have lost leading zeros or digits"),
            "a cell of text; format the column as text and enter the value again",
        )),
        RawCell::Number(number) if number.fract() != 0.0 || number.abs() > 9.0e15 => {
            Err((format!("the number {number}"), "a whole number, or a text"))
        }
        RawCell::Number(number) if date && !(1900.0..=2200.0).contains(&number) => Err((
            format!("the number {number}"),
            "a date cell, a year, or a text as 2019-06-03",
        )),
        RawCell::Number(number) => Ok(Some(format!("{number:.0}"))),
        RawCell::Text(text) => written(field, &text, days),
    }
}

fn written(field: &str, text: &str, days: DayFormat) -> Result<Option<String>, Wrong> {
    let text = text.trim();
    // Our own exports, and careful people, put an apostrophe before what looks like a formula.
    let text = match text.strip_prefix('\'') {
        Some(rest)
            if rest
                .trim_start_matches('\'')
                .starts_with(['=', '+', '-', '@']) =>
        {
            rest
        }
        _ if text.starts_with(['=', '@']) => {
            return Err((
                "a formula".to_owned(),
                "a value; copy and paste values only",
            ));
        }
        _ => text,
    };
    if text.is_empty() {
        return Ok(None);
    }
    if DATE_FIELDS.contains(&field) && text.contains('/') {
        return slashed(text, days).map(Some);
    }
    if field == "price_vnd" {
        return Ok(Some(grouped(text).unwrap_or_else(|| text.to_owned())));
    }
    Ok(Some(word_of(field, text)))
}

/// `03/06/2019`, when it was declared that the day comes first.
fn slashed(text: &str, days: DayFormat) -> Result<String, Wrong> {
    if days == DayFormat::Iso {
        let message = format!("{text:?}: whether the day or the month comes first is not declared");
        return Err((message, "2019-06-03, or declare that the day comes first"));
    }
    let wrong = || (format!("{text:?} is no day"), "dd/mm/yyyy");
    let parts: Vec<&str> = text.split('/').map(str::trim).collect();
    let [day, month, year] = parts.as_slice() else {
        return Err(wrong());
    };
    let number = |part: &str, digits: usize| {
        let fits = part.len() <= digits && part.bytes().all(|b| b.is_ascii_digit());
        fits.then(|| part.parse::<u16>().ok()).flatten()
    };
    match (number(day, 2), number(month, 2), number(year, 4)) {
        (Some(day), Some(month), Some(year)) if year >= 1000 => {
            Ok(format!("{year:04}-{month:02}-{day:02}"))
        }
        _ => Err(wrong()),
    }
}

/// `185.000.000` and `185,000,000`: groups of three, nothing else.
fn grouped(text: &str) -> Option<String> {
    let text = text.trim_end_matches(['đ', '₫']).trim();
    let separator = text.chars().find(|c| ". ,\u{a0}".contains(*c))?;
    let mut groups = text.split(separator);
    let first = groups.next()?;
    let digits = |group: &str| group.bytes().all(|b| b.is_ascii_digit());
    let good = (1..=3).contains(&first.len()) && digits(first);
    let rest: Vec<&str> = groups.collect();
    let good = good && rest.iter().all(|group| group.len() == 3 && digits(group));
    good.then(|| format!("{first}{}", rest.concat()))
}
