//! Blocks on pages: what stands where, and where a page ends.
//!
//! **Room:** layer 2, pure. **May use:** nothing of ours. **Must not:** write below the foot, or
//! leave a heading alone at the end of a page.

use super::{
    Bars, Block, Document, Fill, Lang, Strip,
    font::Fonts,
    paint::{Painter, Place, Style},
    wrap,
};

/// A4 in points.
pub(super) const SHORT: f32 = 595.28;
/// A4 in points.
pub(super) const LONG: f32 = 841.89;
const SIDE: f32 = 51.0;
const HEAD: f32 = 60.0;
const FOOT: f32 = 58.0;
/// The size of running text.
pub(super) const BODY: f32 = 9.5;
const SMALL: f32 = 7.5;
/// From one line to the next, in sizes.
pub(super) const LEADING: f32 = 1.36;

/// Where writing has come to.
pub(super) struct Layout {
    pub(super) painter: Painter,
    /// The top of what is still free on the page.
    pub(super) top: f32,
    pub(super) wide: f32,
    high: f32,
}

impl Layout {
    /// Lays a whole document out.
    pub(super) fn of(document: &Document, fonts: Fonts) -> Self {
        let (wide, high) = if document.landscape {
            (LONG, SHORT)
        } else {
            (SHORT, LONG)
        };
        let mut layout = Self {
            painter: Painter::new(fonts),
            top: 0.0,
            wide,
            high,
        };
        layout.turn();
        layout.title(document);
        for (index, block) in document.blocks.iter().enumerate() {
            layout.block(block, document.blocks.get(index + 1));
        }
        layout.running_heads(document);
        layout
    }

    /// The left edge of the text.
    pub(super) const fn left() -> f32 {
        SIDE
    }

    /// How wide the text is.
    pub(super) const fn width(&self) -> f32 {
        self.wide - 2.0 * SIDE
    }

    /// How high a page's text can be.
    pub(super) const fn height(&self) -> f32 {
        self.high - HEAD - FOOT
    }

    /// The page's size.
    pub(super) const fn page(&self) -> (f32, f32) {
        (self.wide, self.high)
    }

    /// What is left of the page.
    pub(super) const fn left_over(&self) -> f32 {
        self.top - FOOT
    }

    /// Begins a page.
    pub(super) fn turn(&mut self) {
        self.painter.new_page();
        self.top = self.high - HEAD;
    }

    /// Begins a page unless `height` is free on this one.
    pub(super) fn need(&mut self, height: f32) {
        if self.left_over() < height && self.top < self.high - HEAD {
            self.turn();
        }
    }

    /// Lines of text from the top down; turns the page where needed.
    pub(super) fn write(&mut self, text: &str, style: Style) {
        let width = self.width();
        self.write_in(text, style, (Self::left(), width));
    }

    fn write_in(&mut self, text: &str, style: Style, (x, width): (f32, f32)) {
        let step = style.size * LEADING;
        for line in wrap::lines(self.painter.fonts.of(style.bold), text, style.size, width) {
            self.need(step);
            self.top -= step;
            let base = self.top + style.size * 0.3;
            self.painter.text((x, base), style, &line);
        }
    }

    fn title(&mut self, document: &Document) {
        self.write(&document.title, Style::bold(18.0));
        self.top -= 2.0;
        for line in &document.subtitle {
            self.write(line, Style::pale(11.0));
        }
        self.top -= 6.0;
        let (left, width) = (Self::left(), self.width());
        self.painter.rule((left, self.top), width, (1.2, 0.0));
        self.top -= 8.0;
    }

    fn block(&mut self, block: &Block, next: Option<&Block>) {
        match block {
            Block::Heading(level, text) => self.heading(*level, text, next),
            Block::Paragraph(text) => {
                self.write(text, Style::plain(BODY));
                self.top -= 5.0;
            }
            Block::Note(text) => self.note(text),
            Block::Facts(facts) => self.facts(facts),
            Block::Table(table) => self.table(table),
            Block::Bars(bars) => self.bars(bars),
            Block::Strip(strip) => self.strip(strip),
            Block::Signatures(names) => self.signatures(names),
            Block::PageBreak => self.turn(),
        }
    }

    fn heading(&mut self, level: u8, text: &str, next: Option<&Block>) {
        let (size, above) = match level {
            1 => (13.5, 12.0),
            2 => (11.0, 8.0),
            _ => (10.0, 6.0),
        };
        let follows = match next {
            Some(Block::Heading(..)) => 80.0,
            Some(Block::Bars(_) | Block::Strip(_)) => 110.0,
            Some(Block::Table(_)) => 75.0,
            _ => 45.0,
        };
        self.need(size * LEADING + above + follows);
        self.top -= above;
        self.write(text, Style::bold(size));
        self.top -= 3.0;
    }

