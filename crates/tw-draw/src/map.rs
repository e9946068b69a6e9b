//! The schematic map of the WAN: sites on an ellipse, circuits between them.
//!
//! **Room:** layer 0, pure. **May use:** nothing of ours. **Must not:** show a state by colour
//! alone: each also has a mark, a word and a kind of line.

use crate::{
    elevation::Tone,
    svg::{escape, fit},
};
use std::{collections::BTreeMap, f64::consts::PI};

/// More sites are not drawn; the description says so.
pub const SITES_MAX: usize = 40;
/// More circuits are not drawn; the description says so.
pub const CIRCUITS_MAX: usize = 400;

/// A site on the map.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MapSite {
    /// Its id; circuits name it.
    pub id: String,
    /// What is written on its card.
    pub name: String,
    /// How it fares.
    pub tone: Tone,
    /// The same in words.
    pub state: String,
    /// The page to open, from the root of the console: `/sites/vnta`. Anything else is left out.
    pub page: Option<String>,
}

/// A circuit on the map.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MapCircuit {
    /// What is written at its middle.
    pub name: String,
    /// The site of one end.
    pub a: String,
    /// The site of the other end.
    pub z: String,
    /// How it fares.
    pub tone: Tone,
    /// The same in words.
    pub state: String,
    /// The page to open, from the root of the console.
    pub page: Option<String>,
}

/// A map to draw.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WanMap {
    /// What it shows, for the title.
    pub title: String,
    /// The sites, in the order in which they stand, clockwise from the top.
    pub sites: Vec<MapSite>,
    /// The circuits; those whose ends are not on the map are not drawn.
    pub circuits: Vec<MapCircuit>,
}

const WIDTH: f64 = 860.0;
const HEIGHT: f64 = 470.0;
const CARD: (f64, f64) = (200.0, 56.0);
/// How far parallel circuits stand apart at their middle.
const APART: f64 = 120.0;
const NAME_CHARACTERS_MAX: usize = 24;

const STYLE: &str = ".card{stroke-width:1.5}.name{font-size:13px;font-weight:600;fill:#111}\
.word{font-size:11px;fill:#333}.wire{fill:none;stroke-width:3}.tag{fill:#fff;stroke:#999}\
.card.good{fill:#dcefe0;stroke:#2f7d46}.card.warning{fill:#fdf0d0;stroke:#8a6100}\
.card.bad{fill:#f9d9d6;stroke:#b3261e}.card.unknown{fill:url(#hatch);stroke:#777}\
.card.passive{fill:#e6e6ea;stroke:#888}.wire.good{stroke:#2f7d46}\
.wire.warning{stroke:#8a6100;stroke-dasharray:14 5}.wire.bad{stroke:#b3261e;stroke-dasharray:6 6}\
.wire.unknown{stroke:#777;stroke-dasharray:2 6}.wire.passive{stroke:#888;stroke-width:1}\
text{font-family:system-ui,sans-serif;text-anchor:middle}";

/// Draws the map. It carries its own style, a title and a description, and a `<title>` on each
/// thing.
pub fn wan_map(map: &WanMap) -> String {
    let sites: Vec<&MapSite> = map.sites.iter().take(SITES_MAX).collect();
    let places: BTreeMap<&str, Point> = sites
        .iter()
        .enumerate()
        .map(|(index, site)| (site.id.as_str(), place(index, sites.len())))
        .collect();
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" aria-labelledby=\"wt wd\" \
         viewBox=\"0 0 {WIDTH} {HEIGHT}\"><title id=\"wt\">{}</title><desc id=\"wd\">{}</desc>\
         <style>{STYLE}</style><defs><pattern id=\"hatch\" width=\"6\" height=\"6\" \
         patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">\
         <rect width=\"6\" height=\"6\" fill=\"#eee\"/><rect width=\"2\" height=\"6\" \
         fill=\"#bbb\"/></pattern></defs>",
        escape(&map.title),
        escape(&description(map)),
    );
    for (circuit, number, of) in parallel(map) {
        if let (Some(a), Some(z)) = (
            places.get(circuit.a.as_str()),
            places.get(circuit.z.as_str()),
        ) {
            svg.push_str(&wire(circuit, (*a, *z), bend((number, of))));
        }
    }
    for site in &sites {
        if let Some(place) = places.get(site.id.as_str()) {
            svg.push_str(&card(site, *place));
        }
    }
    svg.push_str("</svg>");
    svg
}

/// A point of the drawing.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Point {
    x: f64,
    y: f64,
}

/// The middle of a site's card.
fn place(index: usize, count: usize) -> Point {
    let (cx, cy) = (WIDTH / 2.0, HEIGHT / 2.0);
    if count <= 1 {
        return Point { x: cx, y: cy };
    }
    let turn = f64::from(small(index)) / f64::from(small(count)) * 2.0 * PI - PI / 2.0;
    let (rx, ry) = (
        (WIDTH - CARD.0) / 2.0 - 10.0,
        (HEIGHT - CARD.1) / 2.0 - 10.0,
    );
    Point {
        x: cx + rx * turn.cos(),
        y: cy + ry * turn.sin(),
    }
}

/// A count of things on the map, which is far below 2^16.
fn small(count: usize) -> u16 {
    u16::try_from(count).unwrap_or(u16::MAX)
}

