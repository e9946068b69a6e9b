//! The schema: landed files stay, the readable whole is fresh.
//!
//! **Room:** tests of layer 1.

use super::*;
use sha2::{Digest, Sha256};

/// A landed migration never changes: a new one is added with its hash.
const LANDED: [&str; 16] = [
    "d1ac92300424ccc6",
    "0c2e95ee869a1a4e",
    "0aa1fc154f8aed71",
    "0a30fc6195b4e8a4",
    "dfa2c504d63e7d07",
    "e360c692487cdde3",
    "3f0a83aed4db1c59",
    "dc3f5ebc3e8b4de6",
    "532b3ee1de8860d9",
    "4ef90b28382029e4",
    "6b64a927f1b0952e",
    "a97815214b970cd3",
    "5ac9df4cca40771b",
    "5f6aaee5263e8b3b",
    "527e129860b1ed71",
    "d564f3dc0fa49e30",
];

fn schema_of(db: &Connection) -> String {
    let mut query = db
        .prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type = 'trigger', tbl_name, type DESC, name")
        .unwrap();
    let all: Vec<String> = query
        .query_map([], |row| row.get(0))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    all.join(";\n\n") + ";\n"
}

fn fresh() -> Connection {
    let mut db = Connection::open_in_memory().unwrap();
    assert_eq!(migrate(&mut db).unwrap(), LATEST);
    db
}

#[test]
fn a_landed_migration_never_changes() {
    let hashes: Vec<String> = MIGRATIONS
        .iter()
        .map(|(_, sql)| tw_units::to_hex(&Sha256::digest(sql.as_bytes())))
        .map(|hash| hash[..16].to_owned())
        .collect();
    assert_eq!(hashes, LANDED);
}

#[test]
fn the_migrations_are_numbered_in_order() {
    for (at, (name, _)) in MIGRATIONS.iter().enumerate() {
        assert!(name.starts_with(&format!("{:04}_", at + 1)), "{name}");
    }
    let files = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations")).unwrap();
    assert_eq!(
        files.count(),
        MIGRATIONS.len(),
        "a file is missing in the list"
    );
}

#[test]
fn schema_sql_is_what_the_migrations_give() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/schema.sql");
    let head = "-- The whole schema, for readers. Generated: UPDATE_SCHEMA=1 cargo test -p tw-store schema_sql\n-- Round tables, one per UTC day, are made by the writer (see migrations/0001).\n\n";
    let now = format!("{head}{}", schema_of(&fresh()));
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        std::fs::write(path, &now).unwrap();
    }
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    assert_eq!(
        kept, now,
        "run UPDATE_SCHEMA=1 cargo test -p tw-store schema_sql"
    );
}

#[test]
fn migrating_again_does_nothing() {
    let mut db = fresh();
    let before = schema_of(&db);
    assert_eq!(migrate(&mut db).unwrap(), LATEST);
    assert_eq!(schema_of(&db), before);
}

#[test]
fn a_newer_schema_is_left_alone() {
    let mut db = fresh();
    db.pragma_update(None, "user_version", 99).unwrap();
    assert_eq!(migrate(&mut db).unwrap(), 99);
}
