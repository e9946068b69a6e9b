//! The weaknesses of TLS endpoints, from what collectors saw of them.
//!
//! **Room:** layer 2, shell. **May use:** `tw-lifecycle`, `tw-ingest`. **Must not:** decide what is
//! weak, or speak of an endpoint that the register no longer names.

use crate::{app::App, world::World};
use tw_ingest::{seen::TlsSeen, tls_key};
use tw_lifecycle::security::{CertificateSeen, TlsKnown, Weakness, tls_weaknesses};
use tw_model::{Device, TlsEndpoint};
use tw_units::Timestamp;

/// What is weak about the endpoints that the register names. An endpoint that was mended is no
/// finding from the next look on; one that cannot be reached is judged by what it last showed.
pub(super) fn weaknesses<'a>(app: &App, world: &'a World) -> Vec<(&'a Device, Weakness)> {
    let notice_days = app.settings.certificate_notice_days;
    let mut found = Vec::new();
    for device in world.register.devices.values() {
        for endpoint in &device.tls {
            let told = app.live.get(&tls_key(&device.id, endpoint.address));
            let Some((seen, at)) = &told.tls else {
                continue;
            };
            let known = known(endpoint, seen, *at);
            let weak = tls_weaknesses(&known, app.now(), notice_days);
            found.extend(weak.into_iter().map(|weakness| (device, weakness)));
        }
    }
    found
}

fn known(endpoint: &TlsEndpoint, seen: &TlsSeen, at: Timestamp) -> TlsKnown {
    let certificate = seen.certificate.as_ref();
    // What was asked for another name says nothing of this one.
    let asked = seen.name == endpoint.name;
    TlsKnown {
        endpoint: endpoint.address.to_string(),
        service: endpoint.service.as_ref().map(ToString::to_string),
        name: endpoint.name.clone(),
        refused: seen.refused.clone(),
        protocol: seen.protocol.clone(),
        issuer: certificate.map(|certificate| certificate.issuer.clone()),
        self_issued: certificate.is_some_and(|certificate| certificate.self_issued),
        names: certificate.map_or_else(Vec::new, |certificate| certificate.names.clone()),
        certificate: certificate.map(|certificate| {
            let counted = ["rsa", "dsa"].contains(&certificate.key_type.as_str());
            let signature = certificate.signature.as_str();
            let weak = ["-md2", "-md5", "-sha1"];
            CertificateSeen {
                subject: certificate.subject.clone(),
                not_after: certificate.not_after,
                rsa_bits: certificate.key_bits.filter(|_| counted),
                weak_signature: weak.iter().any(|end| signature.ends_with(end)),
            }
        }),
        chain_fault: seen.chain_fault.clone(),
        name_matches: seen.name_matches.filter(|_| asked),
        seen_at: Some(at),
    }
}
