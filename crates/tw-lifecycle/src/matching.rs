//! Which asset of the register a seen thing is: a score over several keys, never one alone.
//!
//! Serial numbers repeat, vanish, differ between sources and survive a repair; so each key that
//! agrees adds its score, and a match needs [`MATCH_SCORE_MIN`] and a lead of
//! [`MATCH_LEAD_MIN`] over the next best.
//!
//! **Room:** layer 0, pure. **May use:** `tw-units`. **Must not:** take a placeholder for a key,
//! or guess where two assets fit about as well.

use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use tw_model::is_placeholder_serial;
use tw_units::AssetTag;

/// A match has at least this score.
pub const MATCH_SCORE_MIN: u32 = 80;
/// The best leads the second by at least this.
pub const MATCH_LEAD_MIN: u32 = 20;
/// The most candidates that an ambiguous match names.
pub const CANDIDATES_MAX: usize = 8;

/// A key by which a thing is recognised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyKind {
    /// The asset tag, as people wrote it into the device.
    Tag,
    /// The serial number, with maker and part that do not contradict it.
    Serial,
    /// The MAC address of the service processor.
    BmcMac,
    /// A MAC address of the chassis.
    ChassisMac,
    /// `snmpEngineID`.
    EngineId,
    /// The system's UUID.
    Uuid,
    /// The name.
    Hostname,
}

impl KeyKind {
    /// What a key that agrees is worth.
    pub const fn score(self) -> u32 {
        match self {
            Self::Tag => 100,
            Self::Serial => 90,
            Self::BmcMac => 85,
            Self::ChassisMac => 80,
            Self::EngineId => 60,
            Self::Uuid => 50,
            Self::Hostname => 20,
        }
    }

    /// The word in evidence.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Tag => "tag",
            Self::Serial => "serial",
            Self::BmcMac => "bmc_mac",
            Self::ChassisMac => "chassis_mac",
            Self::EngineId => "engine_id",
            Self::Uuid => "uuid",
            Self::Hostname => "hostname",
        }
    }
}

/// Everything by which a thing can be recognised, recorded or seen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keys {
    /// The asset tag.
    pub tag: Option<String>,
    /// Who made it.
    pub manufacturer: Option<String>,
    /// Its model or part number.
    pub part: Option<String>,
    /// Its serial numbers: of the chassis, and of what else counts as one.
    pub serials: BTreeSet<String>,
    /// The MAC address of its service processor.
    pub bmc_mac: Option<String>,
    /// The MAC addresses of its chassis.
    pub macs: BTreeSet<String>,
    /// `snmpEngineID` as hexadecimal digits.
    pub engine_id: Option<String>,
    /// The system's UUID.
    pub uuid: Option<String>,
    /// Its name.
    pub hostname: Option<String>,
}

/// An asset that a seen thing may be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MatchCandidate {
    /// Which.
    pub tag: AssetTag,
    /// The sum of what agrees.
    pub score: u32,
    /// What agrees.
    pub by: BTreeSet<KeyKind>,
}

/// Which asset it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Matched {
    /// This one.
    One(MatchCandidate),
    /// Several fit about as well, best first.
    Ambiguous(Vec<MatchCandidate>),
    /// None fits well enough; the best that there was, if any.
    Nothing(Option<MatchCandidate>),
}

/// The register's keys, ready to be asked.
#[derive(Debug)]
pub struct KeyIndex {
    known: Vec<(AssetTag, Keys)>,
    by_key: BTreeMap<(KeyKind, String), Vec<usize>>,
    shared_uuids: BTreeSet<String>,
}

