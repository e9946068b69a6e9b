//! The power and cooling chain: sources above, loads below, each with its state.
//!
//! **Room:** layer 0, pure. **May use:** nothing of ours. **Must not:** show a state by colour
//! alone: each also has a mark and a word, and the unknown is hatched.

use crate::{
    elevation::Tone,
    svg::{escape, fit},
};
use std::{collections::BTreeMap, fmt::Write};

/// More nodes are not drawn; the drawing says how many are missing.
pub const CHAIN_NODES_MAX: usize = 400;

const NODE_WIDTH: i32 = 116;
const NODE_HEIGHT: i32 = 36;
const GATE_SIZE: i32 = 14;
const PITCH_X: i32 = NODE_WIDTH + 12;
const PITCH_Y: i32 = NODE_HEIGHT + 22;
const MARGIN: i32 = 8;
const GROUP_GAP: i32 = 26;
const LABEL_CHARACTERS_MAX: usize = 19;
/// Sweeps over the layers that put neighbours under each other.
const SWEEPS: usize = 12;

/// The outline of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChainShape {
    /// Feeds without being fed: round ends.
    Source,
    /// An active component: rounded corners.
    Capacity,
    /// A passive one: square corners.
    Distribution,
    /// No thing: a dot.
    Gate,
    /// What must be kept alive: a thick frame.
    Load,
}

/// A node to draw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChainNode {
    /// Its name in the chain.
    pub id: String,
    /// What is written on it.
    pub label: String,
    /// Its outline.
    pub shape: ChainShape,
    /// How it fares.
    pub tone: Tone,
    /// Its state in words.
    pub state: String,
    /// Nodes of one group stand together; groups stand below each other.
    pub group: u8,
}

/// A line to draw, by places of nodes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChainEdge {
    /// The feeding node.
    pub from: usize,
    /// The fed node.
    pub to: usize,
    /// Somebody has to switch it over.
    pub manual: bool,
    /// It feeds now.
    pub live: bool,
}

/// A chain to draw.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chain {
    /// What the drawing shows, for a screen reader.
    pub title: String,
    /// The nodes.
    pub nodes: Vec<ChainNode>,
    /// The lines.
    pub edges: Vec<ChainEdge>,
}

/// Where a node stands: its upper left corner and its size.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ChainPlace {
    /// From the left.
    pub x: i32,
    /// From above.
    pub y: i32,
    /// How wide.
    pub width: i32,
    /// How high.
    pub height: i32,
}

/// The geometry of a drawing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChainLayout {
    /// How wide the drawing is.
    pub width: i32,
    /// How high.
    pub height: i32,
    /// Where each node stands, in the order given; beyond [`CHAIN_NODES_MAX`] nothing.
    pub nodes: Vec<ChainPlace>,
    /// The path data of each line, in the order given.
    pub edges: Vec<String>,
}

/// Places the nodes in layers, sources above and loads below.
pub fn chain_layout(chain: &Chain) -> ChainLayout {
    let count = chain.nodes.len().min(CHAIN_NODES_MAX);
    let mut centres = vec![(0, 0); count];
    let (mut width, mut top) = (0, MARGIN);
    let mut groups: BTreeMap<u8, Vec<usize>> = BTreeMap::new();
    for (place, node) in chain.nodes.iter().take(count).enumerate() {
        groups.entry(node.group).or_default().push(place);
    }
    for members in groups.values() {
        let layers = layers_of(chain, members);
        let xs = columns(chain, &layers);
        for (depth, layer) in layers.iter().enumerate() {
            let y = top + i32::try_from(depth).unwrap_or(0) * PITCH_Y + NODE_HEIGHT / 2;
            for place in layer {
                let x = xs.get(place).copied().unwrap_or(0) + MARGIN + NODE_WIDTH / 2;
                centres[*place] = (x, y);
                width = width.max(x + NODE_WIDTH / 2 + MARGIN);
            }
        }
        let deep = i32::try_from(layers.len()).unwrap_or(0);
        top += deep * PITCH_Y + GROUP_GAP - (PITCH_Y - NODE_HEIGHT);
    }
    let nodes: Vec<ChainPlace> = centres
        .iter()
        .zip(&chain.nodes)
        .map(|((x, y), node)| {
            let (width, height) = match node.shape {
                ChainShape::Gate => (GATE_SIZE, GATE_SIZE),
                _ => (NODE_WIDTH, NODE_HEIGHT),
            };
            ChainPlace {
                x: x - width / 2,
                y: y - height / 2,
                width,
                height,
            }
        })
        .collect();
    let edges = chain.edges.iter().map(|edge| path(&nodes, edge)).collect();
    ChainLayout {
        width: width.max(2 * MARGIN),
        height: (top - GROUP_GAP + MARGIN).max(2 * MARGIN),
        nodes,
        edges,
    }
}

