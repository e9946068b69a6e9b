//! The label that is glued to an asset: its tag, readable by people and by scanners.
//!
//! **Room:** layer 2, pure. **May use:** `tw-model`. **Must not:** put anything but the tag into the
//! code: a scanner types it into a field.

use qrcode::{Color, EcLevel, QrCode};
use std::fmt::Write as _;
use tw_model::Asset;

/// The label's size in millimetres.
const LABEL_MM: (u32, u32) = (62, 29);
/// The code's side with its quiet zone, in millimetres.
const CODE_MM: f64 = 27.0;
/// A quiet zone of four modules belongs to the code (ISO/IEC 18004).
const QUIET_MODULES: usize = 4;
/// So much of a line of text fits.
const LINE_CHARS_MAX: usize = 24;

/// The label as SVG in millimetres; none when the tag does not fit into a code.
pub(super) fn label(asset: &Asset, owner: &str) -> Option<String> {
    let code = QrCode::with_error_correction_level(asset.tag.as_str(), EcLevel::M).ok()?;
    let (width, height) = LABEL_MM;
    let title = escaped(asset.tag.as_str());
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}mm\" height=\"{height}mm\" \
         viewBox=\"0 0 {width} {height}\" role=\"img\" aria-label=\"{title}\">\
         <rect width=\"{width}\" height=\"{height}\" fill=\"#fff\"/>"
    );
    modules(&code, &mut svg);
    let made = [asset.manufacturer.as_deref(), asset.model.as_deref()];
    let made: Vec<&str> = made.into_iter().flatten().collect();
    let serial = asset.serial.as_ref().map(|serial| format!("S/N {serial}"));
    let lines = [
        (8.0, 3.9, true, asset.tag.to_string()),
        (13.5, 2.4, false, made.join(" ")),
        (17.5, 2.4, false, serial.unwrap_or_default()),
        (25.5, 2.2, false, owner.to_owned()),
    ];
    for (y, size, strong, text) in lines {
        let weight = if strong { 700 } else { 400 };
        let text = escaped(&shortened(&text));
        write!(
            svg,
            "<text x=\"30\" y=\"{y}\" font-family=\"sans-serif\" font-size=\"{size}\" \
             font-weight=\"{weight}\" fill=\"#000\">{text}</text>"
        )
        .ok()?;
    }
    svg.push_str("</svg>");
    Some(svg)
}

fn modules(code: &QrCode, svg: &mut String) {
    let side = code.width();
    #[expect(clippy::cast_precision_loss, reason = "at most 177 modules a side")]
    let scale = CODE_MM / (side + 2 * QUIET_MODULES) as f64;
    let mut path = String::new();
    for (index, color) in code.to_colors().into_iter().enumerate() {
        if color == Color::Dark {
            let (x, y) = (index % side + QUIET_MODULES, index / side + QUIET_MODULES);
            // Writing to a string does not fail.
            write!(path, "M{x} {y}h1v1h-1z").ok();
        }
    }
    write!(
        svg,
        "<path transform=\"translate(1 1) scale({scale:.4})\" shape-rendering=\"crispEdges\" \
         fill=\"#000\" d=\"{path}\"/>"
    )
    .ok();
}

fn shortened(text: &str) -> String {
    if text.chars().count() <= LINE_CHARS_MAX {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(LINE_CHARS_MAX - 1).collect();
    short.push('…');
    short
}

fn escaped(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_control())
        .map(|c| match c {
            '<' => "&lt;".to_owned(),
            '>' => "&gt;".to_owned(),
            '&' => "&amp;".to_owned(),
            '"' => "&quot;".to_owned(),
            c => c.to_string(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use tw_model::{AssetClass, AssetStatus};

    #[test]
    fn a_label_has_the_tag_for_people_and_scanners_and_no_markup_of_others() {
        let tag = "TW-000001".parse().unwrap();
        let mut asset = Asset::new(tag, AssetClass::Server, AssetStatus::InStock);
        asset.model = Some("<script>".to_owned());
        let svg = label(&asset, "Cục Viễn thông").unwrap();
        assert!(svg.contains(">TW-000001</text>") && svg.contains("&lt;script&gt;"));
        assert!(!svg.contains("<script"));
        // 21 modules a side for nine characters, and three finder patterns of dark corners.
        let code = QrCode::with_error_correction_level("TW-000001", EcLevel::M).unwrap();
        let dark = code
            .to_colors()
            .iter()
            .filter(|c| **c == Color::Dark)
            .count();
        assert_eq!((code.width(), svg.matches("h1v1h-1z").count()), (21, dark));
    }
}
