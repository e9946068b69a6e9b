//! The patterns: each can be told from the others on a black and white copy.
//!
//! **Room:** layer 2, pure. **May use:** nothing of ours. **Must not:** use a colour.

use super::{Fill, paint::Place};
use pdf_writer::Content;

const STEP: f32 = 3.2;

/// Paints a box in its pattern. A narrow frame is part of every pattern but the solid ones.
pub(super) fn paint(content: &mut Content, place: Place, fill: Fill) {
    let Place {
        x,
        y,
        width,
        height,
    } = place;
    if width <= 0.0 {
        return;
    }
    content.save_state();
    content.rect(x, y, width, height).clip_nonzero().end_path();
    let ground = match fill {
        Fill::Solid => 0.0,
        Fill::Grey => 0.62,
        Fill::Hatched => 0.94,
        _ => 1.0,
    };
    content
        .set_fill_gray(ground)
        .rect(x, y, width, height)
        .fill_nonzero();
    content.set_stroke_gray(0.1).set_line_width(0.7);
    match fill {
        Fill::Hatched => slanted(content, place, 1.0),
        Fill::Crossed => {
            slanted(content, place, 1.0);
            slanted(content, place, -1.0);
        }
        Fill::Upright => {
            content.set_line_width(0.9);
            for at in steps(width, STEP * 0.8) {
                content.move_to(x + at, y).line_to(x + at, y + height);
            }
            content.stroke();
        }
        Fill::Dotted => dots(content, place),
        Fill::Clear | Fill::Solid | Fill::Grey => {}
    }
    content.restore_state();
    content
        .set_stroke_gray(0.25)
        .set_line_width(0.4)
        .rect(x, y, width, height)
        .stroke();
}

fn steps(length: f32, step: f32) -> impl Iterator<Item = f32> {
    std::iter::successors(Some(step / 2.0), move |at| Some(at + step))
        .take_while(move |at| *at < length)
}

fn slanted(content: &mut Content, place: Place, direction: f32) {
    for at in steps(place.width + place.height, STEP) {
        let start = place.x + at - place.height;
        let (from, to) = if direction > 0.0 {
            (place.y, place.y + place.height)
        } else {
            (place.y + place.height, place.y)
        };
        content
            .move_to(start, from)
            .line_to(start + place.height, to);
    }
    content.stroke();
}

fn dots(content: &mut Content, place: Place) {
    content.set_fill_gray(0.0);
    for (row, down) in steps(place.height, 2.6).enumerate() {
        let shift = if row % 2 == 0 { 0.0 } else { 1.3 };
        for across in steps(place.width + shift, 2.6) {
            content.rect(place.x + across - shift, place.y + down, 0.9, 0.9);
        }
    }
    content.fill_nonzero();
}
