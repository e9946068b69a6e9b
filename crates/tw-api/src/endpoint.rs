//! What an endpoint is: its address, what it asks for, what it takes and what it gives.
//!
//! **Room:** layer 2, plain data. **May use:** nothing of ours. **Must not:** do I/O.

use crate::{Permission, Reach};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use utoipa::{
    IntoParams, ToSchema,
    openapi::{RefOr, Schema, path::Parameter, path::ParameterIn},
};

/// An HTTP method of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Method {
    /// Reads.
    Get,
    /// Makes, or does.
    Post,
    /// Replaces.
    Put,
    /// Removes.
    Delete,
}

impl Method {
    /// As in OpenAPI.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "get",
            Self::Post => "post",
            Self::Put => "put",
            Self::Delete => "delete",
        }
    }

    /// Whether it may change something.
    pub const fn writes(self) -> bool {
        !matches!(self, Self::Get)
    }
}

/// An endpoint as a type: the server binds a handler to it, the document is made from it.
pub trait Endpoint: Send + Sync + 'static {
    /// `operationId`.
    const ID: &'static str;
    /// Its method.
    const METHOD: Method;
    /// Its path, with `{id}` where an identifier stands.
    const PATH: &'static str;
    /// What it does, in a sentence.
    const SUMMARY: &'static str;
    /// What the caller must be allowed to do.
    const PERMISSION: Permission;
    /// How far it reaches.
    const REACH: Reach;
    /// Its query; unknown parameters are refused.
    type Query: DeserializeOwned + IntoParams + Send + 'static;
    /// What is sent to it.
    type Body: Body;
    /// What it answers.
    type Reply: Reply;
}

/// Schemas by name.
pub type Schemas = BTreeMap<String, Value>;

/// What is sent to an endpoint.
pub trait Body: Sized + Send + 'static {
    /// The media type and the schema, or nothing.
    fn content(schemas: &mut Schemas) -> Option<(&'static str, Value)>;
    /// Reads it.
    fn read(bytes: &[u8]) -> Result<Self, serde_json::Error>;
}

/// What an endpoint answers.
pub trait Reply: Sized + Send + 'static {
    /// The status of success.
    const STATUS: u16 = 200;
    /// The media types with their schemas.
    fn contents(schemas: &mut Schemas) -> Vec<(&'static str, Value)>;
    /// The answer as bytes with their media type.
    fn write(self) -> Result<(&'static str, Vec<u8>), serde_json::Error>;
}

/// JSON, in either direction.
#[derive(Clone, Debug, PartialEq)]
pub struct Json<T>(pub T);

/// JSON of something that was made now: 201.
#[derive(Clone, Debug, PartialEq)]
pub struct Created<T>(pub T);

/// JSON, or the same as a CSV file.
#[derive(Clone, Debug, PartialEq)]
pub enum CsvOr<T> {
    /// A page.
    Json(T),
    /// A file.
    Csv(String),
}

/// JSON, or the same as a file of another kind.
#[derive(Clone, Debug, PartialEq)]
pub enum FileOr<T> {
    /// For programs.
    Json(T),
    /// A spreadsheet.
    Xlsx(Vec<u8>),
    /// A document to print and sign.
    Pdf(Vec<u8>),
    /// A table as text.
    Csv(String),
}

/// Nothing is sent, or nothing is answered (204).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Nothing;

/// A batch of readings: CBOR, compressed with zstd.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CborBody(pub Vec<u8>);

/// A file that people made: a sheet, YAML, JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileBody(pub Vec<u8>);

/// A drawing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Svg(pub String);

/// A file of a type that the handler knows: a PDF, a page for print, a spreadsheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blob {
    /// The media type.
    pub media: &'static str,
    /// The file.
    pub bytes: Vec<u8>,
}

/// Text for programs: metrics.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text(pub String);

/// Server-sent events; the data of each is a `StreamEvent`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventStream;

/// No parameters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoQuery {}

impl IntoParams for NoQuery {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        Vec::new()
    }
}

/// Notes the schema of `T` and all that it needs; gives the reference to it.
pub(crate) fn reference<T: ToSchema>(schemas: &mut Schemas) -> Value {
    let mut found: Vec<(String, RefOr<Schema>)> = vec![(T::name().into_owned(), T::schema())];
    T::schemas(&mut found);
    for (name, schema) in found {
        let schema = serde_json::to_value(schema).unwrap_or_default();
        schemas.insert(name, schema);
    }
    json!({"$ref": format!("#/components/schemas/{}", T::name())})
}

impl<T: DeserializeOwned + ToSchema + Send + 'static> Body for Json<T> {
    fn content(schemas: &mut Schemas) -> Option<(&'static str, Value)> {
        Some(("application/json", reference::<T>(schemas)))
    }
    fn read(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(bytes).map(Self)
    }
}

impl Body for CborBody {
    fn content(_: &mut Schemas) -> Option<(&'static str, Value)> {
        Some((
            "application/cbor",
            json!({"type": "string", "format": "binary"}),
        ))
    }
    fn read(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        Ok(Self(bytes.to_vec()))
    }
}

impl Body for FileBody {
    fn content(_: &mut Schemas) -> Option<(&'static str, Value)> {
        Some((
            "application/octet-stream",
            json!({"type": "string", "format": "binary"}),
        ))
    }
    fn read(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        Ok(Self(bytes.to_vec()))
    }
}

impl Body for Nothing {
    fn content(_: &mut Schemas) -> Option<(&'static str, Value)> {
        None
    }
    fn read(_: &[u8]) -> Result<Self, serde_json::Error> {
        Ok(Self)
    }
}