    fn note(&mut self, text: &str) {
        let style = Style::plain(BODY);
        let width = self.width() - 20.0;
        let lines = wrap::lines(self.painter.fonts.of(false), text, BODY, width);
        let step = BODY * LEADING;
        for part in lines.chunks(40) {
            let height = step * count(part.len()) + 12.0;
            self.need(height);
            let place = Place {
                x: Self::left(),
                y: self.top - height,
                width: self.width(),
                height,
            };
            self.painter.shade(place, 0.96);
            self.painter.frame(place, 0.6);
            self.painter.shade(
                Place {
                    width: 3.0,
                    ..place
                },
                0.0,
            );
            self.top -= 6.0;
            for line in part {
                self.top -= step;
                let at = (Self::left() + 11.0, self.top + BODY * 0.3);
                self.painter.text(at, style, line);
            }
            self.top -= 12.0;
        }
    }

    fn facts(&mut self, facts: &[(String, String)]) {
        let name_style = Style::pale(BODY);
        let widest = facts
            .iter()
            .map(|(name, _)| self.painter.width(name_style, name))
            .fold(60.0, f32::max);
        let names = widest.min(self.width() * 0.4) + 10.0;
        let values = self.width() - names;
        let step = BODY * LEADING;
        for (name, value) in facts {
            let font = |bold| self.painter.fonts.of(bold);
            let left = wrap::lines(font(false), name, BODY, names - 10.0);
            let right = wrap::lines(font(false), value, BODY, values);
            self.need(step * count(left.len().max(right.len())) + 3.0);
            let top = self.top;
            for (column, style, x) in [
                (left, name_style, Self::left()),
                (right, Style::plain(BODY), Self::left() + names),
            ] {
                let mut base = top - step + BODY * 0.3;
                for line in &column {
                    self.painter.text((x, base), style, line);
                    base -= step;
                }
                self.top = self.top.min(base + step - BODY * 0.3);
            }
            self.top -= 3.0;
        }
        self.top -= 4.0;
    }

    fn caption(&mut self, text: &str) {
        if !text.is_empty() {
            self.write(text, Style::bold(BODY));
            self.top -= 2.0;
        }
    }

    fn legend(&mut self, legend: &[(Fill, String)]) {
        let style = Style::plain(8.0);
        let (mut x, right) = (Self::left(), Self::left() + self.width());
        if legend.is_empty() {
            return;
        }
        self.need(14.0);
        self.top -= 12.0;
        for (fill, words) in legend {
            let wide = self.painter.width(style, words) + 32.0;
            if x + wide > right && x > Self::left() {
                x = Self::left();
                self.need(14.0);
                self.top -= 13.0;
            }
            let place = Place {
                x,
                y: self.top - 1.0,
                width: 14.0,
                height: 8.5,
            };
            self.painter.fill(place, *fill);
            self.painter.text((x + 18.0, self.top + 0.5), style, words);
            x += wide;
        }
        self.top -= 8.0;
    }

    fn bars(&mut self, bars: &Bars) {
        const BAR: f32 = 12.0;
        self.need(60.0);
        self.caption(&bars.caption);
        let style = Style::plain(8.5);
        let labels = bars
            .rows
            .iter()
            .map(|(label, ..)| self.painter.width(style, label));
        let label_wide = labels.fold(40.0, f32::max).min(self.width() * 0.28) + 8.0;
        let values = bars
            .rows
            .iter()
            .map(|(.., value)| self.painter.width(style, value));
        let value_wide = values.fold(30.0, f32::max).min(self.width() * 0.34) + 8.0;
        let scale_wide = self.width() - label_wide - value_wide;
        let sums = bars.rows.iter().map(|(_, pieces, _)| total(pieces));
        let mark = bars.mark.as_ref().map(|(at, _)| *at);
        let most = sums.chain(mark).fold(0.0, f64::max);
        let points = |value: f64| share(value, most) * scale_wide;
        let x = Self::left() + label_wide;
        let mut upper = self.top;
        for (label, pieces, value) in &bars.rows {
            let fonts = &self.painter.fonts;
            let label = wrap::lines(fonts.of(false), label, 8.5, label_wide - 8.0);
            let value = wrap::lines(fonts.of(false), value, 8.5, value_wide - 8.0);
            let high = (count(label.len().max(value.len())) * 11.0).max(BAR) + 5.0;
            if self.left_over() < high {
                self.turn();
                upper = self.top;
            }
            let mut at = x;
            for (fill, length) in pieces {
                let width = points(*length);
                let y = self.top - BAR;
                let place = Place {
                    x: at,
                    y,
                    width,
                    height: BAR,
                };
                self.painter.fill(place, *fill);
                at += width;
            }
            for (column, x) in [(label, Self::left()), (value, x + scale_wide + 8.0)] {
                let mut base = self.top - 9.0;
                for line in &column {
                    self.painter.text((x, base), style, line);
                    base -= 11.0;
                }
            }
            self.top -= high;
        }
        if let Some((at, words)) = &bars.mark {
            let height = upper - self.top;
            let across = x + points(*at);
            self.painter.upright((across, self.top), height, 1.4);
            let wide = self.painter.width(style, words);
            let left = (across - wide / 2.0)
                .clamp(Self::left(), (self.wide - SIDE - wide).max(Self::left()));
            self.top -= 11.0;
            self.painter.text((left, self.top + 2.0), style, words);
        }
        self.legend(&bars.legend);
        self.top -= 4.0;
    }

