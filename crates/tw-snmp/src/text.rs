//! Which bytes are text.
//!
//! **Room:** layer 0, pure. **May use:** nothing of ours.

/// The bytes as text, when they are printable UTF-8. Line breaks and tabs, which descriptions
/// have, are text; other control characters and those that turn the direction of writing are
/// not, so that no device's answer can steer a terminal or hide what it says.
pub fn printable(bytes: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(bytes).ok()?;
    text.chars().all(is_printable).then_some(text)
}

fn is_printable(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\t')
        || !(c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(bytes: &[u8], is_text: bool) {
        assert_eq!(printable(bytes).is_some(), is_text, "{bytes:?}");
    }

    #[test]
    fn text_is_told_from_bytes() {
        check(b"", true);
        check(b"Cisco IOS\r\nVersion 17\t(1)", true);
        check("Trụ sở Cục Viễn thông".as_bytes(), true);
        check(b"<script>alert(1)</script>", true);
        check(b"\x1b[31mred", false);
        check(b"a\x00", false);
        check(&[0, 0x1b, 0x21, 1, 2, 3], false);
        check(&[0xff, 0xfe], false);
        check("safe\u{202e}fdp.exe".as_bytes(), false);
        check("\u{9b}31m".as_bytes(), false);
    }
}
