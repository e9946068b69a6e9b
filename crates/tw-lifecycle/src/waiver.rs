//! Waivers: equipment that is too old and may stay for a while.
//!
//! **Room:** layer 0, pure. **May use:** `tw-units`, `tw-model`. **Must not:** make anything
//! young: what is waived stays over and stays in the denominator.

use crate::{age::AgeVerdict, range::add_months};
use jiff::civil::Date;
use tw_model::{Waiver, WaiverPolicy, WaiverProof};
use tw_units::AssetTag;

/// How many days ahead the end of a waiver is announced.
pub const EXPIRY_NOTICE_DAYS: i64 = 30;

/// Why a waiver cannot be granted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WaiverFault {
    /// It covers nothing.
    #[error("a waiver names at least one asset")]
    NoAsset,
    /// It ends before it begins.
    #[error("a waiver ends on or after the day it is granted")]
    Reversed,
    /// Longer than the policy allows.
    #[error("a waiver lasts {0} months at most")]
    TooLong(u16),
    /// The policy asks for this.
    #[error("the policy asks for: {0}")]
    Missing(WaiverProof),
    /// Nobody approves their own request.
    #[error("the approver must be another person than the requester")]
    OwnRequest,
    /// Only what is known to be over can be waived.
    #[error("{0} is not known to be over; record a date first")]
    NotOver(AssetTag),
}

/// What is due to be announced about a waiver on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaiverNotice {
    /// It ends in [`EXPIRY_NOTICE_DAYS`] days.
    EndsSoon,
    /// Today is its last day.
    EndsToday,
}

/// What to announce about a waiver on that day.
pub fn waiver_notice(waiver: &Waiver, day: Date) -> Option<WaiverNotice> {
    let left = waiver.expires_on.0.since(day).ok()?.get_days();
    match i64::from(left) {
        0 => Some(WaiverNotice::EndsToday),
        EXPIRY_NOTICE_DAYS => Some(WaiverNotice::EndsSoon),
        _ => None,
    }
}

/// Everything that speaks against granting it; `verdict` is each asset's verdict on the day.
pub fn waiver_faults(
    waiver: &Waiver,
    policy: &WaiverPolicy,
    verdict: impl Fn(&AssetTag) -> AgeVerdict,
) -> Vec<WaiverFault> {
    let mut faults = Vec::new();
    if waiver.assets.is_empty() {
        faults.push(WaiverFault::NoAsset);
    }
    if waiver.expires_on < waiver.granted_on {
        faults.push(WaiverFault::Reversed);
    }
    if waiver.expires_on.0 > add_months(waiver.granted_on.0, policy.max_length.0) {
        faults.push(WaiverFault::TooLong(policy.max_length.0));
    }
    let missing = policy.need.iter().filter(|proof| !brings(waiver, **proof));
    faults.extend(missing.map(|proof| WaiverFault::Missing(*proof)));
    if waiver.approver.as_ref() == Some(&waiver.requester) {
        faults.push(WaiverFault::OwnRequest);
    }
    let not_over = waiver
        .assets
        .iter()
        .filter(|tag| verdict(tag) != AgeVerdict::Over);
    faults.extend(not_over.cloned().map(WaiverFault::NotOver));
    faults
}

fn brings(waiver: &Waiver, proof: WaiverProof) -> bool {
    let said = |text: &Option<String>| text.as_ref().is_some_and(|t| !t.trim().is_empty());
    match proof {
        WaiverProof::Reason => said(&waiver.reason),
        WaiverProof::Approver => waiver.approver.is_some(),
        WaiverProof::Document => said(&waiver.document),
        WaiverProof::CompensatingControl => said(&waiver.compensating_control),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use tw_model::Months;
    use tw_units::{PersonId, WaiverId};

    fn waiver() -> Waiver {
        Waiver {
            id: WaiverId::new("w-1").unwrap(),
            assets: BTreeSet::from([AssetTag::new("MIC-1").unwrap()]),
            granted_on: "2026-01-01".parse().unwrap(),
            expires_on: "2026-12-31".parse().unwrap(),
            requester: PersonId::new("nv-1").unwrap(),
            approver: PersonId::new("nv-2").ok(),
            reason: Some("no successor yet".to_owned()),
            document: Some("12/QD".to_owned()),
            compensating_control: Some("own network".to_owned()),
        }
    }

    #[track_caller]
    fn check(change: impl Fn(&mut Waiver), verdict: AgeVerdict, expect: &[&str]) {
        let mut waiver = waiver();
        change(&mut waiver);
        let policy = WaiverPolicy {
            max_length: Months(12),
            need: vec![WaiverProof::Reason, WaiverProof::Document],
        };
        let faults = waiver_faults(&waiver, &policy, |_| verdict);
        let texts: Vec<String> = faults.iter().map(ToString::to_string).collect();
        assert_eq!(texts, expect);
    }

    #[test]
    fn a_waiver_must_bring_what_the_policy_asks() {
        check(|_| {}, AgeVerdict::Over, &[]);
        check(
            |w| w.expires_on = "2027-01-02".parse().unwrap(),
            AgeVerdict::Over,
            &["a waiver lasts 12 months at most"],
        );
        check(
            |w| w.approver = Some(w.requester.clone()),
            AgeVerdict::Over,
            &["the approver must be another person than the requester"],
        );
        check(
            |w| w.reason = Some(" ".to_owned()),
            AgeVerdict::Over,
            &["the policy asks for: reason"],
        );
        check(
            |_| {},
            AgeVerdict::Unknown,
            &["MIC-1 is not known to be over; record a date first"],
        );
    }

    #[test]
    fn both_ends_of_a_waiver_belong_to_it() {
        let waiver = waiver();
        for (day, inside) in [
            ("2025-12-31", false),
            ("2026-01-01", true),
            ("2026-12-31", true),
            ("2027-01-01", false),
        ] {
            assert_eq!(waiver.is_in_force(day.parse().unwrap()), inside, "{day}");
        }
    }

    #[test]
    fn its_end_is_announced_a_month_ahead_and_on_the_day() {
        let waiver = waiver();
        let notice = |day: &str| waiver_notice(&waiver, day.parse().unwrap());
        assert_eq!(notice("2026-12-01"), Some(WaiverNotice::EndsSoon));
        assert_eq!(notice("2026-12-31"), Some(WaiverNotice::EndsToday));
        assert_eq!(notice("2026-12-30"), None);
    }
}
