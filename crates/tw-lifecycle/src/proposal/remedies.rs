//! What can be done about one asset, and what each of it brings.
//!
//! **Room:** layer 0, pure. **May use:** `tw-model`. **Must not:** count a benefit twice.

use super::{Alternative, Choice, Scene};
use crate::age::AgeVerdict;
use jiff::civil::Date;
use tw_model::{Asset, AssetClass, Day, Price, Register, Remedy, Word};
use tw_units::Vnd;

/// When the maker of an asset lets go of it; none: not known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct VendorEnds {
    /// The last day of repairs and answers.
    pub support: Option<Day>,
    /// The last day of security updates.
    pub security: Option<Day>,
}

/// Why something should be done about an asset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReasonKind {
    /// A member of staff has no other computer within the rule, and this one is over.
    PersonOver,
    /// The same, and whether it is over is not certain.
    PersonUncertain,
    /// The same, and its age is not known.
    PersonUnknown,
    /// It is older than its class allows.
    Over,
    /// It may be.
    Uncertain,
    /// Its age is not known.
    Unknown,
    /// No security updates any more; the amount is the security level.
    NoSecurity,
    /// No support of the maker any more.
    NoSupport,
    /// Expected outage cost a year that goes away, in VND.
    Outage,
    /// Electricity saved in five years, in VND.
    Energy,
    /// It is replaced because its set is.
    Together,
}

impl ReasonKind {
    /// The word in files and in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PersonOver => "person_over",
            Self::PersonUncertain => "person_uncertain",
            Self::PersonUnknown => "person_unknown",
            Self::Over => "over",
            Self::Uncertain => "uncertain",
            Self::Unknown => "unknown",
            Self::NoSecurity => "no_security",
            Self::NoSupport => "no_support",
            Self::Outage => "outage",
            Self::Energy => "energy",
            Self::Together => "together",
        }
    }
}

/// A reason with what it counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reason {
    /// Which.
    pub kind: ReasonKind,
    /// Its points, in millionths.
    pub millionths: i64,
    /// The number behind it: VND or a level.
    pub amount: Option<i64>,
}

/// What an asset's failures cost a year, before and after it is renewed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Consequence {
    /// As it is.
    pub now_vnd: i64,
    /// As a new one.
    pub renewed_vnd: i64,
}

/// An asset in the year that is planned.
pub(super) struct Subject<'a> {
    pub(super) asset: &'a Asset,
    pub(super) verdict: AgeVerdict,
    /// Renewing it makes its custodian compliant.
    pub(super) decisive: bool,
    pub(super) ended: Ended,
    pub(super) choice: Option<Choice>,
    /// Its set is replaced as a whole, and another of it has a reason.
    pub(super) together: bool,
}

/// What the maker does no longer do for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Ended {
    pub(super) support: bool,
    pub(super) security: bool,
}

/// A remedy with its price and its reasons.
#[derive(Clone, Debug)]
pub(super) struct Offer {
    pub(super) alternative: Alternative,
    pub(super) reasons: Vec<Reason>,
}

const MILLION: i64 = 1_000_000;
/// Datacentre equipment runs all year.
const HOURS_ALWAYS: i64 = 8_760;
/// What stands on desks runs on working days: 250 of eight hours.
const HOURS_WORKING: i64 = 2_000;
const SAVING_YEARS: i64 = 5;

