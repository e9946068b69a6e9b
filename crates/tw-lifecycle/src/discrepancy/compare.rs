//! One asset beside what was seen of it.
//!
//! **Room:** layer 0, pure. **May use:** `tw-model`. **Must not:** compare another's hardware
//! with an asset's fields once it is known to be another's.

use super::{
    Clue, Discrepancy, DiscrepancyKind as Kind, Proposal, Reconciliation, RecordedAsset,
    SeenDevice, clue,
};
use crate::{
    evidence::{Confidence, Evidence},
    matching::{agree, agree_on_part, plain},
    range::DateRange,
};
use std::collections::BTreeMap;
use tw_model::{AssetStatus, DateKind};

/// Everything that differs between an asset and the device that it is.
pub(super) fn one(
    asset: &RecordedAsset,
    seen: &SeenDevice,
    clues: &[Clue],
    found: &mut Vec<Discrepancy>,
) {
    let other_hardware = serial(asset, seen, clues);
    // Other hardware explains another model and another day of manufacture.
    if other_hardware.is_none() {
        found.extend(model(asset, seen, clues));
        found.extend(firmware(asset, seen, clues));
        found.extend(date(asset, seen, clues));
    }
    found.extend(other_hardware);
    found.extend(location(asset, seen, clues));
    found.extend(answers_out_of_use(asset, seen, clues));
}

