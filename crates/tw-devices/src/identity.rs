//! Who a device is: maker, model, serial number and version out of what it says.
//!
//! **Room:** layer 0, pure. **May use:** `tw-ingest`. **Must not:** do I/O, or take a
//! placeholder for a serial number.

use tw_ingest::seen::{Identity, PartSeen};

/// `entPhysicalClass` (RFC 6933) of a chassis.
const CHASSIS: i64 = 3;
/// `entPhysicalClass` of a stack, whose members are chassis.
const STACK: i64 = 11;

/// Private enterprise numbers (IANA) of makers that stand in datacentres.
const ENTERPRISES: &[(u32, &str)] = &[
    (2, "IBM"),
    (9, "Cisco"),
    (11, "HPE"),
    (43, "3Com"),
    (94, "Nokia"),
    (111, "Oracle"),
    (171, "D-Link"),
    (193, "Ericsson"),
    (207, "Allied Telesis"),
    (231, "Fujitsu"),
    (232, "HPE"),
    (311, "Microsoft"),
    (318, "APC"),
    (343, "Intel"),
    (388, "Zebra"),
    (476, "Vertiv"),
    (534, "Eaton"),
    (562, "Mitel"),
    (664, "Adtran"),
    (674, "Dell"),
    (705, "Eaton"),
    (789, "NetApp"),
    (850, "Tripp Lite"),
    (890, "Zyxel"),
    (1588, "Brocade"),
    (1718, "Server Technology"),
    (1916, "Extreme Networks"),
    (1991, "Ruckus"),
    (2011, "Huawei"),
    (2544, "Adva"),
    (2606, "Rittal"),
    (2620, "Check Point"),
    (2636, "Juniper"),
    (3375, "F5"),
    (3417, "Blue Coat"),
    (3808, "CyberPower"),
    (3854, "AKCP"),
    (3902, "ZTE"),
    (4526, "Netgear"),
    (4555, "Socomec"),
    (4881, "Ruijie"),
    (5528, "NetBotz"),
    (5951, "Citrix"),
    (6027, "Dell"),
    (6486, "Alcatel-Lucent Enterprise"),
    (6527, "Nokia"),
    (6574, "Synology"),
    (6876, "VMware"),
    (8072, "Net-SNMP"),
    (8741, "SonicWall"),
    (10418, "Avocent"),
    (10876, "Supermicro"),
    (11863, "TP-Link"),
    (12356, "Fortinet"),
    (13742, "Raritan"),
    (14179, "Cisco"),
    (14823, "Aruba"),
    (14988, "MikroTik"),
    (16394, "Gude"),
    (19046, "Lenovo"),
    (21239, "Vertiv"),
    (22610, "A10"),
    (24681, "QNAP"),
    (25461, "Palo Alto Networks"),
    (25506, "H3C"),
    (30065, "Arista"),
    (33049, "Mellanox"),
    (39165, "Hikvision"),
    (40310, "Cumulus"),
    (41112, "Ubiquiti"),
    (47196, "Aruba"),
    (50114, "Pica8"),
];

/// The maker that an object identifier below `enterprises` belongs to, if we know it.
pub fn vendor(sys_object_id: &[u32]) -> Option<&'static str> {
    let enterprise = enterprise(sys_object_id)?;
    ENTERPRISES
        .binary_search_by_key(&enterprise, |(number, _)| *number)
        .ok()
        .map(|at| ENTERPRISES[at].1)
}

/// The enterprise number of a `sysObjectID`.
pub fn enterprise(sys_object_id: &[u32]) -> Option<u32> {
    match sys_object_id {
        [1, 3, 6, 1, 4, 1, enterprise, ..] => Some(*enterprise),
        _ => None,
    }
}

/// A text that names something, or `None` for the words that agents put where they know
/// nothing.
pub fn known(text: &str) -> Option<String> {
    const NOTHING: &[&str] = &[
        "<private>",
        "n/a",
        "na",
        "none",
        "null",
        "nil",
        "unknown",
        "unset",
        "empty",
        "default",
        "default string",
        "not available",
        "not applicable",
        "not specified",
        "not set",
        "not defined",
        "to be filled by o.e.m.",
        "system serial number",
        "serial number",
        "sn",
        "chassis serial number",
        "o.e.m.",
        "oem",
        "invalid",
        "no serial",
        "no_serial",
        "tbd",
        "0123456789",
        "1234567890",
        "123456789",
        "xxxxxxxxxx",
        "private",
        "redacted",
        "-",
        "--",
        "undefined",
        "asset tag",
        "noasset",
    ];
    let text = text.trim().trim_matches('"').trim();
    let lower = text.to_ascii_lowercase();
    let same = |set: &str| !text.is_empty() && text.chars().all(|c| set.contains(c));
    if text.is_empty()
        || text.starts_with("0x")
        || NOTHING.contains(&lower.as_str())
        || same("0")
        || same("0:-. ")
        || same("xX")
        || same("*#?._- ")
        || same("fF")
    {
        return None;
    }
    Some(text.to_owned())
}

/// A serial number: a known text with at least four letters or digits.
pub fn serial(text: &str) -> Option<String> {
    known(text).filter(|text| text.chars().filter(char::is_ascii_alphanumeric).count() >= 4)
}

