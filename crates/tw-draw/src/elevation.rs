//! The elevation of a rack: what stands at which U, seen from one side.
//!
//! **Room:** layer 0, pure. **May use:** nothing of ours. **Must not:** show a state by colour
//! alone: each also has a mark, and the unknown is hatched.

use crate::svg::{escape, fit};
use std::fmt::Write;

/// Which side is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The cold aisle's.
    Front,
    /// The hot aisle's.
    Rear,
}

/// How something fares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Works.
    Good,
    /// Works, but not as it should.
    Warning,
    /// Does not work.
    Bad,
    /// Nobody knows.
    Unknown,
    /// Nobody asks: a shelf, a patch panel.
    Passive,
}

impl Tone {
    /// The class in the drawing's own style sheet, and the mark before the label.
    pub(crate) const fn class_and_mark(self) -> (&'static str, &'static str) {
        match self {
            Self::Good => ("good", "●"),
            Self::Warning => ("warning", "▲"),
            Self::Bad => ("bad", "✕"),
            Self::Unknown => ("unknown", "?"),
            Self::Passive => ("passive", ""),
        }
    }
}

/// Something mounted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mounted {
    /// The lowest U that it takes, from 1 at the bottom.
    pub u: u32,
    /// How many U it takes.
    pub height_u: u32,
    /// What is written on it.
    pub label: String,
    /// How it fares.
    pub tone: Tone,
    /// Its state in words, for the tooltip and the screen reader.
    pub state: String,
}

/// A rack to draw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Elevation {
    /// The words on its door.
    pub name: String,
    /// How many U it has.
    pub height_u: u32,
    /// Which side is seen.
    pub side: Side,
    /// What stands in it.
    pub mounted: Vec<Mounted>,
}

const U_HEIGHT: u32 = 18;
const WIDTH: u32 = 260;
const GUTTER: u32 = 28;
const TOP: u32 = 26;
const LABEL_CHARACTERS_MAX: usize = 32;

const STYLE: &str = ".frame{fill:none;stroke:#555;stroke-width:2}.u{fill:#666;font-size:9px}\
.free{fill:#f4f4f4;stroke:#ddd}.label{fill:#111;font-size:11px}.name{font-size:13px;\
font-weight:600;fill:#111}.good{fill:#dcefe0;stroke:#2f7d46}.warning{fill:#fdf0d0;\
stroke:#8a6100}.bad{fill:#f9d9d6;stroke:#b3261e}.unknown{fill:url(#hatch);stroke:#777}\
.passive{fill:#e6e6ea;stroke:#888}text{font-family:system-ui,sans-serif}";

/// A higher rack is drawn up to this U.
pub const HEIGHT_U_MAX: u32 = 100;

/// Draws a rack, the highest U on top. The drawing carries its own style, a title and a
/// description, and a `<title>` on each thing.
pub fn elevation(rack: &Elevation) -> String {
    let rack = &Elevation {
        height_u: rack.height_u.min(HEIGHT_U_MAX),
        ..rack.clone()
    };
    let height = rack.height_u.saturating_mul(U_HEIGHT);
    let (full_width, full_height) = (WIDTH + GUTTER + 8, height + TOP + 8);
    let side = match rack.side {
        Side::Front => "front",
        Side::Rear => "rear",
    };
    let mut svg = String::new();
    let mut line = |text: std::fmt::Arguments<'_>| {
        // Writing into a String cannot fail.
        svg.write_fmt(text).ok();
    };
    line(format_args!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" aria-labelledby=\"t d\" \
         viewBox=\"0 0 {full_width} {full_height}\" width=\"{full_width}\" height=\"{full_height}\">\
         <title id=\"t\">{}, {side}</title><desc id=\"d\">{}</desc><style>{STYLE}</style>\
         <defs><pattern id=\"hatch\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" \
         patternTransform=\"rotate(45)\"><rect width=\"6\" height=\"6\" fill=\"#eee\"/>\
         <rect width=\"2\" height=\"6\" fill=\"#bbb\"/></pattern></defs>\
         <text class=\"name\" x=\"{GUTTER}\" y=\"16\">{}</text>",
        escape(&rack.name),
        escape(&description(rack)),
        escape(&fit(&rack.name, LABEL_CHARACTERS_MAX)),
    ));
    for u in 1..=rack.height_u {
        let y = y_of(rack, u, 1);
        let text_y = y + U_HEIGHT - 6;
        line(format_args!(
            "<rect class=\"free\" x=\"{GUTTER}\" y=\"{y}\" width=\"{WIDTH}\" height=\"{U_HEIGHT}\"/>\
             <text class=\"u\" x=\"{}\" y=\"{text_y}\" text-anchor=\"end\">{u}</text>",
            GUTTER - 5,
        ));
    }
    for thing in rack.mounted.iter().filter(|thing| fits(rack, thing)) {
        let (class, mark) = thing.tone.class_and_mark();
        let y = y_of(rack, thing.u, thing.height_u);
        let label = format!("{mark} {}", fit(&thing.label, LABEL_CHARACTERS_MAX));
        line(format_args!(
            "<g><title>{}: {}</title><rect class=\"{class}\" x=\"{GUTTER}\" y=\"{y}\" \
             width=\"{WIDTH}\" height=\"{}\" rx=\"2\"/><text class=\"label\" x=\"{}\" y=\"{}\">{}\
             </text></g>",
            escape(&thing.label),
            escape(&thing.state),
            thing.height_u * U_HEIGHT,
            GUTTER + 6,
            y + 13,
            escape(label.trim()),
        ));
    }
    line(format_args!(
        "<rect class=\"frame\" x=\"{GUTTER}\" y=\"{TOP}\" width=\"{WIDTH}\" height=\"{height}\"/></svg>"
    ));
    svg
}

