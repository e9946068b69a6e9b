use super::*;
use proptest::prelude::*;

fn guard() -> Guard {
    Guard {
        today: "2026-11-22".parse().unwrap(),
        released: None,
        end_of_sale: None,
    }
}

/// All readings as `earliest..latest precision confidence`, or the reason.
#[track_caller]
fn check_with(guard: &Guard, vendor: &str, text: &str, expect: &str) {
    let got = decode_evidence(vendor, text, guard).unwrap();
    let lines: Vec<String> = got
        .candidates
        .iter()
        .map(|c| {
            let (precision, confidence) = (c.precision, c.confidence);
            format!(
                "{}..{} {precision:?} {confidence:?}",
                c.earliest.0, c.latest.0
            )
        })
        .collect();
    let all = got.refused.unwrap_or_else(|| lines.join(", "));
    assert_eq!(all, expect, "{vendor} {text}");
}

#[track_caller]
fn check(vendor: &str, text: &str, expect: &str) {
    check_with(&guard(), vendor, text, expect);
}

#[test]
fn serials_give_their_week_or_month() {
    check("cisco", "SAD08300D4W", "2004-07-12..2004-08-01 Week High");
    check("Cisco", "JAE2445044T", "2020-10-26..2020-11-15 Week High");
    check("apc", "AS1524110926", "2015-06-08..2015-06-14 Week High");
    check(
        "schneider",
        "5B2228T01467",
        "2022-07-11..2022-07-17 Week High",
    );
    check(
        "huawei",
        "21023112345678J1ABCD",
        "2007-08-01..2007-08-31 Month High",
    );
    check(
        "huawei",
        "210231123456",
        "\"210231123456\" has not the shape of a Huawei serial of 20 characters",
    );
    check(
        "huawei",
        "210231A3K5XXJ4123456",
        "2018-04-01..2018-04-30 Month High",
    );
    check(
        "xfusion",
        "210231A3K5XXRC123456",
        "2025-12-01..2025-12-31 Month High",
    );
}

#[test]
fn dates_that_equipment_carries_are_read() {
    check("ipmi-fru", "62867", "1996-02-13..1996-02-13 Day High");
    check(
        "ipmi-fru",
        "0",
        "0 minutes mean that the date is not specified",
    );
    check(
        "entity-mib",
        "07 e0 02 1d 00 00 00 00",
        "2016-02-29..2016-02-29 Day High",
    );
    check(
        "entity-mib",
        "07e0021d000000002b0700",
        "2016-02-29..2016-02-29 Day High",
    );
    check(
        "compaq-mib",
        "07dd0c1f000000",
        "2013-12-31..2013-12-31 Day Medium",
    );
    check(
        "compaq-mib",
        "0000010100aa00",
        "the year is 0: the date is unknown",
    );
    check("sfp", "190417A1", "2019-04-17..2019-04-17 Day High");
    check(
        "powernet-mib",
        "06/09/2015",
        "2015-06-09..2015-06-09 Day Medium",
    );
    check(
        "powernet-mib",
        "11/03/99",
        "1999-11-03..1999-11-03 Day Medium",
    );
    check("usb-hid", "20083", "2019-03-19..2019-03-19 Day Low");
}

#[test]
fn defaults_and_placeholders_are_refused_with_the_reason() {
    for text in [
        "To Be Filled By O.E.M.",
        "Default string",
        "0000000000",
        "XXXXXXXXXXX",
        "CPS",
        "NA",
    ] {
        check(
            "cisco",
            text,
            &format!("{text:?} is a placeholder, not a serial or a date"),
        );
    }
    check("usb-hid", "2001/01/01", "2001-01-01 is a factory default");
    check("usb-hid", "2001/09/25", "2001-09-25 is a factory default");
    let zeros = "0000000000000000";
    check(
        "entity-mib",
        zeros,
        &format!("{zeros:?} is a placeholder, not a serial or a date"),
    );
    check(
        "entity-mib",
        "30303030303030303030303030303030",
        "a DateAndTime has 8 or 11 octets, not 16",
    );
}

#[test]
fn makers_without_a_date_say_so() {
    check(
        "juniper",
        "JN11AB22CD",
        "Juniper serials carry no date; a chassis serial is a system id that outlives repairs",
    );
    check(
        "dell",
        "7GHX2M2",
        "a Dell service tag carries no date; import the ship date from the warranty export",
    );
    assert_eq!(decode_evidence("nobody", "X", &guard()), None);
}

