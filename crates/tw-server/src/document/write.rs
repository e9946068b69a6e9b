//! The painted pages as a PDF file.
//!
//! **Room:** layer 2, pure. **May use:** nothing of ours. **Must not:** write a time or anything
//! else that differs between two runs.

use super::{Block, Document, DocumentError, Lang, font::Fonts, layout::Layout, paint::Painter};
use pdf_writer::{Filter, Finish, Name, Pdf, Rect, Ref, TextStr};

/// Compressed for a stream of a PDF (zlib, RFC 1950).
pub(super) fn squeeze(bytes: &[u8]) -> Vec<u8> {
    miniz_oxide::deflate::compress_to_vec_zlib(bytes, 6)
}

const CATALOG: i32 = 1;
const PAGES: i32 = 2;
const INFO: i32 = 3;
const REGULAR: i32 = 10;
const BOLD: i32 = 20;
const FIRST_PAGE: i32 = 30;

/// What a file says of itself.
pub(super) struct Page<'a> {
    /// The size of its pages, in points.
    pub(super) size: (f32, f32),
    pub(super) title: &'a str,
    pub(super) subject: &'a str,
    pub(super) lang: Lang,
}

/// Writes the document.
pub(super) fn pdf(document: &Document) -> Result<Vec<u8>, DocumentError> {
    let layout = Layout::of(document, Fonts::new()?);
    let page = Page {
        size: layout.page(),
        title: &document.title,
        subject: &subject(document),
        lang: document.lang,
    };
    file(layout.painter, &page)
}

/// Writes painted pages.
pub(super) fn file(mut painter: Painter, info: &Page<'_>) -> Result<Vec<u8>, DocumentError> {
    let (wide, high) = info.size;
    // A face without a single letter cannot be cut down.
    painter.fonts.regular.encode(" ");
    painter.fonts.bold.encode(" ");
    let mut pdf = Pdf::new();
    pdf.set_version(1, 7);
    let page_id = |index: usize| {
        let index = i32::try_from(index).unwrap_or(i32::MAX / 4);
        Ref::new(FIRST_PAGE + index * 2)
    };
    let pages: Vec<Ref> = (0..painter.pages.len()).map(page_id).collect();
    let mut catalog = pdf.catalog(Ref::new(CATALOG));
    catalog.pages(Ref::new(PAGES));
    catalog.lang(TextStr(info.lang.tag()));
    catalog.viewer_preferences().display_doc_title(true);
    catalog.finish();
    pdf.document_info(Ref::new(INFO))
        .title(TextStr(info.title))
        .subject(TextStr(info.subject))
        .creator(TextStr("Tierwatch"));
    pdf.pages(Ref::new(PAGES))
        .count(i32::try_from(pages.len()).unwrap_or(i32::MAX))
        .kids(pages.iter().copied());
    for (id, content) in pages.iter().zip(painter.pages) {
        let stream = Ref::new(id.get() + 1);
        let mut page = pdf.page(*id);
        page.media_box(Rect::new(0.0, 0.0, wide, high));
        page.parent(Ref::new(PAGES));
        page.contents(stream);
        let mut resources = page.resources();
        let mut fonts = resources.fonts();
        fonts.pair(Name(b"R"), Ref::new(REGULAR));
        fonts.pair(Name(b"B"), Ref::new(BOLD));
        fonts.finish();
        resources.finish();
        page.finish();
        let squeezed = squeeze(content.finish().as_slice());
        pdf.stream(stream, &squeezed).filter(Filter::FlateDecode);
    }
    painter.fonts.regular.embed(&mut pdf, Ref::new(REGULAR))?;
    painter.fonts.bold.embed(&mut pdf, Ref::new(BOLD))?;
    Ok(pdf.finish())
}

/// The chapters, for those who search for a file by what it says.
fn subject(document: &Document) -> String {
    let headings = document.blocks.iter().filter_map(|block| match block {
        Block::Heading(1, text) => Some(text.as_str()),
        _ => None,
    });
    headings.collect::<Vec<_>>().join("; ")
}