/// The part that stands for the device: the outermost chassis (the first member of a stack), or
/// the outermost part at all.
pub fn chassis(parts: &[PartSeen]) -> Option<&PartSeen> {
    let stack = parts.iter().find(|p| p.class == STACK);
    let outermost =
        |p: &&PartSeen| p.contained_in == 0 || stack.is_some_and(|s| s.index == p.contained_in);
    parts
        .iter()
        .filter(|p| p.class == CHASSIS)
        .find(outermost)
        .or_else(|| parts.iter().find(|p| p.class == CHASSIS))
        .or_else(|| {
            parts
                .iter()
                .find(|p| p.contained_in == 0 && p.class != STACK)
        })
}

/// Fills maker, model, serial and version from the parts and the texts of `system`. What is
/// there already (a profile said so) stays.
pub fn complete(identity: &mut Identity, object_id: &[u32], parts: &[PartSeen]) {
    if let Some(chassis) = chassis(parts) {
        identity.serial = identity.serial.take().or_else(|| chassis.serial.clone());
        identity.model = identity.model.take().or_else(|| chassis.model.clone());
        identity.version = identity
            .version
            .take()
            .or_else(|| chassis.software_revision.clone());
        if identity.vendor.is_none() {
            identity.vendor = vendor(object_id)
                .filter(|_| enterprise(object_id) != Some(8072))
                .map(str::to_owned)
                .or_else(|| chassis.maker.clone());
        }
    }
    if identity.vendor.is_none() {
        identity.vendor = vendor(object_id).map(str::to_owned);
    }
    if identity.version.is_none() {
        identity.version = version_in(&identity.sys_descr);
    }
}

/// The word after `Version` in a description, as Cisco, Juniper, Huawei and others write it.
fn version_in(descr: &str) -> Option<String> {
    let mut words = descr.split([' ', ',', ';']).filter(|word| !word.is_empty());
    words.find(|word| {
        word.eq_ignore_ascii_case("version") || word.eq_ignore_ascii_case("version:")
    })?;
    let word = words.next()?.trim_matches(['(', ')', '"']);
    word.chars()
        .any(|c| c.is_ascii_digit())
        .then(|| word.to_owned())
}

/// `entPhysicalMfgDate`, a `DateAndTime` (RFC 2579) of 8 or 11 octets, as `YYYY-MM-DD`.
pub fn made_on(bytes: &[u8]) -> Option<String> {
    let [high, low, month, day, ..] = *bytes else {
        return None;
    };
    let year = u16::from_be_bytes([high, low]);
    let plausible = matches!(bytes.len(), 8 | 11)
        && (1990..2100).contains(&year)
        && (1..=12).contains(&month)
        && (1..=31).contains(&day);
    plausible.then(|| format!("{year:04}-{month:02}-{day:02}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_of_makers_is_sorted() {
        assert!(ENTERPRISES.is_sorted_by_key(|(number, _)| *number));
        assert_eq!(vendor(&[1, 3, 6, 1, 4, 1, 318, 1, 3, 27]), Some("APC"));
        assert_eq!(vendor(&[1, 3, 6, 1, 4, 1, 4_000_000]), None);
        assert_eq!(vendor(&[1, 3]), None);
    }

    #[test]
    fn placeholders_are_no_serial() {
        for text in [
            "",
            "  ",
            "<private>",
            "NA",
            "N/A",
            "0123456789",
            "00000000",
            "00:00:00:00",
            "xxxx",
            "To Be Filled By O.E.M.",
            "none",
            "FFFFFFFF",
            "0xfffe",
            "S1",
            "\"\"",
            "....",
        ] {
            assert_eq!(serial(text), None, "{text:?}");
        }
        assert_eq!(serial(" FOC1234X0YZ "), Some("FOC1234X0YZ".into()));
        assert_eq!(serial("AS1342225176"), Some("AS1342225176".into()));
    }

    fn part(index: u32, contained_in: u32, class: i64, serial: &str) -> PartSeen {
        PartSeen {
            index,
            contained_in,
            class,
            serial: super::serial(serial),
            ..PartSeen::default()
        }
    }

    #[test]
    fn the_outermost_chassis_stands_for_the_device() {
        let parts = [
            part(1, 0, STACK, ""),
            part(5, 9, CHASSIS, "INNER123"),
            part(2, 1, CHASSIS, "MEMBER01"),
        ];
        assert_eq!(chassis(&parts).unwrap().serial.as_deref(), Some("MEMBER01"));
        assert!(chassis(&[]).is_none());
    }

    #[test]
    fn a_version_is_read_out_of_the_description() {
        let mut identity = Identity {
            sys_descr: "Cisco IOS Software, IE3200 Version 17.12.04, RELEASE".into(),
            ..Identity::default()
        };
        complete(&mut identity, &[1, 3, 6, 1, 4, 1, 9, 1], &[]);
        assert_eq!(identity.version.as_deref(), Some("17.12.04"));
        assert_eq!(identity.vendor.as_deref(), Some("Cisco"));
    }

    #[test]
    fn dates_that_are_none_are_refused() {
        assert_eq!(
            made_on(&[7, 224, 2, 29, 0, 0, 0, 0]).as_deref(),
            Some("2016-02-29")
        );
        assert_eq!(made_on(&[0; 8]), None);
        assert_eq!(made_on(b"garbage"), None);
    }
}
