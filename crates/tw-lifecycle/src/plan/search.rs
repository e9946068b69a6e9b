//! Branch and bound over what to buy: exact, with a bounded number of steps.
//!
//! **Room:** layer 0, pure. **May use:** nothing of ours. **Must not:** return a choice that
//! breaks a limit; when the steps run out it says so.
//!
//! The bound relaxes the budget to fractions and prices each installed line at λ, which is
//! chosen at the root; any λ ≥ 0 gives a valid bound. That lines of a redundancy group need
//! different quarters only limits how many of them are bought: put in a row group by group and
//! dealt out to the quarters in turn, they never meet, and the quarters fill evenly.

use std::collections::BTreeMap;

/// How many steps the search for the best choice may take.
const STEPS_MAX: u64 = 1_500_000;
/// How many steps the choice among equals may take, all in all.
const TIE_STEPS_MAX: u64 = 500_000;

/// Lines that are bought together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Item {
    /// Places in the sorted list of lines.
    pub(super) members: Vec<usize>,
    pub(super) cost: i128,
    pub(super) benefit: i128,
    pub(super) mandatory: bool,
    /// How many members are of each redundancy group.
    pub(super) redundancy: BTreeMap<String, u32>,
}

impl Item {
    /// Its benefit less the price of its lines, and its cost (1 for what costs nothing).
    fn priced(&self, lambda: i128) -> (i128, i128) {
        (
            self.benefit - lambda * self.members.len() as i128,
            self.cost.max(1),
        )
    }
}

/// What may still be bought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Limits {
    pub(super) budget: i128,
    /// How many lines can be installed in all.
    pub(super) lines: Option<u64>,
    pub(super) quarters: Option<u32>,
    /// How many lines of each redundancy group are bought already.
    pub(super) used: BTreeMap<String, u32>,
}

impl Limits {
    /// What is left after buying these.
    pub(super) fn without<'a>(&self, items: impl Iterator<Item = &'a Item>) -> Self {
        let mut left = self.clone();
        for item in items {
            left.budget -= item.cost;
            let lines = item.members.len() as u64;
            left.lines = left.lines.map(|room| room.saturating_sub(lines));
            for (group, lines) in &item.redundancy {
                *left.used.entry(group.clone()).or_default() += lines;
            }
        }
        left
    }

    /// Whether its lines still find quarters without another of their redundancy group.
    pub(super) fn has_quarters_for(&self, item: &Item) -> bool {
        let Some(quarters) = self.quarters else {
            return true;
        };
        item.redundancy.iter().all(|(group, lines)| {
            let used = self.used.get(group).copied().unwrap_or(0);
            used + lines <= quarters
        })
    }
}

/// The best choice.
pub(super) struct Found {
    /// Places in the list of items, in order.
    pub(super) chosen: Vec<usize>,
    pub(super) chosen_benefit: i128,
    /// No choice brings more than this.
    pub(super) upper_bound: i128,
    pub(super) proven: bool,
}

/// Finds the choice with the most benefit; every item fits alone.
pub(super) fn best(items: &[Item], limits: &Limits) -> Found {
    let mut search = Search::new(items, limits, STEPS_MAX);
    search.run(-1);
    let (mut chosen, value) = (search.best.clone(), search.best_benefit.max(0));
    let proven = !search.out_of_steps();
    let upper_bound = if proven { value } else { search.root_bound };
    chosen.sort_unstable();
    if proven {
        chosen = first_by_id(&search, limits, chosen, value);
    }
    Found {
        chosen,
        chosen_benefit: value,
        upper_bound,
        proven,
    }
}

/// Among all choices worth `value`, the one that has the first item in which they differ. Items
/// are in order of their first id.
fn first_by_id(whole: &Search<'_>, limits: &Limits, chosen: Vec<usize>, value: i128) -> Vec<usize> {
    let mut current = chosen;
    let (mut left, mut need) = (limits.clone(), value);
    let mut taken: Vec<usize> = Vec::new();
    let mut open = whole.order.clone();
    let mut steps = TIE_STEPS_MAX;
    for (next, item) in whole.items.iter().enumerate() {
        open.retain(|place| *place != next);
        let room = left
            .lines
            .is_none_or(|room| item.members.len() as u64 <= room);
        let mut take = current.contains(&next);
        if !take && steps > 0 && item.cost <= left.budget && room && left.has_quarters_for(item) {
            let after = left.without([item].into_iter());
            let order = (open.clone(), whole.lambda);
            let mut search = Search::ordered(whole.items, order, &after, steps);
            search.run(need - item.benefit - 1);
            steps = steps.saturating_sub(search.steps);
            take = search.best_benefit >= need - item.benefit;
            if take {
                current = taken
                    .iter()
                    .copied()
                    .chain([next])
                    .chain(search.best)
                    .collect();
            }
        }
        if take {
            taken.push(next);
            left = left.without([item].into_iter());
            need -= item.benefit;
        }
    }
    current.sort_unstable();
    current
}

struct Search<'a> {
    items: &'a [Item],
    /// Places of the items that may be bought, most benefit for the money first.
    order: Vec<usize>,
    /// Sums over `order` of costs and of priced benefits, from the start.
    costs: Vec<i128>,
    gains: Vec<i128>,
    /// The price of a line.
    lambda: i128,
    left: Limits,
    stack: Vec<usize>,
    best: Vec<usize>,
    best_benefit: i128,
    /// Stop at the first choice that is better than what was asked to beat.
    stop_at_first: bool,
    root_bound: i128,
    steps: u64,
    steps_max: u64,
}