/// The members of a group by depth: the longest way from a source, loads at the bottom, a source
/// just above what it feeds.
fn layers_of(chain: &Chain, members: &[usize]) -> Vec<Vec<usize>> {
    let inside = |place: usize| members.binary_search(&place).is_ok();
    let down: Vec<(usize, usize)> = chain
        .edges
        .iter()
        .filter(|edge| !edge.manual && inside(edge.from) && inside(edge.to))
        .map(|edge| (edge.from, edge.to))
        .collect();
    let mut depth: BTreeMap<usize, usize> = members.iter().map(|place| (*place, 0)).collect();
    // A circle of automatic ties would deepen for ever: no way is longer than the members.
    for _ in 0..members.len() {
        let mut changed = false;
        for (from, to) in &down {
            let wanted = depth[from] + 1;
            if depth[to] < wanted && wanted < members.len() {
                depth.insert(*to, wanted);
                changed = true;
            }
        }
        if !changed {
            break;
        }
    }
    let deepest = depth.values().copied().max().unwrap_or(0);
    for place in members {
        if chain.nodes[*place].shape == ChainShape::Load {
            depth.insert(*place, deepest);
        } else if !down.iter().any(|(_, to)| to == place) {
            let nearest = down.iter().filter(|(from, _)| from == place);
            let nearest = nearest.map(|(_, to)| depth[to]).min().unwrap_or(0);
            depth.insert(*place, nearest.saturating_sub(1));
        }
    }
    let mut layers: Vec<Vec<usize>> = vec![Vec::new(); deepest + 1];
    for place in members {
        layers[depth[place]].push(*place);
    }
    layers.retain(|layer| !layer.is_empty());
    layers
}

/// The x of every node, neighbours near each other, no two of a layer upon each other.
fn columns(chain: &Chain, layers: &[Vec<usize>]) -> BTreeMap<usize, i32> {
    let mut near: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for edge in &chain.edges {
        near.entry(edge.from).or_default().push(edge.to);
        near.entry(edge.to).or_default().push(edge.from);
    }
    let mut xs: BTreeMap<usize, i32> = BTreeMap::new();
    for layer in layers {
        for (index, place) in layer.iter().enumerate() {
            xs.insert(*place, i32::try_from(index).unwrap_or(0) * PITCH_X);
        }
    }
    for sweep in 0..SWEEPS {
        let order: Vec<usize> = if sweep % 2 == 0 {
            (0..layers.len()).collect()
        } else {
            (0..layers.len()).rev().collect()
        };
        for depth in order {
            settle(&layers[depth], &near, &mut xs);
        }
    }
    let least = xs.values().copied().min().unwrap_or(0);
    for x in xs.values_mut() {
        *x -= least;
    }
    xs
}

/// Moves the nodes of a layer towards their neighbours and apart from each other.
fn settle(layer: &[usize], near: &BTreeMap<usize, Vec<usize>>, xs: &mut BTreeMap<usize, i32>) {
    let wish = |place: &usize| {
        let others: Vec<i32> = near
            .get(place)
            .map_or(&[][..], Vec::as_slice)
            .iter()
            .filter(|other| !layer.contains(other))
            .filter_map(|other| xs.get(other).copied())
            .collect();
        let count = i32::try_from(others.len()).unwrap_or(1);
        if count == 0 {
            xs.get(place).copied().unwrap_or(0)
        } else {
            others.iter().sum::<i32>() / count
        }
    };
    let mut wishes: Vec<(i32, usize)> = layer.iter().map(|place| (wish(place), *place)).collect();
    wishes.sort_unstable();
    let mut placed: Vec<i32> = Vec::with_capacity(wishes.len());
    for (wish, _) in &wishes {
        let free = placed.last().map_or(*wish, |last| last + PITCH_X);
        placed.push((*wish).max(free));
    }
    // What was pushed to the right is pulled back by half of it.
    let pushed: i32 = placed
        .iter()
        .zip(&wishes)
        .map(|(x, (wish, _))| x - wish)
        .sum();
    let count = i32::try_from(wishes.len()).unwrap_or(1).max(1);
    for (x, (_, place)) in placed.into_iter().zip(wishes) {
        xs.insert(place, x - pushed / count);
    }
}

