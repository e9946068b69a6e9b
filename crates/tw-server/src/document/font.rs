//! A face: how wide its letters are, and its embedded part in the PDF.
//!
//! **Room:** layer 2, pure. **May use:** nothing of ours. **Must not:** embed a letter that the
//! document does not use.

use super::{DocumentError, write::squeeze};
use pdf_writer::{
    Chunk, Filter, Finish, Name, Rect, Ref, Str,
    types::{CidFontType, FontFlags, SystemInfo, UnicodeCmap},
};
use std::collections::BTreeMap;
use subsetter::GlyphRemapper;
use ttf_parser::{Face, GlyphId};

/// Printed for a letter that the font does not have.
const MISSING: char = '\u{FFFD}';

/// A face with the glyphs used so far.
pub(super) struct Font {
    name: &'static str,
    data: &'static [u8],
    face: Face<'static>,
    used: GlyphRemapper,
    letters: BTreeMap<u16, (char, f32)>,
}

/// The two faces of a document.
pub(super) struct Fonts {
    pub(super) regular: Font,
    pub(super) bold: Font,
}

impl Fonts {
    pub(super) fn new() -> Result<Self, DocumentError> {
        let condensed = dejavu::sans_condensed::regular();
        let bold = dejavu::sans_condensed::bold();
        Ok(Self {
            regular: Font::new("DejaVuSansCondensed", condensed)?,
            bold: Font::new("DejaVuSansCondensed-Bold", bold)?,
        })
    }

    pub(super) fn of(&self, bold: bool) -> &Font {
        if bold { &self.bold } else { &self.regular }
    }

    pub(super) fn of_mut(&mut self, bold: bool) -> &mut Font {
        if bold {
            &mut self.bold
        } else {
            &mut self.regular
        }
    }
}

impl Font {
    fn new(name: &'static str, data: &'static [u8]) -> Result<Self, DocumentError> {
        Ok(Self {
            name,
            data,
            face: Face::parse(data, 0).map_err(|_| DocumentError::Font(name))?,
            used: GlyphRemapper::new(),
            letters: BTreeMap::new(),
        })
    }

    fn glyph(&self, letter: char) -> (GlyphId, char) {
        let found = self.face.glyph_index(letter).map(|glyph| (glyph, letter));
        found.unwrap_or_else(|| {
            let missing = self.face.glyph_index(MISSING).unwrap_or(GlyphId(0));
            (missing, MISSING)
        })
    }

    /// In thousandths of the size.
    fn advance(&self, glyph: GlyphId) -> f32 {
        let units = f32::from(self.face.units_per_em());
        f32::from(self.face.glyph_hor_advance(glyph).unwrap_or(0)) * 1_000.0 / units
    }

    /// How wide a text is, in points.
    pub(super) fn width(&self, text: &str, size: f32) -> f32 {
        let thousandths: f32 = text.chars().map(|c| self.advance(self.glyph(c).0)).sum();
        thousandths * size / 1_000.0
    }

    /// The text in the codes of the embedded font.
    pub(super) fn encode(&mut self, text: &str) -> Vec<u8> {
        let mut codes = Vec::with_capacity(text.len() * 2);
        for letter in text.chars() {
            let (glyph, letter) = self.glyph(letter);
            let code = self.used.remap(glyph.0);
            let width = self.advance(glyph);
            self.letters.entry(code).or_insert((letter, width));
            codes.extend(code.to_be_bytes());
        }
        codes
    }

    /// Writes the font under `id`, using four more references after it.
    pub(super) fn embed(&self, out: &mut Chunk, id: Ref) -> Result<(), DocumentError> {
        let after = |n: i32| Ref::new(id.get() + n);
        let (cid, descriptor, cmap_id, file) = (after(1), after(2), after(3), after(4));
        let tagged = format!("TWDOCS+{}", self.name);
        let name = Name(tagged.as_bytes());
        let system = SystemInfo {
            registry: Str(b"Adobe"),
            ordering: Str(b"Identity"),
            supplement: 0,
        };
        let subset = subsetter::subset(self.data, 0, &self.used)
            .map_err(|_| DocumentError::Font(self.name))?;
        out.type0_font(id)
            .base_font(name)
            .encoding_predefined(Name(b"Identity-H"))
            .descendant_font(cid)
            .to_unicode(cmap_id);
        let mut font = out.cid_font(cid);
        font.subtype(CidFontType::Type2)
            .base_font(name)
            .system_info(system)
            .font_descriptor(descriptor)
            .default_width(0.0)
            .cid_to_gid_map_predefined(Name(b"Identity"));
        let mut widths = font.widths();
        for (code, (_, width)) in &self.letters {
            widths.consecutive(*code, [*width]);
        }
        widths.finish();
        font.finish();
        self.describe(out, descriptor, (name, file));
        let mut map = UnicodeCmap::new(Name(b"Custom"), system);
        for (code, (letter, _)) in &self.letters {
            map.pair(*code, *letter);
        }
        out.cmap(cmap_id, map.finish().as_slice());
        let squeezed = squeeze(&subset);
        let length = i32::try_from(subset.len()).unwrap_or(i32::MAX);
        let mut stream = out.stream(file, &squeezed);
        stream.filter(Filter::FlateDecode);
        stream.pair(Name(b"Length1"), length);
        stream.finish();
        Ok(())
    }

    fn describe(&self, out: &mut Chunk, id: Ref, (name, file): (Name<'_>, Ref)) {
        let scale = 1_000.0 / f32::from(self.face.units_per_em());
        let size = |units: i16| f32::from(units) * scale;
        let bounds = self.face.global_bounding_box();
        out.font_descriptor(id)
            .name(name)
            .flags(FontFlags::SYMBOLIC)
            .bbox(Rect::new(
                size(bounds.x_min),
                size(bounds.y_min),
                size(bounds.x_max),
                size(bounds.y_max),
            ))
            .italic_angle(0.0)
            .ascent(size(self.face.ascender()))
            .descent(size(self.face.descender()))
            .cap_height(size(self.face.capital_height().unwrap_or(1_493)))
            .stem_v(if self.face.is_bold() { 140.0 } else { 90.0 })
            .font_file2(file);
    }
}
