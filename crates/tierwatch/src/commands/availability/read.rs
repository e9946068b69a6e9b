//! The file of evidence, read into the questions of `tw-availability`.
//!
//! **Room:** layer 3. **May use:** `tw-availability`. **Must not:** guess: what is missing or
//! contradicts itself is refused with its field.

use crate::json_input::{Field, Object};
use jiff::tz::TimeZone;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use tw_availability::{
    MaintenanceWindow, Mark, PollRun, Question, State, Structure, Target, Timeline, civil_instant,
    month, time_zone, timeline_of_runs, year,
};
use tw_units::{Interval, Ppm, Timestamp};

const FIELDS: &[&str] = &[
    "timezone",
    "period",
    "as_of",
    "stale_after_seconds",
    "targets",
    "subjects",
    "service",
    "maintenance",
    "merge_gap_seconds",
    "min_outage_seconds",
];

/// All that is needed to judge.
pub(super) struct Evaluation {
    pub(super) structure: Structure,
    pub(super) timelines: BTreeMap<String, Timeline>,
    pub(super) question: Question,
}

/// What every part of the file is read with.
struct Context {
    zone: Option<TimeZone>,
    as_of: Option<Timestamp>,
    stale_after_ms: Option<u64>,
}

/// A subject's timeline and its polling interval, where it was polled.
type Subject = (Timeline, Option<u64>);

pub(super) fn evaluation(root: &Field<'_>) -> Option<Evaluation> {
    let file = root.object(FIELDS)?;
    let zone = match file.optional("timezone") {
        Some(field) => match time_zone(field.text()?) {
            Ok(zone) => Some(zone),
            Err(why) => return field.refuse(why),
        },
        None => None,
    };
    let mut context = Context {
        zone,
        as_of: None,
        stale_after_ms: None,
    };
    context.as_of = match file.optional("as_of") {
        Some(field) => Some(context.instant(&field)?),
        None => None,
    };
    let stale = file.optional("stale_after_seconds");
    let stale = stale.and_then(|field| field.seconds_as_ms(false));
    context.stale_after_ms = stale.and_then(|ms| u64::try_from(ms).ok());
    let period = file.required("period").and_then(|f| context.period(&f));
    let targets = file.required("targets").and_then(|f| context.targets(&f));
    let maintenance = match file.optional("maintenance") {
        Some(field) => context.maintenance(&field),
        None => Some(Vec::new()),
    };
    let millis = |name| match file.optional(name) {
        Some(field) => field.seconds_as_ms(true),
        None => Some(0),
    };
    let (merge_gap_ms, min_outage_ms) = (millis("merge_gap_seconds"), millis("min_outage_seconds"));
    let subjects = file.required("subjects").and_then(|f| context.subjects(&f));
    let structure = service(&file, subjects.as_ref());
    let (subjects, structure, period) = (subjects?, structure?, period?);
    let used = structure.subjects();
    let polled = subjects
        .iter()
        .filter(|(name, _)| used.contains(name.as_str()));
    let resolution_ms = polled.filter_map(|(_, (_, every))| *every).max();
    let targets = targets?;
    if targets.iter().all(|target| target.from >= period.to) {
        return file
            .required("targets")?
            .refuse("no target is in force within the period");
    }
    Some(Evaluation {
        structure,
        timelines: subjects
            .into_iter()
            .map(|(name, (line, _))| (name, line))
            .collect(),
        question: Question {
            period,
            targets,
            maintenance: maintenance?,
            merge_gap_ms: merge_gap_ms?,
            min_outage_ms: min_outage_ms?,
            resolution_ms,
        },
    })
}