impl KeyIndex {
    /// Takes the register's keys. `seen` are the keys of everything seen: a UUID that was seen
    /// on two devices is no key.
    pub fn new<'a>(
        known: impl IntoIterator<Item = (AssetTag, Keys)>,
        seen: impl IntoIterator<Item = &'a Keys>,
    ) -> Self {
        let known: Vec<(AssetTag, Keys)> = known.into_iter().collect();
        let mut by_key: BTreeMap<(KeyKind, String), Vec<usize>> = BTreeMap::new();
        for (at, (_, keys)) in known.iter().enumerate() {
            for key in keys_of(keys) {
                by_key.entry(key).or_default().push(at);
            }
        }
        let mut uuids: BTreeMap<String, usize> = BTreeMap::new();
        for uuid in seen.into_iter().filter_map(|keys| keys.uuid.as_deref()) {
            *uuids.entry(plain(uuid)).or_default() += 1;
        }
        Self {
            known,
            by_key,
            shared_uuids: uuids
                .into_iter()
                .filter(|(_, count)| *count > 1)
                .map(|(uuid, _)| uuid)
                .collect(),
        }
    }

    /// Which asset has these keys.
    pub fn find(&self, seen: &Keys) -> Matched {
        let mut best = self.candidates(seen);
        let Some(first) = best.first() else {
            return Matched::Nothing(None);
        };
        if first.score < MATCH_SCORE_MIN {
            return Matched::Nothing(Some(best.swap_remove(0)));
        }
        let second = best.get(1).map_or(0, |candidate| candidate.score);
        if first.score.saturating_sub(second) < MATCH_LEAD_MIN {
            best.truncate(CANDIDATES_MAX);
            return Matched::Ambiguous(best);
        }
        Matched::One(best.swap_remove(0))
    }

    /// Everything that agrees in at least one key, best first, ties by tag.
    pub fn candidates(&self, seen: &Keys) -> Vec<MatchCandidate> {
        let mut found: BTreeMap<usize, BTreeSet<KeyKind>> = BTreeMap::new();
        for key in keys_of(seen) {
            if key.0 == KeyKind::Uuid && self.shared_uuids.contains(&key.1) {
                continue;
            }
            for at in self.by_key.get(&key).into_iter().flatten() {
                let contradicted =
                    key.0 == KeyKind::Serial && contradicts(seen, &self.known[*at].1);
                if !contradicted {
                    found.entry(*at).or_default().insert(key.0);
                }
            }
        }
        let mut all: Vec<MatchCandidate> = found
            .into_iter()
            .map(|(at, by)| MatchCandidate {
                tag: self.known[at].0.clone(),
                score: by.iter().map(|kind| kind.score()).sum(),
                by,
            })
            .collect();
        all.sort_by(|a, b| b.score.cmp(&a.score).then_with(|| a.tag.cmp(&b.tag)));
        all
    }
}

/// Whether maker or part say that an equal serial number is a coincidence.
fn contradicts(a: &Keys, b: &Keys) -> bool {
    !agree(a.manufacturer.as_deref(), b.manufacturer.as_deref())
        || !agree_on_part(a.part.as_deref(), b.part.as_deref())
}

/// Whether two models may be one: as [`agree`], or from the first digit on one begins with the
/// other. `Catalyst 9300-24T` and `C9300-24T` agree.
pub(crate) fn agree_on_part(a: Option<&str>, b: Option<&str>) -> bool {
    const DIGITS_ON_MIN: usize = 4;
    let number = |text: Option<&str>| {
        let text = plain(text.unwrap_or_default());
        let from = text
            .find(|c: char| c.is_ascii_digit())
            .unwrap_or(text.len());
        text.get(from..).unwrap_or_default().to_owned()
    };
    let (x, y) = (number(a), number(b));
    let long = x.len().min(y.len()) >= DIGITS_ON_MIN;
    agree(a, b) || (long && (x.starts_with(&y) || y.starts_with(&x)))
}

/// Whether two names may mean the same: one of them is not known, or begins with or contains
/// the other. `Cisco` and `Cisco Systems, Inc.` agree, `APC` and `Eaton` do not.
pub(crate) fn agree(a: Option<&str>, b: Option<&str>) -> bool {
    let (Some(a), Some(b)) = (a.map(plain), b.map(plain)) else {
        return true;
    };
    a.is_empty() || b.is_empty() || a.contains(&b) || b.contains(&a) || same_maker(&a, &b)
}

/// Makers that go by two names.
fn same_maker(a: &str, b: &str) -> bool {
    const NAMES: &[&[&str]] = &[
        &["schneiderelectric", "apc", "americanpowerconversion"],
        &[
            "hpe",
            "hp",
            "hewlettpackard",
            "hewlettpackardenterprise",
            "aruba",
        ],
        &["vertiv", "emerson", "liebert"],
        &["huawei", "xfusion"],
    ];
    NAMES
        .iter()
        .any(|names| names.contains(&a) && names.contains(&b))
}

