//! Text in lines that fit.
//!
//! **Room:** layer 2, pure. **May use:** nothing of ours. **Must not:** let a line be wider than
//! its place: a word that does not fit is cut.

use super::font::Font;

/// The lines of a text; line breaks in it are kept.
pub(super) fn lines(font: &Font, text: &str, size: f32, width: f32) -> Vec<String> {
    let mut out = Vec::new();
    for paragraph in text.split('\n') {
        let mut line = String::new();
        let mut used = 0.0;
        for word in paragraph.split_whitespace() {
            let wide = font.width(word, size);
            let space = font.width(" ", size);
            if !line.is_empty() && used + space + wide <= width {
                line.push(' ');
                line.push_str(word);
                used += space + wide;
                continue;
            }
            if !line.is_empty() {
                out.push(std::mem::take(&mut line));
            }
            let mut pieces = cut(font, word, size, width);
            line = pieces.pop().unwrap_or_default();
            used = font.width(&line, size);
            out.extend(pieces);
        }
        out.push(line);
    }
    out
}

/// A word in pieces that fit; cut after a joint where it has one.
fn cut(font: &Font, word: &str, size: f32, width: f32) -> Vec<String> {
    if font.width(word, size) <= width {
        return vec![word.to_owned()];
    }
    let mut pieces = Vec::new();
    let mut rest = word;
    while font.width(rest, size) > width {
        let mut end = 0;
        let mut joint = 0;
        let mut used = 0.0;
        for (at, letter) in rest.char_indices() {
            used += font.width(letter.encode_utf8(&mut [0; 4]), size);
            if used > width && at > 0 {
                break;
            }
            end = at + letter.len_utf8();
            if "-/_.,;:)".contains(letter) {
                joint = end;
            }
        }
        let end = if joint * 2 > end { joint } else { end };
        let (head, tail) = rest.split_at(end);
        pieces.push(head.to_owned());
        if tail.is_empty() {
            return pieces;
        }
        rest = tail;
    }
    pieces.push(rest.to_owned());
    pieces
}

/// The widest word, at most `limit`.
pub(super) fn widest_word(font: &Font, text: &str, size: f32, limit: f32) -> f32 {
    text.split_whitespace()
        .map(|word| font.width(word, size).min(limit))
        .fold(0.0, f32::max)
}
