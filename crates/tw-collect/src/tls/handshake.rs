//! One TLS handshake, looked at from the outside: what the far end offers, whatever it is.
//!
//! **Room:** layer 1. **May use:** `tw-ingest`. **Must not:** send anything but the handshake, or
//! read more than [`HANDSHAKE_BYTES_MAX`]: the far end may be hostile.
//!
//! Every certificate is taken, so that a bad one can be described; whether it deserves trust is
//! worked out afterwards, from the chain alone. Nothing secret is ever sent over the connection.

use super::certificate;
use rustls::{
    ClientConfig, ClientConnection, DigitallySignedStruct, Error, ProtocolVersion, RootCertStore,
    SignatureScheme,
    client::{
        Resumption,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
        verify_server_cert_signed_by_trust_anchor, verify_server_name,
    },
    crypto::CryptoProvider,
    pki_types::{CertificateDer, ServerName, UnixTime},
    server::ParsedCertificate,
};
use std::{io, net::SocketAddr, sync::Arc, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};
use tw_ingest::{TlsTarget, seen::TlsSeen};
use tw_units::Timestamp;

/// The most that is read of a handshake.
pub(super) const HANDSHAKE_BYTES_MAX: usize = 256 * 1024;

/// How long a connection may take to open.
const CONNECT_WAIT_MAX: Duration = Duration::from_secs(5);

/// How long the handshake may take as a whole.
const HANDSHAKE_WAIT_MAX: Duration = Duration::from_secs(10);

/// Certificates of a chain that are looked at.
const CHAIN_LENGTH_MAX: usize = 10;

/// Why nothing can be said of an endpoint.
#[derive(Debug, thiserror::Error)]
pub(super) enum ProbeError {
    /// No connection: the endpoint may be down, its certificate may be as it was.
    #[error("cannot connect to {address}")]
    Unreachable {
        address: SocketAddr,
        #[source]
        cause: io::Error,
    },
    /// Our own side.
    #[error("cannot prepare a TLS client")]
    Ours(#[source] Error),
}

/// How handshakes are made and judged: the same for all endpoints.
#[derive(Debug)]
pub(super) struct Prober {
    config: Arc<ClientConfig>,
    provider: Arc<CryptoProvider>,
    roots: RootCertStore,
}

impl Prober {
    pub(super) fn new(roots: RootCertStore) -> Result<Self, ProbeError> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(ProbeError::Ours)?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(TakesAll(Arc::clone(&provider))))
            .with_no_client_auth();
        // Each look is a whole handshake.
        config.resumption = Resumption::disabled();
        Ok(Self {
            config: Arc::new(config),
            provider,
            roots,
        })
    }

    /// Looks at an endpoint. A handshake that fails is something seen; no connection is not.
    pub(super) async fn look(
        &self,
        target: &TlsTarget,
        now: Timestamp,
    ) -> Result<TlsSeen, ProbeError> {
        let address = target.address;
        let unreachable = |cause| ProbeError::Unreachable { address, cause };
        let connecting = timeout(CONNECT_WAIT_MAX, TcpStream::connect(address)).await;
        let stream = connecting
            .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
            .map_err(unreachable)?;
        let asked = target.name.as_deref();
        let name = asked.and_then(|name| ServerName::try_from(name.to_owned()).ok());
        let spoken = name
            .clone()
            .unwrap_or(ServerName::IpAddress(address.ip().into()));
        let connection = ClientConnection::new(Arc::clone(&self.config), spoken);
        let connection = connection.map_err(ProbeError::Ours)?;
        let shaken = timeout(HANDSHAKE_WAIT_MAX, shake(connection, stream)).await;
        let shaken = shaken.unwrap_or_else(|_| Err("it did not end in time".to_owned()));
        let mut seen = TlsSeen {
            name: target.name.clone(),
            ..TlsSeen::default()
        };
        match shaken {
            Ok(connection) => self.describe(&mut seen, &connection, (name.as_ref(), now)),
            Err(why) => seen.refused = Some(certificate::cut(&why)),
        }
        Ok(seen)
    }

    fn describe(
        &self,
        seen: &mut TlsSeen,
        connection: &ClientConnection,
        (name, now): (Option<&ServerName<'_>>, Timestamp),
    ) {
        seen.protocol = connection.protocol_version().map(protocol);
        let suite = connection.negotiated_cipher_suite();
        seen.cipher_suite = suite.and_then(|suite| Some(suite.suite().as_str()?.to_owned()));
        let chain = connection.peer_certificates().unwrap_or_default();
        let Some((own, above)) = chain.split_first() else {
            seen.chain_fault = Some("it shows no certificate".to_owned());
            return;
        };
        seen.certificate = certificate::read(own);
        let parsed = match ParsedCertificate::try_from(own) {
            Ok(parsed) => parsed,
            Err(cause) => {
                seen.chain_fault = Some(certificate::cut(&fault(&cause)));
                return;
            }
        };
        let above = &above[..above.len().min(CHAIN_LENGTH_MAX)];
        // The end of the certificate itself is a finding of its own; it must not hide the chain.
        let at = seen
            .certificate
            .as_ref()
            .map_or(now, |own| now.min(own.not_after).max(own.not_before));
        let at = Duration::from_millis(at.as_millis().max(0).unsigned_abs());
        let verified = verify_server_cert_signed_by_trust_anchor(
            &parsed,
            &self.roots,
            above,
            UnixTime::since_unix_epoch(at),
            self.provider.signature_verification_algorithms.all,
        );
        seen.chain_fault = verified.err().map(|cause| certificate::cut(&fault(&cause)));
        seen.name_matches = name.map(|name| verify_server_name(&parsed, name).is_ok());
    }
}

