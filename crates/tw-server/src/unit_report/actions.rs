//! Counts and sums by unit; what all use is shared out by people.
//!
//! **Room:** layer 2, pure. **May use:** `tw-model`, `tw-api`. **Must not:** do I/O, lose a đồng
//! when a sum is shared out, or take an unknown price for nothing.

use crate::{
    access::caller::Caller,
    age::actions::percent,
    facility::ups_watts,
    plan::making,
    world::{World, draw_of},
    yearly::staff,
};
use jiff::civil::Date;
use std::collections::BTreeMap;
use tw_api::{
    CapacityUse, ClassCount, LocalText, PeopleCompliance, PowerUse, SharedInfrastructure,
    UnitHolding, UnitReport,
};
use tw_lifecycle::{AgeVerdict, DrawSum, NAMEPLATE_USUAL_PERCENT, PersonVerdict};
use tw_model::{Asset, AssetClass, AssetStatus, Day, Face};
use tw_units::SiteId;

/// Whether a class serves all units, whoever keeps it.
fn is_shared(class: AssetClass) -> bool {
    use AssetClass as C;
    match class {
        C::Server
        | C::Storage
        | C::Router
        | C::Switch
        | C::Firewall
        | C::Wireless
        | C::Ups
        | C::Pdu
        | C::Ats
        | C::Generator
        | C::Cooling
        | C::Environment => true,
        C::Desktop
        | C::Laptop
        | C::Monitor
        | C::Printer
        | C::Scanner
        | C::Projector
        | C::Phone
        | C::Camera
        | C::Other => false,
    }
}

/// Sums of one holder.
#[derive(Default)]
struct Sums {
    assets: u64,
    by_class: BTreeMap<String, u64>,
    over: u64,
    not_known: u64,
    paid_vnd: i64,
    without_price: u64,
    contracts_vnd: i64,
    draw: DrawSum,
}

impl Sums {
    fn add(&mut self, world: &World, asset: &Asset, verdict: AgeVerdict) {
        if asset.status == AssetStatus::Deployed {
            self.draw.add(draw_of(world.model_of(asset), asset.class));
        }
        self.assets += 1;
        *self.by_class.entry(asset.class.to_string()).or_default() += 1;
        match verdict {
            AgeVerdict::Within => {}
            AgeVerdict::Over => self.over += 1,
            _ => self.not_known += 1,
        }
        match asset.price_vnd {
            Some(price) => self.paid_vnd += price.0,
            None => self.without_price += 1,
        }
    }

    fn classes(&self) -> Vec<ClassCount> {
        let count = |(class, assets): (&String, &u64)| ClassCount {
            class: class.clone(),
            assets: *assets,
        };
        self.by_class.iter().map(count).collect()
    }
}

/// The report over what the caller sees.
pub(crate) fn report(world: &World, caller: &Caller, as_of: Date) -> UnitReport {
    let register = &world.register;
    let (mut holders, mut shared): (BTreeMap<String, Sums>, Sums) = Default::default();
    for asset in register.assets.values().filter(|a| a.status.in_scope()) {
        let verdict = making::verdict(world, asset, as_of);
        if is_shared(asset.class) {
            shared.add(world, asset, verdict);
        } else {
            let unit = asset.unit.as_ref().map(ToString::to_string);
            holders
                .entry(unit.unwrap_or_default())
                .or_default()
                .add(world, asset, verdict);
        }
    }
    for contract in register.contracts.values().filter(|c| c.is_in_force(as_of)) {
        let yearly = contract.yearly_vnd.map_or(0, |vnd| vnd.0);
        let mut covered = contract
            .assets
            .iter()
            .filter_map(|tag| register.assets.get(tag));
        if covered.any(|asset| is_shared(asset.class)) {
            shared.contracts_vnd += yearly;
        } else {
            let unit = contract.unit.as_ref().map(ToString::to_string);
            holders
                .entry(unit.unwrap_or_default())
                .or_default()
                .contracts_vnd += yearly;
        }
    }
    let mut people: BTreeMap<String, PeopleCompliance> = BTreeMap::new();
    for row in staff::rows(world, as_of) {
        count(people.entry(row.unit.to_string()).or_default(), row.verdict);
    }
    let shared = infrastructure(world, &shared, as_of);
    let shares = share(shared.yearly_vnd, &people);
    let mut units: Vec<UnitHolding> = register
        .units
        .values()
        .filter(|unit| caller.sees_unit(register, &unit.id))
        .map(|unit| UnitHolding {
            unit: Some(unit.id.to_string()),
            name: crate::world::local(&unit.name),
            parent: unit.parent.as_ref().map(ToString::to_string),
            ..UnitHolding::default()
        })
        .collect();
    let of_none = holders.contains_key("");
    if of_none && caller.sees_all() {
        units.push(UnitHolding {
            name: LocalText::default(),
            ..UnitHolding::default()
        });
    }
    for unit in &mut units {
        let id = unit.unit.clone().unwrap_or_default();
        let none = Sums::default();
        let sums = holders.get(&id).unwrap_or(&none);
        fill(unit, sums);
        unit.people = people.remove(&id).unwrap_or_default();
        let (compliant, roster) = (unit.people.compliant, unit.people.roster);
        unit.people.compliance_percent = percent(compliant, roster);
        unit.shared_yearly_vnd = shares.get(&id).copied().unwrap_or(0);
    }
    UnitReport {
        as_of: as_of.to_string(),
        units,
        nameplate_usual_percent: NAMEPLATE_USUAL_PERCENT,
        shared: caller.sees_all().then_some(shared),
    }
}

