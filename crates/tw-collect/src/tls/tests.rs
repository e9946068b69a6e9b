//! Real TLS servers on loopback, good and bad ones, and what is said of them.
//!
//! **Room:** tests of layer 1.

use super::*;
use proptest::prelude::*;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::{
    ServerConfig, ServerConnection, SupportedProtocolVersion,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
    version::{TLS12, TLS13},
};
use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    thread,
};
use tw_ingest::seen::TlsSeen;
use tw_units::Timestamp;

/// A certificate with its key, as a server has it.
type Identity = (Vec<CertificateDer<'static>>, KeyPair);

struct Authority {
    pem: String,
    issuer: Issuer<'static, KeyPair>,
}

fn authority() -> Authority {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params
        .distinguished_name
        .push(DnType::CommonName, "Authority of the test");
    let pem = params.self_signed(&key).unwrap().pem();
    let issuer = Issuer::new(params, key);
    Authority { pem, issuer }
}

fn params(name: &str, until: i32) -> CertificateParams {
    let mut params = CertificateParams::new(vec![name.to_owned(), "10.0.0.5".to_owned()]).unwrap();
    params.distinguished_name.push(DnType::CommonName, name);
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(until, 1, 1);
    params
}

fn issued(authority: &Authority, name: &str, until: i32) -> Identity {
    let key = KeyPair::generate().unwrap();
    let made = params(name, until).signed_by(&key, &authority.issuer);
    (vec![made.unwrap().der().clone()], key)
}

fn self_signed(name: &str) -> Identity {
    let key = KeyPair::generate().unwrap();
    let made = params(name, 2040).self_signed(&key).unwrap();
    (vec![made.der().clone()], key)
}

/// A server for one connection.
fn serve((chain, key): Identity, versions: &[&'static SupportedProtocolVersion]) -> SocketAddr {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    let config = Arc::new(config);
    accept(move |mut stream| {
        let mut connection = ServerConnection::new(config).unwrap();
        while connection.is_handshaking() && connection.complete_io(&mut stream).is_ok() {}
        // What is left is the client's goodbye.
        stream.read_to_end(&mut Vec::new()).ok();
    })
}

/// Something that is no TLS server: what it answers to the first bytes.
fn answers(bytes: &'static [u8]) -> SocketAddr {
    accept(move |mut stream| {
        let mut hello = [0; 4_096];
        assert!(stream.read(&mut hello).unwrap() > 0);
        stream.write_all(bytes).unwrap();
    })
}

fn accept(serve: impl FnOnce(TcpStream) + Send + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || serve(listener.accept().unwrap().0));
    address
}

fn now() -> Timestamp {
    "2026-11-22T03:00:00Z".parse().unwrap()
}

fn target(address: SocketAddr, name: Option<&str>) -> TlsTarget {
    TlsTarget {
        device: "vnta-srv-1".parse().unwrap(),
        address,
        name: name.map(str::to_owned),
    }
}

async fn look(authority: &Authority, address: SocketAddr, name: Option<&str>) -> TlsSeen {
    let roots = authorities(Some(authority.pem.as_bytes())).unwrap();
    let prober = Prober::new(roots).unwrap();
    prober.look(&target(address, name), now()).await.unwrap()
}

#[tokio::test]
async fn a_good_endpoint_is_described_and_nothing_is_wrong_with_it() {
    let authority = authority();
    let address = serve(issued(&authority, "portal.example", 2040), &[&TLS13]);
    let seen = look(&authority, address, Some("portal.example")).await;
    assert_eq!(seen.refused, None);
    assert_eq!(seen.protocol.as_deref(), Some("TLS 1.3"));
    assert!(seen.cipher_suite.unwrap().starts_with("TLS13_"));
    assert_eq!((seen.chain_fault, seen.name_matches), (None, Some(true)));
    let certificate = seen.certificate.unwrap();
    assert!(certificate.subject.contains("CN=portal.example"));
    assert!(certificate.issuer.contains("CN=Authority of the test"));
    assert!(!certificate.self_issued);
    assert_eq!(certificate.names, ["portal.example", "10.0.0.5"]);
    assert_eq!(certificate.not_before.to_string(), "2020-01-01T00:00:00Z");
    assert_eq!(certificate.not_after.to_string(), "2040-01-01T00:00:00Z");
    assert_eq!(certificate.key_type, "ec p-256");
    assert_eq!(certificate.key_bits, Some(256));
    assert_eq!(certificate.signature, "ecdsa-sha256");
    assert!(!certificate.serial.is_empty());
}

#[tokio::test]
async fn an_older_protocol_that_still_counts_is_named() {
    let authority = authority();
    let address = serve(issued(&authority, "portal.example", 2040), &[&TLS12]);
    let seen = look(&authority, address, Some("portal.example")).await;
    assert_eq!(seen.protocol.as_deref(), Some("TLS 1.2"));
    assert_eq!(seen.chain_fault, None);
}

#[tokio::test]
async fn an_expired_certificate_is_told_by_its_end_and_its_chain_still_counts() {
    let authority = authority();
    let address = serve(issued(&authority, "portal.example", 2025), &[&TLS13]);
    let seen = look(&authority, address, Some("portal.example")).await;
    assert!(seen.certificate.unwrap().not_after < now());
    assert_eq!((seen.chain_fault, seen.name_matches), (None, Some(true)));
}

#[tokio::test]
async fn another_name_does_not_match_and_no_name_is_not_compared() {
    let authority = authority();
    for (asked, expect) in [
        (Some("mail.example"), Some(false)),
        (Some("10.0.0.5"), Some(true)),
        (None, None),
    ] {
        let address = serve(issued(&authority, "portal.example", 2040), &[&TLS13]);
        let seen = look(&authority, address, asked).await;
        assert_eq!(seen.name_matches, expect, "{asked:?}");
        assert_eq!(seen.chain_fault, None);
    }
}

#[tokio::test]
async fn a_certificate_of_nobody_known_is_told_as_such() {
    let known = authority();
    let address = serve(self_signed("printer.example"), &[&TLS13]);
    let seen = look(&known, address, Some("printer.example")).await;
    assert!(seen.certificate.unwrap().self_issued);
    assert_eq!(
        seen.chain_fault.as_deref(),
        Some("no known authority issued it")
    );
    let other = authority();
    let address = serve(issued(&other, "portal.example", 2040), &[&TLS13]);
    let seen = look(&known, address, Some("portal.example")).await;
    assert!(!seen.certificate.unwrap().self_issued);
    assert!(seen.chain_fault.is_some());
    assert_eq!(seen.name_matches, Some(true));
}

#[tokio::test]
async fn what_cannot_shake_hands_is_refused_with_what_it_said() {
    let authority = authority();
    let refused = async |answer: &'static [u8]| {
        let seen = look(&authority, answers(answer), Some("portal.example")).await;
        assert_eq!(seen.certificate, None);
        seen.refused.unwrap()
    };
    // An alert of a server of TLS 1.1 and older: fatal, protocol_version.
    let old = refused(&[0x15, 3, 1, 0, 2, 2, 70]).await;
    assert!(old.contains("another version of TLS"), "{old}");
    let alert = refused(&[0x15, 3, 3, 0, 2, 2, 40]).await;
    assert!(alert.contains("HandshakeFailure"), "{alert}");
    let http = refused(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
    assert!(!http.is_empty());
    let nothing = refused(b"").await;
    assert!(nothing.contains("closed"), "{nothing}");
}

#[tokio::test]
async fn where_nothing_listens_nothing_is_said() {
    let address = {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap()
    };
    let prober = Prober::new(authorities(None).unwrap()).unwrap();
    let looked = prober.look(&target(address, None), now()).await;
    assert!(matches!(looked, Err(ProbeError::Unreachable { .. })));
}

#[tokio::test]
async fn the_prober_reports_an_endpoint_under_its_own_key() {
    let authority = authority();
    let address = serve(issued(&authority, "portal.example", 2040), &[&TLS13]);
    let roots = authorities(Some(authority.pem.as_bytes())).unwrap();
    let (records, mut told) = mpsc::channel(8);
    let mut prober = TlsProber::new(roots, records, WallClock::new(now));
    let (mut tasks, cancel) = (JoinSet::new(), CancellationToken::new());
    let targets = vec![target(address, Some("portal.example"))];
    prober.replace(targets.clone(), &mut tasks, &cancel);
    let Some(Record::Observation(seen)) = told.recv().await else {
        panic!("nothing was told");
    };
    assert_eq!(seen.target.0, format!("tls:vnta-srv-1:{address}"));
    assert!(matches!(seen.seen, Seen::Tls(tls) if tls.certificate.is_some()));
    prober.replace(targets, &mut tasks, &cancel);
    assert_eq!(tasks.len(), 1, "the same endpoints are not begun anew");
    cancel.cancel();
    while tasks.join_next().await.is_some() {}
}

fn weak() -> CertificateDer<'static> {
    CertificateDer::from_pem_slice(include_bytes!("tests/weak.pem")).unwrap()
}

