//! Pages being painted: text, lines and patterned boxes at their places.
//!
//! **Room:** layer 2, pure. **May use:** nothing of ours. **Must not:** decide what stands where.

use super::{Fill, fill, font::Fonts, layout::count};
use pdf_writer::{Content, Name, Str};

/// A box: left, bottom, width, height, in points from the page's lower left corner.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) x: f32,
    pub(super) y: f32,
    pub(super) width: f32,
    pub(super) height: f32,
}

/// How a text looks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Style {
    pub(super) size: f32,
    pub(super) bold: bool,
    /// 0 is black.
    pub(super) grey: f32,
}

impl Style {
    pub(super) const fn plain(size: f32) -> Self {
        Self {
            size,
            bold: false,
            grey: 0.0,
        }
    }

    pub(super) const fn bold(size: f32) -> Self {
        Self {
            size,
            bold: true,
            grey: 0.0,
        }
    }

    pub(super) const fn pale(size: f32) -> Self {
        Self {
            size,
            bold: false,
            grey: 0.3,
        }
    }
}

/// The pages and the fonts that they use.
pub(super) struct Painter {
    pub(super) fonts: Fonts,
    pub(super) pages: Vec<Content>,
}

impl Painter {
    pub(super) const fn new(fonts: Fonts) -> Self {
        Self {
            fonts,
            pages: Vec::new(),
        }
    }

    pub(super) fn new_page(&mut self) {
        self.pages.push(Content::new());
    }

    /// Writes a line of text on the last page, its baseline beginning at a point.
    pub(super) fn text(&mut self, (x, y): (f32, f32), style: Style, text: &str) {
        let last = self.pages.len().saturating_sub(1);
        self.text_on(last, (x, y), style, text);
    }

    /// The same, on any page.
    pub(super) fn text_on(&mut self, page: usize, (x, y): (f32, f32), style: Style, text: &str) {
        let codes = self.fonts.of_mut(style.bold).encode(text);
        let Some(content) = self.pages.get_mut(page) else {
            return;
        };
        let name = if style.bold { Name(b"B") } else { Name(b"R") };
        content
            .set_fill_gray(style.grey)
            .begin_text()
            .set_font(name, style.size)
            .next_line(x, y)
            .show(Str(&codes))
            .end_text();
    }

    /// How wide a text is.
    pub(super) fn width(&self, style: Style, text: &str) -> f32 {
        self.fonts.of(style.bold).width(text, style.size)
    }

    fn last(&mut self) -> Option<&mut Content> {
        self.pages.last_mut()
    }

    /// A horizontal line.
    pub(super) fn rule(&mut self, (x, y): (f32, f32), width: f32, (weight, grey): (f32, f32)) {
        if let Some(content) = self.last() {
            content
                .set_stroke_gray(grey)
                .set_line_width(weight)
                .move_to(x, y)
                .line_to(x + width, y)
                .stroke();
        }
    }

    /// An upright line.
    pub(super) fn upright(&mut self, (x, y): (f32, f32), height: f32, weight: f32) {
        if let Some(content) = self.last() {
            content
                .set_stroke_gray(0.0)
                .set_line_width(weight)
                .move_to(x, y)
                .line_to(x, y + height)
                .stroke();
        }
    }

    /// A box in one shade, without a frame.
    pub(super) fn shade(&mut self, place: Place, grey: f32) {
        if let Some(content) = self.last() {
            content
                .set_fill_gray(grey)
                .rect(place.x, place.y, place.width, place.height)
                .fill_nonzero();
        }
    }

    /// A frame.
    pub(super) fn frame(&mut self, place: Place, weight: f32) {
        if let Some(content) = self.last() {
            content
                .set_stroke_gray(0.0)
                .set_line_width(weight)
                .rect(place.x, place.y, place.width, place.height)
                .stroke();
        }
    }

    /// A pale frame, to cut along.
    pub(super) fn outline(&mut self, place: Place, (weight, grey): (f32, f32)) {
        if let Some(content) = self.last() {
            content
                .set_stroke_gray(grey)
                .set_line_width(weight)
                .rect(place.x, place.y, place.width, place.height)
                .stroke();
        }
    }

    /// The dark modules of a code of `width` modules a side, from its upper left corner, filled
    /// at once: no hair of white between them.
    pub(super) fn modules(
        &mut self,
        (x, y): (f32, f32),
        step: f32,
        (dark, width): (&[bool], usize),
    ) {
        let Some(content) = self.last() else {
            return;
        };
        content.set_fill_gray(0.0);
        for (row, cells) in dark.chunks(width.max(1)).enumerate() {
            let base = y - step * count(row + 1);
            let mut at = 0;
            for run in cells.chunk_by(|a, b| a == b) {
                if run.first() == Some(&true) {
                    let left = x + step * count(at);
                    content.rect(left, base, step * count(run.len()), step);
                }
                at += run.len();
            }
        }
        content.fill_nonzero();
    }

    /// A box in its pattern.
    pub(super) fn fill(&mut self, place: Place, with: Fill) {
        if let Some(content) = self.last() {
            fill::paint(content, place, with);
        }
    }
}
