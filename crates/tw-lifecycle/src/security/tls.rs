//! What is weak about a TLS endpoint, by what it showed when it was looked at.
//!
//! **Room:** layer 0, pure. **May use:** `tw-units`. **Must not:** read a clock, or guess what an
//! endpoint would have shown to another client than the collector's.

use super::{FindingRule, RSA_BITS_MIN, Weakness, weakness};
use tw_units::Timestamp;

const DAY_MS: i64 = 86_400_000;

/// What is known of a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateSeen {
    /// Whose it is.
    pub subject: String,
    /// The first instant at which it is not valid any more.
    pub not_after: Timestamp,
    /// The size of its RSA or DSA key; none for other kinds of keys.
    pub rsa_bits: Option<u32>,
    /// Whether it was signed with SHA-1 or MD5.
    pub weak_signature: bool,
}

/// What is weak about a certificate at `now`.
/// `notice_days` is how long before its end the notice begins.
pub fn certificate_weaknesses(
    seen: &CertificateSeen,
    now: Timestamp,
    notice_days: u16,
) -> Vec<Weakness> {
    let subject = || ("subject", Some(seen.subject.clone()));
    let until = || ("until", Some(seen.not_after.to_string()));
    let mut found = Vec::new();
    if seen.not_after <= now {
        found.push(weakness(
            FindingRule::CertificateExpired,
            [subject(), until()],
        ));
    } else if seen.not_after < now.plus_millis(i64::from(notice_days) * DAY_MS) {
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

/// What a TLS endpoint showed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TlsKnown {
    /// Its address and port.
    pub endpoint: String,
    /// The service that answers there.
    pub service: Option<String>,
    /// The name that was asked for.
    pub name: Option<String>,
    /// Why there was no handshake.
    pub refused: Option<String>,
    /// What was agreed on.
    pub protocol: Option<String>,
    /// Its certificate.
    pub certificate: Option<CertificateSeen>,
    /// Who issued it.
    pub issuer: Option<String>,
    /// Whether it vouches for itself.
    pub self_issued: bool,
    /// The names that it is for.
    pub names: Vec<String>,
    /// Why its chain leads to no authority that is known.
    pub chain_fault: Option<String>,
    /// Whether it is for the name.
    pub name_matches: Option<bool>,
    /// When it was looked at.
    pub seen_at: Option<Timestamp>,
}

/// The most names that a finding lists.
const NAMES_TOLD_MAX: usize = 5;

/// What is weak about an endpoint at `now`. Each finding says which endpoint, whose service it is
/// and when it was seen.
pub fn tls_weaknesses(known: &TlsKnown, now: Timestamp, notice_days: u16) -> Vec<Weakness> {
    let mut found = Vec::new();
    if let Some(why) = &known.refused {
        let why = ("why", Some(format!("handshake refused: {why}")));
        found.push(weakness(FindingRule::TlsRefused, [why]));
    }
    if let Some(certificate) = &known.certificate {
        found.extend(certificate_weaknesses(certificate, now, notice_days));
    }
    let subject = || {
        let subject = known.certificate.as_ref().map(|seen| seen.subject.clone());
        ("subject", subject)
    };
    if let Some(fault) = &known.chain_fault {
        let why = if known.self_issued {
            "self-signed".to_owned()
        } else {
            fault.clone()
        };
        let evidence = [
            subject(),
            ("issuer", known.issuer.clone()),
            ("why", Some(why)),
        ];
        found.push(weakness(FindingRule::CertificateUntrusted, evidence));
    }
    if known.name_matches == Some(false) {
        let mut names = known.names.clone();
        names.truncate(NAMES_TOLD_MAX);
        let told = (!names.is_empty()).then(|| names.join(" "));
        let evidence = [("name", known.name.clone()), ("names", told), subject()];
        found.push(weakness(FindingRule::CertificateNameMismatch, evidence));
    }
    for weak in &mut found {
        weak.part = Some(known.endpoint.clone());
        let about = [
            ("endpoint", Some(known.endpoint.clone())),
            ("service", known.service.clone()),
            ("seen", known.seen_at.map(|at| at.to_string())),
        ];
        let about = about.into_iter().filter_map(|(k, v)| Some((k, v?)));
        weak.evidence.extend(about);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn good() -> TlsKnown {
        TlsKnown {
            endpoint: "10.0.0.5:443".into(),
            service: Some("portal".into()),
            name: Some("portal.example".into()),
            protocol: Some("TLS 1.3".into()),
            certificate: Some(CertificateSeen {
                subject: "CN=portal.example".into(),
                not_after: at("2027-06-01T00:00:00Z"),
                rsa_bits: Some(3072),
                weak_signature: false,
            }),
            issuer: Some("CN=CA".into()),
            names: vec!["portal.example".into()],
            name_matches: Some(true),
            seen_at: Some(at("2026-11-22T00:00:00Z")),
            ..TlsKnown::default()
        }
    }

    /// The rules that are found after a change of a good endpoint.
    #[track_caller]
    fn check(change: impl FnOnce(&mut TlsKnown), expect: &[FindingRule]) {
        let mut known = good();
        change(&mut known);
        let found = tls_weaknesses(&known, at("2026-11-22T03:00:00Z"), 30);
        let rules: Vec<FindingRule> = found.iter().map(|weak| weak.rule).collect();
        assert_eq!(rules, expect);
        for weak in found {
            assert_eq!(weak.part.as_deref(), Some("10.0.0.5:443"));
            assert_eq!(weak.evidence["service"], "portal");
            assert_eq!(weak.evidence["seen"], "2026-11-22T00:00:00Z");
        }
    }

    fn ends(known: &mut TlsKnown, at: &str) {
        if let Some(certificate) = &mut known.certificate {
            certificate.not_after = at.parse().unwrap();
        }
    }

    #[test]
    fn each_fault_of_an_endpoint_is_a_finding_of_its_own() {
        use FindingRule as F;
        check(|_| {}, &[]);
        check(
            |known| ends(known, "2026-11-01T00:00:00Z"),
            &[F::CertificateExpired],
        );
        check(
            |known| ends(known, "2026-12-22T00:00:00Z"),
            &[F::CertificateExpiring],
        );
        check(|known| ends(known, "2026-12-23T00:00:00Z"), &[]);
        check(
            |known| known.name_matches = Some(false),
            &[F::CertificateNameMismatch],
        );
        check(|known| known.name_matches = None, &[]);
        let weak = |known: &mut TlsKnown| known.certificate.as_mut().unwrap().rsa_bits = Some(1024);
        check(weak, &[F::CertificateWeak]);
        let untrusted = |known: &mut TlsKnown| known.chain_fault = Some("no authority".into());
        check(untrusted, &[F::CertificateUntrusted]);
        let refused = |known: &mut TlsKnown| {
            *known = TlsKnown {
                refused: Some("another version".into()),
                certificate: None,
                name_matches: None,
                ..good()
            };
        };
        check(refused, &[F::TlsRefused]);
    }

    #[test]
    fn several_faults_stand_side_by_side_and_say_what_they_are() {
        let mut known = good();
        ends(&mut known, "2026-11-01T00:00:00Z");
        known.self_issued = true;
        known.chain_fault = Some("no known authority issued it".into());
        known.name_matches = Some(false);
        let found = tls_weaknesses(&known, at("2026-11-22T03:00:00Z"), 30);
        assert_eq!(found.len(), 3);
        assert_eq!(found[1].evidence["why"], "self-signed");
        assert_eq!(found[2].evidence["names"], "portal.example");
    }
}