/// The keys of a thing in the form in which they are compared; placeholders are none.
fn keys_of(keys: &Keys) -> Vec<(KeyKind, String)> {
    let one = |kind: KeyKind, text: &Option<String>| {
        text.as_deref()
            .filter(|text| is_key(text))
            .map(|text| (kind, plain(text)))
    };
    let mut all: Vec<(KeyKind, String)> = [
        one(KeyKind::Tag, &keys.tag),
        one(KeyKind::BmcMac, &keys.bmc_mac),
        one(KeyKind::EngineId, &keys.engine_id),
        one(KeyKind::Uuid, &keys.uuid),
    ]
    .into_iter()
    .flatten()
    .collect();
    let host = keys.hostname.as_deref().map(short_name);
    all.extend(
        host.filter(|name| !name.is_empty())
            .map(|name| (KeyKind::Hostname, name)),
    );
    let serials = keys.serials.iter().filter(|serial| is_key(serial));
    all.extend(serials.map(|serial| (KeyKind::Serial, plain(serial))));
    let macs = keys.macs.iter().filter(|mac| is_key(mac));
    all.extend(macs.map(|mac| (KeyKind::ChassisMac, plain(mac))));
    all
}

fn is_key(text: &str) -> bool {
    let text = text.trim();
    !text.is_empty() && !is_placeholder_serial(text)
}

/// Lowercase letters and digits only: `00:1B:54` and `001b.54` are one.
pub(crate) fn plain(text: &str) -> String {
    let kept = text.chars().filter(|c| c.is_alphanumeric());
    kept.flat_map(char::to_lowercase).collect()
}

