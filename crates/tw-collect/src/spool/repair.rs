//! What the spool does when something was lost: a damaged row, a damaged file, a centre that was
//! restored from a backup.
//!
//! **Room:** layer 1. **May use:** `tw-ingest`. **Must not:** hide a loss; each leaves a record.

use super::{Backlog, Position, Spool, SpoolError, pack, salvage, schema};
use rusqlite::params;
use tw_ingest::{EventSeen, Gap, Lane, Record};
use tw_units::Timestamp;

impl Spool {
    /// The centre asks for a position that it already had acknowledged once: it was restored
    /// from a backup. What is still here is sent again; what is not becomes a gap.
    pub fn rewind(
        &mut self,
        lane: Lane,
        segment: i64,
        expected: u64,
        now: Timestamp,
    ) -> Result<(), SpoolError> {
        let lane_number = schema::lane_number(lane);
        let here: bool = self
            .database
            .query_row(
                "SELECT EXISTS (SELECT 1 FROM batch WHERE lane = ?1 AND segment = ?2 AND seq = ?3)",
                params![lane_number, segment, expected],
                |row| row.get(0),
            )
            .map_err(|cause| self.failed("look for an older batch", cause))?;
        if here {
            self.database
                .execute(
                    "UPDATE segment SET acked = ?3 WHERE lane = ?1 AND segment = ?2",
                    params![lane_number, segment, expected],
                )
                .map_err(|cause| self.failed("go back to an older position", cause))?;
            return Ok(());
        }
        self.rehome(lane, segment, now)
    }

    /// Replaces an unreadable batch by a gap record under the same position.
    pub(super) fn poison(
        &mut self,
        position: Position,
        at: Timestamp,
    ) -> Result<Vec<Record>, SpoolError> {
        let Position { lane, segment, seq } = position;
        let records = vec![Record::Gap(Gap {
            from: at,
            to: at.plus_millis(1_000),
            dropped: 1,
            reason: "spool_corrupt".into(),
        })];
        let body = pack(&records);
        let number = schema::lane_number(lane);
        self.database
            .execute(
                "INSERT OR REPLACE INTO poison (lane, segment, seq, body)
                 SELECT lane, segment, seq, body FROM batch
                 WHERE lane = ?1 AND segment = ?2 AND seq = ?3",
                params![number, segment, seq],
            )
            .and_then(|_| {
                self.database.execute(
                    "UPDATE batch SET body = ?4, crc = ?5
                     WHERE lane = ?1 AND segment = ?2 AND seq = ?3",
                    params![number, segment, seq, body, crc32fast::hash(&body)],
                )
            })
            .map_err(|cause| self.failed("set a damaged batch aside", cause))?;
        Ok(records)
    }

    /// Gives what is left of a segment new positions in new segments, and tells of what is not.
    fn rehome(&mut self, lane: Lane, segment: i64, now: Timestamp) -> Result<(), SpoolError> {
        self.seal(lane);
        let number = schema::lane_number(lane);
        let left: Vec<u64> = self
            .database
            .prepare("SELECT seq FROM batch WHERE lane = ?1 AND segment = ?2 ORDER BY seq")
            .and_then(|mut query| {
                query
                    .query_map(params![number, segment], |row| row.get(0))?
                    .collect()
            })
            .map_err(|cause| self.failed("list an older segment", cause))?;
        let mut records = Vec::new();
        for seq in left {
            let at = Backlog {
                lane,
                segment,
                next: seq,
                end: seq + 1,
                open: false,
            };
            records.extend(self.read(at)?.map(|pending| pending.records));
        }
        let from = self.opened_at(lane, segment)?;
        let gap = Gap {
            from,
            to: now,
            dropped: 0,
            reason: "spool_aged".into(),
        };
        self.forget(lane, segment)?;
        for batch in records {
            self.commit(lane, batch, now)?;
        }
        self.commit(Lane::Event, vec![Record::Gap(gap)], now)
    }

    fn opened_at(&self, lane: Lane, segment: i64) -> Result<Timestamp, SpoolError> {
        self.database
            .query_row(
                "SELECT opened_at FROM segment WHERE lane = ?1 AND segment = ?2",
                params![schema::lane_number(lane), segment],
                |row| row.get(0),
            )
            .map(Timestamp::from_millis)
            .map_err(|cause| self.failed("read a segment", cause))
    }

    /// Removes a segment's batches and counts it as delivered; its number stays used.
    pub(super) fn forget(&mut self, lane: Lane, segment: i64) -> Result<(), SpoolError> {
        let number = schema::lane_number(lane);
        self.database
            .execute(
                "DELETE FROM batch WHERE lane = ?1 AND segment = ?2",
                params![number, segment],
            )
            .and_then(|_| {
                self.database.execute(
                    "UPDATE segment SET acked = next, bytes = 0 WHERE lane = ?1 AND segment = ?2",
                    params![number, segment],
                )
            })
            .map_err(|cause| self.failed("drop a segment", cause))?;
        Ok(())
    }

    /// Takes over what was rescued from a damaged file.
    pub(super) fn adopt(
        &mut self,
        rescue: salvage::Rescue,
        now: Timestamp,
    ) -> Result<(), SpoolError> {
        let rescued = rescue.batches.len();
        for (lane, records) in rescue.batches {
            self.commit(lane, records, now)?;
        }
        let detail = format!(
            "the spool was damaged ({}); it was moved to {}, {rescued} batches were rescued",
            rescue.why,
            rescue.moved_to.display()
        );
        tracing::error!(rescued, moved_to = %rescue.moved_to.display(), "spool damaged");
        let event = EventSeen {
            at: now,
            code: "spool_corrupt".into(),
            target: None,
            detail,
        };
        self.commit(Lane::Event, vec![Record::Event(event)], now)
    }
}
