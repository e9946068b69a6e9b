//! Files ⇄ register, with file, line and key in every complaint.
//!
//! **Room:** layer 1. **May use:** `tw-units`, `tw-model`. **Must not:** know a component's
//! settings, or decide what a good register is (that is `tw_model::validate`).
//!
//! One table of shapes ([`shape`], [`shapes`]) says what may stand in a file. The reader checks
//! against it, so that it finds everything at once, and the JSON Schemas are printed from it, so
//! that editors and `tierwatch check` cannot disagree.

mod export;
mod folder;
mod import;
mod inventory;
mod parts;
mod problem;
mod read;
mod schema;
mod settings;
mod shape;
mod shapes;
mod sheet;
mod source;
mod tables;
mod yaml;

pub use export::{AssetSheet, NotWritten, yaml_of_assets};
pub use import::{
    DayFormat, IMPORT_CHANGES_SHOWN_MAX, IMPORT_FAULTS_MAX, IMPORT_ROWS_MAX, ImportFault,
    ImportFormat, Imported, ImportedRow, RowOutcome, Staged, StagedRow, known_fields_only,
    read_assets, stage,
};
pub use inventory::{FILE_BYTES_MAX, FILES_MAX, Inventory, LoadError, load};
pub use problem::{PROBLEMS_MAX, Problem, Problems};
pub use schema::{SchemaFile, schemas};
pub use settings::{SettingsError, parse_settings, read_settings};
pub use tables::{write_assets, write_people, write_services};
