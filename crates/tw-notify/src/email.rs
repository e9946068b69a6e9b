//! Notices by e-mail: RFC 5321 over TLS, or in plain text to a relay on this machine.
//!
//! **Room:** layer 1. **May use:** `tw-units`, `tw-alert`. **Must not:** print a password; send
//! anything unencrypted over a network.

use crate::{
    SettingsError,
    delivery::{Delivery, Notice},
};
use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{Mailbox, header::ContentType},
    transport::smtp::{authentication::Credentials, client::Tls, client::TlsParameters},
};
use serde::Deserialize;
use std::{
    fmt,
    time::{Duration, SystemTime},
};
use tw_units::WallClock;

/// How the connection to the mail server is protected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Encryption {
    /// STARTTLS, required.
    #[default]
    Starttls,
    /// TLS from the first byte.
    Tls,
    /// None: only to a relay on this machine.
    None,
}

/// Where and how mail is sent.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EmailSettings {
    /// Host name or address of the mail server.
    pub server: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    #[serde(default)]
    pub encryption: Encryption,
    /// User name, where the server wants one.
    #[serde(default)]
    pub username: Option<String>,
    /// Password; the settings' reader takes it from a file or the environment.
    #[serde(default)]
    pub password: Option<String>,
    /// The sender.
    pub from: String,
    /// The recipients.
    pub to: Vec<String>,
    /// How long one attempt may take.
    #[serde(default = "timeout_seconds")]
    pub timeout_seconds: u16,
}

const fn timeout_seconds() -> u16 {
    15
}

impl fmt::Debug for EmailSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EmailSettings")
            .field("server", &self.server)
            .field("port", &self.port)
            .field("encryption", &self.encryption)
            .field("from", &self.from)
            .field("to", &self.to)
            .finish_non_exhaustive()
    }
}

/// Sends to the recipients of its settings.
#[derive(Debug)]
pub struct EmailChannel {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    to: Vec<Mailbox>,
    clock: WallClock,
}

impl EmailChannel {
    /// Checks the settings; connects to nobody yet.
    pub fn new(settings: &EmailSettings, clock: WallClock) -> Result<Self, SettingsError> {
        let to: Vec<Mailbox> = settings
            .to
            .iter()
            .map(|text| mailbox(text))
            .collect::<Result<_, _>>()?;
        if to.is_empty() {
            return Err(SettingsError::NoRecipient);
        }
        let server = &settings.server;
        let tls = || {
            TlsParameters::new(server.clone()).map_err(|cause| SettingsError::Tls {
                server: server.clone(),
                cause,
            })
        };
        let tls = match settings.encryption {
            Encryption::Starttls => Tls::Required(tls()?),
            Encryption::Tls => Tls::Wrapper(tls()?),
            Encryption::None if is_this_machine(server) => Tls::None,
            Encryption::None => return Err(SettingsError::PlainText(server.clone())),
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(server)
            .port(settings.port)
            .tls(tls)
            .timeout(Some(Duration::from_secs(settings.timeout_seconds.into())));
        if let (Some(user), Some(password)) = (&settings.username, &settings.password) {
            builder = builder.credentials(Credentials::new(user.clone(), password.clone()));
        }
        Ok(Self {
            transport: builder.build(),
            from: mailbox(&settings.from)?,
            to,
            clock,
        })
    }

    /// Makes one attempt.
    pub async fn deliver(&self, notice: &Notice) -> Delivery {
        let letter = match self.letter(notice) {
            Ok(letter) => letter,
            Err(cause) => {
                let why = format!("cannot write the letter: {cause}");
                return Delivery::Failed { why };
            }
        };
        match self.transport.send(letter).await {
            Ok(_) => Delivery::Delivered,
            Err(cause) => {
                let why = chain(&cause);
                if cause.is_permanent() {
                    Delivery::Failed { why }
                } else {
                    Delivery::Retry {
                        why,
                        after_seconds: None,
                    }
                }
            }
        }
    }

    fn letter(&self, notice: &Notice) -> Result<Message, lettre::error::Error> {
        let millis = u64::try_from(self.clock.now().as_millis()).unwrap_or(0);
        let now = SystemTime::UNIX_EPOCH + Duration::from_millis(millis);
        let id: String = notice
            .id
            .chars()
            .map(|c| {
                if c.is_ascii_alphanumeric() || "-._".contains(c) {
                    c
                } else {
                    '.'
                }
            })
            .collect();
        let mut builder = Message::builder()
            .from(self.from.clone())
            .subject(format!("[tierwatch] {}", notice.title))
            .message_id(Some(format!("<{id}@tierwatch>")))
            .date(now)
            .header(ContentType::TEXT_PLAIN);
        for mailbox in &self.to {
            builder = builder.to(mailbox.clone());
        }
        builder.body(notice.body.clone())
    }
}

fn mailbox(text: &str) -> Result<Mailbox, SettingsError> {
    text.parse()
        .map_err(|_| SettingsError::Address(text.to_owned()))
}

fn is_this_machine(server: &str) -> bool {
    let loopback = |ip: std::net::IpAddr| ip.is_loopback();
    server == "localhost" || server.parse().is_ok_and(loopback)
}

/// An error with its causes, in one line.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let next = error.to_string();
        if !text.contains(&next) {
            text.push_str(": ");
            text.push_str(&next);
        }
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> EmailSettings {
        EmailSettings {
            server: "mail.example.org".to_owned(),
            port: 587,
            encryption: Encryption::Starttls,
            username: Some("u".to_owned()),
            password: Some("hidden-word".to_owned()),
            from: "Tierwatch <tierwatch@example.org>".to_owned(),
            to: vec!["noc@example.org".to_owned()],
            timeout_seconds: 5,
        }
    }

    #[track_caller]
    fn check(change: impl Fn(&mut EmailSettings), expect: Option<&str>) {
        let mut settings = settings();
        change(&mut settings);
        let got = EmailChannel::new(&settings, WallClock::fixed(tw_units::Timestamp::EPOCH));
        assert_eq!(got.err().map(|e| e.to_string()).as_deref(), expect);
    }

    #[test]
    fn settings_are_checked_before_anything_is_sent() {
        check(|_| {}, None);
        check(
            |s| s.to.clear(),
            Some("an e-mail channel needs at least one recipient"),
        );
        check(
            |s| s.from = "nobody".to_owned(),
            Some("\"nobody\" is no e-mail address"),
        );
        check(
            |s| s.encryption = Encryption::None,
            Some(
                "\"mail.example.org\" is not this machine: mail leaves it only with starttls or tls",
            ),
        );
        check(
            |s| {
                s.encryption = Encryption::None;
                s.server = "127.0.0.1".to_owned();
            },
            None,
        );
    }

    #[test]
    fn a_password_is_never_printed() {
        assert!(!format!("{:?}", settings()).contains("hidden-word"));
    }
}
