//! What the spool drops when it must, and the gap records that tell of it.
//!
//! **Room:** layer 1. **May use:** `tw-ingest`. **Must not:** drop an event before a metric.

use super::{Spool, SpoolError, schema};
use rusqlite::{OptionalExtension, params};
use std::collections::BTreeMap;
use tw_ingest::{Gap, Lane, Record};
use tw_units::Timestamp;

/// The volume that the spool lies on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Volume {
    /// Its size in bytes.
    pub size: u64,
    /// What is free for us, in bytes.
    pub free: u64,
}

impl Volume {
    /// The volume of a path, by `statvfs`.
    pub fn of(path: &std::path::Path) -> std::io::Result<Self> {
        let stat = nix::sys::statvfs::statvfs(path)?;
        let block = stat.fragment_size();
        Ok(Self {
            size: stat.blocks().saturating_mul(block),
            free: stat.blocks_available().saturating_mul(block),
        })
    }
}

/// Room left for the gap records of a sweep, so that telling of a drop does not break the bound.
const GAP_BYTES_RESERVED: u64 = 1_024;

/// A segment as the bounds see it.
struct Oldest {
    lane: Lane,
    segment: i64,
    opened_at: Timestamp,
    unsent: u64,
}

impl Spool {
    /// Keeps the spool within its bounds: first goes what the centre has had for long enough,
    /// then, only if there is no other way, the oldest unsent metrics, then inventory, then
    /// events. Each drop of unsent readings leaves a gap record. Returns how many records went.
    pub fn enforce(&mut self, volume: Volume, now: Timestamp) -> Result<u64, SpoolError> {
        self.drop_acknowledged_before(now.minus(self.settings.keep_acknowledged))?;
        let mut gaps = Gaps::default();
        self.drop_aged(&mut gaps, now)?;
        let share = volume.size / 100 * u64::from(self.settings.volume_percent_max);
        let bytes_max = self.settings.bytes_max.min(share);
        let lacking = self.settings.free_bytes_min.saturating_sub(volume.free);
        let mut bytes = self.state()?.bytes;
        let aim = bytes_max
            .saturating_sub(GAP_BYTES_RESERVED)
            .min(bytes.saturating_sub(lacking));
        while bytes > aim {
            let Some(oldest) = self.oldest_with_bytes()? else {
                break;
            };
            self.drop_segment(&oldest, "spool_full", &mut gaps)?;
            bytes = self.state()?.bytes;
        }
        self.tell(gaps, now)
    }

    /// One gap record for each lane and reason, however many segments went.
    fn tell(&mut self, gaps: Gaps, now: Timestamp) -> Result<u64, SpoolError> {
        let records: Vec<Record> = gaps.0.into_values().map(Record::Gap).collect();
        if records.is_empty() {
            return Ok(0);
        }
        let dropped = records
            .iter()
            .map(|r| {
                if let Record::Gap(gap) = r {
                    gap.dropped
                } else {
                    0
                }
            })
            .sum();
        self.database
            .execute(
                "INSERT INTO meta (k, v) VALUES ('dropped', ?1)
                 ON CONFLICT (k) DO UPDATE SET v = v + excluded.v",
                [dropped],
            )
            .map_err(|cause| self.failed("count what it drops", cause))?;
        self.commit(Lane::Event, records, now)?;
        Ok(dropped)
    }

    fn drop_acknowledged_before(&mut self, edge: Timestamp) -> Result<(), SpoolError> {
        self.database
            .execute(
                "DELETE FROM batch WHERE (lane, segment) IN (
                     SELECT lane, segment FROM segment
                     WHERE acked = next AND bytes > 0 AND acked_at < ?1)",
                [edge.as_millis()],
            )
            .and_then(|_| {
                self.database.execute(
                    "UPDATE segment SET bytes = 0
                     WHERE acked = next AND bytes > 0 AND acked_at < ?1",
                    [edge.as_millis()],
                )
            })
            .map_err(|cause| self.failed("drop what the centre has", cause))?;
        Ok(())
    }

    fn drop_aged(&mut self, gaps: &mut Gaps, now: Timestamp) -> Result<(), SpoolError> {
        let edge = now.minus(self.settings.age_max);
        while let Some(oldest) = self.oldest_with_bytes()? {
            if oldest.opened_at >= edge {
                break;
            }
            self.drop_segment(&oldest, "spool_aged", gaps)?;
        }
        Ok(())
    }

    /// What goes next: acknowledged before unsent, metrics before inventory before events, old
    /// before new.
    fn oldest_with_bytes(&self) -> Result<Option<Oldest>, SpoolError> {
        self.database
            .query_row(
                "SELECT lane, segment, opened_at, next - acked FROM segment WHERE bytes > 0
                 ORDER BY acked < next, lane DESC, segment LIMIT 1",
                [],
                |row| {
                    Ok((
                        row.get::<_, i64>(0)?,
                        row.get(1)?,
                        row.get::<_, i64>(2)?,
                        row.get(3)?,
                    ))
                },
            )
            .optional()
            .map_err(|cause| self.failed("find its oldest segment", cause))
            .map(|row| {
                row.and_then(|(lane, segment, opened_at, unsent)| {
                    Some(Oldest {
                        lane: schema::lane_of(lane)?,
                        segment,
                        opened_at: Timestamp::from_millis(opened_at),
                        unsent,
                    })
                })
            })
    }

    fn drop_segment(
        &mut self,
        oldest: &Oldest,
        reason: &'static str,
        gaps: &mut Gaps,
    ) -> Result<(), SpoolError> {
        let Oldest {
            lane,
            segment,
            opened_at,
            unsent,
        } = *oldest;
        if self
            .open
            .get(&lane)
            .is_some_and(|open| open.segment == segment)
        {
            self.seal(lane);
        }
        let (records, last): (u64, Option<i64>) = self
            .database
            .query_row(
                "SELECT coalesce(sum(b.records), 0), max(b.at) FROM batch b
                 JOIN segment s ON s.lane = b.lane AND s.segment = b.segment
                 WHERE b.lane = ?1 AND b.segment = ?2 AND b.seq >= s.acked",
                params![schema::lane_number(lane), segment],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .map_err(|cause| self.failed("count what it drops", cause))?;
        self.forget(lane, segment)?;
        if unsent > 0 {
            tracing::warn!(
                lane = lane.as_str(),
                segment,
                records,
                reason,
                "readings dropped"
            );
            let to = last
                .map_or(opened_at, Timestamp::from_millis)
                .plus_millis(1);
            gaps.add(
                (lane, reason),
                Gap {
                    from: opened_at,
                    to,
                    dropped: records,
                    reason: reason.into(),
                },
            );
        }
        Ok(())
    }
}

/// What went in one sweep, joined: drops go from old to new, so nothing kept lies between.
#[derive(Default)]
struct Gaps(BTreeMap<(Lane, &'static str), Gap>);

impl Gaps {
    fn add(&mut self, key: (Lane, &'static str), gap: Gap) {
        match self.0.get_mut(&key) {
            Some(joined) => {
                joined.from = joined.from.min(gap.from);
                joined.to = joined.to.max(gap.to);
                joined.dropped += gap.dropped;
            }
            None => {
                self.0.insert(key, gap);
            }
        }
    }
}
