//! Which of two versions is the older one, as makers write them.
//!
//! **Room:** layer 0, pure. **May use:** nothing of ours. **Must not:** guess: what does not
//! compare has no order.

use std::cmp::Ordering;

/// A stretch of digits or of letters.
#[derive(PartialEq, Eq)]
enum Part<'a> {
    /// Without leading zeros.
    Number(&'a str),
    Word(&'a str),
}

/// Compares `17.3.4a` with `17.12.1`, `22.4R3-S2` with `22.4R3`: stretch by stretch, digits as
/// numbers, letters as letters. `None` where digits stand against letters or one is no version.
pub fn compare_versions(a: &str, b: &str) -> Option<Ordering> {
    let (a, b) = (parts(a), parts(b));
    let number = |parts: &[Part<'_>]| matches!(parts.first(), Some(Part::Number(_)));
    if !number(&a) || !number(&b) {
        return None;
    }
    for (a, b) in a.iter().zip(&b) {
        let order = match (a, b) {
            (Part::Number(a), Part::Number(b)) => a.len().cmp(&b.len()).then_with(|| a.cmp(b)),
            (Part::Word(a), Part::Word(b)) => a.to_lowercase().cmp(&b.to_lowercase()),
            _ => return None,
        };
        if order.is_ne() {
            return Some(order);
        }
    }
    Some(a.len().cmp(&b.len()))
}

fn parts(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let text = text.trim().trim_start_matches(['v', 'V']);
    for piece in text.split(|c: char| !c.is_ascii_alphanumeric()) {
        let mut rest = piece;
        while let Some(first) = rest.chars().next() {
            let digits = first.is_ascii_digit();
            let end = rest.find(|c: char| c.is_ascii_digit() != digits);
            let (part, after) = rest.split_at(end.unwrap_or(rest.len()));
            parts.push(if digits {
                Part::Number(part.trim_start_matches('0'))
            } else {
                Part::Word(part)
            });
            rest = after;
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn versions_are_compared_by_their_numbers() {
        for (a, b, expect) in [
            ("17.3.4a", "17.12.1", Some(Ordering::Less)),
            ("22.4R3", "22.4R3-S2", Some(Ordering::Less)),
            ("22.4R3", "22.4R2", Some(Ordering::Greater)),
            ("v7.2.10", "7.2.9", Some(Ordering::Greater)),
            ("15.2(7)E4", "15.2(7)E4", Some(Ordering::Equal)),
            ("1.010", "1.10", Some(Ordering::Equal)),
            ("V200R010", "V200R011", Some(Ordering::Less)),
            ("22.4R3", "22.4.3", None),
            ("unknown", "1.0", None),
            ("", "1.0", None),
        ] {
            assert_eq!(compare_versions(a, b), expect, "{a} {b}");
        }
    }

    proptest! {
        #[test]
        fn the_order_has_no_direction_of_its_own(a in "[0-9]{1,3}([.R-][0-9]{1,3}){0,3}",
            b in "[0-9]{1,3}([.R-][0-9]{1,3}){0,3}") {
            let forth = compare_versions(&a, &b);
            prop_assert_eq!(forth, compare_versions(&b, &a).map(Ordering::reverse));
            prop_assert_eq!(compare_versions(&a, &a), Some(Ordering::Equal));
        }
    }
}
