//! What a file is, by its first bytes and never by its name.
//!
//! **Room:** layer 2, pure. **May use:** nothing of ours. **Must not:** call anything a browser
//! would run by its own name: markup and scripts are plain text here.

/// A name is so long at most.
const NAME_CHARS_MAX: usize = 120;

/// The media type; none for what is no document that people keep with an asset.
pub(super) fn media(bytes: &[u8]) -> Option<&'static str> {
    let starts = |head: &[u8]| bytes.starts_with(head);
    Some(match bytes {
        _ if starts(b"%PDF-") => "application/pdf",
        _ if starts(b"\x89PNG\r\n\x1a\n") => "image/png",
        _ if starts(b"\xff\xd8\xff") => "image/jpeg",
        [
            b'R',
            b'I',
            b'F',
            b'F',
            _,
            _,
            _,
            _,
            b'W',
            b'E',
            b'B',
            b'P',
            ..,
        ] => "image/webp",
        _ if starts(b"PK\x03\x04") => archive(bytes)?,
        _ => text(bytes)?,
    })
}

/// Office documents are archives that name their parts.
fn archive(bytes: &[u8]) -> Option<&'static str> {
    let has = |part: &[u8]| bytes.windows(part.len()).any(|window| window == part);
    let open =
        |kind: &str| has(format!("mimetypeapplication/vnd.oasis.opendocument.{kind}").as_bytes());
    if open("text") {
        return Some("application/vnd.oasis.opendocument.text");
    }
    if open("spreadsheet") {
        return Some("application/vnd.oasis.opendocument.spreadsheet");
    }
    if !has(b"[Content_Types].xml") || has(b"vbaProject.bin") {
        return None;
    }
    if has(b"word/document.xml") {
        return Some("application/vnd.openxmlformats-officedocument.wordprocessingml.document");
    }
    has(b"xl/workbook.xml")
        .then_some("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
}

/// UTF-8 without control characters but line ends and tabs.
fn text(bytes: &[u8]) -> Option<&'static str> {
    let text = std::str::from_utf8(bytes).ok()?;
    let plain = |c: char| !c.is_control() || matches!(c, '\n' | '\r' | '\t');
    text.chars()
        .all(plain)
        .then_some("text/plain; charset=utf-8")
}

/// A name without a path and without what a header or a file system could take for more.
pub(super) fn name(wanted: &str) -> String {
    let last = wanted.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: String = last
        .chars()
        .filter(|c| !c.is_control() && !"\"<>:|?*".contains(*c))
        // Marks that turn the direction of writing make `exe.fdp` look like `pdf.exe`.
        .filter(|c| !matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'))
        .collect();
    let clean = clean.trim().trim_start_matches('.');
    clean.chars().take(NAME_CHARS_MAX).collect()
}

/// The header that makes a browser save a file instead of showing it (RFC 6266, RFC 8187).
pub(super) fn disposition(name: &str) -> String {
    let plain = |c: char| {
        if c.is_ascii_alphanumeric() || ".-_ ".contains(c) {
            c
        } else {
            '_'
        }
    };
    let ascii: String = name.chars().map(plain).collect();
    let encoded: String = name
        .bytes()
        .map(|b| match b {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' => {
                char::from(b).to_string()
            }
            other => format!("%{other:02X}"),
        })
        .collect();
    format!("attachment; filename=\"{ascii}\"; filename*=UTF-8''{encoded}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_its_bytes_say() {
        let zip = |parts: &str| [b"PK\x03\x04".as_slice(), parts.as_bytes()].concat();
        let office = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
        for (bytes, expect) in [
            (b"%PDF-1.7 ...".to_vec(), Some("application/pdf")),
            (b"\x89PNG\r\n\x1a\n....".to_vec(), Some("image/png")),
            (b"\xff\xd8\xff\xe0".to_vec(), Some("image/jpeg")),
            (b"RIFF\0\0\0\0WEBPVP8 ".to_vec(), Some("image/webp")),
            (zip("[Content_Types].xml xl/workbook.xml"), Some(office)),
            (
                zip("[Content_Types].xml xl/workbook.xml vbaProject.bin"),
                None,
            ),
            (zip("anything.exe"), None),
            (
                "Biên bản".as_bytes().to_vec(),
                Some("text/plain; charset=utf-8"),
            ),
            (
                b"<html><script>alert(1)</script>".to_vec(),
                Some("text/plain; charset=utf-8"),
            ),
            (
                b"<svg onload=\"alert(1)\"/>".to_vec(),
                Some("text/plain; charset=utf-8"),
            ),
            (b"MZ\x90\0\x03".to_vec(), None),
            (b"\x7fELF".to_vec(), None),
            (vec![0xff, 0xfe, 0x41], None),
        ] {
            assert_eq!(
                media(&bytes),
                expect,
                "{:?}",
                String::from_utf8_lossy(&bytes)
            );
        }
    }

    #[test]
    fn a_name_is_no_path_and_no_header() {
        for (wanted, expect) in [
            ("../../etc/passwd", "passwd"),
            ("C:\\tmp\\biên bản.pdf", "biên bản.pdf"),
            ("a\r\nSet-Cookie: x\".pdf", "aSet-Cookie x.pdf"),
            ("anh\u{202e}fdp.exe", "anhfdp.exe"),
            ("..", ""),
        ] {
            assert_eq!(name(wanted), expect);
        }
        assert_eq!(
            disposition("biên bản.pdf"),
            "attachment; filename=\"bi_n b_n.pdf\"; filename*=UTF-8''bi%C3%AAn%20b%E1%BA%A3n.pdf"
        );
    }
}
