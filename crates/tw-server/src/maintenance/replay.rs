//! Maintenance of a simulated past, by the same functions as that of people.
//!
//! **Room:** layer 2, shell. **May use:** `tw-api`. **Must not:** be used but for simulated data.

use super::{
    actions::{self, By},
    works::Kept,
};
use crate::{app::App, http::refusal::Refusal};
use tw_api::{MaintenanceApproval, MaintenanceCreate};
use tw_availability::WorkStep;
use tw_store::Author;
use tw_units::Timestamp;

/// What somebody asked for, and what became of it.
#[derive(Clone, Debug)]
pub struct PastWork {
    /// What was asked for, and when.
    pub requested: (MaintenanceCreate, Timestamp),
    /// When it was approved, with the rest of its series.
    pub approved_at: Option<Timestamp>,
    /// When it was refused, and why.
    pub refused: Option<(Timestamp, String)>,
    /// When the work began.
    pub began_at: Option<Timestamp>,
    /// When the work ended.
    pub closed_at: Option<Timestamp>,
    /// When it was taken back.
    pub cancelled_at: Option<Timestamp>,
    /// Who asks and works, and who decides.
    pub people: [Author; 2],
}

/// Why it could not be played: the rules that hold for people hold for a simulation, too.
#[derive(Clone, Debug, thiserror::Error)]
#[error("maintenance cannot be played: {code}: {detail}")]
pub struct PastWorkError {
    /// The stable word.
    pub code: &'static str,
    /// What happened.
    pub detail: String,
}

impl From<Refusal> for PastWorkError {
    fn from(refusal: Refusal) -> Self {
        Self {
            code: refusal.code,
            detail: refusal.detail,
        }
    }
}

impl App {
    /// Plays a piece of maintenance, each step at its own instant. The field of that time is not
    /// known any more: what was to be expected is worked out on the chain as declared. Gives its
    /// number.
    pub async fn play_maintenance(&self, past: &PastWork) -> Result<String, PastWorkError> {
        let [worker, decider] = &past.people;
        let by = |author, at| By {
            author,
            admin: false,
            at,
            as_declared: true,
        };
        let (new, at) = &past.requested;
        let mut kept = actions::request(self, by(worker, *at), new).await?;
        if let Some(at) = past.approved_at {
            let wish = MaintenanceApproval {
                version: kept.version,
                note: None,
                override_reason: None,
                own_approval_reason: None,
                series: new.repeat.is_some(),
            };
            let id = kept.id.clone();
            kept = actions::approve(self, by(decider, at), (&id, &wish)).await?;
        }
        if let Some((at, why)) = &past.refused {
            let wish = (kept.id.as_str(), kept.version, Some(why.as_str()));
            kept = actions::refuse(self, by(decider, *at), wish).await?;
        }
        let steps = [
            (past.cancelled_at, WorkStep::Cancel),
            (past.began_at, WorkStep::Begin),
            (past.closed_at, WorkStep::Close),
        ];
        for (at, step) in steps {
            if let Some(at) = at {
                kept = self.play_step(&kept, by(worker, at), step).await?;
            }
        }
        Ok(kept.id)
    }

    async fn play_step(
        &self,
        kept: &Kept,
        by: By<'_>,
        step: WorkStep,
    ) -> Result<Kept, PastWorkError> {
        let wish = (kept.id.as_str(), kept.version, None);
        Ok(actions::go_on(self, by, wish, step).await?)
    }
}