fn path(nodes: &[ChainPlace], edge: &ChainEdge) -> String {
    let (Some(from), Some(to)) = (nodes.get(edge.from), nodes.get(edge.to)) else {
        return String::new();
    };
    if from.y + from.height / 2 == to.y + to.height / 2 {
        let y = from.y + from.height / 2 + if edge.from < edge.to { -6 } else { 6 };
        let (x1, x2) = if from.x < to.x {
            (from.x + from.width, to.x)
        } else {
            (from.x, to.x + to.width)
        };
        return format!("M{x1} {y}H{x2}");
    }
    let (x1, x2) = (from.x + from.width / 2, to.x + to.width / 2);
    let (y1, y2) = if from.y < to.y {
        (from.y + from.height, to.y)
    } else {
        (from.y, to.y + to.height)
    };
    let middle = y1.midpoint(y2);
    format!("M{x1} {y1}C{x1} {middle} {x2} {middle} {x2} {y2}")
}

const STYLE: &str = "text{font-family:sans-serif;fill:#222}.l{font-size:10px;font-weight:600}\
.s{font-size:9px}.edge{fill:none;stroke:#667;stroke-width:1.6}.edge.dead{stroke:#aab;\
stroke-dasharray:2 3}.edge.manual{stroke-dasharray:7 4}.node{stroke:#445;stroke-width:1.2}\
.load{stroke-width:2.6}.good{fill:#e3f3e6}.warning{fill:#fdeccd}.bad{fill:#f8d7d7}\
.unknown{fill:url(#hatch)}.passive{fill:#f1f2f4}";

/// Draws a chain with its style, to print or to embed.
pub fn chain_svg(chain: &Chain) -> String {
    let layout = chain_layout(chain);
    let title = escape(&chain.title);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {}\" role=\"img\" \
         aria-label=\"{title}\"><title>{title}</title><style>{STYLE}</style><defs><pattern \
         id=\"hatch\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" \
         patternTransform=\"rotate(45)\"><rect width=\"6\" height=\"6\" fill=\"#eceef1\"/><path \
         d=\"M0 0V6\" stroke=\"#b4bac2\" stroke-width=\"2\"/></pattern></defs>",
        layout.width, layout.height
    );
    for (edge, path) in chain.edges.iter().zip(&layout.edges) {
        let class = match (edge.manual, edge.live) {
            (true, _) => "edge manual",
            (false, true) => "edge",
            (false, false) => "edge dead",
        };
        write!(out, "<path class=\"{class}\" d=\"{path}\"/>").ok();
    }
    for (node, place) in chain.nodes.iter().zip(&layout.nodes) {
        draw(&mut out, node, place);
    }
    let missing = chain.nodes.len() - layout.nodes.len();
    if missing > 0 {
        write!(out, "<text class=\"s\" x=\"4\" y=\"10\">+{missing}</text>").ok();
    }
    out.push_str("</svg>");
    out
}

