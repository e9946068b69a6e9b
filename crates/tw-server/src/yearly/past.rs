//! The register as it was when a year ended, from the versions that the store keeps.
//!
//! **Room:** layer 2, shell. **May use:** `tw-store`. **Must not:** fill a year in that the
//! history does not reach.

use crate::{
    age::actions::today, app::App, device::actions::register as refuse, http::refusal::Refusal,
    ipv6, world::World,
};
use jiff::{
    civil::{Date, date},
    tz::TimeZone,
};
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};
use tw_lifecycle::ipv6::Ipv6Seen;
use tw_units::Timestamp;

/// So many ends of years are kept; others are read again.
const YEARS_KEPT_MAX: usize = 2;

/// The ends of years that were asked about last. The past does not change, so none goes stale.
#[derive(Debug, Default)]
pub(crate) struct YearEnds {
    kept: Mutex<VecDeque<(Timestamp, Arc<World>)>>,
}

impl YearEnds {
    fn find(&self, end: Timestamp) -> Option<Arc<World>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let found = kept.iter().find(|(known, _)| *known == end)?;
        Some(Arc::clone(&found.1))
    }

    fn keep(&self, end: Timestamp, world: &Arc<World>) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.truncate(YEARS_KEPT_MAX - 1);
        kept.push_front((end, Arc::clone(world)));
    }
}

/// What a return is counted from.
pub(crate) struct Counted {
    pub(crate) world: Arc<World>,
    pub(crate) as_of: Date,
    /// The day on which the register's history begins.
    pub(crate) begins: Date,
    /// The years whose return can be counted, oldest first; the last is the running one.
    pub(crate) years: Vec<i16>,
    /// Addresses that were seen; of a year that is over nobody kept them.
    pub(crate) seen: Ipv6Seen,
}

impl Counted {
    /// Whether the year is over, so that only the history knows it.
    pub(crate) fn is_past(&self) -> bool {
        self.years
            .last()
            .is_some_and(|last| self.as_of.year() < *last)
    }
}

/// The register of a year: as it is now for the running one, as it was at the end of 31 December
/// for one that is over.
pub(crate) async fn counted(app: &App, year: Option<u16>) -> Result<Counted, Refusal> {
    let world = app.world();
    let now = today(&world, app.now());
    let zone = TimeZone::get(world.timezone()).unwrap_or(TimeZone::UTC);
    let begins = app.store.register_begins().await;
    let begins = begins.map_err(|e| crate::access::accounts::store(&e))?;
    let begins = begins.map_or(now, |at| at.to_jiff().to_zoned(zone.clone()).date());
    let years: Vec<i16> = (begins.year()..=now.year()).collect();
    let wanted = match year {
        None => now.year(),
        Some(year) => i16::try_from(year).unwrap_or(i16::MAX),
    };
    if wanted > now.year() {
        let what = format!(
            "{wanted} has not begun; the newest return is of {}",
            now.year()
        );
        return Err(Refusal::bad("bad_parameter", what).with("parameter", "year"));
    }
    if wanted < begins.year() {
        let what = format!(
            "the history of the register begins on {begins}: nobody knows what it would have \
             held on 31 December {wanted}"
        );
        return Err(Refusal::bad("before_history", what)
            .with("year", wanted)
            .with("begins", begins.to_string()));
    }
    if wanted == now.year() {
        return Ok(Counted {
            seen: ipv6::seen(&world, &app.live),
            world,
            as_of: now,
            begins,
            years,
        });
    }
    let end = date(wanted + 1, 1, 1).to_zoned(zone);
    let end = end.map_err(|e| Refusal::internal(&e))?;
    let end = Timestamp::from_millis(end.timestamp().as_millisecond());
    let world = year_end(app, end).await?;
    Ok(Counted {
        world,
        as_of: date(wanted, 12, 31),
        seen: Ipv6Seen::default(),
        begins,
        years,
    })
}

/// The register as it was just before an instant.
async fn year_end(app: &App, end: Timestamp) -> Result<Arc<World>, Refusal> {
    if let Some(known) = app.year_ends.find(end) {
        return Ok(known);
    }
    let stored = app.store.load_register_before(end).await;
    let stored = stored.map_err(|e| refuse(&e))?;
    let world = World::new(stored.register, stored.versions, stored.revision);
    let world = Arc::new(world);
    app.year_ends.keep(end, &world);
    Ok(world)
}
