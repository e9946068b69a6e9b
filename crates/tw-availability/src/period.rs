//! Calendar periods in a site's time zone: rules 11 and 16.
//!
//! **Room:** layer 0, pure. **May use:** `tw-units`. **Must not:** subtract local clocks; lengths
//! come from UTC instants, so a month with a change to summer time has its real length.

use jiff::{civil, tz::TimeZone};
use tw_units::{Interval, Timestamp};

/// Why a period or a civil time cannot be placed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PeriodError {
    /// No such zone in the time zone database.
    #[error("there is no time zone {0:?}; write an IANA name, as Asia/Ho_Chi_Minh")]
    Zone(String),
    /// No such month or year.
    #[error("{0:?} is no period; write a month as 2026-09, a year as 2026")]
    Period(String),
    /// A text that is no time.
    #[error(
        "{0:?} is no time; write an instant as 2026-09-01T00:00:00Z, or a date as 2026-09-01 in \
         the time zone"
    )]
    Time(String),
    /// A civil time that the change of clocks skips or repeats.
    #[error("{0:?} is skipped or happens twice in {1}; write it with its offset")]
    Ambiguous(String, String),
}

/// The zone of this IANA name, from the built-in database.
pub fn time_zone(name: &str) -> Result<TimeZone, PeriodError> {
    TimeZone::get(name).map_err(|_| PeriodError::Zone(name.to_owned()))
}

/// The calendar month `2026-09` in `zone`.
pub fn month(text: &str, zone: &TimeZone) -> Result<Interval, PeriodError> {
    let wrong = || PeriodError::Period(text.to_owned());
    let (year, month) = text.split_once('-').ok_or_else(wrong)?;
    let digits = |part: &str, length: usize| {
        part.len() == length && part.bytes().all(|b| b.is_ascii_digit())
    };
    if !digits(year, 4) || !digits(month, 2) {
        return Err(wrong());
    }
    let year: i16 = year.parse().map_err(|_| wrong())?;
    let month: i8 = month.parse().map_err(|_| wrong())?;
    let first = civil::Date::new(year, month, 1).map_err(|_| wrong())?;
    let next = first
        .checked_add(jiff::Span::new().months(1))
        .map_err(|_| wrong())?;
    between(first, next, zone).ok_or_else(wrong)
}

/// The calendar year in `zone`.
pub fn year(year: i16, zone: &TimeZone) -> Result<Interval, PeriodError> {
    let wrong = || PeriodError::Period(year.to_string());
    let first = civil::Date::new(year, 1, 1).map_err(|_| wrong())?;
    let next = civil::Date::new(year.saturating_add(1), 1, 1).map_err(|_| wrong())?;
    between(first, next, zone).ok_or_else(wrong)
}

/// An instant from text: RFC 3339, or a civil date or time in `zone`. A date is its first
/// instant; a time that does not exist or exists twice is refused.
pub fn civil_instant(text: &str, zone: &TimeZone) -> Result<Timestamp, PeriodError> {
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Ok(instant);
    }
    if let Some(date) = date_only(text) {
        return start_of(date, zone).ok_or_else(|| PeriodError::Time(text.to_owned()));
    }
    let wrong = || PeriodError::Time(text.to_owned());
    // `2026-03-29T01:50` and no zone, no `[…]`: anything else would be ignored silently.
    if text
        .bytes()
        .any(|b| !(b.is_ascii_digit() || b"-T:. ".contains(&b)))
    {
        return Err(wrong());
    }
    let local: civil::DateTime = text.parse().map_err(|_| wrong())?;
    zone.to_ambiguous_zoned(local)
        .unambiguous()
        .map(|zoned| Timestamp::from_jiff(zoned.timestamp()))
        .map_err(|_| {
            let name = zone.iana_name().unwrap_or("this zone").to_owned();
            PeriodError::Ambiguous(text.to_owned(), name)
        })
}

fn date_only(text: &str) -> Option<civil::Date> {
    let shaped = text.len() == 10 && text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    shaped.then(|| text.parse().ok()).flatten()
}

pub(crate) fn start_of(date: civil::Date, zone: &TimeZone) -> Option<Timestamp> {
    let zoned = date.to_zoned(zone.clone()).ok()?;
    Some(Timestamp::from_jiff(zoned.timestamp()))
}

fn between(first: civil::Date, next: civil::Date, zone: &TimeZone) -> Option<Interval> {
    Interval::new(start_of(first, zone)?, start_of(next, zone)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_month(zone: &str, text: &str, seconds: i64) {
        let zone = time_zone(zone).unwrap();
        assert_eq!(month(text, &zone).unwrap().millis(), seconds * 1_000);
    }

    #[test]
    fn a_month_has_its_real_length() {
        check_month("Asia/Ho_Chi_Minh", "2028-02", 29 * 86_400);
        check_month("Europe/Paris", "2026-03", 31 * 86_400 - 3_600);
        check_month("Europe/Paris", "2026-10", 31 * 86_400 + 3_600);
        check_month("UTC", "2026-12", 31 * 86_400);
    }

    #[track_caller]
    fn check_instant(zone: &str, text: &str, expect: Option<&str>) {
        let zone = time_zone(zone).unwrap();
        let got = civil_instant(text, &zone).ok().map(|t| t.to_string());
        assert_eq!(got.as_deref(), expect, "{text}");
    }

    #[test]
    fn civil_times_are_read_in_the_zone_of_the_site() {
        check_instant(
            "Asia/Ho_Chi_Minh",
            "2018-07-01",
            Some("2018-06-30T17:00:00Z"),
        );
        check_instant(
            "Europe/Paris",
            "2026-03-29T01:50",
            Some("2026-03-29T00:50:00Z"),
        );
        check_instant("Europe/Paris", "2026-03-29T02:30", None);
        check_instant("Europe/Paris", "2026-10-25T02:30", None);
        check_instant(
            "UTC",
            "2026-09-01T00:00:00+07:00",
            Some("2026-08-31T17:00:00Z"),
        );
        check_instant("UTC", "yesterday", None);
        check_instant("UTC", "2026-13-01", None);
    }

    #[test]
    fn what_is_no_month_is_refused() {
        let zone = time_zone("UTC").unwrap();
        for text in ["2026-9", "2026-13", "2026", "26-09", "2026-09-01", ""] {
            assert!(month(text, &zone).is_err(), "{text:?}");
        }
        assert!(time_zone("Asia/Hanoi_City").is_err());
    }
}
