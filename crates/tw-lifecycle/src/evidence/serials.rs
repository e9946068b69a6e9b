//! Serial numbers that carry the week or month of manufacture.
//!
//! **Room:** layer 0, pure. **May use:** `tw-model`. **Must not:** accept a serial whose shape
//! fits only in part.

use super::{Candidate, Confidence, Guard, candidate};
use crate::range::DateRange;
use jiff::{
    Span,
    civil::{Date, ISOWeekDate, Weekday, date},
};
use tw_model::Precision;

type Readings = Result<Vec<Candidate>, String>;

/// `LLLYYWWSSSS`: three letters of the place, year since 1996, week 01 to 53, four more. Their
/// weeks are not ISO's, so a week to either side is allowed.
pub(super) fn cisco(text: &str) -> Readings {
    let wrong = || format!("{text:?} has not the shape of a Cisco serial, LLLYYWWXXXX");
    let (place, year, week, rest) = parts(text, 11, 3).ok_or_else(wrong)?;
    if !place.bytes().all(|b| b.is_ascii_uppercase()) || !is_code(rest) {
        return Err(wrong());
    }
    let (first, last) = week_of(1996 + year, week).ok_or_else(wrong)?;
    let wider = DateRange::closed(moved(first, -7), moved(last, 7));
    one(wider, Precision::Week, Confidence::High, "cisco-serial/1").ok_or_else(wrong)
}

/// `PPYYWWXXXXXX`: two of the plant, year since 2000, ISO week, six more.
pub(super) fn apc(text: &str) -> Readings {
    let wrong = || format!("{text:?} has not the shape of an APC serial, PPYYWWXXXXXX");
    let (place, year, week, rest) = parts(text, 12, 2).ok_or_else(wrong)?;
    if !is_code(place) || !is_code(rest) {
        return Err(wrong());
    }
    if place.bytes().all(|b| b.is_ascii_digit()) {
        // Units of the 1990s begin with the year: the same digits would mean another date.
        return Err(format!(
            "{text:?} may be of the 1990s, when APC serials began with the year"
        ));
    }
    let (first, last) = week_of(2000 + year, week).ok_or_else(wrong)?;
    let range = DateRange::closed(first, last);
    one(range, Precision::Week, Confidence::High, "apc-serial/1").ok_or_else(wrong)
}

/// `21` + 8 of the material + 2 of the vendor + year + month + 6: 1–9 are 2001–2009, letters
/// without I, O and Z go on from 2010; months are 1–9, A, B, C.
pub(super) fn huawei(text: &str) -> Readings {
    const YEARS: &str = "123456789ABCDEFGHJKLMNPQRSTUVWXY";
    const MONTHS: &str = "123456789ABC";
    let wrong = || format!("{text:?} has not the shape of a Huawei serial of 20 characters");
    if text.len() != 20 || !text.starts_with("21") || !is_code(text) {
        return Err(wrong());
    }
    let place = |list: &str, index: usize| {
        let letter = text.get(index..=index)?;
        i16::try_from(list.find(letter)?).ok()
    };
    let year = place(YEARS, 12).ok_or_else(wrong)? + 2001;
    let month = place(MONTHS, 13).ok_or_else(wrong)? + 1;
    let month = i8::try_from(month).map_err(|_| wrong())?;
    let first = date(year, month, 1);
    let range = DateRange::closed(first, first.last_of_month());
    one(range, Precision::Month, Confidence::High, "huawei-serial/1").ok_or_else(wrong)
}

/// Ten characters, read as a server's (`CCSYYWWZZZ`) and as a PC's (`CCSYWWZZZZ`, a year of any
/// decade): all readings within the model's release and end of sale.
pub(super) fn hpe(text: &str, guard: &Guard) -> Readings {
    let wrong = || format!("{text:?} has not the shape of an HPE serial of 10 characters");
    if text.len() != 10 || !is_code(text) {
        return Err(wrong());
    }
    let digits = |range: std::ops::Range<usize>| -> Option<i16> {
        let part = text.get(range)?;
        part.bytes()
            .all(|b| b.is_ascii_digit())
            .then(|| part.parse().ok())?
    };
    let server = digits(3..5)
        .zip(digits(5..7))
        .map(|(year, week)| (2000 + year, week));
    let pc = digits(3..4).zip(digits(4..6));
    let pcs = pc
        .into_iter()
        .flat_map(|(year, week)| [2000, 2010, 2020, 2030].map(|decade| (decade + year, week)));
    let in_sale = |(first, last): &(Date, Date)| {
        let after = guard.released.is_none_or(|day| *last >= moved(day, -183));
        after && guard.end_of_sale.is_none_or(|day| *first <= day)
    };
    let weeks: Vec<(Date, Date)> = server
        .into_iter()
        .chain(pcs)
        .filter_map(|(year, week)| week_of(year, week))
        .filter(|(first, _)| *first <= guard.today)
        .collect();
    if weeks.is_empty() {
        return Err(wrong());
    }
    let fitting: Vec<(Date, Date)> = weeks.into_iter().filter(in_sale).collect();
    let bounded = guard.released.is_some() && guard.end_of_sale.is_some();
    let confidence = match fitting.len() {
        1 if bounded => Confidence::Medium,
        _ => Confidence::Low,
    };
    let read = |(first, last)| {
        let range = DateRange::closed(first, last);
        candidate(range, Precision::Week, confidence, "hpe-serial/1")
    };
    Ok(fitting.into_iter().filter_map(read).collect())
}

/// Letters before, two digits of the year, two of the week, and the rest.
fn parts(text: &str, length: usize, before: usize) -> Option<(&str, i16, i16, &str)> {
    if text.len() != length || !text.is_ascii() {
        return None;
    }
    let number = |from: usize| {
        let digits = text.get(from..from + 2)?;
        let all = digits.bytes().all(|b| b.is_ascii_digit());
        all.then(|| digits.parse::<i16>().ok())?
    };
    Some((
        text.get(..before)?,
        number(before)?,
        number(before + 2)?,
        text.get(before + 4..)?,
    ))
}

fn is_code(text: &str) -> bool {
    text.bytes()
        .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}

/// Monday and Sunday of a week. Makers also write 53 in years of 52 weeks: the week after the
/// last.
fn week_of(year: i16, week: i16) -> Option<(Date, Date)> {
    if !(1..=53).contains(&week) {
        return None;
    }
    let first = ISOWeekDate::new(year, 1, Weekday::Monday).ok()?.date();
    let monday = moved(first, 7 * (i32::from(week) - 1));
    Some((monday, moved(monday, 6)))
}

fn moved(day: Date, days: i32) -> Date {
    day.checked_add(Span::new().days(days)).unwrap_or(day)
}

fn one(
    range: DateRange,
    precision: Precision,
    confidence: Confidence,
    decoder: &'static str,
) -> Option<Vec<Candidate>> {
    Some(vec![candidate(range, precision, confidence, decoder)?])
}