#[test]
fn a_shape_that_fits_in_part_is_refused() {
    let shape = |text: &str| format!("{text:?} has not the shape of a Cisco serial, LLLYYWWXXXX");
    for text in [
        "SAD0830",
        "SAD08540D4W",
        "SAD08000D4W",
        "5AD08300D4W",
        "SAD08300D4WX",
        "sad08300d4w",
    ] {
        check("cisco", text, &shape(text));
    }
    check(
        "apc",
        "991234567890",
        "\"991234567890\" may be of the 1990s, when APC serials began with the year",
    );
}

#[test]
fn nothing_is_made_in_the_future_or_long_before_its_model() {
    check(
        "cisco",
        "SAD31300D4W",
        "it would have been made on 2027-07-19, in the future",
    );
    let mut guard = guard();
    guard.released = "2019-01-01".parse().ok();
    check_with(
        &guard,
        "cisco",
        "SAD08300D4W",
        "it would have been made by 2004-08-01, before its model was released",
    );
    guard.released = "2005-01-15".parse().ok();
    check_with(
        &guard,
        "cisco",
        "SAD08300D4W",
        "2004-07-12..2004-08-01 Week High",
    );
}

#[test]
fn an_ambiguous_serial_gives_every_reading_that_fits() {
    check(
        "hpe",
        "CZJ2340XYZ",
        "2002-08-19..2002-08-25 Week Low, 2012-08-20..2012-08-26 Week Low, \
         2022-08-22..2022-08-28 Week Low, 2023-10-02..2023-10-08 Week Low",
    );
    let mut guard = guard();
    guard.released = "2010-05-01".parse().ok();
    guard.end_of_sale = "2015-05-01".parse().ok();
    check_with(
        &guard,
        "hpe",
        "CZJ2340XYZ",
        "2012-08-20..2012-08-26 Week Medium",
    );
    guard.released = "2024-06-01".parse().ok();
    guard.end_of_sale = "2025-06-01".parse().ok();
    check_with(
        &guard,
        "hpe",
        "CZJ2340XYZ",
        "no reading agrees with the model's release and end of sale",
    );
}

#[test]
fn further_sources_and_full_names_of_makers_are_read() {
    check(
        "redfish",
        "2019-05-14T00:00:00Z",
        "2019-05-14..2019-05-14 Day High",
    );
    check("redfish", "2019-05-14", "2019-05-14..2019-05-14 Day High");
    check(
        "redfish",
        "0001-01-01T00:00:00Z",
        "0001-01-01 is what systems write for an unknown date",
    );
    check(
        "redfish",
        "14/05/2019",
        "\"14/05/2019\" is no date YYYY-MM-DDThh:mm:ssZ",
    );
    check("ipmi-fru", "93 f5 00", "1996-02-13..1996-02-13 Day High");
    check(
        "ipmi-fru",
        "16777215",
        "it would have been made on 2027-11-24, in the future",
    );
    check(
        "Cisco Systems, Inc.",
        "SAD08300D4W",
        "2004-07-12..2004-08-01 Week High",
    );
    check(
        "Cisco Meraki",
        "Q2KN-AAAA-BBBB",
        "Meraki serials carry no date",
    );
    check(
        "Schneider Electric",
        "5B2228T01467",
        "2022-07-11..2022-07-17 Week High",
    );
    check(
        "smbios",
        "07/12/2021",
        "SMBIOS carries no day of manufacture; the BIOS date is not an age",
    );
    check("nut", "2001/09/25", "2001-09-25 is a factory default");
}

#[test]
fn placeholders_of_every_source_are_refused() {
    for (vendor, text, expect) in [
        (
            "entity-mib",
            "NA",
            "\"NA\" is a placeholder, not a serial or a date",
        ),
        (
            "entity-mib",
            "00 00 00 00 00 00 00 00",
            "\"00 00 00 00 00 00 00 00\" is a placeholder, not a serial or a date",
        ),
        (
            "entity-mib",
            "0000050100000000",
            "the year is 0: the date is unknown",
        ),
        (
            "usb-hid",
            "CPS",
            "\"CPS\" is a placeholder, not a serial or a date",
        ),
        (
            "smbios",
            "00000000-0000-0000-0000-000000000000",
            "\"00000000-0000-0000-0000-000000000000\" is a placeholder, not a serial or a date",
        ),
    ] {
        check(vendor, text, expect);
    }
}

