//! Sheets of labels: each with a code for scanners and its text for people.
//!
//! **Room:** layer 2, pure. **May use:** nothing of ours. **Must not:** cut a text off: what is too
//! long is wrapped, and made smaller until all of it stands on its label.

use super::{
    DocumentError, Lang,
    font::Fonts,
    layout::{LONG, SHORT, count},
    paint::{Painter, Place, Style},
    wrap, write,
};
use qrcode::{Color, EcLevel, QrCode};

/// Points to a millimetre.
const MM: f32 = 72.0 / 25.4;
/// White around what stands on a label, in millimetres: printers and hands are not exact.
const PAD_MM: f32 = 1.8;
/// The code takes at most this part of a label's width.
const CODE_WIDTH_MAX: f32 = 0.42;
/// A quiet zone of four modules belongs to the code (ISO/IEC 18004).
const QUIET_MODULES: usize = 4;
/// From one line to the next, in sizes.
const LEADING: f32 = 1.16;
/// What does not fit is made this much smaller, again and again.
const SHRINK: f32 = 0.96;

/// How labels lie on a sheet of A4, in millimetres.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LabelGrid {
    /// Labels side by side.
    pub columns: usize,
    /// Labels one under the other.
    pub rows: usize,
    /// How wide a label is.
    pub width_mm: f32,
    /// How high a label is.
    pub height_mm: f32,
    /// From the sheet's left edge to the first label.
    pub left_mm: f32,
    /// From the sheet's top edge to the first label.
    pub top_mm: f32,
    /// From one label's left edge to the next one's.
    pub step_x_mm: f32,
    /// From one label's top edge to the next one's.
    pub step_y_mm: f32,
    /// Whether lines to cut along are drawn, for plain paper.
    pub cut_lines: bool,
}

impl LabelGrid {
    /// How many labels a sheet has.
    pub const fn labels(&self) -> usize {
        self.columns * self.rows
    }

    /// Where a label lies on its sheet, in points.
    fn place(&self, index: usize) -> Place {
        let (column, row) = (index % self.columns, index / self.columns);
        let top = self.top_mm + self.step_y_mm * count(row);
        Place {
            x: (self.left_mm + self.step_x_mm * count(column)) * MM,
            y: LONG - (top + self.height_mm) * MM,
            width: self.width_mm * MM,
            height: self.height_mm * MM,
        }
    }
}

/// A line of a label's text.
#[derive(Clone, Debug, PartialEq)]
pub struct LabelLine {
    /// What it says.
    pub text: String,
    /// Its size where there is room for it, in points.
    pub size: f32,
    /// Whether it stands out.
    pub bold: bool,
}

/// A label.
#[derive(Clone, Debug, PartialEq)]
pub struct Label {
    /// What the code says.
    pub code: String,
    /// What people call it; on one line, however small.
    pub title: LabelLine,
    /// What stands under it; wrapped.
    pub lines: Vec<LabelLine>,
}

/// Labels to be printed.
#[derive(Clone, Debug, PartialEq)]
pub struct LabelSheets {
    /// The file's title.
    pub title: String,
    /// Its language.
    pub lang: Lang,
    /// The sheet.
    pub grid: LabelGrid,
    /// So many labels of the first sheet are used up already.
    pub skip: usize,
    /// The labels, in reading order.
    pub labels: Vec<Label>,
}

/// Writes the sheets. A text that is too long for a code has no label: none is written.
pub(super) fn pdf(sheets: &LabelSheets) -> Result<Vec<u8>, DocumentError> {
    let mut painter = Painter::new(Fonts::new()?);
    let each = sheets.grid.labels().max(1);
    for (index, label) in sheets.labels.iter().enumerate() {
        let at = index + sheets.skip % each;
        if index == 0 || at.is_multiple_of(each) {
            painter.new_page();
        }
        let place = sheets.grid.place(at % each);
        if sheets.grid.cut_lines {
            painter.outline(place, (0.3, 0.6));
        }
        paint(&mut painter, label, place)?;
    }
    if sheets.labels.is_empty() {
        painter.new_page();
    }
    let page = write::Page {
        size: (SHORT, LONG),
        title: &sheets.title,
        subject: "",
        lang: sheets.lang,
    };
    write::file(painter, &page)
}

fn paint(painter: &mut Painter, label: &Label, place: Place) -> Result<(), DocumentError> {
    let code = QrCode::with_error_correction_level(label.code.as_str(), EcLevel::M)
        .map_err(|_| DocumentError::Code(label.code.clone()))?;
    let pad = PAD_MM * MM;
    let side = (place.height - 2.0 * pad).min(place.width * CODE_WIDTH_MAX);
    let dark: Vec<bool> = code.to_colors().iter().map(|c| *c == Color::Dark).collect();
    let modules = code.width() + 2 * QUIET_MODULES;
    // The quiet zone may lie over the padding: both are white.
    let step = (side + pad) / count(modules);
    let quiet = step * count(QUIET_MODULES);
    let high = step * count(code.width());
    let corner = (
        place.x + quiet,
        place.y + (place.height - high) / 2.0 + high,
    );
    painter.modules(corner, step, (&dark, code.width()));
    let left = place.x + 2.0 * quiet + high;
    let room = Place {
        x: left,
        y: place.y + pad,
        width: place.x + place.width - pad - left,
        height: place.height - 2.0 * pad,
    };
    text(painter, label, room);
    Ok(())
}

/// The lines of a label with their style.
type Laid = Vec<(String, Style)>;

fn text(painter: &mut Painter, label: &Label, room: Place) {
    let mut scale = 1.0;
    let laid = loop {
        let laid = lay(painter, label, (room.width, scale));
        if height(&laid) <= room.height {
            break laid;
        }
        scale *= SHRINK;
    };
    let mut top = room.y + f32::midpoint(room.height, height(&laid));
    for (line, style) in laid {
        top -= style.size * LEADING;
        painter.text((room.x, top + style.size * 0.26), style, &line);
    }
}

fn height(laid: &Laid) -> f32 {
    laid.iter().map(|(_, style)| style.size * LEADING).sum()
}

fn lay(painter: &Painter, label: &Label, (width, scale): (f32, f32)) -> Laid {
    let style = |line: &LabelLine, size: f32| Style {
        size,
        bold: line.bold,
        grey: 0.0,
    };
    let title = &label.title;
    let wide = painter.width(style(title, 1.0), &title.text).max(0.01);
    let size = (title.size * scale).min(width / wide);
    let mut laid = vec![(title.text.clone(), style(title, size))];
    for line in label
        .lines
        .iter()
        .filter(|line| !line.text.trim().is_empty())
    {
        let style = style(line, line.size * scale);
        let font = painter.fonts.of(line.bold);
        let lines = wrap::lines(font, &line.text, style.size, width);
        laid.extend(lines.into_iter().map(|text| (text, style)));
    }
    laid
}
