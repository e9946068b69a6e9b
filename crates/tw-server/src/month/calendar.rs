//! Months as people name them.
//!
//! **Room:** layer 2, pure. **May use:** `tw-availability`. **Must not:** do I/O.

use crate::http::refusal::Refusal;
use jiff::{ToSpan, civil::Date, tz::TimeZone};
use tw_units::{Interval, Timestamp};

/// The most months that one question is about.
pub(crate) const MONTHS_MAX: u32 = 36;
const MONTHS_DEFAULT: u32 = 12;

/// A month of a site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Month {
    /// As `2026-09`.
    pub(crate) name: String,
    /// From its first instant to the first one after it.
    pub(crate) period: Interval,
}

/// The month of this name in a zone.
pub(crate) fn named(name: &str, zone: &TimeZone) -> Result<Month, Refusal> {
    let period = tw_availability::month(name, zone)
        .map_err(|cause| Refusal::bad("bad_month", cause.to_string()).with("month", name))?;
    Ok(Month {
        name: name.to_owned(),
        period,
    })
}

/// The name of the month that an instant lies in.
pub(crate) fn name_at(at: Timestamp, zone: &TimeZone) -> String {
    name_of(at.to_jiff().to_zoned(zone.clone()).date())
}

fn name_of(day: Date) -> String {
    format!("{:04}-{:02}", day.year(), day.month())
}

/// The months up to `until`, the earliest first.
pub(crate) fn row(
    (until, count): (Option<&str>, Option<u32>),
    zone: &TimeZone,
    now: Timestamp,
) -> Result<Vec<Month>, Refusal> {
    let last = until.map_or_else(|| name_at(now, zone), str::to_owned);
    let count = count.unwrap_or(MONTHS_DEFAULT);
    if count == 0 || count > MONTHS_MAX {
        let detail = format!("count is from 1 to {MONTHS_MAX}");
        return Err(Refusal::bad("bad_parameter", detail).with("parameter", "count"));
    }
    let first_day = named(&last, zone)?;
    let last_day = first_day
        .period
        .from
        .to_jiff()
        .to_zoned(zone.clone())
        .date();
    (0..i64::from(count))
        .rev()
        .filter_map(|back| last_day.checked_sub(back.months()).ok())
        .map(|day| named(&name_of(day), zone))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_of_months_ends_with_the_wanted_one() {
        let zone = TimeZone::get("Asia/Ho_Chi_Minh").unwrap();
        let now: Timestamp = "2026-10-31T18:00:00Z".parse().unwrap();
        let names = |until, count| {
            let row = row((until, count), &zone, now).unwrap();
            row.into_iter().map(|m| m.name).collect::<Vec<_>>()
        };
        assert_eq!(names(None, Some(2)), ["2026-10", "2026-11"]);
        assert_eq!(
            names(Some("2019-01"), Some(3)),
            ["2018-11", "2018-12", "2019-01"]
        );
        assert!(row((Some("2019-13"), None), &zone, now).is_err());
        assert!(row((None, Some(37)), &zone, now).is_err());
    }
}
