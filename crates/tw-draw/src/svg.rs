//! Texts inside SVG.
//!
//! **Room:** layer 0, pure. **May use:** nothing of ours. **Must not:** trust a text.

/// A text for an element or an attribute: markup is escaped, what XML forbids is left out.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // Not in XML; and marks that turn the direction of writing, with which a name could
            // pose as another.
            '\u{fffe}' | '\u{ffff}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {}
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// A text cut so that it fits; what was cut is shown by an ellipsis.
pub(crate) fn fit(text: &str, characters_max: usize) -> String {
    if text.chars().count() <= characters_max {
        return text.to_owned();
    }
    let mut cut: String = text
        .chars()
        .take(characters_max.saturating_sub(1))
        .collect();
    cut.push('…');
    cut
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_text() {
        assert_eq!(
            escape("<script>alert(\"1\")</script>\u{1b}[31m & 'x'"),
            "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;[31m &amp; &#39;x&#39;"
        );
    }

    #[test]
    fn a_cut_text_says_so() {
        assert_eq!(fit("vnta-core-1", 11), "vnta-core-1");
        assert_eq!(fit("vnta-core-1", 6), "vnta-…");
    }
}