/// The structure; it may be left out when there is a single subject.
fn service(file: &Object<'_>, subjects: Option<&BTreeMap<String, Subject>>) -> Option<Structure> {
    let Some(field) = file.optional("service") else {
        return match subjects {
            Some(all) if all.len() == 1 => all.keys().next().cloned().map(Structure::Subject),
            Some(_) => file
                .required("service")
                .map(|_| Structure::Any { any: Vec::new() }),
            None => None,
        };
    };
    let structure = part(&field, 0)?;
    let known = |name: &str| subjects.is_none_or(|all| all.contains_key(name));
    match structure.check(known) {
        Ok(()) => Some(structure),
        Err(why) => {
            // The message begins with the path inside of the service already.
            let why = why.to_string();
            let inner = why.strip_prefix("service").unwrap_or(&why);
            field.refuse_at(inner)
        }
    }
}

fn part(field: &Field<'_>, depth: usize) -> Option<Structure> {
    if depth > tw_availability::STRUCTURE_DEPTH_MAX {
        return field.refuse("nested too deep");
    }
    if let Some(name) = field.value.as_str() {
        return Some(Structure::Subject(name.to_owned()));
    }
    let object = field.object(&["any", "all", "at_least", "of"])?;
    let parts = |name: &str| -> Option<Vec<Structure>> {
        let items = object.required(name)?.list()?;
        items.iter().map(|item| part(item, depth + 1)).collect()
    };
    match (
        object.has("any"),
        object.has("all"),
        object.has("at_least"),
        object.has("of"),
    ) {
        (true, false, false, false) => Some(Structure::Any { any: parts("any")? }),
        (false, true, false, false) => Some(Structure::All { all: parts("all")? }),
        (false, false, true, true) => {
            let at_least = object
                .required("at_least")?
                .whole(1..=i64::from(u32::MAX))?;
            Some(Structure::AtLeast {
                at_least: usize::try_from(at_least).ok()?,
                of: parts("of")?,
            })
        }
        _ => field.refuse("must be a subject, {any: […]}, {all: […]} or {at_least: k, of: […]}"),
    }
}

fn state(word: &str) -> Option<State> {
    match word {
        "up" => Some(State::Up),
        "down" => Some(State::Down),
        "unknown" => Some(State::Unknown),
        _ => None,
    }
}

impl Context {
    /// RFC 3339, or a civil time in the file's zone.
    fn instant(&self, field: &Field<'_>) -> Option<Timestamp> {
        let text = field.text()?;
        if let Ok(instant) = text.parse() {
            return Some(instant);
        }
        let Some(zone) = &self.zone else {
            return field.refuse(format!(
                "{text:?} has no offset and the file no timezone to read it in"
            ));
        };
        civil_instant(text, zone).map_or_else(|why| field.refuse(why), Some)
    }

    fn span(&self, from: &Field<'_>, to: &Field<'_>) -> Option<Interval> {
        let (start, end) = (self.instant(from), self.instant(to));
        let (start, end) = (start?, end?);
        Interval::new(start, end)
            .or_else(|| to.refuse(format!("must be later than from ({start})")))
    }

    fn period(&self, field: &Field<'_>) -> Option<Interval> {
        let period = field.object(&["from", "to", "month", "year"])?;
        let zone = || match &self.zone {
            Some(zone) => Some(zone),
            None => field.refuse("a month or a year needs the field timezone"),
        };
        match (
            period.has("month"),
            period.has("year"),
            period.has("from") || period.has("to"),
        ) {
            (true, false, false) => {
                let name = period.required("month")?;
                month(name.text()?, zone()?).map_or_else(|why| name.refuse(why), Some)
            }
            (false, true, false) => {
                let number = period.required("year")?;
                let text = number.value.as_str().and_then(|text| text.parse().ok());
                let wanted = text.map_or_else(|| number.whole(1..=9_998), Some)?;
                let wanted = i16::try_from(wanted).ok();
                wanted
                    .and_then(|wanted| year(wanted, zone()?).ok())
                    .or_else(|| number.refuse("is no year"))
            }
            (false, false, true) => {
                let (from, to) = (period.required("from"), period.required("to"));
                self.span(&from?, &to?)
            }
            _ => field.refuse("must have either from and to, or month, or year"),
        }
    }

