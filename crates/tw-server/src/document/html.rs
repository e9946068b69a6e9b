//! A document as HTML for the screen and for print.
//!
//! **Room:** layer 2, pure. **May use:** nothing of ours. **Must not:** let a text become markup,
//! or ask for anything from outside.

use super::{Align, Bars, Block, Document, Fill, Lang, Strip, Table};
use std::fmt::Write as _;

/// The style sheet's place in a content policy is inline; the page has no script.
pub const CONTENT_POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'";

const STYLE: &str = "\
body{font:15px/1.5 'DejaVu Sans',system-ui,sans-serif;color:#111;background:#fff;max-width:60rem;\
margin:2rem auto;padding:0 1rem}h1{font-size:1.7rem;margin:0}h2{font-size:1.25rem;margin-top:2rem}\
h3{font-size:1.05rem}.sub{color:#444;margin:.1rem 0}hr{border:0;border-top:2px solid #111}\
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:.87rem}\
caption{text-align:left;font-weight:700;padding:.3rem 0}th,td{text-align:left;vertical-align:top;\
padding:.3rem .45rem;border-bottom:1px solid #999;overflow-wrap:anywhere}\
thead th{background:#e8e8e8;border-bottom:2px solid #111}.r{text-align:right}\
dl{display:grid;grid-template-columns:minmax(9rem,max-content) 1fr;gap:.2rem 1rem}dt{color:#444}\
dd{margin:0;overflow-wrap:anywhere}.note{border:1px solid #111;border-left-width:5px;padding:.5rem .8rem;\
background:#f6f6f6;white-space:pre-line}figure{margin:1rem 0}figcaption{font-weight:700}\
svg{display:block;width:100%;height:auto}.legend{list-style:none;display:flex;flex-wrap:wrap;\
gap:.3rem 1.2rem;padding:0;font-size:.82rem}.legend svg{display:inline-block;width:18px;height:11px;\
margin-right:.35rem;vertical-align:-1px}.sign{display:flex;gap:2rem;margin-top:2rem}\
.sign p{flex:1;border-bottom:1px solid #111;padding-bottom:4.5rem;font-weight:700}\
footer{margin-top:2rem;color:#444;font-size:.8rem;overflow-wrap:anywhere}\
@media print{body{margin:0;max-width:none;font-size:10pt}thead{display:table-header-group}\
tr,figure,.note{break-inside:avoid}h2,h3{break-after:avoid}.turn{break-before:page}\
@page{size:A4;margin:18mm}}";

const PATTERNS: &str = "\
<svg width=\"0\" height=\"0\" style=\"position:absolute\" aria-hidden=\"true\"><defs>\
<pattern id=\"hatched\" width=\"5\" height=\"5\" patternUnits=\"userSpaceOnUse\" \
patternTransform=\"rotate(45)\"><rect width=\"5\" height=\"5\" fill=\"#f0f0f0\"/>\
<path d=\"M0 0V5\" stroke=\"#222\" stroke-width=\"1.4\"/></pattern>\
<pattern id=\"crossed\" width=\"5\" height=\"5\" patternUnits=\"userSpaceOnUse\" \
patternTransform=\"rotate(45)\"><rect width=\"5\" height=\"5\" fill=\"#fff\"/>\
<path d=\"M0 0V5M0 0H5\" stroke=\"#222\"/></pattern>\
<pattern id=\"upright\" width=\"4\" height=\"4\" patternUnits=\"userSpaceOnUse\">\
<rect width=\"4\" height=\"4\" fill=\"#fff\"/><path d=\"M1 0V4\" stroke=\"#222\" \
stroke-width=\"1.4\"/></pattern>\
<pattern id=\"dotted\" width=\"4\" height=\"4\" patternUnits=\"userSpaceOnUse\">\
<rect width=\"4\" height=\"4\" fill=\"#fff\"/><circle cx=\"1.5\" cy=\"1.5\" r=\"1\"/></pattern>\
</defs></svg>";

const fn paint(fill: Fill) -> &'static str {
    match fill {
        Fill::Clear => "#fff",
        Fill::Solid => "#000",
        Fill::Grey => "#9e9e9e",
        Fill::Hatched => "url(#hatched)",
        Fill::Upright => "url(#upright)",
        Fill::Dotted => "url(#dotted)",
        Fill::Crossed => "url(#crossed)",
    }
}

/// Text that cannot become markup.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

fn element(out: &mut String, name: &str, class: &str, text: &str) {
    let class = if class.is_empty() {
        String::new()
    } else {
        format!(" class=\"{class}\"")
    };
    push(
        out,
        format_args!("<{name}{class}>{}</{name}>\n", escaped(text)),
    );
}

fn push(out: &mut String, text: std::fmt::Arguments<'_>) {
    out.write_fmt(text).expect("a String takes any text");
}

/// The whole page.
pub(super) fn html(document: &Document) -> String {
    let mut out = String::from("<!doctype html>\n");
    push(
        &mut out,
        format_args!(
            "<html lang=\"{}\">\n<head><meta charset=\"utf-8\"><meta name=\"viewport\" \
             content=\"width=device-width\"><title>{}</title><style>{STYLE}</style></head>\n\
             <body>{PATTERNS}\n<main>\n",
            document.lang.tag(),
            escaped(&document.title)
        ),
    );
    element(&mut out, "h1", "", &document.title);
    for line in &document.subtitle {
        element(&mut out, "p", "sub", line);
    }
    out.push_str("<hr>\n");
    for block in &document.blocks {
        self::block(&mut out, block, document.lang);
    }
    out.push_str("</main>\n");
    element(&mut out, "footer", "", &document.footer);
    out.push_str("</body>\n</html>\n");
    out
}

