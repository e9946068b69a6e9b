//! The equipment's life: how old it is, what the evidence says, what to replace.
//!
//! **Room:** layer 0, pure. **May use:** `tw-units`, `tw-model`. **Must not:** read a clock (the
//! day is an argument), compute a date in a database, take an unknown date for a young one.

mod age;
mod asset_age;
mod compliance;
mod cover;
mod discrepancy;
mod evidence;
mod forecast;
pub mod ipv6;
mod matching;
pub mod netbox;
mod obsolescence;
mod plan;
mod power;
mod proposal;
mod range;
pub mod security;
mod stocktake;
mod transition;
mod waiver;
mod whereabouts;

pub use age::{AgeAnswer, AgeQuestion, AgeVerdict, Basis, Bound, DatedFact, Reason, judge};
pub use asset_age::{
    AssetAge, AssetQuestion, ComponentAge, DEFAULT_BASIS, End, EndReason, asset_age,
    serial_evidence,
};
pub use compliance::{
    AgeCount, PersonVerdict, StaffCount, count_ages, count_staff, person_verdict,
};
pub use cover::{CRITICAL_CLASSES, Cover, Covers};
pub use discrepancy::{
    Before, Clue, Discrepancy, DiscrepancyKind, NOT_SEEN_DAYS, Proposal, Reconciliation,
    RecordedAsset, SeenDevice, Silence, reconcile,
};
pub use evidence::{
    Candidate, Confidence, Decoded, Evidence, EvidenceKind, Guard, ManufactureSeen,
    decode_evidence, evidence_vendors, manufacture_evidence,
};
pub use forecast::{
    Due, DueIn, DueSum, FORECAST_QUARTERS_MAX, PriceBasis, contract_cost_in_year, due_in,
    due_in_year, quarter_start, quarter_starts,
};
pub use matching::{
    CANDIDATES_MAX, KeyIndex, KeyKind, Keys, MATCH_LEAD_MIN, MATCH_SCORE_MIN, MatchCandidate,
    Matched,
};
pub use obsolescence::{EndFinding, EndOf, Obsolescence};
pub use plan::{
    CutLine, CutReason, PLAN_LINES_MAX, PlanError, PlanLimits, PlanLine, ReplacementPlan, make_plan,
};
pub use power::{Draw, DrawSum, NAMEPLATE_USUAL_PERCENT, uses_power, usual_draw};
pub use proposal::{
    Alternative, Choice, Consequence, LineOutcome, PlanReason, PlanReasonKind, PlanRequest,
    ProposedLine, RiskLeft, Scene, Unpriced, VendorEnds, YearMoney, YearPlan, heading_of,
    make_years, price_of,
};
pub use range::{DateRange, add_months};
pub use stocktake::{
    Expected, Findings, HeardScan, LabelIndex, Labelled, Misplaced, Place, Repeated, Resolved,
    ScanVerdict, ScopeKind, StockTakeScope, close, judge_scan,
};
pub use transition::{
    DisposalMethod, TransitionAsk, TransitionFault, carried_out, holds_data, needs_approval,
    next_states, transition_faults,
};
pub use waiver::{EXPIRY_NOTICE_DAYS, WaiverFault, WaiverNotice, waiver_faults, waiver_notice};
pub use whereabouts::{PlaceMap, Placed, SUBNET_DEVICES_MIN, Whereabouts};
