//! What people write of a request, checked.
//!
//! **Room:** layer 2, pure. **May use:** `tw-model`, `tw-availability`. **Must not:** let a window
//! pass that nobody could work in.

use super::chain;
use crate::{http::refusal::Refusal, site::actions::zone, world::World};
use std::collections::BTreeSet;
use tw_api::{MaintenanceKind, MaintenanceRepeat, MaintenanceSpec, RepeatEvery};
use tw_availability::{Every, Repeat, RepeatError, occurrences};
use tw_model::Site;
use tw_units::{Interval, Timestamp};

/// The longest title, in characters.
pub(crate) const TITLE_CHARS_MAX: usize = 200;
/// The longest note or reason, in characters.
pub(crate) const NOTE_CHARS_MAX: usize = 2_000;
/// The most components of one request.
pub(crate) const COMPONENTS_MAX: usize = 50;
/// The longest window, in hours: two weeks.
pub(crate) const WINDOW_HOURS_MAX: i64 = 14 * 24;
/// How far ahead a window may begin, in days.
pub(crate) const AHEAD_DAYS_MAX: i64 = 731;

const HOUR_MS: i64 = 3_600_000;

/// A request that may be kept.
pub(crate) struct Checked<'a> {
    pub(crate) site: &'a Site,
    pub(crate) title: String,
    pub(crate) note: Option<String>,
    pub(crate) window: Interval,
    pub(crate) components: Vec<String>,
    pub(crate) kind: MaintenanceKind,
}

/// Checks what people wrote, as of an instant.
pub(crate) fn check<'a>(
    world: &'a World,
    spec: &MaintenanceSpec,
    now: Timestamp,
) -> Result<Checked<'a>, Refusal> {
    let site = world.register.sites.get(spec.site.as_str());
    let site = site.ok_or_else(|| Refusal::field("site", "there is no such site"))?;
    let title = line(&spec.title);
    if title.is_empty() || title.chars().count() > TITLE_CHARS_MAX {
        let detail = format!("1 to {TITLE_CHARS_MAX} characters");
        return Err(Refusal::field("title", detail));
    }
    Ok(Checked {
        title,
        note: note("note", spec.note.as_deref())?,
        window: window(spec, now)?,
        components: components(world, (site, now), &spec.components)?,
        kind: spec.kind,
        site,
    })
}

fn window(spec: &MaintenanceSpec, now: Timestamp) -> Result<Interval, Refusal> {
    let window = Interval::new(spec.from, spec.to)
        .ok_or_else(|| Refusal::field("to", "the window ends before it begins"))?;
    if window.to <= now {
        return Err(Refusal::field("to", "the window is over already"));
    }
    if window.millis() > WINDOW_HOURS_MAX * HOUR_MS {
        let detail = format!("a window is at most {WINDOW_HOURS_MAX} hours long");
        return Err(Refusal::field("to", detail).with("hours_max", WINDOW_HOURS_MAX));
    }
    if window.from.millis_since(now) > AHEAD_DAYS_MAX * 24 * HOUR_MS {
        let detail = format!("a window begins at most {AHEAD_DAYS_MAX} days ahead");
        return Err(Refusal::field("from", detail).with("days_max", AHEAD_DAYS_MAX));
    }
    Ok(window)
}

fn components(
    world: &World,
    (site, now): (&Site, Timestamp),
    wanted: &[String],
) -> Result<Vec<String>, Refusal> {
    if wanted.is_empty() || wanted.len() > COMPONENTS_MAX {
        let detail = format!("1 to {COMPONENTS_MAX} components");
        return Err(Refusal::field("components", detail));
    }
    let mut seen = BTreeSet::new();
    for component in wanted {
        let bad = |detail: &str| {
            Refusal::field("components", detail).with("component", component.as_str())
        };
        if !seen.insert(component) {
            return Err(bad("a component is named twice"));
        }
        let in_chain = chain::declares(&world.register, site, component, now);
        if !in_chain && !is_known(world, site, component) {
            return Err(bad("there is no such component at the site"));
        }
    }
    Ok(wanted.to_vec())
}

/// Whether a name is a device at the site, or a circuit that ends there.
fn is_known(world: &World, site: &Site, component: &str) -> bool {
    let register = &world.register;
    let device = register.devices.get(component);
    let circuit = register.circuits.get(component);
    device.is_some_and(|device| device.site == site.id)
        || circuit.is_some_and(|circuit| {
            world
                .sites_of_circuit(circuit)
                .into_iter()
                .flatten()
                .any(|end| *end == site.id)
        })
}

/// The windows of a series; the one window without a rule.
pub(crate) fn windows(
    checked: &Checked<'_>,
    repeat: Option<MaintenanceRepeat>,
) -> Result<Vec<Interval>, Refusal> {
    let Some(repeat) = repeat else {
        return Ok(vec![checked.window]);
    };
    let rule = Repeat {
        every: match repeat.every {
            RepeatEvery::Week => Every::Week,
            RepeatEvery::Month => Every::Month,
        },
        step: repeat.step,
        count: repeat.count,
    };
    occurrences(checked.window, rule, &zone(checked.site)).map_err(|cause| {
        let field = match cause {
            RepeatError::Count => "repeat.count",
            RepeatError::Step => "repeat.step",
            RepeatError::Overlap | RepeatError::Calendar => "repeat",
        };
        Refusal::field(field, cause.to_string())
    })
}

/// A text of bounded length without control characters; nothing for an empty one.
pub(crate) fn note(field: &str, text: Option<&str>) -> Result<Option<String>, Refusal> {
    let kept = |c: &char| !c.is_control() || *c == '\n';
    let text: String = text.unwrap_or_default().chars().filter(kept).collect();
    let text = text.trim();
    if text.chars().count() > NOTE_CHARS_MAX {
        let detail = format!("at most {NOTE_CHARS_MAX} characters");
        return Err(Refusal::field(field, detail));
    }
    Ok((!text.is_empty()).then(|| text.to_owned()))
}

fn line(text: &str) -> String {
    let clean: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    clean.trim().to_owned()
}
