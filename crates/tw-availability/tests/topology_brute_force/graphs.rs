//! Random sites from seeds, with everything that the rules look at.
//!
//! **Room:** tests.

use tw_availability::{Input, Need, Node, NodeKind, Source, System};

/// Numbers that look random and are the same every time (`SplitMix64`).
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn below(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let wide = (z ^ (z >> 31)) % sides.max(1) as u64;
        usize::try_from(wide).expect("it is less than a usize")
    }

    fn one_in(&mut self, sides: usize) -> bool {
        self.below(sides) == 0
    }

    fn pick<'a>(&mut self, from: &'a [String]) -> &'a str {
        &from[self.below(from.len())]
    }
}

fn input(from: &str, manual: bool) -> Input {
    Input {
        from: from.to_owned(),
        manual,
    }
}

/// Shares are halves to fifths, and a path has few of them: every share is a whole number.
const WATTS: u64 = 16 * 60_u64.pow(4);

/// A site in the making.
struct Maker {
    dice: Dice,
    nodes: Vec<Node>,
}

impl Maker {
    /// Adds one node to `most` of them and gives their names.
    fn layer(
        &mut self,
        name: &str,
        most: usize,
        make: impl Fn(&mut Dice, String) -> Node,
    ) -> Vec<String> {
        let count = 1 + self.dice.below(most);
        let mut ids = Vec::new();
        for n in 0..count {
            let node = make(&mut self.dice, format!("{name}{n}"));
            ids.push(node.id.clone());
            self.nodes.push(node);
        }
        ids
    }

    /// Feeds, generators and boards with ties; gives the boards.
    fn feeds(&mut self) -> Vec<String> {
        let utilities = self.layer("utility", 2, |dice, id| Node {
            source: Some(Source::Utility),
            ..element(dice, id, NodeKind::Capacity)
        });
        let generators = self.layer("gen", 3, |dice, id| Node {
            source: Some(Source::Generator),
            fuel_hours: [None, Some(12), Some(24), Some(8)][dice.below(4)],
            consecutive_hours_max: dice.one_in(4).then_some(500),
            ..element(dice, id, NodeKind::Capacity)
        });
        let boards = self.layer("bus", 3, |dice, id| {
            let mut inputs = vec![input(dice.pick(&utilities), false)];
            for generator in &generators {
                if dice.one_in(2) {
                    inputs.push(input(generator, false));
                }
            }
            Node {
                inputs,
                selects: dice.one_in(4),
                ..element(dice, id, NodeKind::Distribution)
            }
        });
        // Ties go both ways, so that there are circles.
        for node in self.nodes.iter_mut().filter(|n| n.id.starts_with("bus")) {
            for other in boards.iter().filter(|other| **other != node.id) {
                if self.dice.one_in(2) {
                    node.inputs.push(input(other, self.dice.one_in(2)));
                }
            }
        }
        boards
    }

    /// UPS with their batteries and what they feed; gives the PDUs.
    fn distribution(&mut self, boards: &[String]) -> Vec<String> {
        let batteries = self.layer("batt", 3, |dice, id| Node {
            source: Some(Source::Stored),
            ..element(dice, id, NodeKind::Capacity)
        });
        let upses = self.layer("ups", 3, |dice, id| {
            let mut inputs = vec![input(dice.pick(boards), false)];
            if dice.one_in(2) {
                inputs.push(input(dice.pick(&batteries), false));
            }
            Node {
                inputs,
                is_ups: dice.below(4) != 0,
                ..element(dice, id, NodeKind::Capacity)
            }
        });
        self.layer("pdu", 4, |dice, id| {
            let mut inputs = vec![input(dice.pick(&upses), false)];
            match dice.below(4) {
                0 => inputs.push(input(dice.pick(boards), true)),
                1 => inputs.push(input(dice.pick(&upses), false)),
                _ => {}
            }
            inputs.dedup();
            let takes = dice.one_in(5).then(|| dice.pick(&upses).to_owned());
            Node {
                inputs,
                fault_takes: takes.into_iter().collect(),
                ..element(dice, id, NodeKind::Distribution)
            }
        })
    }

