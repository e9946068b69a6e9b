//! Dates that equipment carries as such: in its MIB, its FRU area, its transceivers.
//!
//! **Room:** layer 0, pure. **May use:** `tw-model`. **Must not:** take the zero of a format for
//! a date.

use super::{Candidate, Confidence, candidate};
use crate::range::DateRange;
use jiff::{Span, civil::Date};
use tw_model::Precision;

type Readings = Result<Vec<Candidate>, String>;

/// `entPhysicalMfgDate` (RFC 6933), a `DateAndTime` of 8 or 11 octets in hexadecimal. Eight zero
/// octets mean unknown.
pub(super) fn entity_mib(text: &str) -> Readings {
    let octets = octets(text)?;
    if ![8, 11].contains(&octets.len()) {
        return Err(format!(
            "a DateAndTime has 8 or 11 octets, not {}",
            octets.len()
        ));
    }
    day_of(&octets, Confidence::High, "entity-mib-date/1")
}

/// The 7 octets of the HP and Compaq MIBs, in hexadecimal; the year 0 means unknown.
pub(super) fn compaq_mib(text: &str) -> Readings {
    let octets = octets(text)?;
    if octets.len() != 7 {
        return Err(format!("the date has 7 octets, not {}", octets.len()));
    }
    day_of(&octets, Confidence::Medium, "compaq-mib-date/1")
}

/// The board date of an IPMI FRU area: minutes since 1996-01-01; 0 means unspecified.
pub(super) fn ipmi_fru(text: &str) -> Readings {
    const MINUTES_MAX: i32 = 0x00ff_ffff;
    let written = || text.parse::<i32>().ok();
    let minutes = three_octets(text)
        .or_else(written)
        .filter(|m| (0..=MINUTES_MAX).contains(m));
    let minutes = minutes.ok_or_else(|| {
        format!("{text:?} is no number of minutes from 0 to {MINUTES_MAX} (three octets)")
    })?;
    if minutes == 0 {
        return Err("0 minutes mean that the date is not specified".to_owned());
    }
    let day = jiff::civil::date(1996, 1, 1).checked_add(Span::new().days(minutes / 1_440));
    single(day.ok(), Confidence::High, "ipmi-fru-date/1", text)
}

/// The three octets as they lie in the area, least significant first: `93 f5 00`. Digits
/// without blanks or colons are a number.
fn three_octets(text: &str) -> Option<i32> {
    let parts: Vec<&str> = text.split([' ', ':']).collect();
    let [low, middle, high] = parts.as_slice() else {
        return None;
    };
    let octet = |digits: &&str| u8::from_str_radix(digits, 16).ok();
    let (low, middle, high) = (octet(low)?, octet(middle)?, octet(high)?);
    Some(i32::from_le_bytes([low, middle, high, 0]))
}

/// `ProductionDate` of Redfish, `2019-05-14T00:00:00Z`: the time of day is not known where it
/// is zero, and means nothing here.
pub(super) fn redfish(text: &str) -> Readings {
    let day = text.split('T').next().unwrap_or_default();
    let shaped =
        day.get(4..5) == Some("-") && day.len() == 10 && [text.len(), 20, 25].contains(&text.len());
    if !shaped {
        return Err(format!("{text:?} is no date YYYY-MM-DDThh:mm:ssZ"));
    }
    if let Some(zero) = ["0001-01-01", "1970-01-01", "0000-00-00"]
        .iter()
        .find(|z| **z == day)
    {
        return Err(format!("{zero} is what systems write for an unknown date"));
    }
    single(
        day.parse().ok(),
        Confidence::High,
        "redfish-production-date/1",
        text,
    )
}

/// The date code of an SFP or QSFP: `YYMMDD` and two characters of the lot.
pub(super) fn transceiver(text: &str) -> Readings {
    let code = text
        .get(..6)
        .filter(|c| c.bytes().all(|b| b.is_ascii_digit()));
    let code = code.filter(|_| [6, 7, 8].contains(&text.trim_end().len()));
    let code = code.ok_or_else(|| format!("{text:?} is no date code YYMMDD with its lot"))?;
    let iso = format!("20{}-{}-{}", &code[..2], &code[2..4], &code[4..6]);
    single(iso.parse().ok(), Confidence::High, "sfp-date-code/1", text)
}

/// A date of the PowerNet-MIB: `MM/DD/YY` or `MM/DD/YYYY`, entered by people.
pub(super) fn powernet(text: &str) -> Readings {
    let wrong = || format!("{text:?} is no date MM/DD/YY or MM/DD/YYYY");
    let parts: Vec<&str> = text.split('/').collect();
    let [month, day, year] = parts.as_slice() else {
        return Err(wrong());
    };
    let full: i16 = match (year.len(), year.parse::<i16>()) {
        (4, Ok(year)) => year,
        (2, Ok(year)) if year >= 70 => 1900 + year,
        (2, Ok(year)) => 2000 + year,
        _ => return Err(wrong()),
    };
    let made = month.parse().ok().zip(day.parse().ok());
    let made = made.and_then(|(month, day)| Date::new(full, month, day).ok());
    single(made, Confidence::Medium, "powernet-date/1", text)
}

/// The packed date of USB HID power devices, `(y − 1980) · 512 + m · 32 + d`, or as
/// `YYYY/MM/DD`. Two dates are factory defaults.
pub(super) fn usb_hid(text: &str) -> Readings {
    let packed = text.parse::<u16>().ok().map(|packed| {
        let year = 1980 + i16::try_from(packed / 512).unwrap_or(0);
        let month = i8::try_from(packed / 32 % 16).unwrap_or(0);
        let day = i8::try_from(packed % 32).unwrap_or(0);
        Date::new(year, month, day).ok()
    });
    let written = || text.replace('/', "-").parse::<Date>().ok();
    let made = packed.unwrap_or_else(written);
    let default = |day: &Date| [(1, 1), (9, 25)].contains(&(day.month(), day.day()));
    if let Some(day) = made.filter(|day| day.year() == 2001 && default(day)) {
        return Err(format!("{day} is a factory default"));
    }
    single(made, Confidence::Low, "usb-hid-date/1", text)
}

fn octets(text: &str) -> Result<Vec<u8>, String> {
    let digits: String = text.chars().filter(|c| !" :".contains(*c)).collect();
    tw_units::from_hex(&digits)
        .ok_or_else(|| format!("{text:?} is no list of octets in hexadecimal"))
}

fn day_of(octets: &[u8], confidence: Confidence, decoder: &'static str) -> Readings {
    let [high, low, month, day, ..] = octets else {
        return Err("the date is cut off".to_owned());
    };
    let year = i16::from_be_bytes([*high, *low]);
    if year == 0 {
        return Err("the year is 0: the date is unknown".to_owned());
    }
    let (month, day) = (i8::try_from(*month), i8::try_from(*day));
    let made = month.ok().zip(day.ok());
    let made = made.and_then(|(month, day)| Date::new(year, month, day).ok());
    single(made, confidence, decoder, "the date")
}

fn single(
    day: Option<Date>,
    confidence: Confidence,
    decoder: &'static str,
    text: &str,
) -> Readings {
    let day = day.ok_or_else(|| format!("the calendar has no such day: {text}"))?;
    let range = DateRange::closed(day, day);
    Ok(candidate(range, Precision::Day, confidence, decoder)
        .into_iter()
        .collect())
}