    fn targets(&self, field: &Field<'_>) -> Option<Vec<Target>> {
        let items = field.list()?;
        if items.is_empty() {
            return field.refuse("needs at least one target");
        }
        let mut begins = BTreeSet::new();
        let targets: Vec<Option<Target>> = items
            .iter()
            .map(|item| {
                let target = item.object(&["from", "downtime_ppm"])?;
                let (from, ppm) = (target.required("from"), target.required("downtime_ppm"));
                let ppm = ppm.and_then(|ppm| ppm.whole(0..=1_000_000));
                let from_field = from?;
                let from = self.instant(&from_field)?;
                if !begins.insert(from) {
                    return from_field
                        .refuse(format!("two targets begin at {from}: targets overlap"));
                }
                Some(Target {
                    from,
                    downtime_ppm: Ppm(u32::try_from(ppm?).ok()?),
                })
            })
            .collect();
        targets.into_iter().collect()
    }

    fn maintenance(&self, field: &Field<'_>) -> Option<Vec<MaintenanceWindow>> {
        let mut ids = BTreeSet::new();
        let windows: Vec<Option<MaintenanceWindow>> = field
            .list()?
            .iter()
            .map(|item| {
                let window = item.object(&["id", "from", "to", "approved_at"])?;
                let id_field = window.required("id");
                let (from, to) = (window.required("from"), window.required("to"));
                let span = from.zip(to).and_then(|(from, to)| self.span(&from, &to));
                let approved_at = match window.optional("approved_at") {
                    Some(at) => Some(self.instant(&at)?),
                    None => None,
                };
                let id_field = id_field?;
                let id = id_field.text()?.to_owned();
                if !ids.insert(id.clone()) {
                    return id_field.refuse(format!("two windows are called {id:?}"));
                }
                Some(MaintenanceWindow {
                    id,
                    window: span?,
                    approved_at,
                })
            })
            .collect();
        let windows: Vec<MaintenanceWindow> = windows.into_iter().collect::<Option<_>>()?;
        // What was approved after `as_of` was not approved then.
        let known = |at: &Timestamp| self.as_of.is_none_or(|as_of| *at <= as_of);
        let at_the_time = |w: MaintenanceWindow| MaintenanceWindow {
            approved_at: w.approved_at.filter(known),
            ..w
        };
        Some(windows.into_iter().map(at_the_time).collect())
    }

    fn subjects(&self, field: &Field<'_>) -> Option<BTreeMap<String, Subject>> {
        let object = field.any_object()?;
        let mut out = BTreeMap::new();
        let mut all_good = true;
        for (name, field) in object.fields() {
            match self.subject(&field) {
                Some(subject) => {
                    out.insert(name.to_owned(), subject);
                }
                None => all_good = false,
            }
        }
        if all_good && out.is_empty() {
            return field.refuse("needs at least one subject");
        }
        all_good.then_some(out)
    }

    fn subject(&self, field: &Field<'_>) -> Option<Subject> {
        let subject = field.object(&["polls", "intervals", "otherwise"])?;
        let (line, every) = match (subject.optional("polls"), subject.optional("intervals")) {
            (Some(polls), None) => {
                if let Some(otherwise) = subject.optional("otherwise") {
                    return otherwise.refuse("belongs to intervals, not to polls");
                }
                self.polls(&polls)?
            }
            (None, Some(intervals)) => (
                self.intervals(&intervals, subject.optional("otherwise"))?,
                None,
            ),
            _ => return field.refuse("must have either polls or intervals"),
        };
        let line = match self.as_of {
            Some(as_of) => line.known_until(as_of),
            None => line,
        };
        Some((line, every))
    }