fn block(out: &mut String, block: &Block, lang: Lang) {
    match block {
        Block::Heading(1, text) => element(out, "h2", "", text),
        Block::Heading(_, text) => element(out, "h3", "", text),
        Block::Paragraph(text) => element(out, "p", "", text),
        Block::Note(text) => element(out, "p", "note", text),
        Block::Facts(facts) => {
            out.push_str("<dl>\n");
            for (name, value) in facts {
                element(out, "dt", "", name);
                element(out, "dd", "", value);
            }
            out.push_str("</dl>\n");
        }
        Block::Table(table) => self::table(out, table),
        Block::Bars(bars) => self::bars(out, bars),
        Block::Strip(strip) => self::strip(out, strip, lang),
        Block::Signatures(names) => {
            out.push_str("<div class=\"sign\">\n");
            for name in names {
                element(out, "p", "", name);
            }
            out.push_str("</div>\n");
        }
        Block::PageBreak => out.push_str("<div class=\"turn\"></div>\n"),
    }
}

fn table(out: &mut String, table: &Table) {
    out.push_str("<div class=\"scroll\" tabindex=\"0\"><table>\n");
    if !table.caption.is_empty() {
        element(out, "caption", "", &table.caption);
    }
    out.push_str("<thead><tr>");
    let class = |align: Align| if align == Align::Right { "r" } else { "" };
    for (heading, align) in &table.columns {
        let class = class(*align);
        push(
            out,
            format_args!(
                "<th scope=\"col\" class=\"{class}\">{}</th>",
                escaped(heading)
            ),
        );
    }
    out.push_str("</tr></thead>\n<tbody>\n");
    for row in &table.rows {
        out.push_str("<tr>");
        for (index, (_, align)) in table.columns.iter().enumerate() {
            let text = row.get(index).map_or("", String::as_str);
            push(
                out,
                format_args!("<td class=\"{}\">{}</td>", class(*align), escaped(text)),
            );
        }
        out.push_str("</tr>\n");
    }
    if table.rows.is_empty() {
        let columns = table.columns.len();
        push(
            out,
            format_args!(
                "<tr><td colspan=\"{columns}\">{}</td></tr>\n",
                escaped(&table.empty)
            ),
        );
    }
    out.push_str("</tbody></table></div>\n");
}

fn legend(out: &mut String, legend: &[(Fill, String)]) {
    out.push_str("<ul class=\"legend\">");
    for (fill, words) in legend {
        push(
            out,
            format_args!(
                "<li><svg viewBox=\"0 0 18 11\" aria-hidden=\"true\"><rect x=\".5\" y=\".5\" \
                 width=\"17\" height=\"10\" fill=\"{}\" stroke=\"#333\"/></svg>{}</li>",
                paint(*fill),
                escaped(words)
            ),
        );
    }
    out.push_str("</ul>\n");
}

fn pieces(out: &mut String, (y, height): (f64, f64), scale: f64, pieces: &[(Fill, f64)]) {
    let mut at = 0.0;
    for (fill, length) in pieces {
        let width = (length.max(0.0) * scale).max(1.2);
        let x = at * scale;
        push(
            out,
            format_args!(
                "<rect x=\"{x:.2}\" y=\"{y:.2}\" width=\"{width:.2}\" height=\"{height}\" \
                 fill=\"{}\" stroke=\"#333\" stroke-width=\".5\"/>",
                paint(*fill)
            ),
        );
        at += length.max(0.0);
    }
}

fn bars(out: &mut String, bars: &Bars) {
    let sum = |pieces: &[(Fill, f64)]| pieces.iter().map(|(_, n)| n.max(0.0)).sum::<f64>();
    let mark = bars.mark.as_ref().map(|(at, _)| *at);
    let most = bars.rows.iter().map(|(_, p, _)| sum(p)).chain(mark);
    let scale = match most.fold(0.0, f64::max) {
        most if most > 0.0 => 600.0 / most,
        _ => 0.0,
    };
    out.push_str("<figure>");
    element(out, "figcaption", "", &bars.caption);
    out.push_str("<dl>");
    for (label, parts, value) in &bars.rows {
        element(out, "dt", "", label);
        out.push_str("<dd><svg viewBox=\"0 0 602 18\" aria-hidden=\"true\">");
        pieces(out, (2.0, 14.0), scale, parts);
        if let Some(at) = mark {
            let x = at * scale;
            push(
                out,
                format_args!("<path d=\"M{x:.2} 0V18\" stroke=\"#000\" stroke-width=\"2\"/>"),
            );
        }
        push(out, format_args!("</svg>{}</dd>\n", escaped(value)));
    }
    out.push_str("</dl>");
    if let Some((_, words)) = &bars.mark {
        element(out, "p", "sub", &format!("▏ {words}"));
    }
    legend(out, &bars.legend);
    out.push_str("</figure>\n");
}

fn strip(out: &mut String, strip: &Strip, lang: Lang) {
    let all: f64 = strip.pieces.iter().map(|(_, n)| n.max(0.0)).sum();
    let scale = if all > 0.0 { 1_000.0 / all } else { 0.0 };
    out.push_str("<figure>");
    element(out, "figcaption", "", &strip.caption);
    out.push_str("<svg viewBox=\"-1 0 1002 30\" aria-hidden=\"true\">");
    pieces(out, (1.0, 28.0), scale, &strip.pieces);
    out.push_str("</svg>");
    let joint = match lang {
        Lang::En => " to ",
        Lang::Vi => " đến ",
    };
    let ends = [strip.ticks.first(), strip.ticks.last()];
    let ends: Vec<&str> = ends.into_iter().flatten().map(String::as_str).collect();
    element(out, "p", "sub", &ends.join(joint));
    legend(out, &strip.legend);
    out.push_str("</figure>\n");
}