/// A host's name without its domain.
pub(crate) fn short_name(name: &str) -> String {
    let name = name.trim();
    let is_address = name.parse::<std::net::IpAddr>().is_ok();
    let first = if is_address {
        name
    } else {
        name.split('.').next().unwrap_or_default()
    };
    first.to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn tag(text: &str) -> AssetTag {
        text.parse().unwrap()
    }

    fn keys(text: &str) -> Keys {
        let mut keys = Keys::default();
        for part in text.split_whitespace() {
            let (name, value) = part.split_once('=').unwrap();
            let value = value.to_owned();
            match name {
                "tag" => keys.tag = Some(value),
                "maker" => keys.manufacturer = Some(value),
                "part" => keys.part = Some(value),
                "serial" => drop(keys.serials.insert(value)),
                "bmc" => keys.bmc_mac = Some(value),
                "mac" => drop(keys.macs.insert(value)),
                "engine" => keys.engine_id = Some(value),
                "uuid" => keys.uuid = Some(value),
                "host" => keys.hostname = Some(value),
                other => panic!("{other}"),
            }
        }
        keys
    }

    const REGISTER: [(&str, &str); 4] = [
        (
            "A1",
            "tag=A1 maker=Cisco part=C9300-24T serial=FOC2431XBZX mac=02:00:00:00:00:01 host=sw-1",
        ),
        (
            "A2",
            "tag=A2 maker=Cisco part=C9300-24T serial=FOC25017VV3 bmc=02:00:00:00:00:02 engine=8000a2 host=sw-2",
        ),
        (
            "A3",
            "tag=A3 maker=Eaton part=9PX serial=FOC2431XBZX uuid=4c4c host=ups",
        ),
        ("A4", "tag=A4 serial=To-Be-Filled host=sw-1.example.org"),
    ];

    fn index(others: &[Keys]) -> KeyIndex {
        let known = REGISTER.iter().map(|(name, text)| (tag(name), keys(text)));
        KeyIndex::new(known, others)
    }

    /// What is found, as `tag score`, `ambiguous tag tag` or `nothing`.
    #[track_caller]
    fn check(seen: &str, expect: &str) {
        let got = match index(&[]).find(&keys(seen)) {
            Matched::One(one) => format!("{} {}", one.tag, one.score),
            Matched::Ambiguous(several) => {
                let tags: Vec<&str> = several.iter().map(|one| one.tag.as_str()).collect();
                format!("ambiguous {}", tags.join(" "))
            }
            Matched::Nothing(None) => "nothing".to_owned(),
            Matched::Nothing(Some(best)) => format!("nothing, best {} {}", best.tag, best.score),
        };
        assert_eq!(got, expect, "{seen}");
    }

    #[test]
    fn each_key_has_its_score_and_they_add_up() {
        check("tag=a1", "A1 100");
        check("maker=Cisco part=C9300-24T serial=FOC25017VV3", "A2 90");
        check("bmc=02-00-00-00-00-02", "A2 85");
        check("mac=0200.0000.0001", "A1 80");
        check("engine=8000A2", "nothing, best A2 60");
        check("engine=8000a2 host=sw-2", "A2 80");
        check("uuid=4c4c", "nothing, best A3 50");
        check("uuid=4c4c host=ups", "nothing, best A3 70");
        check("host=sw-2", "nothing, best A2 20");
        check("serial=NEW1", "nothing");
    }

    #[test]
    fn an_equal_serial_of_another_maker_or_part_is_a_coincidence() {
        check("maker=Eaton part=9PX serial=FOC2431XBZX", "A3 90");
        check("maker=Arista serial=FOC2431XBZX", "nothing");
        check("maker=Cisco part=C9500 serial=FOC2431XBZX", "nothing");
        check("serial=FOC2431XBZX", "ambiguous A1 A3");
    }

    #[test]
    fn keys_that_name_two_assets_are_ambiguous() {
        check("tag=A2 maker=Cisco serial=FOC2431XBZX", "ambiguous A2 A1");
        check("tag=A1 host=sw-1", "A1 120");
        check("host=sw-1", "nothing, best A1 20");
    }

    #[test]
    fn placeholders_are_no_keys() {
        let known = [(
            tag("A1"),
            keys("serial=0000000000 uuid=00000000-0000-0000-0000-000000000000"),
        )];
        let index = KeyIndex::new(known, []);
        let seen = keys("serial=0000000000 uuid=00000000-0000-0000-0000-000000000000");
        assert_eq!(index.find(&seen), Matched::Nothing(None));
    }

    #[test]
    fn a_uuid_seen_on_two_devices_is_no_key() {
        let seen = keys("uuid=4C4C host=ups");
        let alone = index(std::slice::from_ref(&seen));
        assert!(matches!(alone.find(&seen), Matched::Nothing(Some(best)) if best.score == 70));
        let twice = index(&[seen.clone(), keys("uuid=4c4c")]);
        assert!(matches!(twice.find(&seen), Matched::Nothing(Some(best)) if best.score == 20));
    }

    #[test]
    fn makers_with_two_names_agree() {
        for (a, b, expect) in [
            ("Cisco Systems, Inc.", "Cisco", true),
            ("Schneider Electric", "APC", true),
            ("APC", "Eaton", false),
            ("", "Eaton", true),
        ] {
            assert_eq!(agree(Some(a), Some(b)), expect, "{a} {b}");
        }
        for (a, b, expect) in [
            ("Catalyst 9300-24T", "C9300-24T", true),
            ("Catalyst 9300-24T", "C9500-24Y4C", false),
            ("FortiGate 200F", "FortiGate 600F", false),
            ("9PX 11kVA", "9PX", true),
        ] {
            assert_eq!(agree_on_part(Some(a), Some(b)), expect, "{a} {b}");
        }
    }

    proptest! {
        #[test]
        fn a_match_has_the_score_and_the_lead_and_its_order_does_not_matter(
            tags in prop::collection::btree_map("[A-C][1-3]", ("[XYZ][0-9]{1}", "[mn][0-9]{1}", "h[0-3]"), 0..8),
            serial in "[XYZ][0-9]{1}", mac in "[mn][0-9]{1}", host in "h[0-3]",
        ) {
            let made = |(serial, mac, host): &(String, String, String)| Keys {
                serials: [serial.clone()].into(),
                macs: [mac.clone()].into(),
                hostname: Some(host.clone()),
                ..Keys::default()
            };
            let forward = tags.iter().map(|(name, one)| (tag(name), made(one)));
            let backward: Vec<_> = forward.clone().rev().collect();
            let seen = made(&(serial, mac, host));
            let index = KeyIndex::new(forward, []);
            let found = index.find(&seen);
            prop_assert_eq!(&found, &KeyIndex::new(backward, []).find(&seen));
            let all = index.candidates(&seen);
            let second = all.get(1).map_or(0, |one| one.score);
            match found {
                Matched::One(one) => {
                    prop_assert!(one.score >= MATCH_SCORE_MIN && one.score >= second + MATCH_LEAD_MIN);
                }
                Matched::Ambiguous(several) => {
                    prop_assert!(several[0].score < second + MATCH_LEAD_MIN && several.len() > 1);
                }
                Matched::Nothing(best) => {
                    prop_assert!(best.is_none_or(|one| one.score < MATCH_SCORE_MIN));
                }
            }
        }
    }
}
