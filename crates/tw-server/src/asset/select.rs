//! Which assets a list, a file, a sheet of labels or a change of many is about.
//!
//! **Room:** layer 2, pure. **May use:** `tw-api`, `tw-model`. **Must not:** do I/O, show what the
//! caller may not see, or copy a text for each of 50,000 assets: what is compared is borrowed.

use crate::{
    access::caller::Caller,
    age::judged::{Ages, Judged},
    http::refusal::Refusal,
    world::World,
};
use std::{cmp::Reverse, collections::BTreeSet};
use tw_api::{AgeVerdict, AssetFileQuery, AssetQuery, AssetSelect, LabelQuery};
use tw_model::{Day, Word};

/// The words by which assets are sorted.
pub(crate) const SORTS: [&str; 9] = [
    "id", "class", "site", "unit", "model", "serial", "state", "due", "age",
];

/// The most assets that are named one by one.
pub(crate) const TAGS_MAX: usize = 5_000;

/// What assets must be.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filter<'a> {
    site: Option<&'a str>,
    unit: Option<&'a str>,
    class: Option<&'a str>,
    state: Option<&'a str>,
    age: Option<AgeVerdict>,
    waived: Option<bool>,
    needle: Option<String>,
    /// Only these.
    tags: Option<BTreeSet<&'a str>>,
}

impl<'a> From<&'a AssetQuery> for Filter<'a> {
    fn from(query: &'a AssetQuery) -> Self {
        Self {
            site: query.site.as_deref(),
            unit: query.unit.as_deref(),
            class: query.class.as_deref(),
            state: query.state.as_deref(),
            age: query.age,
            waived: query.waived,
            needle: query.q.as_deref().map(str::to_lowercase),
            tags: None,
        }
    }
}

macro_rules! filter_of {
    ($query:ty) => {
        impl<'a> TryFrom<&'a $query> for Filter<'a> {
            type Error = Refusal;

            fn try_from(query: &'a $query) -> Result<Self, Refusal> {
                let named = |tags: &'a str| tags.split(',').filter(|tag| !tag.is_empty()).collect();
                let tags: Option<BTreeSet<&str>> = query.tags.as_deref().map(named);
                if tags.as_ref().is_some_and(|tags| tags.len() > TAGS_MAX) {
                    let text = format!("at most {TAGS_MAX} tags are named; use a filter");
                    return Err(Refusal::bad("bad_parameter", text).with("parameter", "tags"));
                }
                Ok(Self {
                    site: query.site.as_deref(),
                    unit: query.unit.as_deref(),
                    class: query.class.as_deref(),
                    state: query.state.as_deref(),
                    age: query.age,
                    waived: query.waived,
                    needle: query.q.as_deref().map(str::to_lowercase),
                    tags,
                })
            }
        }
    };
}

impl<'a> TryFrom<&'a AssetSelect> for Filter<'a> {
    type Error = Refusal;

    fn try_from(select: &'a AssetSelect) -> Result<Self, Refusal> {
        let tags: Option<BTreeSet<&str>> = select
            .tags
            .as_ref()
            .map(|tags| tags.iter().map(String::as_str).collect());
        if tags.as_ref().is_some_and(|tags| tags.len() > TAGS_MAX) {
            let text = format!("at most {TAGS_MAX} tags are named; use a filter");
            return Err(Refusal::field("tags", text));
        }
        Ok(Self {
            site: select.site.as_deref(),
            unit: select.unit.as_deref(),
            class: select.class.as_deref(),
            state: select.state.as_deref(),
            age: select.age,
            waived: select.waived,
            needle: select.q.as_deref().map(str::to_lowercase),
            tags,
        })
    }
}

filter_of!(AssetFileQuery);
filter_of!(LabelQuery);