/// The handshake to its end, or why there was none.
async fn shake(
    mut connection: ClientConnection,
    mut stream: TcpStream,
) -> Result<ClientConnection, String> {
    let broke = |cause: io::Error| format!("the connection broke: {cause}");
    let mut buffer = vec![0; 16 * 1024];
    let mut read = 0;
    loop {
        send(&mut connection, &mut stream).await.map_err(broke)?;
        if !connection.is_handshaking() {
            connection.send_close_notify();
            // It may be gone already: all that is wanted is known.
            send(&mut connection, &mut stream).await.ok();
            return Ok(connection);
        }
        let length = stream.read(&mut buffer).await.map_err(broke)?;
        if length == 0 {
            return Err("the far end closed the connection".to_owned());
        }
        read += length;
        if read > HANDSHAKE_BYTES_MAX {
            return Err(format!("more than {HANDSHAKE_BYTES_MAX} bytes"));
        }
        let mut rest = buffer.get(..length).unwrap_or_default();
        while !rest.is_empty() {
            connection.read_tls(&mut rest).map_err(broke)?;
            if let Err(cause) = connection.process_new_packets() {
                // The alert that says why, for the far end's log.
                send(&mut connection, &mut stream).await.ok();
                return Err(fault(&cause));
            }
        }
    }
}

async fn send(connection: &mut ClientConnection, stream: &mut TcpStream) -> io::Result<()> {
    let mut bytes = Vec::new();
    while connection.wants_write() {
        connection.write_tls(&mut bytes)?;
    }
    stream.write_all(&bytes).await
}

fn protocol(version: ProtocolVersion) -> String {
    match version {
        ProtocolVersion::TLSv1_3 => "TLS 1.3".to_owned(),
        ProtocolVersion::TLSv1_2 => "TLS 1.2".to_owned(),
        other => format!("{other:?}"),
    }
}

/// What rustls says is wrong, in few words.
fn fault(cause: &Error) -> String {
    use rustls::{AlertDescription, CertificateError};
    match cause {
        Error::InvalidCertificate(CertificateError::UnknownIssuer) => {
            "no known authority issued it".to_owned()
        }
        Error::AlertReceived(AlertDescription::ProtocolVersion) => {
            "the far end wants another version of TLS than 1.2 or 1.3".to_owned()
        }
        other => other.to_string(),
    }
}

/// Takes every certificate, to describe it. A client that sends secrets must never do that.
#[derive(Debug)]
struct TakesAll(Arc<CryptoProvider>);

impl ServerCertVerifier for TakesAll {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _cert: &CertificateDer<'_>,
        _dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        // Keys that are too short cannot be checked by our library, and must be described.
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _message: &[u8],
        _cert: &CertificateDer<'_>,
        _dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
