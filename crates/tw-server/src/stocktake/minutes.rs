//! The minutes of a stock-take as a document to sign and as a workbook.
//!
//! **Room:** layer 2, pure. **May use:** `document`. **Must not:** do I/O.

use super::words::word;
use crate::{
    document::{Align, Block, Cell, Document, Lang, Sheet, Table, Workbook},
    wording::pick,
    world::local,
};
use jiff::tz::TimeZone;
use std::collections::BTreeMap;
use tw_lifecycle::{Expected, Findings, Misplaced, Place};
use tw_model::Register;
use tw_store::StoredStockTake;
use tw_units::Timestamp;

/// Everything that the minutes say.
pub(super) struct Minutes<'a> {
    pub(super) session: &'a StoredStockTake,
    pub(super) expected: &'a BTreeMap<String, Expected>,
    pub(super) findings: &'a Findings,
    pub(super) accepted: &'a [String],
    /// Names the places; what is not in it any more stands by its key.
    pub(super) register: &'a Register,
    pub(super) zone: TimeZone,
    pub(super) lang: Lang,
    pub(super) simulated: bool,
}

impl Minutes<'_> {
    fn word(&self, key: &str) -> String {
        word(self.lang, key).to_owned()
    }

    fn scope(&self) -> String {
        let kind = self.session.scope["kind"].as_str().unwrap_or_default();
        let id = self.session.scope["id"].as_str().unwrap_or_default();
        let place = |site: Option<&str>, room: Option<&str>, rack: Option<&str>| Place {
            site: site.map(ToOwned::to_owned),
            room: room.map(ToOwned::to_owned),
            rack: rack.map(ToOwned::to_owned),
        };
        let name = match kind {
            "site" => self.place(&place(Some(id), None, None)),
            "room" => self.place(&place(None, Some(id), None)),
            "rack" => self.place(&place(None, None, Some(id))),
            _ => {
                let unit = self.register.units.get(id);
                unit.map_or_else(|| id.to_owned(), |one| pick(&local(&one.name), self.lang))
            }
        };
        format!("{} {name}", self.word(kind))
    }

    /// Site, room and rack by their names.
    fn place(&self, place: &Place) -> String {
        let own = |name: &tw_model::Name| pick(&local(name), self.lang);
        let register = self.register;
        let site = place.site.as_deref().map(|id| {
            let known = register.sites.get(id);
            known.map_or_else(|| id.to_owned(), |one| own(&one.name))
        });
        let room = place.room.as_deref().map(|id| {
            let known = register.rooms.get(id);
            known.map_or_else(|| id.to_owned(), |one| own(&one.name))
        });
        let rack = place.rack.as_deref().map(|id| {
            let known = register.racks.get(id);
            known.map_or_else(|| id.to_owned(), |one| one.name.clone())
        });
        let levels: Vec<String> = [site, room, rack].into_iter().flatten().collect();
        levels.join(" / ")
    }

    fn when(&self, at: Timestamp) -> String {
        let local = at.to_jiff().to_zoned(self.zone.clone());
        local.strftime("%Y-%m-%d %H:%M %z").to_string()
    }

    fn closed(&self) -> String {
        match (self.session.closed_at, &self.session.closed_by) {
            (Some(at), Some(by)) => format!("{}, {} {by}", self.when(at), self.word("by")),
            _ => self.word("not_closed"),
        }
    }

    fn facts(&self) -> Vec<(String, String)> {
        let session = self.session;
        let opened = format!(
            "{}, {} {}",
            self.when(session.opened_at),
            self.word("by"),
            session.opened_by
        );
        let mut facts = vec![
            (self.word("name"), session.name.clone()),
            (self.word("scope"), self.scope()),
            (self.word("opened"), opened),
            (self.word("closed"), self.closed()),
            (self.word("revision"), session.revision.to_string()),
            (self.word("scans"), session.scans.to_string()),
        ];
        facts.extend(session.note.clone().map(|note| (String::new(), note)));
        facts
    }

    fn counts(&self) -> Vec<(&'static str, usize)> {
        let findings = self.findings;
        vec![
            ("expected", self.expected.len()),
            ("found", findings.found.len()),
            ("misplaced", findings.misplaced.len()),
            ("missing", findings.missing.len()),
            ("unknown", findings.unknown.len()),
            ("duplicates", findings.duplicates.len()),
        ]
    }

    /// An asset as a row: tag, serial, model, place.
    fn asset(&self, tag: &str) -> [String; 4] {
        let known = self.expected.get(tag);
        let text = |value: Option<&String>| value.cloned().unwrap_or_default();
        [
            tag.to_owned(),
            text(known.and_then(|one| one.serial.as_ref())),
            text(known.and_then(|one| one.model.as_ref())),
            known.map(|one| self.place(&one.place)).unwrap_or_default(),
        ]
    }

    fn moved(&self, one: &Misplaced) -> Vec<String> {
        let done = if self.accepted.contains(&one.tag) {
            "yes"
        } else {
            "no"
        };
        let [tag, serial, model, _] = self.asset(&one.tag);
        let places = [self.place(&one.recorded), self.place(&one.scanned)];
        let [recorded, scanned] = places;
        vec![tag, serial, model, recorded, scanned, self.word(done)]
    }

    fn table(&self, key: &str, columns: &[&str], rows: Vec<Vec<String>>) -> [Block; 2] {
        let columns = columns.iter().map(|key| (self.word(key), Align::Left));
        let table = Table {
            caption: String::new(),
            columns: columns.collect(),
            rows,
            empty: self.word("none"),
        };
        [Block::Heading(2, self.word(key)), Block::Table(table)]
    }

    /// The document to sign.
    pub(super) fn document(&self) -> Document {
        let mut blocks = Vec::new();
        if self.simulated {
            blocks.push(Block::Note(self.word("simulated")));
        }
        blocks.push(Block::Facts(self.facts()));
        let numbers = Table {
            caption: String::new(),
            columns: vec![
                (self.word("result"), Align::Left),
                (self.word("count"), Align::Right),
            ],
            rows: self
                .counts()
                .into_iter()
                .map(|(key, count)| vec![self.word(key), count.to_string()])
                .collect(),
            empty: String::new(),
        };
        blocks.push(Block::Table(numbers));
        let assets = |tags: &[String]| -> Vec<Vec<String>> {
            tags.iter().map(|tag| self.asset(tag).to_vec()).collect()
        };
        let findings = self.findings;
        let own = ["tag", "serial", "model", "place"];
        blocks.extend(self.table("missing", &own, assets(&findings.missing)));
        let moved = findings
            .misplaced
            .iter()
            .map(|one| self.moved(one))
            .collect();
        let columns = ["tag", "serial", "model", "place", "scanned", "accepted"];
        blocks.extend(self.table("misplaced", &columns, moved));
        let unknown = findings
            .unknown
            .iter()
            .map(|code| vec![code.clone()])
            .collect();
        blocks.extend(self.table("unknown", &["code"], unknown));
        let twice = findings.duplicates.iter();
        let twice = twice
            .map(|one| vec![one.code.clone(), one.times.to_string()])
            .collect();
        blocks.extend(self.table("duplicates", &["code", "times"], twice));
        blocks.extend(self.table("found", &own, assets(&findings.found)));
        blocks.push(Block::Paragraph(self.word("certifies")));
        let signs = ["sign_head", "sign_keeper", "sign_accounts"];
        blocks.push(Block::Signatures(
            signs.iter().map(|key| self.word(key)).collect(),
        ));
        Document {
            title: self.word("title"),
            subtitle: vec![self.session.name.clone(), self.scope()],
            lang: self.lang,
            footer: format!("{} {}", self.word("title"), self.session.id),
            landscape: false,
            blocks,
        }
    }

    /// The same as a workbook: the numbers, and one row for each asset and code.
    pub(super) fn workbook(&self) -> Workbook {
        let notes: Vec<String> = self
            .facts()
            .into_iter()
            .map(|(name, value)| format!("{name}: {value}"))
            .chain(self.simulated.then(|| self.word("simulated")))
            .collect();
        let numbers = self.counts().into_iter().map(|(key, count)| {
            let count = i64::try_from(count).unwrap_or(i64::MAX);
            vec![Cell::Text(self.word(key)), Cell::Whole(count)]
        });
        let mut rows: Vec<Vec<Cell>> = Vec::new();
        let mut add = |key: &str, cells: Vec<String>| {
            let cells = std::iter::once(self.word(key)).chain(cells);
            rows.push(cells.map(Cell::Text).collect());
        };
        let findings = self.findings;
        for tag in &findings.missing {
            add("missing", self.asset(tag).to_vec());
        }
        for one in &findings.misplaced {
            add("misplaced", self.moved(one));
        }
        for code in &findings.unknown {
            add("unknown", vec![code.clone()]);
        }
        for one in &findings.duplicates {
            let blank = String::new;
            let times = format!("\u{d7} {}", one.times);
            add(
                "duplicates",
                vec![one.code.clone(), blank(), blank(), blank(), times],
            );
        }
        for tag in &findings.found {
            add("found", self.asset(tag).to_vec());
        }
        let columns = [
            "result", "tag", "serial", "model", "place", "scanned", "accepted",
        ];
        Workbook {
            title: format!("{}: {}", self.word("title"), self.session.name),
            sheets: vec![
                Sheet {
                    name: self.word("result"),
                    notes,
                    columns: vec![self.word("result"), self.word("count")],
                    rows: numbers.collect(),
                },
                Sheet {
                    name: self.word("tag"),
                    notes: Vec::new(),
                    columns: columns.iter().map(|key| self.word(key)).collect(),
                    rows,
                },
            ],
        }
    }
}