impl<'a> Search<'a> {
    fn new(items: &'a [Item], limits: &Limits, steps_max: u64) -> Self {
        let open: Vec<usize> = (0..items.len()).collect();
        let mut search = Self::ordered(items, (open.clone(), 0), limits, steps_max);
        search.root_bound = search.price(&open, 0);
        if limits.lines.is_some() {
            search.choose_lambda(&open);
        }
        search
    }

    /// With places that are in order already, for the price that they were sorted at.
    fn ordered(
        items: &'a [Item],
        (order, lambda): (Vec<usize>, i128),
        limits: &Limits,
        steps_max: u64,
    ) -> Self {
        let mut search = Self {
            items,
            order,
            costs: Vec::new(),
            gains: Vec::new(),
            lambda,
            left: limits.clone(),
            stack: Vec::new(),
            best: Vec::new(),
            best_benefit: -1,
            stop_at_first: false,
            root_bound: 0,
            steps: 0,
            steps_max,
        };
        search.add_up();
        search
    }

    /// Finds the price at which the root's bound is smallest; the bound is convex in it.
    fn choose_lambda(&mut self, open: &[usize]) {
        let each = |i: &usize| self.items.get(*i).map_or(0, |item| item.benefit);
        let (mut low, mut high) = (0, open.iter().map(each).max().unwrap_or(0));
        while high - low > 2 {
            let third = (high - low) / 3;
            let (a, b) = (low + third, high - third);
            if self.price(open, a) <= self.price(open, b) {
                high = b;
            } else {
                low = a;
            }
        }
        let candidates = [0, low, i128::midpoint(low, high), high];
        let best = candidates
            .into_iter()
            .min_by_key(|lambda| (self.price(open, *lambda), *lambda));
        self.root_bound = self.price(open, best.unwrap_or(0));
    }

    /// Sorts by priced benefit for the money and gives the root's bound.
    fn price(&mut self, open: &[usize], lambda: i128) -> i128 {
        let items = self.items;
        let priced = |place: &usize| items.get(*place).map_or((0, 1), |i| i.priced(lambda));
        self.lambda = lambda;
        self.order = open.to_vec();
        self.order.sort_by(|a, b| {
            let ((gain_a, cost_a), (gain_b, cost_b)) = (priced(a), priced(b));
            (gain_b * cost_a).cmp(&(gain_a * cost_b)).then(a.cmp(b))
        });
        self.add_up();
        self.bound(0)
    }

    fn add_up(&mut self) {
        let (mut costs, mut gains) = (vec![0], vec![0]);
        let (mut spent, mut gained) = (0, 0);
        for item in self.order.iter().filter_map(|place| self.items.get(*place)) {
            spent += item.cost;
            // What gains nothing at this price is never part of a bound.
            gained += item.priced(self.lambda).0.max(0);
            costs.push(spent);
            gains.push(gained);
        }
        (self.costs, self.gains) = (costs, gains);
    }

    /// No choice among the items from `depth` on brings more than this.
    fn bound(&self, depth: usize) -> i128 {
        let at = |sums: &[i128], i: usize| sums.get(i).copied().unwrap_or(0);
        let reach = at(&self.costs, depth) + self.left.budget;
        let whole = self.costs.partition_point(|cost| *cost <= reach) - 1;
        let whole = whole.max(depth);
        let mut bound = at(&self.gains, whole) - at(&self.gains, depth);
        if whole < self.order.len() {
            let room = reach - at(&self.costs, whole);
            let gain = at(&self.gains, whole + 1) - at(&self.gains, whole);
            let cost = at(&self.costs, whole + 1) - at(&self.costs, whole);
            bound += gain * room / cost.max(1);
        }
        let room = self.left.lines.map_or(0, i128::from);
        bound + self.lambda * room
    }

    /// Looks for a choice that brings more than `beat`.
    fn run(&mut self, beat: i128) {
        self.best_benefit = beat;
        self.stop_at_first = beat >= 0;
        self.visit(0, 0);
    }

    fn out_of_steps(&self) -> bool {
        self.steps >= self.steps_max
    }

    fn visit(&mut self, mut depth: usize, benefit: i128) {
        let asked = self.stop_at_first;
        loop {
            self.steps += 1;
            if benefit > self.best_benefit {
                self.best_benefit = benefit;
                self.best.clone_from(&self.stack);
            }
            let found = asked && !self.best.is_empty();
            if self.out_of_steps() || found || benefit + self.bound(depth) <= self.best_benefit {
                return;
            }
            let Some(place) = self.order.get(depth).copied() else {
                return;
            };
            let items = self.items;
            let Some(item) = items.get(place) else { return };
            depth += 1;
            let lines = item.members.len() as u64;
            let room = self.left.lines.is_none_or(|room| lines <= room);
            if item.cost <= self.left.budget && room && self.left.has_quarters_for(item) {
                self.take(item);
                self.stack.push(place);
                self.visit(depth, benefit + item.benefit);
                self.stack.pop();
                self.give_back(item);
            }
        }
    }

    fn take(&mut self, item: &Item) {
        self.left.budget -= item.cost;
        let lines = item.members.len() as u64;
        self.left.lines = self.left.lines.map(|room| room - lines);
        for (group, lines) in &item.redundancy {
            *self.left.used.entry(group.clone()).or_default() += lines;
        }
    }

    fn give_back(&mut self, item: &Item) {
        self.left.budget += item.cost;
        let lines = item.members.len() as u64;
        self.left.lines = self.left.lines.map(|room| room + lines);
        for (group, lines) in &item.redundancy {
            if let Some(used) = self.left.used.get_mut(group) {
                *used -= lines;
            }
        }
    }
}
