//! Texts from devices, made harmless: bounded, without control characters or terminal escapes.
//!
//! **Room:** layer 0, pure. **May use:** nothing of ours. **Must not:** do I/O.

use std::fmt::Write as _;

/// The longest text that is kept of a device, in bytes.
pub const TEXT_BYTES_MAX: usize = 4_096;

/// The longest label of a series, in bytes.
pub const LABEL_BYTES_MAX: usize = 256;

/// A text after cleaning.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Clean {
    /// Printable UTF-8; octets that are no UTF-8 stand as `0x…`.
    pub text: String,
    /// Whether something was cut, removed or written as hex: worth the problem `bad_text`.
    pub changed: bool,
}

/// Cleans a text of at most [`TEXT_BYTES_MAX`] bytes.
pub fn clean(bytes: &[u8]) -> Clean {
    clean_to(bytes, TEXT_BYTES_MAX)
}

/// Cleans a label of at most [`LABEL_BYTES_MAX`] bytes.
pub fn label(bytes: &[u8]) -> String {
    clean_to(bytes, LABEL_BYTES_MAX).text
}

/// Cleans a text. Line ends and tabs become one blank, trailing NULs and blanks go; neither
/// counts as a change, because honest agents send them.
pub fn clean_to(bytes: &[u8], limit: usize) -> Clean {
    let body = trim_end(bytes);
    // Looking at a little more than the limit suffices: cleaning never makes a text longer.
    let window = &body[..body.len().min(limit.saturating_mul(2))];
    let text = match std::str::from_utf8(window) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() && window.len() < body.len() => {
            std::str::from_utf8(&window[..error.valid_up_to()]).unwrap_or_default()
        }
        Err(_) => return hex(body, limit),
    };
    let (mut out, mut changed) = without_escapes(text);
    if out.len() > limit || window.len() < body.len() {
        let cut = out.floor_char_boundary(limit);
        out.truncate(cut);
        changed = true;
    }
    out.truncate(out.trim_end().len());
    Clean { text: out, changed }
}

/// The octets as `0x` and lowercase hex digits, cut at the limit.
fn hex(bytes: &[u8], limit: usize) -> Clean {
    let mut text = String::from("0x");
    for byte in bytes.iter().take(limit.saturating_sub(2) / 2) {
        // Writing to a string cannot fail.
        write!(text, "{byte:02x}").ok();
    }
    Clean {
        text,
        changed: true,
    }
}

fn trim_end(bytes: &[u8]) -> &[u8] {
    let end = bytes
        .iter()
        .rposition(|b| !matches!(b, 0 | b' ' | b'\r' | b'\n' | b'\t'))
        .map_or(0, |last| last + 1);
    &bytes[..end]
}

fn without_escapes(text: &str) -> (String, bool) {
    let mut out = String::with_capacity(text.len());
    let mut changed = false;
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\r' | '\n' | '\t' => {
                if !out.ends_with(' ') {
                    out.push(' ');
                }
            }
            '\u{1b}' => {
                changed = true;
                skip_escape(&mut rest);
            }
            c if is_hidden(c) => changed = true,
            c => out.push(c),
        }
    }
    (out, changed)
}

/// Skips what follows ESC: a control sequence up to its final byte (ECMA-48 §5.4), an operating
/// system command up to BEL, or one character.
fn skip_escape(rest: &mut std::iter::Peekable<std::str::Chars<'_>>) {
    match rest.next() {
        Some('[') => {
            while let Some(c) = rest.peek() {
                let last = ('\u{40}'..='\u{7e}').contains(c);
                let inside = ('\u{20}'..='\u{3f}').contains(c);
                if last || inside {
                    rest.next();
                }
                if !inside {
                    break;
                }
            }
        }
        Some(']') => {
            while let Some(c) = rest.next() {
                if c == '\u{7}' || (c == '\u{1b}' && rest.next_if_eq(&'\\').is_some()) {
                    break;
                }
            }
        }
        Some(_) | None => {}
    }
}

/// Control characters, and those that turn or hide text around them.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

/// A name as part of an object key: every character outside of `[A-Za-z0-9._~-]` becomes `-`.
pub fn key_part(name: &str) -> String {
    name.chars()
        .map(|c| match c {
            'A'..='Z' | 'a'..='z' | '0'..='9' | '.' | '_' | '~' | '-' => c,
            _ => '-',
        })
        .take(LABEL_BYTES_MAX / 4)
        .collect()
}

/// `aa:bb:cc:dd:ee:ff`, unless the address is empty or all zeros.
pub fn mac(bytes: &[u8]) -> Option<String> {
    if bytes.is_empty() || bytes.len() > 20 || bytes.iter().all(|b| *b == 0) {
        return None;
    }
    let parts: Vec<String> = bytes.iter().map(|b| format!("{b:02x}")).collect();
    Some(parts.join(":"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check(bytes: &[u8], expect: &str, changed: bool) {
        let got = clean(bytes);
        assert_eq!((got.text.as_str(), got.changed), (expect, changed));
    }

    #[test]
    fn plain_texts_stay() {
        check(b"Gi0/1", "Gi0/1", false);
        check("Phòng máy chủ".as_bytes(), "Phòng máy chủ", false);
        check(b"two\r\nlines\0\0", "two lines", false);
    }

    #[test]
    fn html_is_text_and_stays_text() {
        check(b"<script>x</script>", "<script>x</script>", false);
    }

    #[test]
    fn terminal_escapes_go_whole() {
        check(b"a\x1b[31;1mred\x1b[0m", "ared", true);
        check(b"a\x1b]0;title\x07b", "ab", true);
        check(b"bell\x07", "bell", true);
        check("a\u{202e}b".as_bytes(), "ab", true);
        check("c1\u{9b}31m".as_bytes(), "c131m", true);
    }

    #[test]
    fn octets_that_are_no_utf_8_stand_as_hex() {
        check(b"\xff\xfeA", "0xfffe41", true);
    }

    #[test]
    fn a_megabyte_is_cut_at_the_limit() {
        let got = clean(&vec![b'x'; 1 << 20]);
        assert_eq!((got.text.len(), got.changed), (TEXT_BYTES_MAX, true));
        let umlauts = "ế".repeat(10_000);
        let got = clean(umlauts.as_bytes());
        assert!(got.text.len() <= TEXT_BYTES_MAX && got.text.len() > TEXT_BYTES_MAX - 4);
        assert!(got.text.chars().all(|c| c == 'ế'));
        assert!(clean(&vec![0xff; 1 << 20]).text.len() <= TEXT_BYTES_MAX);
    }

    #[test]
    fn a_mac_of_zeros_is_none() {
        assert_eq!(mac(&[0; 6]), None);
        assert_eq!(
            mac(&[0, 0xc0, 0xb7, 1, 2, 3]).as_deref(),
            Some("00:c0:b7:01:02:03")
        );
    }

    proptest! {
        #[test]
        fn no_text_keeps_a_control_character_or_breaks_the_limit(
            bytes in prop::collection::vec(any::<u8>(), 0..300), limit in 4_usize..64,
        ) {
            let got = clean_to(&bytes, limit);
            prop_assert!(got.text.len() <= limit);
            prop_assert!(!got.text.chars().any(is_hidden));
        }
    }
}