/// The assets that fit and that the caller sees, in the order that is wanted.
pub(crate) fn found<'a>(
    (world, ages): (&'a World, &'a Ages),
    caller: &Caller,
    filter: &Filter<'_>,
    (field, reverse): (&str, bool),
) -> Vec<Hit<'a>> {
    let mut found: Vec<Hit<'_>> = ages
        .of(world)
        .map(|(asset, judged)| Hit {
            site: world.site_of_asset(asset).map(AsRef::as_ref),
            asset,
            judged,
        })
        .filter(|hit| hit.fits(filter))
        .filter(|hit| {
            let (site, unit) = (world.site_of_asset(hit.asset), hit.asset.unit.as_ref());
            caller.sees(&world.register, site, unit)
        })
        .collect();
    // The register is in the order of the tags already, and sorting keeps it among equals.
    match (field, reverse) {
        ("id", false) => {}
        ("id", true) => found.reverse(),
        (_, false) => found.sort_by_cached_key(|hit| hit.key(field)),
        (_, true) => {
            found.reverse();
            found.sort_by_cached_key(|hit| Reverse(hit.key(field)));
        }
    }
    found
}

/// An asset with what it is filtered and sorted by.
pub(crate) struct Hit<'a> {
    pub(crate) asset: &'a tw_model::Asset,
    pub(crate) judged: Option<&'a Judged>,
    pub(crate) site: Option<&'a str>,
}

/// What an asset is sorted by; what is missing comes first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum SortKey<'a> {
    Text(&'a str),
    Day(Option<Day>),
}

impl<'a> Hit<'a> {
    pub(crate) fn verdict(&self) -> AgeVerdict {
        self.judged
            .map_or(AgeVerdict::OutOfScope, |judged| judged.verdict)
    }

    fn fits(&self, filter: &Filter<'_>) -> bool {
        let asset = self.asset;
        let is = |wanted: Option<&str>, own: Option<&str>| {
            wanted.is_none_or(|wanted| own == Some(wanted))
        };
        let texts = [
            Some(asset.tag.as_str()),
            asset.serial.as_deref(),
            asset.manufacturer.as_deref(),
            asset.model.as_deref(),
        ];
        is(filter.class, Some(asset.class.as_str()))
            && is(filter.state, Some(asset.status.as_str()))
            && is(filter.site, self.site)
            && is(filter.unit, asset.unit.as_ref().map(AsRef::as_ref))
            && filter.age.is_none_or(|age| self.verdict() == age)
            && filter
                .waived
                .is_none_or(|waived| self.judged.is_some_and(|judged| judged.waived) == waived)
            && filter
                .tags
                .as_ref()
                .is_none_or(|tags| tags.contains(asset.tag.as_str()))
            && filter
                .needle
                .as_deref()
                .is_none_or(|needle| texts.into_iter().flatten().any(|text| has(text, needle)))
    }

    fn key(&self, field: &str) -> SortKey<'a> {
        let asset = self.asset;
        let text = |own: Option<&'a str>| SortKey::Text(own.unwrap_or_default());
        match field {
            "class" => SortKey::Text(asset.class.as_str()),
            "site" => text(self.site),
            "unit" => text(asset.unit.as_ref().map(AsRef::as_ref)),
            "model" => text(asset.model.as_deref()),
            "serial" => text(asset.serial.as_deref()),
            "state" => SortKey::Text(asset.status.as_str()),
            "due" => SortKey::Day(self.judged.and_then(|judged| judged.due.latest)),
            "age" => SortKey::Text(self.verdict().as_str()),
            _ => SortKey::Text(""),
        }
    }
}

/// Whether a text has a needle in it, which is in small letters already; capitals do not matter.
fn has(text: &str, needle: &str) -> bool {
    if !text.is_ascii() {
        return text.to_lowercase().contains(needle);
    }
    let needle = needle.as_bytes();
    let mut places = text.as_bytes().windows(needle.len().max(1));
    needle.is_empty() || places.any(|place| place.eq_ignore_ascii_case(needle))
}

#[cfg(test)]
pub(crate) mod tests;
