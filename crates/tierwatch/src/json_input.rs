//! Reads JSON that people hand in, with every fault named by its field.
//!
//! **Room:** layer 3. **May use:** nothing of ours. **Must not:** stop at the first fault, or
//! ignore a field that it does not know.

use crate::outcome::Failure;
use serde_json::{Map, Value};
use std::{cell::RefCell, io::Read};

/// The largest input that is read.
pub(crate) const INPUT_BYTES_MAX: u64 = 256 * 1024 * 1024;
/// How many faults are shown; the rest is counted.
const FAULTS_SHOWN_MAX: usize = 50;

/// Reads a file, or standard input for `-`, and makes `read` of it. All faults that `read`
/// noted come back together.
pub(crate) fn read_json<T>(
    path: &str,
    read: impl FnOnce(&Field<'_>) -> Option<T>,
) -> Result<T, Failure> {
    let bytes = load(path)?;
    from_bytes(&bytes, read).map_err(|faults| {
        let line = |fault: &String| format!("{path}: {fault}");
        Failure::BadInput(faults.iter().map(line).collect())
    })
}

/// As [`read_json`], from memory; the faults are without the file's name.
pub(crate) fn from_bytes<T>(
    bytes: &[u8],
    read: impl FnOnce(&Field<'_>) -> Option<T>,
) -> Result<T, Vec<String>> {
    let value: Value =
        serde_json::from_slice(bytes).map_err(|cause| vec![format!("no JSON: {cause}")])?;
    let faults = Faults::default();
    let root = Field {
        value: &value,
        path: String::new(),
        faults: &faults,
    };
    let made = read(&root);
    let faults = faults.take();
    match made {
        Some(made) if faults.is_empty() => Ok(made),
        _ => Err(faults),
    }
}

fn load(path: &str) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let count = if path == "-" {
        let stdin = std::io::stdin().lock();
        stdin.take(INPUT_BYTES_MAX + 1).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(path)
            .and_then(|file| file.take(INPUT_BYTES_MAX + 1).read_to_end(&mut bytes))
    };
    count.map_err(|cause| Failure::input(format!("{path}: cannot read it: {cause}")))?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length > INPUT_BYTES_MAX) {
        let limit = INPUT_BYTES_MAX / 1024 / 1024;
        return Err(Failure::input(format!("{path}: larger than {limit} MiB")));
    }
    Ok(bytes)
}

#[derive(Default)]
struct Faults(RefCell<Vec<String>>);

impl Faults {
    fn take(&self) -> Vec<String> {
        let mut all = self.0.take();
        let more = all.len().saturating_sub(FAULTS_SHOWN_MAX);
        all.truncate(FAULTS_SHOWN_MAX);
        if more > 0 {
            all.push(format!("and {more} more"));
        }
        all
    }
}

/// A value with its place in the input.
#[derive(Clone)]
pub(crate) struct Field<'a> {
    pub(crate) value: &'a Value,
    path: String,
    faults: &'a Faults,
}

/// An object of which the allowed fields are known.
pub(crate) struct Object<'a> {
    own: Field<'a>,
    map: &'a Map<String, Value>,
}

impl<'a> Field<'a> {
    /// Notes that this value is wrong, and why.
    pub(crate) fn refuse<T>(&self, why: impl std::fmt::Display) -> Option<T> {
        let place = if self.path.is_empty() {
            "the input"
        } else {
            &self.path
        };
        self.faults.0.borrow_mut().push(format!("{place}: {why}"));
        None
    }

    /// As [`Field::refuse`], with a message that begins with the rest of the path.
    pub(crate) fn refuse_at<T>(&self, rest_and_why: &str) -> Option<T> {
        let fault = format!("{}{rest_and_why}", self.path);
        self.faults.0.borrow_mut().push(fault);
        None
    }

    fn expected<T>(&self, what: &str) -> Option<T> {
        let kind = match self.value {
            Value::Null => "null",
            Value::Bool(_) => "a truth value",
            Value::Number(_) => "a number",
            Value::String(_) => "a text",
            Value::Array(_) => "a list",
            Value::Object(_) => "an object",
        };
        self.refuse(format!("must be {what}, not {kind}"))
    }

    fn child(&self, value: &'a Value, step: &str) -> Self {
        Self {
            value,
            path: format!("{}{step}", self.path),
            faults: self.faults,
        }
    }