fn about(
    (kind, field): (Kind, &'static str),
    asset: &RecordedAsset,
    seen: &SeenDevice,
    clues: &[Clue],
) -> Discrepancy {
    Discrepancy {
        kind,
        asset: Some(asset.tag.clone()),
        target: Some(seen.target.clone()),
        field,
        recorded: None,
        observed: None,
        collected: Some(seen.collected),
        proposal: Proposal::CorrectRegister,
        evidence: clues.to_vec(),
    }
}

fn serial(asset: &RecordedAsset, seen: &SeenDevice, clues: &[Clue]) -> Option<Discrepancy> {
    let (recorded, observed) = (asset.serial()?, seen.serial()?);
    if plain(recorded) == plain(observed) {
        return None;
    }
    let mut found = about((Kind::SerialChanged, "serial"), asset, seen, clues);
    found.recorded = Some(recorded.clone());
    found.observed = Some(observed.clone());
    let before = seen
        .before
        .as_ref()
        .filter(|b| plain(&b.serial) == plain(recorded));
    if let Some(before) = before {
        let text = format!("{} until {}", before.serial, before.until);
        found.evidence.push(clue("seen_before", text));
        found.evidence.push(clue(
            "same_place",
            format!("{} answers in its place", seen.target),
        ));
        if before.macs > 0 {
            let text = format!("{} of {} MAC addresses", before.macs_shared, before.macs);
            found.evidence.push(clue("same_macs", text));
        }
        if before.macs_shared > 0 && before.macs_shared * 2 >= before.macs {
            found.proposal = Proposal::HardwareSwapped;
        }
    }
    if !agree_on_part(asset.keys.part.as_deref(), seen.keys.part.as_deref()) {
        let model = seen.keys.part.clone().unwrap_or_default();
        found.evidence.push(clue("model_seen", model));
    }
    Some(found)
}

/// Another asset's hardware answers where this one is recorded.
pub(super) fn replaced_by(
    asset: &RecordedAsset,
    other: &RecordedAsset,
    seen: &SeenDevice,
) -> Discrepancy {
    let clues = [clue("other_asset", format!("it is {}", other.tag))];
    let mut found = about((Kind::SerialChanged, "serial"), asset, seen, &clues);
    found.recorded = asset.serial().cloned();
    found.observed = seen.serial().cloned();
    found.proposal = Proposal::Look;
    found
}

fn model(asset: &RecordedAsset, seen: &SeenDevice, clues: &[Clue]) -> Option<Discrepancy> {
    let (recorded, observed) = (asset.keys.part.as_ref()?, seen.keys.part.as_ref()?);
    let same_maker = agree(
        asset.keys.manufacturer.as_deref(),
        seen.keys.manufacturer.as_deref(),
    );
    if same_maker && agree_on_part(Some(recorded), Some(observed)) {
        return None;
    }
    let named = |maker: &Option<String>, model: &String| match maker {
        Some(maker) if !same_maker => format!("{maker} {model}"),
        _ => model.clone(),
    };
    let mut found = about((Kind::ModelDiffers, "model"), asset, seen, clues);
    found.recorded = Some(named(&asset.keys.manufacturer, recorded));
    found.observed = Some(named(&seen.keys.manufacturer, observed));
    Some(found)
}

fn firmware(asset: &RecordedAsset, seen: &SeenDevice, clues: &[Clue]) -> Option<Discrepancy> {
    let (recorded, observed) = (asset.firmware.as_ref()?, seen.firmware.as_ref()?);
    if plain(recorded) == plain(observed) {
        return None;
    }
    let mut found = about((Kind::FirmwareDiffers, "firmware"), asset, seen, clues);
    found.recorded = Some(recorded.clone());
    found.observed = Some(observed.clone());
    Some(found)
}

fn location(asset: &RecordedAsset, seen: &SeenDevice, clues: &[Clue]) -> Option<Discrepancy> {
    let (recorded, place) = (asset.site.as_ref()?, seen.whereabouts.as_ref()?);
    if *recorded == place.site {
        return None;
    }
    let mut found = about((Kind::LocationDiffers, "site"), asset, seen, clues);
    found.recorded = Some(recorded.to_string());
    found.observed = Some(place.site.to_string());
    found
        .evidence
        .extend(place.because.iter().map(|text| clue("place", text.clone())));
    Some(found)
}

fn answers_out_of_use(
    asset: &RecordedAsset,
    seen: &SeenDevice,
    clues: &[Clue],
) -> Option<Discrepancy> {
    let in_use = matches!(
        asset.status,
        AssetStatus::Deployed | AssetStatus::Maintenance
    );
    if in_use || !seen.answering {
        return None;
    }
    let mut found = about((Kind::StateDiffers, "status"), asset, seen, clues);
    found.recorded = Some(asset.status.to_string());
    found.observed = Some("answering".to_owned());
    found.proposal = Proposal::Transition;
    Some(found)
}

/// The first evidence that leaves no day with the recorded dates.
fn date(asset: &RecordedAsset, seen: &SeenDevice, clues: &[Clue]) -> Option<Discrepancy> {
    let sure = seen
        .evidence
        .iter()
        .filter(|e| e.confidence > Confidence::Low);
    let (made, against) = sure
        .filter_map(|made| Some((made, contradicted(asset, made)?)))
        .min_by_key(|(made, _)| made.kind)?;
    let mut found = about((Kind::DateConflict, "manufactured"), asset, seen, clues);
    let (kind, when) = against;
    found.recorded = Some(format!("{kind} {}", days(when)));
    found.observed = Some(format!(
        "manufactured {} to {}",
        made.earliest.0, made.latest.0
    ));
    found.evidence.push(clue("made", made.source()));
    found.proposal = if kind == DateKind::Manufactured {
        Proposal::CorrectRegister
    } else {
        Proposal::Look
    };
    Some(found)
}

fn contradicted(asset: &RecordedAsset, made: &Evidence) -> Option<(DateKind, DateRange)> {
    let evidence = DateRange::closed(made.earliest.0, made.latest.0);
    let fits = |kind: DateKind, when: DateRange| match kind {
        DateKind::Manufactured => !when.intersect(evidence).is_empty(),
        // Ordered before it is made is how things are bought.
        DateKind::Ordered => true,
        _ => when.latest.is_none_or(|latest| latest >= made.earliest),
    };
    asset
        .dates
        .iter()
        .find(|fact| !fits(fact.kind, fact.when))
        .map(|fact| (fact.kind, fact.when))
}

fn days(when: DateRange) -> String {
    match (when.earliest, when.latest) {
        (Some(a), Some(b)) if a == b => a.0.to_string(),
        (a, b) => {
            let day =
                |day: Option<tw_model::Day>| day.map_or("…".to_owned(), |d| d.0.to_string());
            format!("{} to {}", day(a), day(b))
        }
    }
}

/// Something that answers and that no asset is.
pub(super) fn unrecorded(seen: &SeenDevice, clues: Vec<Clue>) -> Discrepancy {
    let keys = &seen.keys;
    let texts = [
        keys.manufacturer.as_ref(),
        keys.part.as_ref(),
        seen.serial(),
        keys.hostname.as_ref(),
    ];
    let texts: Vec<&str> = texts.into_iter().flatten().map(String::as_str).collect();
    Discrepancy {
        kind: Kind::Unrecorded,
        asset: None,
        target: Some(seen.target.clone()),
        field: "asset",
        recorded: None,
        observed: Some(texts.join(" ")),
        collected: Some(seen.collected),
        proposal: Proposal::CreateAsset,
        evidence: clues,
    }
}

/// An asset in use that does not answer though it is asked.
pub(super) fn silent(asset: &RecordedAsset, question: &Reconciliation<'_>) -> Option<Discrepancy> {
    let target = asset.device.as_ref().filter(|_| asset.polled)?;
    let silence = question.silent.get(target)?;
    let deployed = asset.status == AssetStatus::Deployed;
    if !deployed || silence.asked_days < question.not_seen_days.max(1) {
        return None;
    }
    let (kind, field) = match silence.answered {
        Some(_) => (Kind::NotSeen, "seen"),
        None => (Kind::StateDiffers, "status"),
    };
    let asked = format!("asked on {} days without an answer", silence.asked_days);
    let mut evidence = vec![clue("asked_days", asked)];
    evidence.extend(
        silence
            .answered
            .map(|at| clue("last_answer", at.to_string())),
    );
    Some(Discrepancy {
        kind,
        asset: Some(asset.tag.clone()),
        target: Some(target.clone()),
        field,
        recorded: Some(asset.status.to_string()),
        observed: Some("silent".to_owned()),
        collected: silence.answered,
        proposal: Proposal::Transition,
        evidence,
    })
}

/// Serial numbers that two assets have, or that two targets show.
pub(super) fn same_serials(question: &Reconciliation<'_>, found: &mut Vec<Discrepancy>) {
    let mut recorded: BTreeMap<String, Vec<&RecordedAsset>> = BTreeMap::new();
    for asset in question.recorded {
        let counts = asset.status != AssetStatus::Disposed;
        if let Some(serial) = asset.serial().filter(|s| counts && is_serial(s)) {
            recorded.entry(plain(serial)).or_default().push(asset);
        }
    }
    for assets in recorded.values().filter(|assets| assets.len() > 1) {
        for asset in assets {
            let others = assets.iter().filter(|other| {
                let makers = [&asset.keys.manufacturer, &other.keys.manufacturer];
                other.tag != asset.tag && agree(makers[0].as_deref(), makers[1].as_deref())
            });
            let others: Vec<Clue> = others
                .map(|other| clue("other_asset", other.tag.to_string()))
                .collect();
            if !others.is_empty() {
                found.push(twice(asset, others));
            }
        }
    }
    seen_twice(question, found);
}

fn twice(asset: &RecordedAsset, evidence: Vec<Clue>) -> Discrepancy {
    Discrepancy {
        kind: Kind::DuplicateSerial,
        asset: Some(asset.tag.clone()),
        target: None,
        field: "serial",
        recorded: asset.serial().cloned(),
        observed: None,
        collected: None,
        proposal: Proposal::Look,
        evidence,
    }
}

fn seen_twice(question: &Reconciliation<'_>, found: &mut Vec<Discrepancy>) {
    let mut shown: BTreeMap<String, Vec<&SeenDevice>> = BTreeMap::new();
    for seen in question.seen {
        if let Some(serial) = seen.serial().filter(|serial| is_serial(serial)) {
            shown.entry(plain(serial)).or_default().push(seen);
        }
    }
    for several in shown.values().filter(|several| several.len() > 1) {
        for seen in several {
            let others = several.iter().filter(|other| {
                let makers = [&seen.keys.manufacturer, &other.keys.manufacturer];
                other.target != seen.target && agree(makers[0].as_deref(), makers[1].as_deref())
            });
            let others: Vec<Clue> = others
                .map(|other| clue("also_shown_by", other.target.clone()))
                .collect();
            if others.is_empty() {
                continue;
            }
            let asset = question
                .recorded
                .iter()
                .find(|asset| asset.device.as_ref() == Some(&seen.target));
            found.push(Discrepancy {
                kind: Kind::DuplicateSerial,
                asset: asset.map(|asset| asset.tag.clone()),
                target: Some(seen.target.clone()),
                field: "serial",
                recorded: asset.and_then(|asset| asset.serial().cloned()),
                observed: seen.serial().cloned(),
                collected: Some(seen.collected),
                proposal: Proposal::Look,
                evidence: others,
            });
        }
    }
}

fn is_serial(text: &str) -> bool {
    !tw_model::is_placeholder_serial(text)
}