fn draw(out: &mut String, node: &ChainNode, place: &ChainPlace) {
    let (tone, mark) = node.tone.class_and_mark();
    let ChainPlace {
        x,
        y,
        width,
        height,
    } = place;
    let round = match node.shape {
        ChainShape::Source => NODE_HEIGHT / 2,
        ChainShape::Capacity => 7,
        ChainShape::Gate => GATE_SIZE / 2,
        ChainShape::Distribution | ChainShape::Load => 0,
    };
    let load = if node.shape == ChainShape::Load {
        " load"
    } else {
        ""
    };
    let (label, state) = (escape(&node.label), escape(&node.state));
    write!(
        out,
        "<g><title>{label}: {state}</title><rect class=\"node {tone}{load}\" x=\"{x}\" y=\"{y}\" \
         width=\"{width}\" height=\"{height}\" rx=\"{round}\"/>"
    )
    .ok();
    if node.shape != ChainShape::Gate {
        let (cx, first, second) = (x + width / 2, y + 15, y + 29);
        let short = escape(&fit(&node.label, LABEL_CHARACTERS_MAX));
        let state = escape(&fit(&node.state, LABEL_CHARACTERS_MAX));
        let mark = if mark.is_empty() { "○" } else { mark };
        write!(
            out,
            "<text class=\"l\" x=\"{cx}\" y=\"{first}\" text-anchor=\"middle\">{short}</text>\
             <text class=\"s\" x=\"{cx}\" y=\"{second}\" text-anchor=\"middle\">{mark} {state}</text>"
        )
        .ok();
    }
    out.push_str("</g>");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::well_formed::assert_well_formed;
    use proptest::prelude::*;

    fn node(id: &str, shape: ChainShape) -> ChainNode {
        ChainNode {
            id: id.to_owned(),
            label: id.to_owned(),
            shape,
            tone: Tone::Good,
            state: "normal".to_owned(),
            group: 0,
        }
    }

    fn edge(from: usize, to: usize, manual: bool) -> ChainEdge {
        ChainEdge {
            from,
            to,
            manual,
            live: true,
        }
    }

    #[test]
    fn sources_stand_above_and_loads_below() {
        use ChainShape::{Capacity, Distribution, Load, Source};
        let chain = Chain {
            title: "A <chain>".to_owned(),
            nodes: vec![
                node("load", Load),
                node("ups", Capacity),
                node("gen", Source),
                node("bus_a", Distribution),
                node("bus_b", Distribution),
                node("battery", Source),
                node("raw", Load),
            ],
            edges: vec![
                edge(2, 3, false),
                edge(2, 4, false),
                edge(3, 4, true),
                edge(4, 3, true),
                edge(3, 1, false),
                edge(5, 1, false),
                edge(1, 0, false),
                edge(4, 6, false),
            ],
        };
        let layout = chain_layout(&chain);
        let y = |place: usize| layout.nodes[place].y;
        assert!(y(2) < y(3) && y(3) == y(4) && y(4) == y(5) && y(3) < y(1) && y(1) < y(0));
        assert_eq!(y(0), y(6));
        let svg = chain_svg(&chain);
        assert_well_formed(&svg);
        assert!(
            svg.contains("A &lt;chain&gt;") && svg.contains("● normal"),
            "{svg}"
        );
    }

    #[test]
    fn the_unknown_is_hatched_and_every_state_has_a_mark_and_a_word() {
        let mut one = node("n", ChainShape::Capacity);
        for (tone, expect) in [
            (Tone::Unknown, "? unknown"),
            (Tone::Bad, "✕ unknown"),
            (Tone::Warning, "▲ unknown"),
            (Tone::Passive, "○ unknown"),
        ] {
            one.tone = tone;
            one.state = "unknown".to_owned();
            let svg = chain_svg(&Chain {
                nodes: vec![one.clone()],
                ..Chain::default()
            });
            assert!(svg.contains(expect), "{svg}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

        #[test]
        fn no_two_nodes_overlap_and_all_stand_inside(
            count in 1_usize..24,
            links in proptest::collection::vec((0_usize..24, 0_usize..24, any::<bool>()), 0..40),
        ) {
            let shapes = [ChainShape::Source, ChainShape::Capacity, ChainShape::Load, ChainShape::Gate];
            let nodes = (0..count).map(|n| ChainNode {
                group: u8::try_from(n % 2).unwrap(),
                ..node(&n.to_string(), shapes[n % 4])
            });
            let edges = links.into_iter().map(|(a, b, manual)| edge(a % count, b % count, manual));
            let chain = Chain { title: String::new(), nodes: nodes.collect(), edges: edges.collect() };
            let layout = chain_layout(&chain);
            for (n, a) in layout.nodes.iter().enumerate() {
                prop_assert!(a.x >= 0 && a.y >= 0);
                prop_assert!(a.x + a.width <= layout.width && a.y + a.height <= layout.height);
                for b in &layout.nodes[n + 1..] {
                    let apart = a.x + a.width <= b.x || b.x + b.width <= a.x
                        || a.y + a.height <= b.y || b.y + b.height <= a.y;
                    prop_assert!(apart, "{a:?} {b:?}");
                }
            }
            assert_well_formed(&chain_svg(&chain));
        }
    }
}
