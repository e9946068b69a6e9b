//! Routes of documents.
//!
//! **Room:** layer 2, shell. **May use:** `tw-api`, `tw-store`. **Must not:** let a document be
//! shown in the console's place: it is saved, and its type is what its content says.

use super::content;
use crate::{
    access::{accounts::store, audit::author},
    app::App,
    http::{
        call::{Answer, Call, Outcome},
        refusal::Refusal,
        route::{Route, bind},
    },
};
use axum::http::{HeaderValue, header};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use tw_api::{
    Attachment, AttachmentPage, Blob, Created, Endpoint, FileBody, Json, Nothing, endpoints as e,
};
use tw_store::{AttachmentError, NewAttachment, limits};

/// A note is so long at most.
const NOTE_CHARS_MAX: usize = 500;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        bind::<e::AttachmentList, _, _>(list),
        bind::<e::AttachmentAdd, _, _>(add),
        bind::<e::AttachmentGet, _, _>(get),
        bind::<e::AttachmentRemove, _, _>(remove),
    ]
}

fn known(app: &App, tag: &str) -> Result<(), Refusal> {
    if app.world().register.assets.contains_key(tag) {
        return Ok(());
    }
    Err(Refusal::not_found("asset", tag))
}

/// The document's number, the second identifier of the path.
fn number<E: Endpoint>(call: &Call<E>) -> Result<i64, Refusal> {
    let text = call.path.get(1).map_or("", |(_, id)| id.as_str());
    text.parse()
        .map_err(|_| Refusal::not_found("attachment", text))
}

async fn list(call: Call<e::AttachmentList>) -> Outcome<Json<AttachmentPage>> {
    known(&call.app, call.id())?;
    let found = call.app.store.attachments(call.id()).await;
    let items = found
        .map_err(|e| store(&e))?
        .into_iter()
        .map(view)
        .collect();
    Ok(Json(AttachmentPage {
        items,
        bytes_max: limits::ATTACHMENT_BYTES_MAX as u64,
        count_max: u64::from(limits::ATTACHMENTS_PER_ASSET_MAX),
    })
    .into())
}

fn view(one: tw_store::Attachment) -> Attachment {
    Attachment {
        id: one.id,
        name: one.name,
        media: one.media,
        size_bytes: one.size_bytes,
        sha256: one.sha256,
        note: one.note,
        added_at: one.added_at,
        added_by: one.added_by,
    }
}

async fn add(call: Call<e::AttachmentAdd>) -> Outcome<Created<Attachment>> {
    let tag = call.id().to_owned();
    known(&call.app, &tag)?;
    let by = author(&call.caller, &call.facts);
    let FileBody(bytes) = call.body;
    if bytes.len() > limits::ATTACHMENT_BYTES_MAX {
        return Err(Refusal::too_large(limits::ATTACHMENT_BYTES_MAX));
    }
    if bytes.is_empty() {
        return Err(Refusal::bad("bad_body", "the file is empty"));
    }
    let name = content::name(&call.query.name);
    if name.is_empty() {
        return Err(Refusal::bad("bad_parameter", "a name").with("parameter", "name"));
    }
    let note = call.query.note.as_deref().map(str::trim);
    let note = note.filter(|note| !note.is_empty());
    if note.is_some_and(|note| note.chars().count() > NOTE_CHARS_MAX) {
        let text = format!("a note has {NOTE_CHARS_MAX} characters at most");
        return Err(Refusal::bad("bad_parameter", text).with("parameter", "note"));
    }
    let media = content::media(&bytes).ok_or_else(|| {
        Refusal::media_type(
            "a PDF, a picture (PNG, JPEG, WebP), an office document without macros, or plain text",
        )
    })?;
    let new = NewAttachment {
        tag: tag.clone(),
        name,
        media,
        note: note.map(str::to_owned),
        sha256: hex(&Sha256::digest(&bytes)),
        bytes,
    };
    let added = call.app.store.add_attachment(new, &by).await;
    let id = added.map_err(|cause| match cause {
        AttachmentError::Store(cause) => store(&cause),
        other => Refusal::conflict("too_many", other.to_string()),
    })?;
    let kept = call.app.store.attachment((&tag, id)).await;
    let kept = kept.map_err(|e| store(&e))?;
    let (kept, _) = kept.ok_or_else(|| Refusal::not_found("attachment", &id.to_string()))?;
    Ok(Answer::from(Created(view(kept))).audited())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string does not fail.
        write!(text, "{byte:02x}").ok();
        text
    })
}

async fn get(call: Call<e::AttachmentGet>) -> Outcome<Blob> {
    let id = number(&call)?;
    let found = call.app.store.attachment((call.id(), id)).await;
    let found = found.map_err(|e| store(&e))?;
    let (one, bytes) = found.ok_or_else(|| Refusal::not_found("attachment", &id.to_string()))?;
    // What it was kept as is looked at again: the answer never says more than the bytes do.
    let media = content::media(&bytes).unwrap_or("application/octet-stream");
    let name = HeaderValue::from_str(&content::disposition(&one.name))
        .unwrap_or_else(|_| HeaderValue::from_static("attachment"));
    Ok(Answer::from(Blob { media, bytes }).header(header::CONTENT_DISPOSITION, name))
}

async fn remove(call: Call<e::AttachmentRemove>) -> Outcome<Nothing> {
    let id = number(&call)?;
    let by = author(&call.caller, &call.facts);
    let removed = call.app.store.remove_attachment((call.id(), id), &by).await;
    if removed.map_err(|e| store(&e))? {
        return Ok(Answer::from(Nothing).audited());
    }
    Err(Refusal::not_found("attachment", &id.to_string()))
}
