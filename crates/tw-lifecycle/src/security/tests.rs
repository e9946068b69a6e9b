//! Tests of the weaknesses.
//!
//! **Room:** tests of layer 0.

use super::*;
use jiff::civil::{Date, date};
use serde_json::json;
use tw_units::Timestamp;

fn rules(found: &[Weakness]) -> Vec<FindingRule> {
    found.iter().map(|weakness| weakness.rule).collect()
}

fn snmp(
    version: SnmpVersion,
    auth: Option<AuthProtocol>,
    privacy: Option<PrivProtocol>,
) -> Vec<FindingRule> {
    let mut snmp = SnmpCredential::new(version);
    (snmp.auth, snmp.r#priv) = (auth, privacy);
    rules(&snmp_weaknesses(&snmp))
}

#[test]
fn weak_snmp_is_named_and_strong_snmp_is_not() {
    use FindingRule as F;
    use SnmpVersion::{V1, V2c, V3};
    assert_eq!(snmp(V1, None, None), [F::SnmpClearText]);
    assert_eq!(snmp(V2c, None, None), [F::SnmpClearText]);
    assert_eq!(snmp(V3, None, None), [F::SnmpNoAuthentication]);
    let weak = snmp(V3, Some(AuthProtocol::Md5), Some(PrivProtocol::Des));
    assert_eq!(weak, [F::SnmpWeakAuthentication, F::SnmpWeakEncryption]);
    let half = snmp(V3, Some(AuthProtocol::Sha256), None);
    assert_eq!(half, [F::SnmpNoEncryption]);
    let strong = snmp(V3, Some(AuthProtocol::Sha256), Some(PrivProtocol::Aes128));
    assert!(strong.is_empty());
}

fn firmware(version: &str, as_of: Date) -> Vec<FindingRule> {
    let entries: Vec<Firmware> = serde_json::from_value(json!([
        {"id": "a", "vendor": "Cisco", "model": "ISR", "minimum": "17.9.4", "source": "n1"},
        {"id": "b", "vendor": "cisco", "train": "16.", "end_of_security": "2025", "source": "n2"},
        {"id": "c", "vendor": "Juniper", "minimum": "99", "source": "n3"},
    ]))
    .unwrap();
    let seen = FirmwareSeen {
        vendor: "CISCO",
        model: "ISR4331/K9",
        version,
    };
    rules(&firmware_weaknesses(seen, &entries, as_of))
}

#[test]
fn firmware_is_judged_only_by_the_entries_that_speak_of_it() {
    use FindingRule as F;
    let today = date(2026, 11, 22);
    assert_eq!(firmware("17.3.4a", today), [F::FirmwareOutdated]);
    assert!(firmware("17.9.4", today).is_empty());
    assert!(firmware("17.12.1", today).is_empty());
    let old = [F::FirmwareOutdated, F::FirmwareUnsupported];
    assert_eq!(firmware("16.12.4", today), old);
    // The year 2025 is not over: it may still get updates.
    assert_eq!(
        firmware("16.12.4", date(2025, 12, 31)),
        [F::FirmwareOutdated]
    );
    assert!(firmware("unknown", today).is_empty());
}

#[test]
fn a_certificate_is_told_before_its_end_and_after() {
    let now = Timestamp::from_millis(1_800_000_000_000);
    let certificate = |days: i64, rsa_bits| {
        let seen = CertificateSeen {
            subject: "centre".to_owned(),
            not_after: now.plus_millis(days * 86_400_000),
            rsa_bits,
            weak_signature: false,
        };
        rules(&certificate_weaknesses(&seen, now, CERTIFICATE_NOTICE_DAYS))
    };
    assert!(certificate(31, Some(2048)).is_empty());
    assert_eq!(certificate(29, None), [FindingRule::CertificateExpiring]);
    assert_eq!(certificate(0, None), [FindingRule::CertificateExpired]);
    assert_eq!(certificate(90, Some(1024)), [FindingRule::CertificateWeak]);
}

#[test]
fn every_rule_has_a_word_of_its_own() {
    for rule in FindingRule::ALL {
        assert_eq!(serde_json::to_value(rule).unwrap(), json!(rule.as_str()));
    }
}
