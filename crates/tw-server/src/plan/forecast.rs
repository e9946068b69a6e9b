//! The forecast over what the caller sees.
//!
//! **Room:** layer 2, pure. **May use:** `tw-lifecycle`, `tw-model`, `tw-api`. **Must not:** do I/O.

use crate::{
    access::caller::Caller,
    age::{self, judged::Judge},
    world::World,
};
use jiff::civil::Date;
use std::collections::BTreeMap;
use tw_api::{Forecast, ForecastQuery, ForecastRow, ForecastSum, ForecastYear, ForecastYears};
use tw_lifecycle::{
    AgeVerdict, Due, DueIn, DueSum, PriceBasis, contract_cost_in_year, due_in, due_in_year,
    price_of, quarter_starts,
};
use tw_model::{Asset, Remedy};

/// The years of the view by budget year.
const YEARS: u32 = 5;

/// The parts of a row, as they are summed.
#[derive(Clone, Debug, Default)]
struct Row {
    backlog: DueSum,
    quarters: Vec<DueSum>,
    beyond: DueSum,
    uncertain: DueSum,
    unknown: DueSum,
}

impl Row {
    fn add(&mut self, when: DueIn, due: &Due) {
        let part = match when {
            DueIn::Backlog => &mut self.backlog,
            DueIn::Beyond => &mut self.beyond,
            DueIn::Uncertain => &mut self.uncertain,
            DueIn::Unknown => &mut self.unknown,
            DueIn::Period(n) => {
                let place = n as usize;
                if self.quarters.len() <= place {
                    self.quarters.resize(place + 1, DueSum::default());
                }
                &mut self.quarters[place]
            }
        };
        part.add(due);
    }

    fn view(mut self, key: String, count: usize) -> ForecastRow {
        self.quarters.resize(count, DueSum::default());
        ForecastRow {
            key,
            backlog: sum(self.backlog),
            quarters: self.quarters.into_iter().map(sum).collect(),
            beyond: sum(self.beyond),
            uncertain: sum(self.uncertain),
            unknown: sum(self.unknown),
        }
    }
}

fn sum(sum: DueSum) -> ForecastSum {
    ForecastSum {
        assets: sum.assets,
        listed_vnd: sum.listed_vnd,
        paid_vnd: sum.paid_vnd,
        unpriced: sum.unpriced,
        freed_watts: sum.watts,
        freed_watts_estimated: sum.watts_estimated,
        watts_unknown: sum.watts_unknown,
        freed_rack_u: sum.rack_u,
    }
}

/// What falls due, by quarter, site, unit and class.
pub(crate) fn forecast(
    world: &World,
    caller: &Caller,
    query: &ForecastQuery,
    (as_of, quarters): (Date, u32),
) -> Forecast {
    let mut total = Row::default();
    let mut groups: [BTreeMap<String, Row>; 3] = Default::default();
    let mut years = Row::default();
    let judge = Judge::new(world, (as_of, as_of));
    let part = age::actions::Part {
        site: query.site.as_deref(),
        unit: query.unit.as_deref(),
    };
    for asset in world.register.assets.values() {
        let class = asset.class.to_string();
        let right_class = query.class.as_ref().is_none_or(|wanted| *wanted == class);
        let counted = right_class
            && asset.status.in_scope()
            && age::actions::sees(world, caller, part, asset);
        if !counted {
            continue;
        }
        let due = due((world, &judge), asset, as_of);
        years.add(due_in_year(&due, as_of, YEARS), &due);
        let when = due_in(&due, as_of, quarters);
        let text = |id: Option<String>| id.unwrap_or_default();
        let keys = [
            text(world.site_of_asset(asset).map(ToString::to_string)),
            text(asset.unit.as_ref().map(ToString::to_string)),
            class,
        ];
        total.add(when, &due);
        for (group, key) in groups.iter_mut().zip(keys) {
            group.entry(key).or_default().add(when, &due);
        }
    }
    let whole = caller.sees_all() && part.site.or(part.unit).or(query.class.as_deref()).is_none();
    let starts = quarter_starts(as_of, quarters);
    let rows = |group: BTreeMap<String, Row>| {
        let view = |(key, row): (String, Row)| row.view(key, starts.len());
        group.into_iter().map(view).collect::<Vec<_>>()
    };
    let [by_site, by_unit, by_class] = groups;
    Forecast {
        as_of: as_of.to_string(),
        total: total.view(String::new(), starts.len()),
        by_site: rows(by_site),
        by_unit: rows(by_unit),
        by_class: rows(by_class),
        five_years: five_years(world, whole, (years, as_of)),
        quarters: starts.iter().map(ToString::to_string).collect(),
    }
}

/// The years with the headings that pay for them. Contracts and envelopes are of the whole
/// organisation, so a forecast of a part has none.
fn five_years(world: &World, whole: bool, (mut sums, as_of): (Row, Date)) -> ForecastYears {
    sums.quarters.resize(YEARS as usize, DueSum::default());
    let policy = world.register.plan_policy.as_ref().filter(|_| whole);
    let contracts = |year: i16| {
        let all = world.register.contracts.values();
        all.map(|contract| contract_cost_in_year(contract, year).0)
            .sum()
    };
    let years = sums
        .quarters
        .into_iter()
        .zip(as_of.year()..)
        .map(|(due, year)| {
            let number = u16::try_from(year).unwrap_or(0);
            let envelope = policy.and_then(|policy| policy.envelope(number));
            ForecastYear {
                year: number,
                due: sum(due),
                contracts_vnd: whole.then(|| contracts(year)),
                investment_envelope_vnd: envelope.map(|envelope| envelope.investment_vnd.0),
                recurrent_envelope_vnd: envelope.map(|envelope| envelope.recurrent_vnd.0),
            }
        });
    ForecastYears {
        years: years.collect(),
        beyond: sum(sums.beyond),
        uncertain: sum(sums.uncertain),
    }
}

fn due((world, judge): (&World, &Judge<'_>), asset: &Asset, as_of: Date) -> Due {
    let judged = judge.age(asset);
    let model = world.model_of(asset);
    let device = asset
        .device
        .as_ref()
        .and_then(|id| world.register.devices.get(id));
    let mounted = asset.rack.as_ref().or_else(|| device?.rack.as_ref());
    let height = mounted.map(|place| place.height_u);
    let due = judged
        .as_ref()
        .map(|age| age.answer.due)
        .unwrap_or_default();
    let listed = price_of(&world.register, asset, Remedy::Replace, as_of);
    let price = match (listed, asset.price_vnd) {
        (Some(price), _) => PriceBasis::Listed(price.cost_vnd),
        (None, Some(paid)) => PriceBasis::Paid(paid),
        (None, None) => PriceBasis::Unpriced,
    };
    Due {
        verdict: judged.map_or(AgeVerdict::Unknown, |age| age.verdict),
        first_day_over: due.map(|day| day.tomorrow().unwrap_or(Date::MAX)),
        price,
        draw: crate::world::draw_of(model, asset.class),
        rack_u: height.unwrap_or(0),
    }
}