    fn strip(&mut self, strip: &Strip) {
        const STRIP: f32 = 20.0;
        /// What is there must be seen: at least this wide, in points.
        const LEAST: f32 = 1.1;
        self.need(70.0);
        self.caption(&strip.caption);
        let all = total(&strip.pieces);
        let whole = Place {
            x: Self::left(),
            y: self.top - STRIP,
            width: self.width(),
            height: STRIP,
        };
        // The long pieces first, so that a short one is drawn over them.
        let mut at = 0.0_f64;
        let mut placed: Vec<(f32, f32, Fill)> = Vec::with_capacity(strip.pieces.len());
        for (fill, length) in &strip.pieces {
            let from = share(at, all) * whole.width;
            let width = (share(*length, all) * whole.width).max(LEAST);
            placed.push((from.min(whole.width - width), width, *fill));
            at += length;
        }
        placed.sort_by(|a, b| b.1.total_cmp(&a.1));
        for (from, width, fill) in placed {
            let place = Place {
                x: whole.x + from,
                width,
                ..whole
            };
            self.painter.fill(place, fill);
        }
        self.painter.frame(whole, 0.6);
        self.top -= STRIP + 10.0;
        let style = Style::plain(SMALL);
        let gaps = count(strip.ticks.len().saturating_sub(1)).max(1.0);
        for (index, words) in strip.ticks.iter().enumerate() {
            let wide = self.painter.width(style, words);
            let middle = whole.width * count(index) / gaps - wide / 2.0;
            let x = whole.x + middle.clamp(0.0, (whole.width - wide).max(0.0));
            self.painter.text((x, self.top), style, words);
        }
        self.top -= 5.0;
        self.legend(&strip.legend);
    }

    fn signatures(&mut self, names: &[String]) {
        self.need(90.0);
        let wide = self.width() / count(names.len().max(1));
        let top = self.top - 14.0;
        for (index, name) in names.iter().enumerate() {
            let x = Self::left() + wide * count(index);
            self.painter.text((x, top), Style::bold(BODY), name);
            self.painter.rule((x, top - 58.0), wide - 24.0, (0.6, 0.0));
        }
        self.top = top - 66.0;
    }

    fn running_heads(&mut self, document: &Document) {
        let style = Style::pale(SMALL);
        let pages = self.painter.pages.len();
        let right = self.wide - SIDE;
        for page in 0..pages {
            let number = match document.lang {
                Lang::En => format!("Page {} of {pages}", page + 1),
                Lang::Vi => format!("Trang {}/{pages}", page + 1),
            };
            let wide = self.painter.width(style, &number);
            let at = (right - wide, 30.0);
            self.painter.text_on(page, at, style, &number);
            let room = self.width() - wide - 16.0;
            let font = self.painter.fonts.of(false);
            let lines = wrap::lines(font, &document.footer, SMALL, room);
            for (line, base) in lines.iter().zip([30.0, 21.0]) {
                self.painter.text_on(page, (SIDE, base), style, line);
            }
            if page > 0 {
                let font = self.painter.fonts.of(false);
                let lines = wrap::lines(font, &document.title, SMALL, self.width());
                let head = (SIDE, self.high - 42.0);
                let first = lines.first().map_or("", String::as_str);
                self.painter.text_on(page, head, style, first);
            }
        }
    }
}

fn total(pieces: &[(Fill, f64)]) -> f64 {
    pieces.iter().map(|(_, length)| length.max(0.0)).sum()
}

/// A part of a whole, from 0 to 1.
#[expect(
    clippy::cast_possible_truncation,
    reason = "between 0 and 1, for drawing"
)]
fn share(part: f64, whole: f64) -> f32 {
    if whole > 0.0 {
        (part / whole).clamp(0.0, 1.0) as f32
    } else {
        0.0
    }
}

/// A count as a factor of lengths on paper.
#[expect(clippy::cast_precision_loss, reason = "lines on a page are few")]
pub(super) const fn count(n: usize) -> f32 {
    n as f32
}
