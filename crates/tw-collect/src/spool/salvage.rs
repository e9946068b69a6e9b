//! Opening a spool that may be damaged.
//!
//! **Room:** layer 1. **May use:** `tw-ingest`. **Must not:** refuse to start because of the
//! spool.

use super::{SpoolError, aside, schema, unpack};
use rusqlite::{Connection, OpenFlags};
use std::{
    fs, io,
    path::{Path, PathBuf},
};
use tw_ingest::{Lane, Record};
use tw_units::Timestamp;

/// The most batches that are taken over from a damaged file; more would delay the start.
const RESCUED_MAX: usize = 100_000;

/// What could be read of a damaged spool.
pub(super) struct Rescue {
    /// Unsent batches in their order.
    pub(super) batches: Vec<(Lane, Vec<Record>)>,
    /// Where the file is now.
    pub(super) moved_to: PathBuf,
    /// What was wrong with it.
    pub(super) why: String,
}

/// Opens the file; when it is damaged, moves it aside, reads what it can, and makes a new one.
pub(super) fn open_or_rescue(
    path: &Path,
    now: Timestamp,
) -> Result<(Connection, Option<Rescue>), SpoolError> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(file_failed(folder, "make the folder"))?;
    }
    let why = match sound(path) {
        Ok(database) => return Ok((database, None)),
        Err(why) => why,
    };
    let moved_to = aside(path, now);
    fs::rename(path, &moved_to).map_err(file_failed(path, "move aside the damaged"))?;
    for suffix in ["-wal", "-shm"] {
        let companion = |of: &Path| PathBuf::from(format!("{}{suffix}", of.display()));
        match fs::rename(companion(path), companion(&moved_to)) {
            Err(cause) if cause.kind() != io::ErrorKind::NotFound => {
                return Err(file_failed(path, "move aside the companion of")(cause));
            }
            _ => {}
        }
    }
    let batches = readable_batches(&moved_to);
    let database = schema::open(path).map_err(|cause| SpoolError::Database {
        path: path.to_owned(),
        what: "open",
        cause,
    })?;
    Ok((
        database,
        Some(Rescue {
            batches,
            moved_to,
            why,
        }),
    ))
}

fn file_failed<'a>(path: &'a Path, what: &'static str) -> impl Fn(io::Error) -> SpoolError + 'a {
    move |cause| SpoolError::File {
        path: path.to_owned(),
        what,
        cause,
    }
}

/// An open database whose `quick_check` is good, or why not.
fn sound(path: &Path) -> Result<Connection, String> {
    let database = schema::open(path).map_err(|e| e.to_string())?;
    let verdict: String = database
        .query_row("PRAGMA quick_check(1)", [], |row| row.get(0))
        .map_err(|e| e.to_string())?;
    if verdict == "ok" {
        Ok(database)
    } else {
        Err(verdict)
    }
}

/// Every unsent batch whose row can be read and whose checksum fits.
fn readable_batches(path: &Path) -> Vec<(Lane, Vec<Record>)> {
    let mut found = Vec::new();
    let Ok(database) = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE) else {
        return found;
    };
    // Without the segment table the whole spool counts as unsent: the centre refuses what it
    // has by the rounds' own keys.
    let acked = "coalesce((SELECT acked FROM segment s
                           WHERE s.lane = b.lane AND s.segment = b.segment), 0)";
    for condition in [format!("WHERE b.seq >= {acked}"), String::new()] {
        let Ok(mut query) = database.prepare(&format!(
            "SELECT lane, body, crc FROM batch b {condition} ORDER BY rowid"
        )) else {
            continue;
        };
        let Ok(mut rows) = query.query([]) else {
            continue;
        };
        // An unreadable page ends the scan; what came before it is good.
        while let Ok(Some(row)) = rows.next() {
            let parts = (
                row.get::<_, i64>(0),
                row.get::<_, Vec<u8>>(1),
                row.get::<_, u32>(2),
            );
            if let (Ok(lane), Ok(body), Ok(crc)) = parts
                && let Some(lane) = schema::lane_of(lane)
                && let Some((records, _)) = unpack(&body, crc)
                && found.len() < RESCUED_MAX
            {
                found.push((lane, records));
            }
        }
        if !found.is_empty() {
            break;
        }
    }
    found
}
