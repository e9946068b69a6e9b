//! Tables on pages.
//!
//! **Room:** layer 2, pure. **May use:** nothing of ours. **Must not:** clip a cell, or begin a
//! page without the headings.

use super::{
    Align, Table,
    layout::{BODY, LEADING, Layout, count},
    paint::{Place, Style},
    wrap,
};

const SIZE: f32 = 8.3;
const STEP: f32 = SIZE * LEADING;
/// Between a cell's text and its sides.
const PAD: f32 = 3.5;

/// A row with its cells broken into lines.
struct Row {
    cells: Vec<Vec<String>>,
    lines: usize,
}

impl Row {
    const fn height(&self) -> f32 {
        count(self.lines) * STEP + 2.0 * PAD
    }

    /// The lines from the front, and what is left.
    fn split(mut self, lines: usize) -> (Self, Option<Self>) {
        let rest: Vec<Vec<String>> = self
            .cells
            .iter_mut()
            .map(|cell| cell.split_off(lines.min(cell.len())))
            .collect();
        let left = rest.iter().map(Vec::len).max().unwrap_or(0);
        self.lines = self.lines.min(lines);
        let rest = Self {
            cells: rest,
            lines: left,
        };
        (self, (left > 0).then_some(rest))
    }
}

impl Layout {
    /// Sets a table; the headings stand again on each page.
    pub(super) fn table(&mut self, table: &Table) {
        if table.columns.is_empty() {
            return;
        }
        if !table.caption.is_empty() {
            self.need(60.0);
            self.write(&table.caption, Style::bold(BODY));
            self.top -= 2.0;
        }
        let widths = self.widths(table);
        let headings: Vec<String> = table.columns.iter().map(|(h, _)| h.clone()).collect();
        let head = self.broken(&headings, &widths, true);
        self.need(head.height() + 3.0 * STEP);
        self.row(&head, &widths, (table, true));
        if table.rows.is_empty() {
            self.top -= PAD;
            self.write(&table.empty, Style::pale(SIZE));
        }
        for cells in &table.rows {
            let mut waiting = Some(self.broken(cells, &widths, false));
            while let Some(row) = waiting.take() {
                let page = self.height() - head.height();
                if row.height() > self.left_over() && row.height() <= page {
                    self.turn();
                    self.row(&head, &widths, (table, true));
                }
                let fits = (1..=row.lines)
                    .rev()
                    .find(|n| count(*n) * STEP + 2.0 * PAD <= self.left_over());
                let Some(fits) = fits else {
                    self.turn();
                    self.row(&head, &widths, (table, true));
                    waiting = Some(row);
                    continue;
                };
                let (now, later) = row.split(fits);
                self.row(&now, &widths, (table, false));
                waiting = later;
            }
        }
        self.top -= 9.0;
    }

    /// Every column as wide as it wants if there is room, else at least as its widest word.
    fn widths(&self, table: &Table) -> Vec<f32> {
        let room = self.width();
        let fonts = &self.painter.fonts;
        let mut least = Vec::new();
        let mut wanted = Vec::new();
        for (index, (heading, _)) in table.columns.iter().enumerate() {
            let bold = fonts.of(true);
            let (mut low, mut high) = (
                wrap::widest_word(bold, heading, SIZE, room * 0.3),
                bold.width(heading, SIZE),
            );
            for cell in table.rows.iter().filter_map(|row| row.get(index)) {
                let font = fonts.of(false);
                low = low.max(wrap::widest_word(font, cell, SIZE, room * 0.24));
                let lines = cell.split('\n').map(|line| font.width(line, SIZE));
                high = lines.fold(high, f32::max);
            }
            least.push(low + 2.0 * PAD + 0.1);
            wanted.push(high.max(low) + 2.0 * PAD + 0.1);
        }
        let (low, high): (f32, f32) = (least.iter().sum(), wanted.iter().sum());
        if high <= room {
            let stretch = room / high;
            return wanted.iter().map(|w| w * stretch).collect();
        }
        if low >= room {
            return least.iter().map(|w| w * room / low).collect();
        }
        let give = (room - low) / (high - low);
        let both = least.iter().zip(&wanted);
        both.map(|(low, high)| low + (high - low) * give).collect()
    }

    fn broken(&self, cells: &[String], widths: &[f32], bold: bool) -> Row {
        let font = self.painter.fonts.of(bold);
        let empty = String::new();
        let cells: Vec<Vec<String>> = widths
            .iter()
            .enumerate()
            .map(|(index, width)| {
                let text = cells.get(index).unwrap_or(&empty);
                wrap::lines(font, text, SIZE, width - 2.0 * PAD)
            })
            .collect();
        let lines = cells.iter().map(Vec::len).max().unwrap_or(1).max(1);
        Row { cells, lines }
    }

    fn row(&mut self, row: &Row, widths: &[f32], (table, head): (&Table, bool)) {
        let style = if head {
            Style::bold(SIZE)
        } else {
            Style::plain(SIZE)
        };
        let height = row.height();
        let bottom = self.top - height;
        if head {
            let place = Place {
                x: Self::left(),
                y: bottom,
                width: self.width(),
                height,
            };
            self.painter.shade(place, 0.9);
        }
        let mut x = Self::left();
        for (index, width) in widths.iter().enumerate() {
            let right = table
                .columns
                .get(index)
                .is_some_and(|c| c.1 == Align::Right);
            let mut base = self.top - PAD - STEP + SIZE * 0.3;
            for line in row.cells.get(index).into_iter().flatten() {
                let shift = if right {
                    width - PAD - self.painter.width(style, line)
                } else {
                    PAD
                };
                self.painter.text((x + shift, base), style, line);
                base -= STEP;
            }
            x += width;
        }
        let rule = if head { (0.8, 0.0) } else { (0.35, 0.55) };
        let (left, width) = (Self::left(), self.width());
        self.painter.rule((left, bottom), width, rule);
        self.top = bottom;
    }
}