/// Each circuit with its number among those between the same two sites, and how many they are.
fn parallel(map: &WanMap) -> Vec<(&MapCircuit, usize, usize)> {
    let pair = |circuit: &MapCircuit| {
        let (a, z) = (circuit.a.clone(), circuit.z.clone());
        if a <= z { (a, z) } else { (z, a) }
    };
    let mut counts: BTreeMap<(String, String), usize> = BTreeMap::new();
    let drawn: Vec<&MapCircuit> = map
        .circuits
        .iter()
        .filter(|c| c.a != c.z)
        .take(CIRCUITS_MAX)
        .collect();
    let numbered: Vec<(&MapCircuit, usize)> = drawn
        .into_iter()
        .map(|circuit| {
            let count = counts.entry(pair(circuit)).or_default();
            *count += 1;
            (circuit, *count - 1)
        })
        .collect();
    let of = |circuit: &MapCircuit| counts.get(&pair(circuit)).copied().unwrap_or(1);
    numbered
        .into_iter()
        .map(|(circuit, number)| (circuit, number, of(circuit)))
        .collect()
}

/// How far the middle of a circuit stands beside the straight line.
fn bend((number, of): (usize, usize)) -> f64 {
    (f64::from(small(number)) - (f64::from(small(of)) - 1.0) / 2.0) * APART
}

fn wire(circuit: &MapCircuit, (a, z): (Point, Point), bend: f64) -> String {
    // The same side for both directions, so that parallel circuits never cross.
    let (from, to) = if circuit.a <= circuit.z {
        (a, z)
    } else {
        (z, a)
    };
    let (dx, dy) = (to.x - from.x, to.y - from.y);
    let length = dx.hypot(dy).max(1.0);
    let straight = Point {
        x: f64::midpoint(from.x, to.x),
        y: f64::midpoint(from.y, to.y),
    };
    let middle = Point {
        x: straight.x - dy / length * bend,
        y: straight.y + dx / length * bend,
    };
    // The control point of a quadratic curve lies twice as far out as its middle.
    let control = Point {
        x: 2.0 * middle.x - straight.x,
        y: 2.0 * middle.y - straight.y,
    };
    let (class, mark) = circuit.tone.class_and_mark();
    let label = format!("{mark} {}", fit(&circuit.name, NAME_CHARACTERS_MAX));
    let body = format!(
        "<title>{}: {}</title><path class=\"wire {class}\" d=\"M{:.1} {:.1}Q{:.1} {:.1} {:.1} \
         {:.1}\"/><rect class=\"tag\" x=\"{:.1}\" y=\"{:.1}\" width=\"150\" height=\"20\" \
         rx=\"10\"/><text class=\"word\" x=\"{:.1}\" y=\"{:.1}\">{}</text>",
        escape(&circuit.name),
        escape(&circuit.state),
        from.x,
        from.y,
        control.x,
        control.y,
        to.x,
        to.y,
        middle.x - 75.0,
        middle.y - 10.0,
        middle.x,
        middle.y + 4.0,
        escape(label.trim()),
    );
    linked(circuit.page.as_deref(), &body)
}

fn card(site: &MapSite, place: Point) -> String {
    let (class, mark) = site.tone.class_and_mark();
    let word = format!("{mark} {}", fit(&site.state, NAME_CHARACTERS_MAX));
    let body = format!(
        "<title>{}: {}</title><rect class=\"card {class}\" x=\"{:.1}\" y=\"{:.1}\" \
         width=\"{:.0}\" height=\"{:.0}\" rx=\"6\"/><text class=\"name\" x=\"{:.1}\" \
         y=\"{:.1}\">{}</text><text class=\"word\" x=\"{:.1}\" y=\"{:.1}\">{}</text>",
        escape(&site.name),
        escape(&site.state),
        place.x - CARD.0 / 2.0,
        place.y - CARD.1 / 2.0,
        CARD.0,
        CARD.1,
        place.x,
        place.y - 4.0,
        escape(&fit(&site.name, NAME_CHARACTERS_MAX)),
        place.x,
        place.y + 16.0,
        escape(word.trim()),
    );
    linked(site.page.as_deref(), &body)
}

/// A link to a page of the console, never to anywhere else.
fn linked(page: Option<&str>, body: &str) -> String {
    let inside =
        |page: &&str| page.starts_with('/') && !page.starts_with("//") && !page.contains('\\');
    match page.filter(inside) {
        Some(page) => format!("<a href=\"{}\">{body}</a>", escape(page)),
        None => format!("<g>{body}</g>"),
    }
}

/// The whole map in words, what is not drawn included.
fn description(map: &WanMap) -> String {
    let sites = map
        .sites
        .iter()
        .take(SITES_MAX)
        .map(|site| format!("{}: {}", site.name, site.state));
    let circuits = map
        .circuits
        .iter()
        .take(CIRCUITS_MAX)
        .map(|c| format!("{} ({} – {}): {}", c.name, c.a, c.z, c.state));
    let mut said: Vec<String> = sites.chain(circuits).collect();
    let more =
        map.sites.len().saturating_sub(SITES_MAX) + map.circuits.len().saturating_sub(CIRCUITS_MAX);
    if more > 0 {
        said.push(format!("and {more} more"));
    }
    said.join("; ")
}

#[cfg(test)]
mod tests;
