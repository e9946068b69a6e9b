//! What is weak about a device, by what is known of it: how it is spoken to, which firmware it
//! runs, which certificate it shows.
//!
//! **Room:** layer 0, pure. **May use:** `tw-units`, `tw-model`. **Must not:** read a clock, or
//! call firmware good because nobody wrote about it: no entry, no finding, and no praise.

mod register;
mod version;

pub use register::{DeviceSaid, devices_of_system, weaknesses_of_register};
pub use version::compare_versions;

use serde::{Deserialize, Serialize};
use std::{cmp::Ordering, collections::BTreeMap, fmt};
use tw_model::{AuthProtocol, Firmware, PrivProtocol, SnmpCredential, SnmpVersion};
use tw_units::Timestamp;

/// Days before its end from which on a certificate is a finding.
pub const CERTIFICATE_NOTICE_DAYS: i64 = 30;

/// An RSA key below is weak (BSI TR-02102-1 asks for 3000, browsers for 2048).
pub const RSA_BITS_MIN: u32 = 2048;

const DAY_MS: i64 = 86_400_000;

/// What kind of weakness.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingRule {
    /// SNMP v1 or v2c: the community travels in the clear.
    SnmpClearText,
    /// SNMP v3 without authentication.
    SnmpNoAuthentication,
    /// SNMP v3 without encryption.
    SnmpNoEncryption,
    /// SNMP v3 with HMAC-MD5 or HMAC-SHA-1.
    SnmpWeakAuthentication,
    /// SNMP v3 with DES.
    SnmpWeakEncryption,
    /// Older than the least good version.
    FirmwareOutdated,
    /// Its maker closes no more holes in this version.
    FirmwareUnsupported,
    /// A certificate that is no longer valid.
    CertificateExpired,
    /// A certificate that soon is no longer valid.
    CertificateExpiring,
    /// A certificate with a weak key or signature.
    CertificateWeak,
}

impl FindingRule {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::SnmpClearText,
        Self::SnmpNoAuthentication,
        Self::SnmpNoEncryption,
        Self::SnmpWeakAuthentication,
        Self::SnmpWeakEncryption,
        Self::FirmwareOutdated,
        Self::FirmwareUnsupported,
        Self::CertificateExpired,
        Self::CertificateExpiring,
        Self::CertificateWeak,
    ];

    /// The word in JSON and in keys.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SnmpClearText => "snmp_clear_text",
            Self::SnmpNoAuthentication => "snmp_no_authentication",
            Self::SnmpNoEncryption => "snmp_no_encryption",
            Self::SnmpWeakAuthentication => "snmp_weak_authentication",
            Self::SnmpWeakEncryption => "snmp_weak_encryption",
            Self::FirmwareOutdated => "firmware_outdated",
            Self::FirmwareUnsupported => "firmware_unsupported",
            Self::CertificateExpired => "certificate_expired",
            Self::CertificateExpiring => "certificate_expiring",
            Self::CertificateWeak => "certificate_weak",
        }
    }

    /// How urgent it is.
    pub const fn severity(self) -> Severity {
        match self {
            Self::SnmpNoAuthentication | Self::FirmwareUnsupported | Self::CertificateExpired => {
                Severity::High
            }
            Self::SnmpClearText
            | Self::SnmpNoEncryption
            | Self::FirmwareOutdated
            | Self::CertificateExpiring
            | Self::CertificateWeak => Severity::Medium,
            Self::SnmpWeakAuthentication | Self::SnmpWeakEncryption => Severity::Low,
        }
    }
}

impl fmt::Display for FindingRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How urgent a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// When there is time.
    Low,
    /// Soon.
    Medium,
    /// Now.
    High,
}

/// A weakness with what it stands on: names and values for the sentence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Weakness {
    /// Which rule.
    pub rule: FindingRule,
    /// `version`, `minimum`, `protocol`, `source`, `until`…
    pub evidence: BTreeMap<&'static str, String>,
}

