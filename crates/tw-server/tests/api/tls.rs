//! What TLS endpoints and address tables show, as findings and as readiness for IPv6.
//!
//! **Room:** tests of `tw-server`.

use crate::bench::{Bench, seen};
use serde_json::{Value, json};
use tw_ingest::seen::{AddressSeen, CertificateSeen, Seen, TlsSeen};
use tw_model::{Item, Kind};
use tw_store::{Author, GrantScope};
use tw_units::Timestamp;

const ENDPOINT: &str = "tls:mic-s1:127.0.1.2:443";
const OVER_IPV6: &str = "tls:mic-s1:[::1]:443";

/// The bench with a portal that answers at two endpoints of mic-s1.
async fn with_portal() -> Bench {
    let bench = Bench::new().await;
    let store = bench.app.store();
    let register = store.load_register().await.unwrap().register;
    let mut device = serde_json::to_value(&register.devices["mic-s1"]).unwrap();
    device["tls"] = json!([
        {"address": "127.0.1.2:443", "name": "portal.example", "service": "portal"},
        {"address": "[::1]:443", "service": "portal"}]);
    let portal = json!({"id": "portal", "name": {"en": "Portal"}, "kind": "other",
        "site": "mic", "runs_on": ["mic-s1"]});
    for (kind, id, value) in [
        (Kind::Service, "portal", portal),
        (Kind::Device, "mic-s1", device),
    ] {
        let id = id.to_owned();
        let item = Item { kind, id, value };
        let put = store.put_item(item, None, &Author::local("test")).await;
        put.unwrap();
    }
    bench.app.reload_register().await.unwrap();
    bench
}

fn good() -> TlsSeen {
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    TlsSeen {
        name: Some("portal.example".into()),
        protocol: Some("TLS 1.3".into()),
        cipher_suite: Some("TLS13_AES_256_GCM_SHA384".into()),
        certificate: Some(CertificateSeen {
            subject: "CN=portal.example".into(),
            issuer: "CN=CA".into(),
            self_issued: false,
            names: vec!["portal.example".into()],
            names_left_out: 0,
            not_before: at("2026-01-01T00:00:00Z"),
            not_after: at("2027-06-01T00:00:00Z"),
            serial: "01".into(),
            key_type: "rsa".into(),
            key_bits: Some(3072),
            signature: "rsa-sha256".into(),
        }),
        name_matches: Some(true),
        ..TlsSeen::default()
    }
}

fn spoilt(spoil: impl FnOnce(&mut TlsSeen, &mut CertificateSeen)) -> TlsSeen {
    let mut seen = good();
    let mut certificate = seen.certificate.take().unwrap();
    spoil(&mut seen, &mut certificate);
    seen.certificate = Some(certificate);
    seen
}

/// The rules of the findings of endpoints.
async fn rules(bench: &Bench) -> Vec<String> {
    let token = bench.token("auditor", GrantScope::All).await;
    let path = "/api/v1/findings?site=mic&q=mic-s1&sort=rule";
    let found = bench.get(&token, path).await.ok();
    let all = found["items"].as_array().unwrap().iter();
    let rules = all.map(|one| one["rule"].as_str().unwrap().to_owned());
    rules.filter(|rule| !rule.starts_with("snmp")).collect()
}

async fn shows(bench: &mut Bench, endpoint: &str, tls: TlsSeen) {
    bench.later(3_600_000);
    let now = bench.now();
    let records = vec![seen(endpoint, now, Seen::Tls(Box::new(tls)))];
    bench.deliver("col-mic", records).await;
}

#[tokio::test]
async fn what_an_endpoint_shows_is_a_finding_until_it_is_mended() {
    let mut bench = with_portal().await;
    assert_eq!(rules(&bench).await, [""; 0], "nothing was looked at");
    let bad = spoilt(|seen, certificate| {
        certificate.not_after = "2026-11-01T00:00:00Z".parse().unwrap();
        certificate.self_issued = true;
        certificate.key_bits = Some(1024);
        seen.chain_fault = Some("no known authority issued it".into());
        seen.name_matches = Some(false);
    });
    shows(&mut bench, ENDPOINT, bad).await;
    assert_eq!(
        rules(&bench).await,
        [
            "certificate_expired",
            "certificate_name_mismatch",
            "certificate_untrusted",
            "certificate_weak"
        ]
    );
    let token = bench.token("auditor", GrantScope::All).await;
    let path = "/api/v1/findings?rule=certificate_expired";
    let one = bench.get(&token, path).await.ok()["items"][0].clone();
    assert_eq!(one["id"], "certificate_expired:mic-s1:127.0.1.2:443");
    assert_eq!(
        (&one["device"], &one["service"]),
        (&json!("mic-s1"), &json!("portal"))
    );
    assert_eq!(one["severity"], "high");
    assert_eq!(one["evidence"]["endpoint"], "127.0.1.2:443");
    assert_eq!(one["evidence"]["seen"], json!(bench.now()));
    let csv = bench.get(&token, "/api/v1/findings?format=csv").await.text;
    assert!(
        csv.contains("certificate_name_mismatch:mic-s1:127.0.1.2:443"),
        "{csv}"
    );
    assert!(csv.contains("why=self-signed"), "{csv}");

    let ending = spoilt(|_, certificate| {
        certificate.not_after = "2026-12-10T00:00:00Z".parse().unwrap();
    });
    shows(&mut bench, ENDPOINT, ending).await;
    assert_eq!(rules(&bench).await, ["certificate_expiring"]);
    shows(&mut bench, ENDPOINT, good()).await;
    assert_eq!(rules(&bench).await, [""; 0], "it is mended");
}

