//! Where an agent is: a host name or address, with a port.
//!
//! **Room:** layer 1. **May use:** nothing of ours.

use std::{
    fmt, io,
    net::{IpAddr, Ipv6Addr, SocketAddr},
    str::FromStr,
};

/// The port of agents (RFC 3417 §3.2).
pub const SNMP_PORT: u16 = 161;

/// A host with a port, written `host`, `host:port`, `192.0.2.1:port`, `2001:db8::1` or
/// `[2001:db8::1]:port`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Target {
    host: Host,
    port: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Host {
    Address(IpAddr),
    Name(String),
}

/// A text that is no target.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{text:?} is no target; write a host name or address, with a port if it is not 161: \
     router1, 192.0.2.1:1161, [2001:db8::1]:1161"
)]
pub struct TargetError {
    /// What was read.
    pub text: String,
}

/// A name that has no address.
#[derive(Debug, thiserror::Error)]
pub enum ResolveError {
    /// The name service answered with an error.
    #[error("cannot find the address of {host}")]
    Lookup {
        /// The name.
        host: String,
        /// Why.
        #[source]
        cause: io::Error,
    },
    /// The name service knows the name and gives no address.
    #[error("{host} has no address")]
    NoAddress {
        /// The name.
        host: String,
    },
}

impl Target {
    /// The addresses, in the order of the name service.
    pub async fn resolve(&self) -> Result<Vec<SocketAddr>, ResolveError> {
        let host = match &self.host {
            Host::Address(address) => return Ok(vec![SocketAddr::new(*address, self.port)]),
            Host::Name(name) => name,
        };
        let found: Vec<SocketAddr> = tokio::net::lookup_host((host.as_str(), self.port))
            .await
            .map_err(|cause| ResolveError::Lookup {
                host: host.clone(),
                cause,
            })?
            .collect();
        if found.is_empty() {
            return Err(ResolveError::NoAddress { host: host.clone() });
        }
        Ok(found)
    }
}

impl FromStr for Target {
    type Err = TargetError;
    fn from_str(text: &str) -> Result<Self, TargetError> {
        let wrong = || TargetError {
            text: text.chars().take(200).collect(),
        };
        if let Ok(address) = text.parse::<IpAddr>() {
            return Ok(Self {
                host: Host::Address(address),
                port: SNMP_PORT,
            });
        }
        if let Some(rest) = text.strip_prefix('[') {
            let (inside, behind) = rest.split_once(']').ok_or_else(wrong)?;
            let address: Ipv6Addr = inside.parse().map_err(|_| wrong())?;
            let port = match behind {
                "" => SNMP_PORT,
                behind => {
                    parse_port(behind.strip_prefix(':').ok_or_else(wrong)?).ok_or_else(wrong)?
                }
            };
            return Ok(Self {
                host: Host::Address(address.into()),
                port,
            });
        }
        let (host, port) = match text.split_once(':') {
            None => (text, SNMP_PORT),
            Some((host, port)) => (host, parse_port(port).ok_or_else(wrong)?),
        };
        let host = match host.parse::<IpAddr>() {
            Ok(address) => Host::Address(address),
            Err(_) if is_host_name(host) => Host::Name(host.to_owned()),
            Err(_) => return Err(wrong()),
        };
        Ok(Self { host, port })
    }
}

/// 1 to 65535, digits only.
fn parse_port(text: &str) -> Option<u16> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|port| digits && *port != 0)
}

/// RFC 1123 §2.1, with underscores, which name servers have; and not all digits and dots,
/// which would be a mistyped address.
fn is_host_name(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let label = |label: &str| {
        (1..=63).contains(&label.len()) && label.bytes().all(plain) && !label.starts_with('-')
    };
    let name = text.strip_suffix('.').unwrap_or(text);
    name.len() <= 253
        && name.split('.').all(label)
        && !name
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.')
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.host {
            Host::Address(address) => SocketAddr::new(*address, self.port).fmt(f),
            Host::Name(name) => write!(f, "{name}:{}", self.port),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expect: &str) {
        let shown = text
            .parse::<Target>()
            .map_or_else(|_| "refused".to_owned(), |target| target.to_string());
        assert_eq!(shown, expect, "{text:?}");
    }

    #[test]
    fn hosts_and_addresses_are_read_with_and_without_port() {
        check("router1", "router1:161");
        check("core-1.example.vn:1161", "core-1.example.vn:1161");
        check("192.0.2.1", "192.0.2.1:161");
        check("192.0.2.1:16100", "192.0.2.1:16100");
        check("2001:db8::1", "[2001:db8::1]:161");
        check("[::1]:1161", "[::1]:1161");
        check("[::1]", "[::1]:161");
    }

    #[test]
    fn a_text_that_is_no_target_is_refused() {
        for text in [
            "",
            ":161",
            "a:",
            "a:0",
            "a:65536",
            "a:+1",
            "a:b",
            "[::1",
            "[::1]x",
            "[a]:1",
            "a b",
            "-x",
            "a..b",
            "1.2.3",
            "1.2.3.256",
            "host/../x",
            "h\u{1b}[31m",
            "::1:99999",
        ] {
            check(text, "refused");
        }
    }
}