fn fits(rack: &Elevation, thing: &Mounted) -> bool {
    let top = thing.u.saturating_add(thing.height_u).saturating_sub(1);
    thing.u >= 1 && thing.height_u >= 1 && top <= rack.height_u
}

/// The upper edge of what stands at `u`.
fn y_of(rack: &Elevation, u: u32, height_u: u32) -> u32 {
    let above = rack
        .height_u
        .saturating_sub(u.saturating_add(height_u).saturating_sub(1));
    TOP + above * U_HEIGHT
}

fn description(rack: &Elevation) -> String {
    let mut things: Vec<&Mounted> = rack.mounted.iter().collect();
    things.sort_by_key(|thing| std::cmp::Reverse(thing.u));
    let said: Vec<String> = things
        .iter()
        .map(|thing| format!("U{} {}: {}", thing.u, thing.label, thing.state))
        .collect();
    said.join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::well_formed::assert_well_formed;
    use proptest::prelude::*;

    fn thing(u: u32, height_u: u32, label: &str, tone: Tone) -> Mounted {
        Mounted {
            u,
            height_u,
            label: label.to_owned(),
            tone,
            state: format!("{tone:?}").to_lowercase(),
        }
    }

    fn rack(mounted: Vec<Mounted>) -> String {
        elevation(&Elevation {
            name: "R1 <b>".to_owned(),
            height_u: 4,
            side: Side::Front,
            mounted,
        })
    }

    #[test]
    fn u_one_is_at_the_bottom() {
        let svg = rack(vec![thing(1, 2, "ups", Tone::Good)]);
        let bottom = TOP + 2 * U_HEIGHT;
        assert!(
            svg.contains(&format!("class=\"good\" x=\"28\" y=\"{bottom}\"")),
            "{svg}"
        );
    }

    #[test]
    fn a_hostile_label_is_text_and_what_does_not_fit_is_not_drawn() {
        let svg = rack(vec![
            thing(1, 1, "<script>alert(1)</script>", Tone::Unknown),
            thing(4, 2, "too high", Tone::Bad),
            thing(0, 1, "below", Tone::Bad),
        ]);
        assert!(!svg.contains("<script"));
        assert!(!svg.contains("class=\"bad\""));
        assert!(svg.contains("class=\"unknown\""));
        assert!(svg.contains("R1 &lt;b&gt;"));
    }

    #[test]
    fn every_tone_has_a_mark_besides_its_colour() {
        let tones = [Tone::Good, Tone::Warning, Tone::Bad, Tone::Unknown];
        let marks: std::collections::BTreeSet<_> =
            tones.iter().map(|tone| tone.class_and_mark().1).collect();
        assert_eq!(marks.len(), tones.len());
        assert!(marks.iter().all(|mark| !mark.is_empty()));
    }

    #[test]
    fn a_rack_of_any_height_is_drawn_up_to_the_limit() {
        let svg = elevation(&Elevation {
            name: "tower".to_owned(),
            height_u: u32::MAX,
            side: Side::Rear,
            mounted: vec![thing(u32::MAX, 1, "top", Tone::Good)],
        });
        assert_well_formed(&svg);
        assert_eq!(svg.matches("class=\"free\"").count(), HEIGHT_U_MAX as usize);
    }

    proptest! {
        #[test]
        fn hostile_labels_stay_texts(label in any::<String>(), u in any::<u32>(), height_u in 0_u32..90) {
            let svg = rack(vec![thing(u % 6, height_u % 4, &format!("</text><script>{label}\"'&"), Tone::Bad)]);
            assert_well_formed(&svg);
            prop_assert!(!svg.contains("<script"));
            prop_assert!(!svg.chars().any(char::is_control));
        }
    }
}
