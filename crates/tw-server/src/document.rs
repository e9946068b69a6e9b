//! Documents for people to keep, print and sign: PDF, print HTML and spreadsheets.
//!
//! **Room:** layer 2, pure. **May use:** nothing of ours. **Must not:** read a clock or a disk, or
//! know what a document is about: it is handed in as a [`Document`] and looks the same every time.
//!
//! How to use it: build a [`Document`] from [`Block`]s and call [`pdf`] or [`html`]; build a
//! [`Workbook`] and call [`xlsx`]. The same document gives the same bytes. PDF pages are A4 with
//! embedded, subset fonts (DejaVu Sans Condensed: Latin with all Vietnamese letters, Greek,
//! Cyrillic); a letter that the font lacks is printed as `\u{FFFD}`. Everything is drawn in
//! shades of grey with a pattern of its own for each [`Fill`], so that a copy loses nothing.
//! Table headings repeat on every page; a row is never cut unless it is longer than a page.

mod fill;
mod font;
mod html;
mod labels;
mod layout;
mod paint;
mod table;
#[cfg(test)]
mod tests;
mod wrap;
mod write;
mod xlsx;

pub use html::CONTENT_POLICY;
pub use labels::{Label, LabelGrid, LabelLine, LabelSheets};
pub use xlsx::{Cell, Sheet, Workbook};

/// The language of the few words that a document adds itself, and of its metadata.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lang {
    /// English.
    #[default]
    En,
    /// Vietnamese.
    Vi,
}

impl Lang {
    /// The language of a word as `vi`, `vi-VN`; English for any other.
    pub fn of(word: &str) -> Self {
        if word.starts_with("vi") {
            Self::Vi
        } else {
            Self::En
        }
    }

    /// The BCP 47 tag.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Vi => "vi",
        }
    }
}

/// A document.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Document {
    /// Its title: metadata, first heading, head of the following pages.
    pub title: String,
    /// Said under the title, a line each.
    pub subtitle: Vec<String>,
    /// Its language.
    pub lang: Lang,
    /// At the foot of every page, beside the page's number: a hash, a source, a date.
    pub footer: String,
    /// A4 across.
    pub landscape: bool,
    /// What it says.
    pub blocks: Vec<Block>,
}

/// A part of a document.
#[derive(Clone, Debug, PartialEq)]
pub enum Block {
    /// A heading; 1 is a chapter, 2 a section. Never the last thing on a page.
    Heading(u8, String),
    /// Running text.
    Paragraph(String),
    /// Text in a frame: a warning, a result, what a document is not.
    Note(String),
    /// Names with their values.
    Facts(Vec<(String, String)>),
    /// A table.
    Table(Table),
    /// Bars on one scale.
    Bars(Bars),
    /// A strip: the parts of a period in their order.
    Strip(Strip),
    /// Places to sign, side by side: who each is for.
    Signatures(Vec<String>),
    /// The next block begins a page.
    PageBreak,
}

/// On which side a column's text stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Align {
    /// Text.
    #[default]
    Left,
    /// Figures.
    Right,
}

/// A table. Every row has as many cells as there are columns; missing ones are empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// Said above it; may be empty.
    pub caption: String,
    /// The headings.
    pub columns: Vec<(String, Align)>,
    /// The rows.
    pub rows: Vec<Vec<String>>,
    /// Said instead of rows when there are none.
    pub empty: String,
}

/// What a piece of a bar or of a strip stands for; each has a pattern of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fill {
    /// Good: white with a frame.
    Clear,
    /// Bad, proven: black.
    Solid,
    /// Not known: slanted lines.
    Hatched,
    /// Planned: upright lines.
    Upright,
    /// In danger: dots.
    Dotted,
    /// A plain quantity: grey.
    Grey,
    /// Doubt at the edge: lines both ways.
    Crossed,
}

/// A piece of a bar: what, how much.
pub type Piece = (Fill, f64);

/// Bars, one under the other, on one scale.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bars {
    /// Said above them; may be empty.
    pub caption: String,
    /// The bars: label, pieces from the left, the value in words.
    pub rows: Vec<(String, Vec<Piece>, String)>,
    /// A mark on the scale with its words: a budget, a limit.
    pub mark: Option<(f64, String)>,
    /// What the patterns mean.
    pub legend: Vec<(Fill, String)>,
}

/// A strip from `from` to `to`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Strip {
    /// Said above it.
    pub caption: String,
    /// Its pieces in order, each with its length.
    pub pieces: Vec<Piece>,
    /// Words under it, spread from the left end to the right end.
    pub ticks: Vec<String>,
    /// What the patterns mean.
    pub legend: Vec<(Fill, String)>,
}

/// Why a document could not be made.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// The embedded font is damaged.
    #[error("cannot use the font {0}")]
    Font(&'static str),
    /// A text that no code holds.
    #[error("{0:?} is too long for a code")]
    Code(String),
    /// The spreadsheet could not be written.
    #[error("cannot write the spreadsheet")]
    Xlsx(#[source] Box<rust_xlsxwriter::XlsxError>),
    /// More than a spreadsheet holds.
    #[error("the sheet {sheet} has {rows} rows; a spreadsheet holds {max}")]
    TooLong {
        /// Its name.
        sheet: String,
        /// How many.
        rows: usize,
        /// How many are possible.
        max: usize,
    },
}

/// The document as PDF.
pub fn pdf(document: &Document) -> Result<Vec<u8>, DocumentError> {
    write::pdf(document)
}

/// The document as one page of HTML that prints well and needs nothing else.
pub fn html(document: &Document) -> String {
    html::html(document)
}

/// Sheets of labels as PDF.
pub fn labels(sheets: &LabelSheets) -> Result<Vec<u8>, DocumentError> {
    labels::pdf(sheets)
}

/// The workbook as XLSX.
pub fn xlsx(workbook: &Workbook) -> Result<Vec<u8>, DocumentError> {
    xlsx::xlsx(workbook)
}