    fn polls(&self, field: &Field<'_>) -> Option<Subject> {
        let polls = field.object(&["start", "every_seconds", "runs"])?;
        let start = polls.required("start").and_then(|f| self.instant(&f));
        let every = polls.required("every_seconds");
        let every_ms = every.and_then(|f| f.seconds_as_ms(false));
        let list = polls.required("runs")?;
        let raw = list.raw_list()?;
        let (mut at, every_ms) = (start?, every_ms?);
        let mut runs = Vec::with_capacity(raw.len());
        for (index, value) in raw.iter().enumerate() {
            let Some((seen, polls)) = run(value) else {
                return list.item(index).refuse(
                    "must be [state, n]: state is up, down, unknown or gap, n a whole number",
                );
            };
            let Some(next) = after(at, every_ms, polls) else {
                return list.item(index).refuse("reaches beyond the calendar");
            };
            if let (Some(state), true) = (seen, polls > 0) {
                runs.push(PollRun {
                    from: at,
                    to: next.plus_millis(-every_ms),
                    state,
                    polls,
                    max_gap_ms: if polls > 1 {
                        every_ms.unsigned_abs()
                    } else {
                        0
                    },
                    period_ms: every_ms.unsigned_abs(),
                });
            }
            at = next;
        }
        if let Some(as_of) = self.as_of {
            runs = runs
                .into_iter()
                .filter_map(|r| r.seen_until(as_of))
                .collect();
        }
        let line = timeline_of_runs(&runs, self.stale_after_ms);
        Some((line, Some(every_ms.unsigned_abs())))
    }

    fn intervals(&self, field: &Field<'_>, otherwise: Option<Field<'_>>) -> Option<Timeline> {
        let otherwise = match otherwise {
            Some(field) => match state(field.text()?) {
                Some(state) => state,
                None => return field.refuse("must be up, down or unknown"),
            },
            None => State::Unknown,
        };
        let pieces: Vec<Option<(Interval, Mark)>> = field
            .list()?
            .iter()
            .map(|item| {
                let parts = item.list()?;
                let [from, to, word] = parts.as_slice() else {
                    return item.refuse("must be [from, to, state]");
                };
                let span = self.span(from, to);
                match state(word.text()?) {
                    Some(state) => Some((span?, Mark::from(state))),
                    None => word.refuse("must be up, down or unknown"),
                }
            })
            .collect();
        let pieces: Vec<(Interval, Mark)> = pieces.into_iter().collect::<Option<_>>()?;
        let mut sorted: Vec<(usize, &(Interval, Mark))> = pieces.iter().enumerate().collect();
        sorted.sort_unstable_by_key(|(_, piece)| **piece);
        let mut furthest: Option<(Interval, Mark)> = None;
        for (index, (span, mark)) in sorted {
            if furthest.is_some_and(|(before, other)| span.from < before.to && *mark != other) {
                return field
                    .item(index)
                    .refuse("overlaps an interval of another state");
            }
            if furthest.is_none_or(|(before, _)| span.to > before.to) {
                furthest = Some((*span, *mark));
            }
        }
        Some(Timeline::from_intervals(&pieces, Mark::from(otherwise)))
    }
}

/// A run of the file: its state, `None` for a gap, and how many polls.
fn run(value: &Value) -> Option<(Option<State>, u64)> {
    let [word, polls] = value.as_array()?.as_slice() else {
        return None;
    };
    let (word, polls) = (word.as_str()?, polls.as_u64()?);
    if word == "gap" {
        return Some((None, polls));
    }
    state(word).map(|state| (Some(state), polls))
}

fn after(at: Timestamp, every_ms: i64, polls: u64) -> Option<Timestamp> {
    /// The last instant of the year 9999.
    const END_MS: i64 = 253_402_300_799_999;
    let length = every_ms.checked_mul(i64::try_from(polls).ok()?)?;
    let end = at.as_millis().checked_add(length)?;
    (end <= END_MS).then(|| Timestamp::from_millis(end))
}