/// The evidence of an observation as `kind earliest..latest confidence`.
#[track_caller]
fn check_seen(seen: &ManufactureSeen<'_>, guard: &Guard, expect: &str) {
    let lines: Vec<String> = manufacture_evidence(seen, guard)
        .iter()
        .map(|e| {
            let (kind, earliest, latest) = (e.kind.as_str(), e.earliest.0, e.latest.0);
            format!("{kind} {earliest}..{latest} {:?}", e.confidence)
        })
        .collect();
    assert_eq!(lines.join(", "), expect);
}

#[test]
fn an_observation_gives_the_evidence_that_the_guards_allow() {
    let cisco = ManufactureSeen {
        manufacturer: Some("Cisco"),
        serial: Some("JAE2445044T"),
        made_on: Some("2020-11-03"),
    };
    check_seen(
        &cisco,
        &guard(),
        "entity_mib 2020-11-03..2020-11-03 High, serial 2020-10-26..2020-11-15 High",
    );
    let mut late = guard();
    late.released = "2023-01-01".parse().ok();
    check_seen(&cisco, &late, "");
    let other_maker = ManufactureSeen {
        manufacturer: Some("Arista"),
        made_on: None,
        ..cisco
    };
    check_seen(&other_maker, &guard(), "");
    let several = ManufactureSeen {
        manufacturer: Some("HPE"),
        serial: Some("CZJ2340XYZ"),
        made_on: None,
    };
    check_seen(&several, &guard(), "serial 2002-08-19..2023-10-08 Low");
    let evidence = manufacture_evidence(&several, &guard());
    assert_eq!((evidence[0].bound(), evidence[0].fact()), (None, None));
    let evidence = manufacture_evidence(&cisco, &guard());
    let bound = evidence[1].bound().unwrap();
    assert_eq!(
        bound.when.latest, None,
        "made then, and in service any time after"
    );
    assert_eq!(bound.when.earliest, "2020-10-26".parse().ok());
}

#[test]
fn evidence_bounds_the_age_and_never_makes_a_fact_of_a_guess() {
    use crate::{AgeQuestion, AgeVerdict, DEFAULT_BASIS, judge};
    let seen = ManufactureSeen {
        manufacturer: Some("Cisco"),
        serial: Some("FOC2514QSBK"),
        made_on: None,
    };
    let bounds: Vec<_> = manufacture_evidence(&seen, &guard())
        .iter()
        .filter_map(Evidence::bound)
        .collect();
    let ask = |as_of: &str| {
        let question = AgeQuestion {
            as_of: as_of.parse().unwrap(),
            max_age: tw_model::Months(60),
            basis: DEFAULT_BASIS,
            dates: &[],
            bounds: &bounds,
        };
        judge(&question).verdict
    };
    assert_eq!(ask("2026-01-01"), AgeVerdict::Within, "made in April 2021");
    assert_eq!(
        ask("2027-01-01"),
        AgeVerdict::Unknown,
        "made then, in use since nobody knows"
    );
}

proptest! {
    #[test]
    fn any_text_is_read_without_a_panic_and_in_order(vendor in prop::sample::select(evidence_vendors()), text in "[ -~à-ỹ]{0,24}") {
        let got = decode_evidence(vendor, &text, &guard()).unwrap();
        prop_assert_eq!(got.refused.is_some(), got.candidates.is_empty());
        for c in got.candidates {
            prop_assert!(c.earliest <= c.latest && c.earliest.0 <= guard().today);
        }
    }

    #[test]
    fn a_cisco_serial_gives_its_own_week(year in 0_i16..30, week in 1_i16..53) {
        let text = format!("FOC{year:02}{week:02}X0Y1");
        let got = decode_evidence("cisco", &text, &guard()).unwrap();
        let iso = jiff::civil::ISOWeekDate::new(1996 + year, i8::try_from(week).unwrap(), jiff::civil::Weekday::Thursday);
        let thursday = Day(iso.unwrap().date());
        prop_assert!(got.candidates[0].earliest < thursday && thursday < got.candidates[0].latest);
    }
}