    /// Cooling, cords and loads.
    fn consumers(&mut self, boards: &[String], pdus: &[String]) {
        let cooling = self.layer("crac", 3, |dice, id| {
            let from = if dice.one_in(2) { pdus } else { boards };
            Node {
                system: System::Cooling,
                inputs: vec![input(dice.pick(from), false)],
                demand_watts: WATTS / 4 * dice.below(3) as u64,
                ..element(dice, id, NodeKind::Capacity)
            }
        });
        let cords = self.layer("power", 2, |dice, id| {
            let is_switch = dice.one_in(3);
            let mut inputs = vec![input(dice.pick(pdus), false)];
            if dice.one_in(2) {
                inputs.push(input(dice.pick(pdus), false));
                inputs.dedup();
            }
            let kind = if is_switch {
                NodeKind::Distribution
            } else {
                NodeKind::Gate
            };
            Node {
                point_of_use: true,
                inputs,
                ..Node::new(id, kind)
            }
        });
        let cool = self.layer("cool", 1, |_, id| Node {
            system: System::Cooling,
            inputs: cooling.iter().map(|crac| input(crac, false)).collect(),
            ..Node::new(id, NodeKind::Gate)
        });
        self.layer("load", 4, |dice, id| {
            let from = if dice.one_in(4) { pdus } else { &cords };
            Node {
                need: Need::All,
                inputs: vec![input(dice.pick(from), false), input(&cool[0], false)],
                demand_watts: WATTS * (1 + dice.below(4) as u64),
                critical: dice.below(5) != 0,
                ..Node::new(id, NodeKind::Load)
            }
        });
    }

    /// Circuits of some carriers in some ducts, switches, and what needs them.
    fn network(&mut self) {
        let some = |dice: &mut Dice, from: &[String]| -> Vec<Input> {
            let mut inputs = vec![input(dice.pick(from), false)];
            if dice.one_in(2) {
                inputs.push(input(dice.pick(from), false));
                inputs.dedup();
            }
            inputs
        };
        let of_network = |node: Node| Node {
            system: System::Network,
            ..node
        };
        let circuits = self.layer("circuit", 3, |dice, id| {
            of_network(Node {
                source: Some(Source::Carrier),
                carrier: Some(format!("carrier{}", dice.below(2))),
                srlg: vec![format!("duct{}", dice.below(2))],
                ..Node::new(id, NodeKind::Distribution)
            })
        });
        let switches = self.layer("core", 2, |dice, id| {
            of_network(Node {
                inputs: some(dice, &circuits),
                ..Node::new(id, NodeKind::Distribution)
            })
        });
        self.layer("net", 2, |dice, id| {
            of_network(Node {
                inputs: some(dice, &switches),
                ..Node::new(id, NodeKind::Load)
            })
        });
    }
}

fn element(dice: &mut Dice, id: String, kind: NodeKind) -> Node {
    let srlg = dice.one_in(2).then(|| format!("trench{}", dice.below(3)));
    let rating = dice
        .one_in(3)
        .then(|| WATTS * (1 + dice.below(12) as u64) / 2);
    Node {
        zone: dice.one_in(2).then(|| format!("zone{}", dice.below(3))),
        srlg: srlg.into_iter().collect(),
        rating_watts: rating,
        ..Node::new(id, kind)
    }
}

/// A site that could stand: feeds, generators, boards with ties both ways, UPS with batteries,
/// PDUs, cooling, loads on one or two cords, and a network; with mistakes thrown in.
pub(crate) fn site(seed: u64) -> Vec<Node> {
    let mut maker = Maker {
        dice: Dice(seed.wrapping_mul(7_919)),
        nodes: Vec::new(),
    };
    let boards = maker.feeds();
    let pdus = maker.distribution(&boards);
    maker.consumers(&boards, &pdus);
    if maker.dice.one_in(2) {
        maker.network();
    }
    maker.nodes
}