fn fill(unit: &mut UnitHolding, sums: &Sums) {
    unit.assets = sums.assets;
    unit.by_class = sums.classes();
    unit.over = sums.over;
    unit.not_known = sums.not_known;
    unit.paid_vnd = sums.paid_vnd;
    unit.without_price = sums.without_price;
    unit.contracts_yearly_vnd = sums.contracts_vnd;
    unit.power = power_use(sums.draw);
}

fn count(people: &mut PeopleCompliance, verdict: PersonVerdict) {
    people.roster += 1;
    match verdict {
        PersonVerdict::Compliant => people.compliant += 1,
        PersonVerdict::Over => people.over += 1,
        PersonVerdict::Unknown => people.unknown += 1,
        PersonVerdict::WithoutComputer => people.without += 1,
    }
}

/// A sum shared out by people, to the đồng: what does not divide goes to the first units.
fn share(sum: i64, people: &BTreeMap<String, PeopleCompliance>) -> BTreeMap<String, i64> {
    let all: u64 = people.values().map(|unit| unit.roster).sum();
    let mut left = sum;
    let mut shares: BTreeMap<String, i64> = BTreeMap::new();
    for (unit, people) in people {
        let part = i128::from(sum) * i128::from(people.roster);
        let part = part.checked_div(i128::from(all)).unwrap_or(0);
        let part = i64::try_from(part).unwrap_or(i64::MAX);
        left -= part;
        shares.insert(unit.clone(), part);
    }
    for part in shares.values_mut() {
        let more = left.min(1);
        *part += more;
        left -= more;
    }
    shares
}

fn infrastructure(world: &World, sums: &Sums, as_of: Date) -> SharedInfrastructure {
    let circuits = world.register.circuits.values();
    let circuits: i64 = circuits
        .filter_map(|circuit| Some(circuit.monthly_vnd?.0 * 12))
        .sum();
    SharedInfrastructure {
        assets: sums.assets,
        by_class: sums.classes(),
        paid_vnd: sums.paid_vnd,
        without_price: sums.without_price,
        contracts_yearly_vnd: sums.contracts_vnd,
        circuits_yearly_vnd: circuits,
        yearly_vnd: sums.contracts_vnd + circuits,
        power: power_use(sums.draw),
        capacity: capacity(world)
            .into_iter()
            .chain(power(world, as_of))
            .collect(),
    }
}

/// Rack units by site: those of the front that a device takes, of all.
fn capacity(world: &World) -> Vec<CapacityUse> {
    let register = &world.register;
    let mut sites: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    for rack in register.racks.values() {
        if let Some(site) = register.site_of_rack(&rack.id) {
            sites.entry(site.to_string()).or_default().1 += u64::from(rack.u_height);
        }
    }
    for device in register.devices.values() {
        let Some(position) = &device.rack else {
            continue;
        };
        let front = position.face == Face::Front || position.full_depth;
        if let Some(site) = register.site_of_rack(&position.id).filter(|_| front) {
            sites.entry(site.to_string()).or_default().0 += u64::from(position.height_u);
        }
    }
    let row = |(site, (used, total)): (String, (u64, u64))| CapacityUse {
        what: "rack_units".to_owned(),
        site,
        used,
        total,
        estimated: 0,
        unknown: 0,
    };
    sites.into_iter().map(row).collect()
}

const fn power_use(sum: DrawSum) -> PowerUse {
    PowerUse {
        watts: sum.watts,
        estimated_watts: sum.estimated_watts,
        unknown: sum.unknown,
    }
}

/// Power by site: what shared equipment in use usually draws, of what the UPS carry with the
/// largest one out.
fn power(world: &World, as_of: Date) -> Vec<CapacityUse> {
    let register = &world.register;
    let in_use = |asset: &&Asset| asset.status == AssetStatus::Deployed && is_shared(asset.class);
    let mut sites: BTreeMap<&SiteId, DrawSum> = BTreeMap::new();
    for asset in register.assets.values().filter(in_use) {
        if let Some(site) = world.site_of_asset(asset) {
            let draw = draw_of(world.model_of(asset), asset.class);
            sites.entry(site).or_default().add(draw);
        }
    }
    let row = |(site, sum): (&SiteId, DrawSum)| CapacityUse {
        what: "power".to_owned(),
        site: site.to_string(),
        used: sum.watts,
        total: ups_watts(register.facility_of(site, Day(as_of))),
        estimated: sum.estimated_watts,
        unknown: sum.unknown,
    };
    sites.into_iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_is_shared_out_to_the_last_dong() {
        let people = |roster| PeopleCompliance {
            roster,
            ..PeopleCompliance::default()
        };
        let units = BTreeMap::from([
            ("a".to_owned(), people(1)),
            ("b".to_owned(), people(1)),
            ("c".to_owned(), people(1)),
        ]);
        for sum in [0, 1, 2, 100, 1_000_000_000_001] {
            let shares = share(sum, &units);
            assert_eq!(shares.values().sum::<i64>(), sum, "{shares:?}");
            let (least, most) = (shares.values().min(), shares.values().max());
            assert!(most.unwrap() - least.unwrap() <= 1);
        }
    }
}
