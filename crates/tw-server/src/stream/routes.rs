//! The route of the live stream.
//!
//! **Room:** layer 2, shell. **May use:** `tw-api`. **Must not:** tell a listener what lies outside
//! of its scope.

use super::{Listening, Told};
use crate::{
    access::caller::{Caller, Who},
    app::App,
    http::{
        call::{Answer, Call, Outcome},
        refusal::Refusal,
        route::{Route, bind},
    },
};
use axum::{
    body::Body,
    http::{HeaderValue, header},
};
use std::{convert::Infallible, sync::Arc, time::Duration};
use tokio::{
    sync::broadcast::{Receiver, error::RecvError},
    time::Instant,
};
use tw_api::{EventStream, StreamEvent, endpoints as e};

/// A sign of life, so that a listener sees a dead line.
const HELLO_EVERY: Duration = Duration::from_secs(15);
/// A stream ends after so long; the listener comes back and is let in anew, or not.
const STREAM_TIME_MAX: Duration = Duration::from_secs(15 * 60);
/// Listeners at once.
const LISTENERS_MAX: i64 = 1_000;

pub(crate) fn routes() -> Vec<Route> {
    vec![bind::<e::StreamGet, _, _>(stream)]
}

struct State {
    app: Arc<App>,
    caller: Caller,
    events: Receiver<Arc<Told>>,
    begun: bool,
    ends_at: Instant,
    _listening: Listening,
}

async fn stream(call: Call<e::StreamGet>) -> Outcome<EventStream> {
    if call.app.metrics.listeners.get() >= LISTENERS_MAX {
        return Err(Refusal::busy(30));
    }
    let state = State {
        events: call.app.hub.listen(),
        _listening: Listening::new(&call.app.metrics),
        app: call.app,
        caller: call.caller,
        begun: false,
        ends_at: Instant::now() + STREAM_TIME_MAX,
    };
    let texts = futures_util::stream::unfold(state, |mut state| async move {
        let text = next(&mut state).await?;
        Some((Ok::<_, Infallible>(text), state))
    });
    let mut answer = Answer::from(EventStream);
    answer.body = Some(Body::from_stream(texts));
    Ok(answer.header(header::CACHE_CONTROL, HeaderValue::from_static("no-store")))
}

/// The next event as text; `None` ends the stream.
async fn next(state: &mut State) -> Option<String> {
    if !state.begun {
        state.begun = true;
        return Some(text(&hello(&state.app)));
    }
    if Instant::now() >= state.ends_at || !still_in(state).await {
        return None;
    }
    loop {
        let event = match tokio::time::timeout(HELLO_EVERY, state.events.recv()).await {
            Err(_) => hello(&state.app),
            Ok(Ok(told)) if sees(&state.caller, &told) => told.event.clone(),
            Ok(Ok(_)) => continue,
            Ok(Err(RecvError::Lagged(count))) => {
                state.app.metrics.missed_events.inc_by(count);
                StreamEvent::Missed { count }
            }
            Ok(Err(RecvError::Closed)) => return None,
        };
        return Some(text(&event));
    }
}

/// Whether a person's session still holds: signing out ends the stream, too.
async fn still_in(state: &State) -> bool {
    match &state.caller.who {
        Who::Person { session, .. } => {
            matches!(state.app.store.session(*session).await, Ok(Some(_)))
        }
        _ => true,
    }
}

fn hello(app: &App) -> StreamEvent {
    StreamEvent::Hello { now: app.now() }
}

fn sees(caller: &Caller, told: &Told) -> bool {
    caller.sees_all() || told.sites.iter().any(|site| caller.sees_site(site))
}

/// JSON has no line breaks, so one `data:` line is enough.
fn text(event: &StreamEvent) -> String {
    let name = match event {
        StreamEvent::Hello { .. } => "hello",
        StreamEvent::Device { .. } => "device",
        StreamEvent::Interface { .. } => "interface",
        StreamEvent::Circuit { .. } => "circuit",
        StreamEvent::Site { .. } => "site",
        StreamEvent::Alert { .. } => "alert",
        StreamEvent::Readings { .. } => "readings",
        StreamEvent::Missed { .. } => "missed",
    };
    let data = serde_json::to_string(event).unwrap_or_default();
    format!("event: {name}\ndata: {data}\n\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use tw_units::Timestamp;

    #[test]
    fn an_event_is_one_line_whatever_a_device_is_called() {
        let event = StreamEvent::Device {
            id: "a\n\ndata: forged".to_owned(),
            site: "s".to_owned(),
            state: tw_api::State::Up,
            since: Timestamp::EPOCH,
        };
        assert_eq!(text(&event).matches('\n').count(), 3);
    }
}