fn weakness<const N: usize>(
    rule: FindingRule,
    evidence: [(&'static str, Option<String>); N],
) -> Weakness {
    let told = evidence.into_iter().filter_map(|(k, v)| Some((k, v?)));
    Weakness {
        rule,
        evidence: told.collect(),
    }
}

/// What is weak about the way in which a device is polled.
pub fn snmp_weaknesses(snmp: &SnmpCredential) -> Vec<Weakness> {
    let version = || Some(snmp.version.to_string());
    if snmp.version != SnmpVersion::V3 {
        let rule = FindingRule::SnmpClearText;
        return vec![weakness(rule, [("version", version())])];
    }
    let mut found = Vec::new();
    match snmp.auth {
        None => found.push(weakness(FindingRule::SnmpNoAuthentication, [])),
        Some(auth @ (AuthProtocol::Md5 | AuthProtocol::Sha1)) => {
            let protocol = ("protocol", Some(auth.to_string()));
            found.push(weakness(FindingRule::SnmpWeakAuthentication, [protocol]));
        }
        Some(_) => {}
    }
    match snmp.r#priv {
        // Without authentication there can be no encryption: one finding says both.
        None if snmp.auth.is_some() => {
            found.push(weakness(FindingRule::SnmpNoEncryption, []));
        }
        Some(PrivProtocol::Des) => {
            let protocol = ("protocol", Some(PrivProtocol::Des.to_string()));
            found.push(weakness(FindingRule::SnmpWeakEncryption, [protocol]));
        }
        _ => {}
    }
    found
}

/// What is known of a device's firmware.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FirmwareSeen<'a> {
    /// Who makes the device.
    pub vendor: &'a str,
    /// Its model; empty when it is not known.
    pub model: &'a str,
    /// The version that it says it runs.
    pub version: &'a str,
}

/// What is weak about a device's firmware on that day (`as_of`), by the entries that speak of it.
/// A version that cannot be compared gives no finding.
pub fn firmware_weaknesses<'a>(
    seen: FirmwareSeen<'_>,
    entries: impl IntoIterator<Item = &'a Firmware>,
    as_of: jiff::civil::Date,
) -> Vec<Weakness> {
    let mut found = Vec::new();
    for entry in entries {
        if !entry.speaks_of(seen.vendor, seen.model, seen.version) {
            continue;
        }
        let version = || ("version", Some(seen.version.to_owned()));
        let source = || ("source", Some(entry.source.clone()));
        let older = entry
            .minimum
            .as_deref()
            .and_then(|minimum| compare_versions(seen.version, minimum));
        if older == Some(Ordering::Less) {
            let minimum = ("minimum", entry.minimum.clone());
            let released = ("released", entry.released.map(|date| date.to_string()));
            let evidence = [version(), minimum, released, source()];
            found.push(weakness(FindingRule::FirmwareOutdated, evidence));
        }
        // A year that is not over yet may still bring updates.
        let ended = entry.end_of_security.filter(|end| end.latest() < as_of);
        if let Some(end) = ended {
            let until = ("until", Some(end.to_string()));
            let evidence = [version(), until, source()];
            found.push(weakness(FindingRule::FirmwareUnsupported, evidence));
        }
    }
    found
}

/// What is known of a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateSeen {
    /// Whose it is.
    pub subject: String,
    /// The first instant at which it is not valid any more.
    pub not_after: Timestamp,
    /// The size of its RSA key; none for other kinds of keys.
    pub rsa_bits: Option<u32>,
    /// Whether it was signed with SHA-1 or MD5.
    pub weak_signature: bool,
}

/// What is weak about a certificate at `now`.
pub fn certificate_weaknesses(seen: &CertificateSeen, now: Timestamp) -> Vec<Weakness> {
    let subject = || ("subject", Some(seen.subject.clone()));
    let until = || ("until", Some(seen.not_after.to_string()));
    let mut found = Vec::new();
    if seen.not_after <= now {
        found.push(weakness(
            FindingRule::CertificateExpired,
            [subject(), until()],
        ));
    } else if seen.not_after < now.plus_millis(CERTIFICATE_NOTICE_DAYS * DAY_MS) {
        found.push(weakness(
            FindingRule::CertificateExpiring,
            [subject(), until()],
        ));
    }
    let small = seen.rsa_bits.filter(|bits| *bits < RSA_BITS_MIN);
    if small.is_some() || seen.weak_signature {
        let bits = ("rsa_bits", small.map(|bits| bits.to_string()));
        let signature = (
            "signature",
            seen.weak_signature.then(|| "sha1 or md5".to_owned()),
        );
        let evidence = [subject(), bits, signature];
        found.push(weakness(FindingRule::CertificateWeak, evidence));
    }
    found
}

#[cfg(test)]
mod tests;
