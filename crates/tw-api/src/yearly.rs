//! The yearly statistical return, and the lists its figures are counted from.
//!
//! **Room:** layer 2, plain data. **May use:** nothing of ours. **Must not:** do I/O.

use crate::{AgeVerdict, LocalText};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which return, and in which form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct YearlyQuery {
    /// The year; one that is over is counted from the register as it was on 31 December, as far
    /// back as the register's history reaches. Without it: the running one.
    pub year: Option<u16>,
    /// `json`, `csv`, `xlsx` or `pdf`; `json` without it.
    pub format: Option<String>,
    /// `en` or `vi`, for files; `vi` without it.
    pub lang: Option<String>,
}

/// Of which figure the evidence is wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct YearlyEvidenceQuery {
    /// The figure's stable word.
    pub figure: String,
    /// The year, as of the return.
    pub year: Option<u16>,
    /// Items a page, at most 1,000; 100 without it.
    pub limit: Option<usize>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// `csv` for a file of the whole list.
    pub format: Option<String>,
    /// Columns of the file, separated by commas.
    pub columns: Option<String>,
}

/// One of the things that a figure counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct YearlyItem {
    /// `asset`, `person`, `site`, `unit`, `rack`, `device`, `circuit`, `service`, `system` or
    /// `contract`.
    pub kind: String,
    /// Its tag, staff code or slug.
    pub id: String,
    /// Its name.
    pub name: LocalText,
    /// The unit that holds it or answers for it.
    pub unit: Option<String>,
    /// Where it is.
    pub site: Option<String>,
}

/// The statistical return of a year.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct YearlyReturn {
    /// The year.
    pub year: u16,
    /// The day on which it was counted.
    #[schema(value_type = String, format = Date)]
    pub as_of: String,
    /// The register's revision that it was counted from.
    pub register_revision: u64,
    /// The day on which the register's history begins: nothing before it can be counted.
    #[schema(value_type = String, format = Date)]
    pub history_begins: String,
    /// The years whose return can be counted, oldest first.
    pub years: Vec<u16>,
    /// The data are made up.
    pub simulated: bool,
    /// The organisation.
    pub organisation: LocalText,
    /// The groups of figures.
    pub groups: Vec<YearlyGroup>,
    /// What the return leaves out, and why.
    pub left_out: Vec<LocalText>,
}

/// Figures that belong together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct YearlyGroup {
    /// A stable word.
    pub id: String,
    /// Its heading.
    pub name: LocalText,
    /// The first figure is the sum of the others.
    pub sums: bool,
    /// The figures.
    pub figures: Vec<YearlyFigure>,
}

/// A figure with the list that it was counted from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct YearlyFigure {
    /// A stable word.
    pub id: String,
    /// What it counts.
    pub name: LocalText,
    /// The count.
    pub value: u64,
    /// The address in the API of the list whose `total` is this figure.
    pub list: String,
    /// The address in the console of the same list, where there is a page.
    pub page: Option<String>,
}

/// Which people.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct StaffQuery {
    /// `compliant`, `over`, `unknown` or `without_computer`.
    pub verdict: Option<String>,
    /// Only of this unit and those below it.
    pub unit: Option<String>,
    /// Items a page, at most 1,000; 100 without it.
    pub limit: Option<usize>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// A person of the roster with the verdict on the own computers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StaffRow {
    /// The staff code.
    pub person: String,
    /// The name.
    pub name: String,
    /// The unit.
    pub unit: String,
    /// `compliant`, `over`, `unknown` or `without_computer`.
    pub verdict: String,
    /// The primary computers.
    pub computers: Vec<StaffComputer>,
}

/// A primary computer of a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StaffComputer {
    /// The asset's tag.
    pub asset: String,
    /// Its verdict.
    pub verdict: AgeVerdict,
}

/// Which services.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ServiceQuery {
    /// `public_service`, `public_service_system`, `gateway`, `documents`, `email`, `other`.
    pub kind: Option<String>,
    /// The level of an online public service, 1 to 4; 0 for those without one.
    pub level: Option<u8>,
    /// Items a page, at most 1,000; 100 without it.
    pub limit: Option<usize>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// A service that people use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ServiceEntry {
    /// Its slug.
    pub id: String,
    /// Its name.
    pub name: LocalText,
    /// What it is.
    pub kind: String,
    /// The unit that answers for it.
    pub unit: Option<String>,
    /// Where it runs.
    pub site: Option<String>,
    /// The level of an online public service.
    pub level: Option<u8>,
    /// How many people use it.
    pub users: Option<u32>,
}