impl Subject<'_> {
    /// Whether anything speaks for doing something.
    pub(super) fn has_reason(&self) -> bool {
        self.verdict != AgeVerdict::Within
            || self.ended.support
            || self.ended.security
            || self.together
    }

    /// Whether nobody decided against a new one.
    pub(super) fn may_be_renewed(&self) -> bool {
        match self.choice {
            Some(Choice::Keep) => false,
            Some(Choice::Only(remedy)) => remedy.renews(),
            Some(Choice::Must) | None => true,
        }
    }

    /// Everything that can be bought for it, most benefit first; of equals the cheaper.
    pub(super) fn offers(&self, scene: &Scene<'_>, day: Date) -> Vec<Offer> {
        let wanted = Remedy::ALL
            .iter()
            .copied()
            .filter(|remedy| match self.choice {
                Some(Choice::Only(only)) => only == *remedy,
                Some(Choice::Must | Choice::Keep) | None => true,
            });
        let mut offers: Vec<Offer> = wanted
            .filter_map(|remedy| {
                self.offer(
                    scene,
                    remedy,
                    price(scene.register, self.asset, remedy, day)?,
                )
            })
            .collect();
        let rank = |offer: &Offer| {
            let Alternative {
                benefit_millionths,
                five_year_cost,
                ..
            } = offer.alternative;
            (std::cmp::Reverse(benefit_millionths), five_year_cost)
        };
        offers.sort_by_key(rank);
        offers
    }

    fn offer(&self, scene: &Scene<'_>, remedy: Remedy, price: &Price) -> Option<Offer> {
        let reasons = self.reasons(scene, remedy, Some(price));
        let benefit_millionths: i64 = reasons.iter().map(|reason| reason.millionths).sum();
        let asked = matches!(self.choice, Some(Choice::Only(_) | Choice::Must));
        let whole_set = self.together && remedy == Remedy::Replace;
        let worth = benefit_millionths > 0 || asked || whole_set;
        worth.then(|| Offer {
            alternative: Alternative {
                remedy,
                price: price.id.clone(),
                cost: price.cost_vnd,
                five_year_cost: Vnd(price.cost_vnd.0 * remedy.payments_in_five_years()),
                benefit_millionths,
            },
            reasons,
        })
    }

    /// What a remedy brings; without a price the energy is not known.
    pub(super) fn reasons(
        &self,
        scene: &Scene<'_>,
        remedy: Remedy,
        price: Option<&Price>,
    ) -> Vec<Reason> {
        let weights = &scene.policy.weights;
        let mut reasons = Vec::new();
        let mut add = |kind, millionths: i64, amount| {
            if millionths > 0 || kind == ReasonKind::Together {
                reasons.push(Reason {
                    kind,
                    millionths,
                    amount,
                });
            }
        };
        if remedy.renews()
            && let Some((kind, percent)) = self.age_reason(scene)
        {
            let weight = if self.decisive {
                weights.person
            } else {
                weights.equipment
            };
            add(
                kind,
                i64::from(weight) * i64::from(percent) * MILLION / 100,
                None,
            );
        }
        if remedy.renews() && self.ended.security {
            let level = security_level(scene, self.asset);
            let points = i64::from(weights.security_per_level) * level;
            add(ReasonKind::NoSecurity, points * MILLION, Some(level));
        }
        if remedy != Remedy::Upgrade && self.ended.support {
            let points = i64::from(weights.support) * MILLION;
            add(ReasonKind::NoSupport, points, None);
        }
        if remedy != Remedy::ExtendSupport {
            let cost = consequence(scene, self.asset, self.verdict).unwrap_or_default();
            let vnd = (cost.now_vnd - cost.renewed_vnd).max(0);
            let millionths = i64::from(weights.outage_per_million_vnd) * vnd;
            add(ReasonKind::Outage, millionths, Some(vnd));
        }
        if let Some(watts) = price.and_then(|p| p.saves_w).filter(|_| remedy.renews()) {
            let vnd = energy(scene, self.asset.class, watts);
            let millionths = i64::from(weights.energy_per_million_vnd) * vnd;
            add(ReasonKind::Energy, millionths, Some(vnd));
        }
        if self.together {
            add(ReasonKind::Together, 0, None);
        }
        reasons
    }

    /// The reason that its age gives, and how much of it counts.
    fn age_reason(&self, scene: &Scene<'_>) -> Option<(ReasonKind, u32)> {
        let policy = scene.policy;
        let pick = |person, other| if self.decisive { person } else { other };
        Some(match self.verdict {
            AgeVerdict::Within => return None,
            AgeVerdict::Over => (pick(ReasonKind::PersonOver, ReasonKind::Over), 100),
            AgeVerdict::Uncertain | AgeVerdict::Conflict => (
                pick(ReasonKind::PersonUncertain, ReasonKind::Uncertain),
                policy.uncertain_percent,
            ),
            AgeVerdict::Unknown => (
                pick(ReasonKind::PersonUnknown, ReasonKind::Unknown),
                policy.unknown_percent,
            ),
        })
    }
}

/// The price of a remedy that holds on a day: the closest fit, of those the newest, of those
/// the first by id.
pub fn price<'a>(
    register: &'a Register,
    asset: &Asset,
    remedy: Remedy,
    day: Date,
) -> Option<&'a Price> {
    let (maker, model) = (asset.manufacturer.as_deref(), asset.model.as_deref());
    let fits = register.prices.values().filter_map(|price| {
        let right = price.remedy == remedy && price.class == asset.class;
        let holds = right && price.valid_from.0 <= day;
        Some((price.fit(maker, model).filter(|_| holds)?, price))
    });
    let best = fits.max_by(|(fit_a, a), (fit_b, b)| {
        let (rank_a, rank_b) = ((fit_a, a.valid_from), (fit_b, b.valid_from));
        rank_a.cmp(&rank_b).then_with(|| b.id.cmp(&a.id))
    });
    best.map(|(_, price)| price)
}

/// The level of what it serves: what is known, else its class's, else 1.
fn security_level(scene: &Scene<'_>, asset: &Asset) -> i64 {
    let of_class = || scene.policy.security_levels.get(&asset.class).copied();
    i64::from((scene.security_level)(asset).or_else(of_class).unwrap_or(1))
}

/// What its failures cost a year; none without a prior. What is not known to be within fails
/// as the old do.
pub(super) fn consequence(
    scene: &Scene<'_>,
    asset: &Asset,
    verdict: AgeVerdict,
) -> Option<Consequence> {
    let prior = scene.policy.failures.get(&asset.class)?;
    let of_set = || scene.policy.set_of(&asset.tag)?.impact_percent;
    let impact = (scene.impact_percent)(asset).or_else(of_set);
    let impact = i128::from(impact.unwrap_or(100));
    let cost = |failures: u32| {
        let vnd = i128::from(prior.outage_vnd.0) * i128::from(failures) * impact / 100_000;
        i64::try_from(vnd).unwrap_or(i64::MAX)
    };
    let now = if verdict == AgeVerdict::Within {
        prior.within_per_1000_years
    } else {
        prior.over_per_1000_years
    };
    Some(Consequence {
        now_vnd: cost(now),
        renewed_vnd: cost(prior.within_per_1000_years),
    })
}

fn energy(scene: &Scene<'_>, class: AssetClass, watts: u32) -> i64 {
    use AssetClass as C;
    let hours = match class {
        C::Desktop | C::Laptop | C::Monitor | C::Printer | C::Scanner | C::Projector => {
            HOURS_WORKING
        }
        _ => HOURS_ALWAYS,
    };
    let price = i64::from(scene.policy.electricity_vnd_per_kwh);
    i64::from(watts) * hours * SAVING_YEARS / 1_000 * price
}