#[test]
fn a_weak_key_and_an_old_signature_are_read() {
    let seen = certificate::read(&weak()).unwrap();
    assert_eq!((seen.key_type.as_str(), seen.key_bits), ("rsa", Some(1024)));
    assert_eq!(seen.signature, "rsa-sha1");
    assert_eq!(seen.subject, "C=VN, O=Đơn vị thử, CN=old.example");
    assert!(seen.self_issued);
    assert_eq!(seen.names, ["old.example", "10.0.0.5"]);
    assert_eq!(seen.serial, "7ef312b27a02a39da3d58e3bd462a441e1c7df04");
    assert_eq!(seen.not_after.to_string(), "2036-11-19T13:39:12Z");
}

#[test]
fn a_cut_certificate_is_no_certificate() {
    let whole = weak();
    for end in 0..whole.len() {
        assert_eq!(certificate::read(&whole[..end]), None, "{end}");
    }
}

#[test]
fn an_authority_that_is_none_is_named() {
    let none = authorities(Some(b"no pem"));
    assert!(matches!(none, Err(AuthorityError::Empty)), "{none:?}");
    let torn = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    assert!(matches!(
        authorities(Some(torn)),
        Err(AuthorityError::Certificate(_))
    ));
}

proptest! {
    #[test]
    fn no_bytes_are_too_strange_and_texts_are_bounded(
        at in 0_usize..600, byte in any::<u8>(), noise in prop::collection::vec(any::<u8>(), 0..300)
    ) {
        certificate::read(&noise);
        let mut spoilt = weak().to_vec();
        let at = at % spoilt.len();
        spoilt[at] = byte;
        if let Some(seen) = certificate::read(&spoilt) {
            prop_assert!(seen.subject.chars().count() <= certificate::TEXT_LENGTH_MAX);
            prop_assert!(!seen.subject.chars().any(char::is_control));
            prop_assert!(seen.names.len() <= certificate::NAMES_MAX);
        }
    }
}
