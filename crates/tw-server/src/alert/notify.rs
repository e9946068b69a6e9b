//! From the outbox to the channels: e-mail and webhook.
//!
//! **Room:** layer 2, shell. **May use:** `tw-notify`, `tw-store`, `tw-alert`. **Must not:** retry
//! inside: the next run is the retry.

use crate::{
    app::App,
    settings::{Channel, NotifySettings},
    world::World,
};
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use std::{collections::BTreeMap, time::Duration};
use tw_alert::{Language, Message, Subject, render, routes_for};
use tw_api::LocalText;
use tw_notify::{Delivery, EmailChannel, Notice, SettingsError, WebhookChannel, retry_seconds};
use tw_store::{NewNotice, StoreError};
use tw_units::WallClock;

/// A claimed notice comes back after so long when nobody says what became of it.
const LEASE: Duration = Duration::from_secs(120);
/// Notices that one run sends.
const RUN_MAX: u32 = 32;
/// Attempts after which a notice is given up: with the growing waits, about two days.
const ATTEMPTS_MAX: u32 = 60;

enum Sender {
    Email(EmailChannel),
    Webhook(WebhookChannel),
}

/// The channels by name.
pub(crate) struct Channels(BTreeMap<String, Sender>);

impl Channels {
    /// Checks the settings; connects to nobody yet.
    pub(crate) fn new(settings: &NotifySettings, wall: &WallClock) -> Result<Self, SettingsError> {
        let mut channels = BTreeMap::new();
        for (name, channel) in &settings.channels {
            let sender = match channel {
                Channel::Email(settings) => {
                    Sender::Email(EmailChannel::new(settings, wall.clone())?)
                }
                Channel::Webhook(settings) => {
                    Sender::Webhook(WebhookChannel::new(settings, wall.clone())?)
                }
            };
            channels.insert(name.clone(), sender);
        }
        Ok(Self(channels))
    }

    async fn deliver(&self, channel: &str, notice: &Notice) -> Delivery {
        match self.0.get(channel) {
            Some(Sender::Email(channel)) => channel.deliver(notice).await,
            Some(Sender::Webhook(channel)) => channel.deliver(notice).await,
            None => Delivery::Failed {
                why: format!("there is no channel {channel:?} any more"),
            },
        }
    }
}

/// The notices of a message: one for each channel that it is for.
pub(crate) fn notices(app: &App, world: &World, message: &Message) -> Vec<NewNotice> {
    if message.quiet_by.is_some() {
        return Vec::new();
    }
    let settings = &app.settings.notify;
    let text = texts(world, message)[usize::from(settings.language == Language::Vi)].clone();
    let channels: Vec<&str> = if settings.routes.is_empty() {
        settings.channels.keys().map(String::as_str).collect()
    } else {
        routes_for(&settings.routes, message)
    };
    let notice = |channel: &str| NewNotice {
        dedupe: Some(format!("{}|{channel}", message.id())),
        channel: channel.to_owned(),
        payload: json!({"title": text.title, "body": text.body, "message": message}),
    };
    channels.into_iter().map(notice).collect()
}

fn texts(world: &World, message: &Message) -> [tw_alert::Text; 2] {
    let zone = TimeZone::get(world.timezone()).unwrap_or(TimeZone::UTC);
    [Language::En, Language::Vi].map(|language| {
        render(
            message,
            &name_of(world, &message.subject, language),
            language,
            &zone,
        )
    })
}

/// The title of a message in both languages.
pub(crate) fn title(world: &World, message: &Message) -> LocalText {
    let [en, vi] = texts(world, message);
    LocalText {
        en: Some(en.title),
        vi: Some(vi.title),
    }
}

fn name_of(world: &World, subject: &Subject, language: Language) -> String {
    let register = &world.register;
    let pick = |name: &tw_model::Name| match language {
        Language::En => name.en.clone(),
        Language::Vi => name.vi().to_owned(),
    };
    match subject {
        Subject::Site(id) => register
            .sites
            .get(id)
            .map_or_else(|| id.to_string(), |site| pick(&site.name)),
        Subject::Device(id) | Subject::Ups(id, _) => register
            .devices
            .get(id)
            .map_or_else(|| id.to_string(), |device| device.name.clone()),
        Subject::Circuit(id) | Subject::CircuitQuality(id) => register
            .circuits
            .get(id)
            .and_then(|circuit| circuit.name.as_ref())
            .map_or_else(|| id.to_string(), pick),
        Subject::Work(_, id) => id.clone(),
    }
}

/// Sends what is due, once each.
pub(crate) async fn send_due(app: &App, channels: &Channels) -> Result<(), StoreError> {
    for notice in app.store.outbox_claim(RUN_MAX, LEASE).await? {
        let delivery = match read(&notice) {
            Some(ready) => channels.deliver(&notice.channel, &ready).await,
            None => Delivery::Failed {
                why: "the notice cannot be read".to_owned(),
            },
        };
        match delivery {
            Delivery::Delivered => {
                app.metrics.notices_sent.inc();
                app.store.outbox_sent(notice.id).await?;
            }
            Delivery::Retry { why, after_seconds } if notice.attempts < ATTEMPTS_MAX => {
                app.metrics.notices_failed.inc();
                let wait = after_seconds.unwrap_or_else(|| retry_seconds(notice.attempts));
                let again = app.now().plus(Duration::from_secs(u64::from(wait)));
                app.store.outbox_retry(notice.id, why, again).await?;
            }
            Delivery::Retry { why, .. } | Delivery::Failed { why } => {
                app.metrics.notices_failed.inc();
                tracing::error!(channel = notice.channel, why, "a notice is given up");
                app.store.outbox_give_up(notice.id, why).await?;
            }
        }
    }
    Ok(())
}

fn read(notice: &tw_store::Notice) -> Option<Notice> {
    let text = |name: &str| {
        notice
            .payload
            .get(name)
            .and_then(Value::as_str)
            .map(str::to_owned)
    };
    let message: Message = serde_json::from_value(notice.payload.get("message")?.clone()).ok()?;
    Some(Notice {
        id: message.id(),
        title: text("title")?,
        body: text("body")?,
        message,
    })
}
