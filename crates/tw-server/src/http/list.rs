//! Pages of lists that are at hand whole.
//!
//! **Room:** layer 2, shell. **May use:** `tw-api`. **Must not:** know a domain.

use crate::http::refusal::Refusal;
use tw_api::{LIMIT_DEFAULT, LIMIT_MAX, Page};

/// What a caller wants of a list.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Wanted<'a> {
    pub(crate) limit: Option<usize>,
    pub(crate) cursor: Option<&'a str>,
}

impl Wanted<'_> {
    /// The limit, checked.
    pub(crate) fn limit(&self) -> Result<usize, Refusal> {
        match self.limit {
            None => Ok(LIMIT_DEFAULT),
            Some(n) if (1..=LIMIT_MAX).contains(&n) => Ok(n),
            Some(n) => Err(Refusal::bad(
                "bad_parameter",
                format!("limit is 1 to {LIMIT_MAX}, not {n}"),
            )
            .with("parameter", "limit")),
        }
    }
}

/// The page of a sorted list. The cursor names the last item seen and its position: if the item
/// is still there the next page follows it, else it begins at the position.
pub(crate) fn page<T>(
    items: Vec<T>,
    key: impl Fn(&T) -> String,
    wanted: Wanted<'_>,
) -> Result<Page<T>, Refusal> {
    let limit = wanted.limit()?;
    let total = items.len();
    let start = match wanted.cursor {
        None => 0,
        Some(cursor) => start_of(&items, &key, cursor)?,
    };
    let mut items: Vec<T> = items.into_iter().skip(start).take(limit).collect();
    let end = start.saturating_add(items.len());
    let next_cursor = match items.last() {
        Some(last) if end < total => Some(format!("{end}.{}", key(last))),
        _ => None,
    };
    items.shrink_to_fit();
    Ok(Page {
        items,
        next_cursor,
        total: total as u64,
    })
}

fn start_of<T>(items: &[T], key: &impl Fn(&T) -> String, cursor: &str) -> Result<usize, Refusal> {
    let (position, last) = cursor
        .split_once('.')
        .and_then(|(position, last)| Some((position.parse::<usize>().ok()?, last)))
        .ok_or_else(|| {
            Refusal::bad("bad_parameter", "this is no cursor of this list")
                .with("parameter", "cursor")
        })?;
    let found = items.iter().position(|item| key(item) == last);
    Ok(found.map_or(position.min(items.len()), |index| index + 1))
}

/// The order of a list: a field's name, with `-` in front for the other way round.
pub(crate) fn order<'a>(
    sort: Option<&'a str>,
    allowed: &[&'static str],
) -> Result<(&'a str, bool), Refusal> {
    let Some(sort) = sort else {
        return Ok(("id", false));
    };
    let (field, reverse) = match sort.strip_prefix('-') {
        Some(field) => (field, true),
        None => (sort, false),
    };
    if allowed.contains(&field) {
        return Ok((field, reverse));
    }
    Err(Refusal::bad(
        "bad_parameter",
        format!("sort is one of {}", allowed.join(", ")),
    )
    .with("parameter", "sort")
    .with("allowed", allowed.to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all_pages(items: &[u32], limit: usize) -> Vec<u32> {
        let mut seen = Vec::new();
        let mut cursor: Option<String> = None;
        loop {
            let wanted = Wanted {
                limit: Some(limit),
                cursor: cursor.as_deref(),
            };
            let page = page(items.to_vec(), ToString::to_string, wanted).unwrap();
            assert_eq!(page.total, items.len() as u64);
            seen.extend(page.items);
            match page.next_cursor {
                Some(next) => cursor = Some(next),
                None => return seen,
            }
        }
    }

    #[test]
    fn pages_together_are_the_list() {
        let items: Vec<u32> = (0..7).collect();
        for limit in 1..9 {
            assert_eq!(all_pages(&items, limit), items, "{limit}");
        }
        assert!(all_pages(&[], 3).is_empty());
    }

    #[test]
    fn an_item_that_went_away_skips_and_repeats_nothing() {
        let first = page(
            vec!["a", "b", "c", "d"],
            ToString::to_string,
            Wanted {
                limit: Some(2),
                cursor: None,
            },
        )
        .unwrap();
        let wanted = Wanted {
            limit: Some(2),
            cursor: first.next_cursor.as_deref(),
        };
        let after_insert =
            page(vec!["a", "a2", "b", "c", "d"], ToString::to_string, wanted).unwrap();
        assert_eq!(after_insert.items, ["c", "d"]);
    }

    #[test]
    fn nonsense_is_refused() {
        for (limit, cursor) in [(Some(0), None), (Some(1_001), None), (None, Some("x"))] {
            assert!(page(vec![1], ToString::to_string, Wanted { limit, cursor }).is_err());
        }
        assert!(order(Some("-password"), &["id"]).is_err());
        assert_eq!(order(Some("-id"), &["id"]).unwrap(), ("id", true));
    }
}