impl<T: Serialize + ToSchema + Send + 'static> Reply for Json<T> {
    fn contents(schemas: &mut Schemas) -> Vec<(&'static str, Value)> {
        vec![("application/json", reference::<T>(schemas))]
    }
    fn write(self) -> Result<(&'static str, Vec<u8>), serde_json::Error> {
        Ok(("application/json", serde_json::to_vec(&self.0)?))
    }
}

impl<T: Serialize + ToSchema + Send + 'static> Reply for Created<T> {
    const STATUS: u16 = 201;
    fn contents(schemas: &mut Schemas) -> Vec<(&'static str, Value)> {
        vec![("application/json", reference::<T>(schemas))]
    }
    fn write(self) -> Result<(&'static str, Vec<u8>), serde_json::Error> {
        Ok(("application/json", serde_json::to_vec(&self.0)?))
    }
}

impl<T: Serialize + ToSchema + Send + 'static> Reply for CsvOr<T> {
    fn contents(schemas: &mut Schemas) -> Vec<(&'static str, Value)> {
        vec![
            ("application/json", reference::<T>(schemas)),
            ("text/csv", json!({"type": "string"})),
        ]
    }
    fn write(self) -> Result<(&'static str, Vec<u8>), serde_json::Error> {
        match self {
            Self::Json(value) => Ok(("application/json", serde_json::to_vec(&value)?)),
            Self::Csv(text) => Ok(("text/csv; charset=utf-8", text.into_bytes())),
        }
    }
}

/// The media type of a spreadsheet.
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

impl<T: Serialize + ToSchema + Send + 'static> Reply for FileOr<T> {
    fn contents(schemas: &mut Schemas) -> Vec<(&'static str, Value)> {
        let file = json!({"type": "string", "format": "binary"});
        vec![
            ("application/json", reference::<T>(schemas)),
            (XLSX, file.clone()),
            ("application/pdf", file),
            ("text/csv", json!({"type": "string"})),
        ]
    }
    fn write(self) -> Result<(&'static str, Vec<u8>), serde_json::Error> {
        match self {
            Self::Json(value) => Ok(("application/json", serde_json::to_vec(&value)?)),
            Self::Xlsx(bytes) => Ok((XLSX, bytes)),
            Self::Pdf(bytes) => Ok(("application/pdf", bytes)),
            Self::Csv(text) => Ok(("text/csv; charset=utf-8", text.into_bytes())),
        }
    }
}

impl Reply for Nothing {
    const STATUS: u16 = 204;
    fn contents(_: &mut Schemas) -> Vec<(&'static str, Value)> {
        Vec::new()
    }
    fn write(self) -> Result<(&'static str, Vec<u8>), serde_json::Error> {
        Ok(("", Vec::new()))
    }
}

impl Reply for Svg {
    fn contents(_: &mut Schemas) -> Vec<(&'static str, Value)> {
        vec![("image/svg+xml", json!({"type": "string"}))]
    }
    fn write(self) -> Result<(&'static str, Vec<u8>), serde_json::Error> {
        Ok(("image/svg+xml", self.0.into_bytes()))
    }
}

impl Reply for Blob {
    fn contents(_: &mut Schemas) -> Vec<(&'static str, Value)> {
        vec![(
            "application/octet-stream",
            json!({"type": "string", "format": "binary"}),
        )]
    }
    fn write(self) -> Result<(&'static str, Vec<u8>), serde_json::Error> {
        Ok((self.media, self.bytes))
    }
}

impl Reply for Text {
    fn contents(_: &mut Schemas) -> Vec<(&'static str, Value)> {
        vec![("text/plain", json!({"type": "string"}))]
    }
    fn write(self) -> Result<(&'static str, Vec<u8>), serde_json::Error> {
        Ok(("text/plain; charset=utf-8", self.0.into_bytes()))
    }
}

impl Reply for EventStream {
    fn contents(schemas: &mut Schemas) -> Vec<(&'static str, Value)> {
        reference::<crate::StreamEvent>(schemas);
        vec![("text/event-stream", json!({"type": "string"}))]
    }
    fn write(self) -> Result<(&'static str, Vec<u8>), serde_json::Error> {
        Ok(("text/event-stream", Vec::new()))
    }
}

/// An endpoint as a row of a table.
#[derive(Clone, Copy, Debug)]
pub struct Info {
    /// `operationId`.
    pub id: &'static str,
    /// Its method.
    pub method: Method,
    /// Its path.
    pub path: &'static str,
    /// What it does.
    pub summary: &'static str,
    /// What the caller must be allowed to do.
    pub permission: Permission,
    /// How far it reaches.
    pub reach: Reach,
    pub(crate) params: fn() -> Vec<Parameter>,
    pub(crate) body: fn(&mut Schemas) -> Option<(&'static str, Value)>,
    pub(crate) replies: fn(&mut Schemas) -> Vec<(&'static str, Value)>,
    pub(crate) status: u16,
}

impl Info {
    /// The row of `E`.
    pub fn of<E: Endpoint>() -> Self {
        Self {
            id: E::ID,
            method: E::METHOD,
            path: E::PATH,
            summary: E::SUMMARY,
            permission: E::PERMISSION,
            reach: E::REACH,
            params: || E::Query::into_params(|| Some(ParameterIn::Query)),
            body: E::Body::content,
            replies: E::Reply::contents,
            status: E::Reply::STATUS,
        }
    }

    /// The names of its query parameters.
    pub fn parameter_names(&self) -> Vec<String> {
        (self.params)()
            .into_iter()
            .map(|parameter| parameter.name)
            .collect()
    }

    /// Whether it reads a body.
    pub fn has_body(&self) -> bool {
        (self.body)(&mut Schemas::new()).is_some()
    }
}