#[tokio::test]
async fn an_endpoint_that_refuses_is_a_finding_and_one_that_nobody_names_is_none() {
    let mut bench = with_portal().await;
    let refuses = TlsSeen {
        name: Some("portal.example".into()),
        refused: Some("another version".into()),
        ..TlsSeen::default()
    };
    shows(&mut bench, ENDPOINT, refuses.clone()).await;
    shows(&mut bench, "tls:mic-s1:127.0.1.2:8443", refuses).await;
    assert_eq!(rules(&bench).await, ["tls_refused"]);
    let token = bench.token("auditor", GrantScope::All).await;
    let path = "/api/v1/findings?rule=tls_refused";
    let one = bench.get(&token, path).await.ok()["items"][0].clone();
    assert_eq!(one["evidence"]["why"], "handshake refused: another version");
}

#[tokio::test]
async fn the_notice_before_the_end_is_a_setting() {
    let mut bench = with_portal().await;
    assert_eq!(tw_server::Settings::default().certificate_notice_days, 30);
    let ending = spoilt(|_, certificate| {
        certificate.not_after = "2027-01-10T00:00:00Z".parse().unwrap();
    });
    shows(&mut bench, ENDPOINT, ending).await;
    assert_eq!(rules(&bench).await, [""; 0], "49 days are more than 30");
}

#[tokio::test]
async fn a_collector_is_told_the_endpoints_of_its_site_only() {
    let bench = with_portal().await;
    let targets = async |collector: &str| {
        let token = bench.collector_token(collector).await;
        bench.get(&token, "/ingest/v1/config").await.ok()["tls"].clone()
    };
    assert_eq!(
        targets("col-mic").await,
        json!([
            {"device": "mic-s1", "address": "127.0.1.2:443", "name": "portal.example"},
            {"device": "mic-s1", "address": "[::1]:443", "name": null}])
    );
    assert_eq!(targets("col-vnta").await, json!([]));
}

/// The rows of the report on IPv6 by id.
async fn readiness(bench: &Bench, id: &str) -> Value {
    let token = bench.token("viewer", GrantScope::All).await;
    let report = bench.get(&token, "/api/v1/reports/ipv6").await.ok();
    let mut rows = report["rows"].as_array().unwrap().iter();
    rows.find(|row| row["id"] == id).unwrap().clone()
}

#[tokio::test]
async fn the_table_that_a_device_gives_decides_its_readiness_and_the_report_says_so() {
    let mut bench = with_portal().await;
    let before = readiness(&bench, "mic-r1").await;
    assert_eq!(
        (&before["readiness"], &before["basis"], &before["declared"]),
        (&json!("unknown"), &json!("none"), &json!("unknown"))
    );
    bench.later(60_000);
    let addresses = ["10.1.0.1", "fd12::1", "fe80::1"].map(|address| AddressSeen {
        address: address.parse().unwrap(),
        interface: "Gi0-1".to_owned(),
    });
    let table = |addresses: &[AddressSeen]| Seen::Addresses {
        addresses: addresses.to_vec(),
    };
    let now = bench.now();
    let records = vec![
        seen("mic-r1", now, table(&addresses)),
        seen("mic-ups", now, table(&addresses[..1])),
    ];
    bench.deliver("col-mic", records).await;
    let router = readiness(&bench, "mic-r1").await;
    assert_eq!(
        (&router["readiness"], &router["basis"], &router["declared"]),
        (&json!("ready"), &json!("network"), &json!("unknown"))
    );
    assert_eq!(
        router["seen"],
        json!([
            {"address": "10.1.0.1", "scope": null, "interface": "Gi0-1"},
            {"address": "fd12::1", "scope": "unique_local", "interface": "Gi0-1"},
            {"address": "fe80::1", "scope": "link_local", "interface": "Gi0-1"}])
    );
    let ups = readiness(&bench, "mic-ups").await;
    assert_eq!(
        (&ups["readiness"], &ups["basis"]),
        (&json!("not"), &json!("network"))
    );
    let token = bench.token("viewer", GrantScope::All).await;
    let csv = bench
        .get(&token, "/api/v1/reports/ipv6?format=csv")
        .await
        .text;
    assert!(csv.contains("fd12::1 (unique_local, Gi0-1)"), "{csv}");
}

#[tokio::test]
async fn a_service_that_answers_over_ipv6_is_reached_over_it() {
    let mut bench = with_portal().await;
    assert_eq!(readiness(&bench, "portal").await["readiness"], "unknown");
    let unnamed = spoilt(|seen, _| (seen.name, seen.name_matches) = (None, None));
    shows(&mut bench, OVER_IPV6, unnamed).await;
    let now = bench.now();
    let addresses = vec![AddressSeen {
        address: "2001:db8::2".parse().unwrap(),
        interface: "2".to_owned(),
    }];
    let records = vec![seen("mic-s1", now, Seen::Addresses { addresses })];
    bench.deliver("col-mic", records).await;
    let portal = readiness(&bench, "portal").await;
    assert_eq!(
        (&portal["readiness"], &portal["basis"], &portal["declared"]),
        (&json!("ready"), &json!("network"), &json!("unknown"))
    );
    assert_eq!(portal["seen"][0]["address"], "::1");
}