    /// An object with no other fields than `allowed`.
    pub(crate) fn object(&self, allowed: &[&str]) -> Option<Object<'a>> {
        let object = self.any_object()?;
        for name in object.map.keys().filter(|k| !allowed.contains(&k.as_str())) {
            let field = self.child(self.value, &step(&self.path, name));
            let _: Option<()> =
                field.refuse(format!("unknown field; allowed: {}", allowed.join(", ")));
        }
        Some(object)
    }

    /// An object whose names are the user's own.
    pub(crate) fn any_object(&self) -> Option<Object<'a>> {
        let Some(map) = self.value.as_object() else {
            return self.expected("an object");
        };
        Some(Object {
            own: self.clone(),
            map,
        })
    }

    /// The items of a list.
    pub(crate) fn list(&self) -> Option<Vec<Field<'a>>> {
        let Some(items) = self.value.as_array() else {
            return self.expected("a list");
        };
        let item = |(i, value)| self.child(value, &format!("[{i}]"));
        Some(items.iter().enumerate().map(item).collect())
    }

    /// The raw items of a long list, and a way to speak of one.
    pub(crate) fn raw_list(&self) -> Option<&'a [Value]> {
        match self.value.as_array() {
            Some(items) => Some(items),
            None => self.expected("a list"),
        }
    }

    /// Item `index` of a list, to complain about.
    pub(crate) fn item(&self, index: usize) -> Self {
        self.child(self.value, &format!("[{index}]"))
    }

    pub(crate) fn text(&self) -> Option<&'a str> {
        match self.value.as_str() {
            Some(text) => Some(text),
            None => self.expected("a text"),
        }
    }

    pub(crate) fn truth(&self) -> Option<bool> {
        match self.value.as_bool() {
            Some(truth) => Some(truth),
            None => self.expected("true or false"),
        }
    }

    /// A whole number within bounds.
    pub(crate) fn whole(&self, bounds: std::ops::RangeInclusive<i64>) -> Option<i64> {
        let within = self.value.as_i64().filter(|number| bounds.contains(number));
        within.or_else(|| {
            let (low, high) = (bounds.start(), bounds.end());
            self.expected_number(&format!("a whole number from {low} to {high}"))
        })
    }

    /// Seconds, to the millisecond, as milliseconds.
    pub(crate) fn seconds_as_ms(&self, allow_zero: bool) -> Option<i64> {
        let least = if allow_zero { 0.0 } else { 0.001 };
        self.thousandths("seconds", (least, SECONDS_MAX))
    }

    /// Kilowatts, to the watt, as watts.
    pub(crate) fn kilowatts_as_watts(&self) -> Option<u64> {
        let watts = self.thousandths("kilowatts", (0.0, KILOWATTS_MAX))?;
        u64::try_from(watts).ok()
    }

    /// A number of some unit within bounds, in thousandths of it.
    fn thousandths(&self, unit: &str, (least, most): (f64, f64)) -> Option<i64> {
        let number = self
            .value
            .as_f64()
            .filter(|number| (least..=most).contains(number));
        #[expect(clippy::cast_possible_truncation, reason = "at most `most` · 1000")]
        let thousandths = number.map(|number| (number * 1_000.0).round() as i64);
        thousandths.or_else(|| self.expected_number(&format!("{unit} from {least} to {most}")))
    }

    fn expected_number<T>(&self, what: &str) -> Option<T> {
        if self.value.is_number() {
            self.refuse(format!("must be {what}, not {}", self.value))
        } else {
            self.expected(what)
        }
    }
}

/// A thousand years.
const SECONDS_MAX: f64 = 31_557_600_000.0;
/// Ten gigawatts: more than any site.
const KILOWATTS_MAX: f64 = 10_000_000.0;

impl<'a> Object<'a> {
    /// A field that must be there.
    pub(crate) fn required(&self, name: &str) -> Option<Field<'a>> {
        self.optional(name)
            .or_else(|| self.own.refuse(format!("the field {name} is missing")))
    }

    /// A field that may be absent or null.
    pub(crate) fn optional(&self, name: &str) -> Option<Field<'a>> {
        let value = self.map.get(name).filter(|value| !value.is_null())?;
        Some(self.own.child(value, &step(&self.own.path, name)))
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.map.get(name).is_some_and(|value| !value.is_null())
    }

    /// All fields with their names.
    pub(crate) fn fields(&self) -> impl Iterator<Item = (&'a str, Field<'a>)> + '_ {
        self.map.iter().map(|(name, value)| {
            let field = self.own.child(value, &step(&self.own.path, name));
            (name.as_str(), field)
        })
    }
}

/// A name in a path: quoted where it is no plain word.
fn step(path: &str, name: &str) -> String {
    let dot = if path.is_empty() { "" } else { "." };
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_:~".contains(c);
    if !name.is_empty() && name.chars().all(plain) {
        format!("{dot}{name}")
    } else {
        format!("{dot}{name:?}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expect: &[&str]) {
        let got = from_bytes(text.as_bytes(), |root| {
            let object = root.object(&["a", "list", "s"])?;
            let a = object.required("a").and_then(|f| f.whole(1..=9));
            let list = object.optional("list").map(|l| {
                let items = l.list().unwrap_or_default();
                items.iter().filter_map(Field::text).count()
            });
            let s = object.optional("s").map(|f| f.seconds_as_ms(false));
            Some((a?, list, s))
        });
        assert_eq!(got.err().unwrap_or_default(), expect, "{text}");
    }

    #[test]
    fn every_fault_is_named_with_its_field() {
        check(r#"{"a": 1}"#, &[]);
        check(r#"{"a": 1, "list": null}"#, &[]);
        check("{}", &["the input: the field a is missing"]);
        check("[]", &["the input: must be an object, not a list"]);
        check(
            r#"{"a": 10, "list": ["x", 3], "b c": 0, "s": 0}"#,
            &[
                "\"b c\": unknown field; allowed: a, list, s",
                "a: must be a whole number from 1 to 9, not 10",
                "list[1]: must be a text, not a number",
                "s: must be seconds from 0.001 to 31557600000, not 0",
            ],
        );
    }

    #[test]
    fn what_is_no_json_says_where() {
        check(
            "{",
            &["no JSON: EOF while parsing an object at line 1 column 1"],
        );
    }
}
