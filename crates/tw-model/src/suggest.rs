//! What was probably meant, and which words are allowed.
//!
//! **Room:** layer 0, pure. **May use:** nothing of ours. **Must not:** do I/O.

/// A list of at most this many words is printed whole.
const LISTED_MAX: usize = 24;
/// Of a longer list this many near words are printed.
const NEAR_MAX: usize = 3;
/// Longer words are not compared: the comparison takes time by length squared.
const COMPARED_LENGTH_MAX: usize = 128;

/// The candidate that `word` was probably meant to be: at most a third of its letters away.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    ranked(word, candidates).into_iter().next()
}

/// A sentence part that names the allowed words: all of a short list, else the nearest and
/// how many there are.
pub fn allowed_words<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    let all: Vec<&str> = candidates.into_iter().collect();
    if all.is_empty() {
        return "none is defined".to_owned();
    }
    let near = ranked(word, all.iter().copied());
    let meant = near
        .first()
        .map(|near| format!(" (did you mean {near}?)"))
        .unwrap_or_default();
    if all.len() <= LISTED_MAX {
        return format!("{}{meant}", all.join(", "));
    }
    let shown: Vec<&str> = if near.is_empty() {
        all.iter().copied().take(NEAR_MAX).collect()
    } else {
        near.into_iter().take(NEAR_MAX).collect()
    };
    format!(
        "one of {} defined, as {}{meant}",
        all.len(),
        shown.join(", ")
    )
}

fn ranked<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let limit = (word.chars().count() / 3).max(1);
    let mut near: Vec<(usize, &str)> = candidates
        .into_iter()
        .filter_map(|candidate| {
            let distance = distance(word, candidate, limit)?;
            Some((distance, candidate))
        })
        .collect();
    near.sort_unstable();
    near.into_iter().map(|(_, candidate)| candidate).collect()
}

/// Levenshtein's distance without regard to case, or `None` above `limit` and for words too long
/// to compare.
fn distance(a: &str, b: &str, limit: usize) -> Option<usize> {
    if a.len() > COMPARED_LENGTH_MAX || b.len() > COMPARED_LENGTH_MAX {
        return None;
    }
    let b: Vec<char> = b.to_lowercase().chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.to_lowercase().chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, &to) in b.iter().enumerate() {
            let replace = diagonal + usize::from(from != to);
            diagonal = row[j + 1];
            row[j + 1] = replace.min(row[j] + 1).min(diagonal + 1);
        }
        // No later row can have a smaller least value.
        if row.iter().min().is_some_and(|least| *least > limit) {
            return None;
        }
    }
    row.last().copied().filter(|distance| *distance <= limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_fingers_is_recognised() {
        let classes = ["router", "switch", "firewall"];
        assert_eq!(nearest("rooter", classes), Some("router"));
        assert_eq!(nearest("Swich", classes), Some("switch"));
        assert_eq!(nearest("printer", classes), None);
        assert_eq!(nearest("", classes), None);
    }

    #[test]
    fn short_lists_are_printed_whole_and_long_ones_by_their_nearest() {
        assert_eq!(
            allowed_words("rooter", ["router", "ups"]),
            "router, ups (did you mean router?)"
        );
        assert_eq!(allowed_words("x", []), "none is defined");
        let many: Vec<String> = (0..100).map(|n| format!("vnta-acc-{n}")).collect();
        assert_eq!(
            allowed_words("vnta-acc-100", many.iter().map(String::as_str)),
            "one of 100 defined, as vnta-acc-10, vnta-acc-0, vnta-acc-1 (did you mean vnta-acc-10?)"
        );
    }
}
