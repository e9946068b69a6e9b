//! What `tierwatch snmp` prints: the same rows for programs and for people.
//!
//! **Room:** layer 3. **May use:** `tw-snmp`, `tw-collect`.

use serde::Serialize;
use tw_collect::client::{Collected, Problem};
use tw_snmp::{Value, VarBind, names, printable};
use tw_units::to_hex;

/// Everything that one command heard.
#[derive(Debug, Serialize)]
pub(super) struct Answer<'a> {
    varbinds: Vec<Row>,
    problems: &'a [Problem],
}

#[derive(Debug, Serialize)]
struct Row {
    oid: String,
    name: String,
    r#type: &'static str,
    value: Shown,
}

/// A number, a text, `{"hex": …}`, or `null` where there is no value.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Shown {
    Signed(i32),
    Unsigned(u64),
    Text(String),
    Hex { hex: String },
    Nothing,
}

impl<'a> Answer<'a> {
    pub(super) fn of(collected: &'a Collected) -> Self {
        Self {
            varbinds: collected.varbinds.iter().map(Row::of).collect(),
            problems: &collected.problems,
        }
    }

    /// For people: one row a line, then the problems. Nothing in it can steer a terminal.
    pub(super) fn table(&self) -> String {
        let width = |column: fn(&Row) -> usize| self.varbinds.iter().map(column).max().unwrap_or(0);
        let names = width(|row| row.name.len()).min(48);
        let types = width(|row| row.r#type.len());
        let mut lines: Vec<String> = Vec::new();
        for row in &self.varbinds {
            let value = row.value.for_people();
            lines.push(format!(
                "{:names$}  {:types$}  {value}",
                row.name, row.r#type
            ));
        }
        for problem in self.problems {
            lines.push(format!("problem: {}", harmless(&problem.message)));
        }
        if lines.is_empty() {
            lines.push("nothing there".to_owned());
        }
        lines.join("\n")
    }
}

impl Row {
    fn of(varbind: &VarBind) -> Self {
        Self {
            oid: varbind.oid.to_string(),
            name: names::name_of(&varbind.oid),
            r#type: varbind.value.type_name(),
            value: Shown::of(&varbind.value),
        }
    }
}

impl Shown {
    fn of(value: &Value) -> Self {
        match value {
            Value::Integer(number) => Self::Signed(*number),
            Value::Counter32(number) | Value::Gauge32(number) | Value::TimeTicks(number) => {
                Self::Unsigned(u64::from(*number))
            }
            Value::Counter64(number) => Self::Unsigned(*number),
            Value::OctetString(bytes) => match printable(bytes) {
                Some(text) => Self::Text(text.to_owned()),
                None => Self::Hex { hex: to_hex(bytes) },
            },
            Value::Opaque(bytes) => Self::Hex { hex: to_hex(bytes) },
            Value::ObjectIdentifier(oid) => Self::Text(oid.to_string()),
            Value::IpAddress([a, b, c, d]) => Self::Text(format!("{a}.{b}.{c}.{d}")),
            Value::Null | Value::NoSuchObject | Value::NoSuchInstance | Value::EndOfMibView => {
                Self::Nothing
            }
        }
    }

    fn for_people(&self) -> String {
        match self {
            Self::Signed(number) => number.to_string(),
            Self::Unsigned(number) => number.to_string(),
            Self::Text(text) => harmless(text),
            Self::Hex { hex } => format!("0x{hex}"),
            Self::Nothing => "-".to_owned(),
        }
    }
}

/// The problems in one line.
pub(super) fn sentence(problems: &[Problem]) -> String {
    let all: Vec<String> = problems.iter().map(|one| harmless(&one.message)).collect();
    all.join("; ")
}

/// A text in which control characters are written out, so that it stays on its line.
fn harmless(text: &str) -> String {
    text.chars().fold(String::new(), |mut safe, c| {
        if printable(c.encode_utf8(&mut [0; 4]).as_bytes()).is_some()
            && !matches!(c, '\n' | '\r' | '\t')
        {
            safe.push(c);
        } else {
            safe.extend(c.escape_default());
        }
        safe
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(value: Value, json: &str, people: &str) {
        let row = Row::of(&VarBind {
            oid: "1.3.6.1.2.1.1.5.0".parse().unwrap(),
            value,
        });
        let shown = serde_json::to_string(&row).unwrap();
        let head = r#"{"oid":"1.3.6.1.2.1.1.5.0","name":"sysName.0","type":""#;
        assert_eq!(shown, format!("{head}{json}}}"));
        assert_eq!(row.value.for_people(), people);
    }

    #[test]
    fn values_are_numbers_texts_or_hex() {
        check(Value::Integer(-5), r#"Integer32","value":-5"#, "-5");
        check(
            Value::Counter64(u64::MAX),
            r#"Counter64","value":18446744073709551615"#,
            "18446744073709551615",
        );
        check(Value::TimeTicks(100), r#"TimeTicks","value":100"#, "100");
        check(
            Value::OctetString(b"core-1".to_vec()),
            r#"OctetString","value":"core-1""#,
            "core-1",
        );
        check(
            Value::OctetString(vec![0, 0x1b, 0xff]),
            r#"OctetString","value":{"hex":"001bff"}"#,
            "0x001bff",
        );
        check(
            Value::IpAddress([10, 0, 0, 1]),
            r#"IpAddress","value":"10.0.0.1""#,
            "10.0.0.1",
        );
        check(
            Value::NoSuchInstance,
            r#"NoSuchInstance","value":null"#,
            "-",
        );
    }

    #[test]
    fn no_text_of_a_device_steers_the_terminal() {
        check(
            Value::OctetString(b"\x1b]0;pwned\x07".to_vec()),
            r#"OctetString","value":{"hex":"1b5d303b70776e656407"}"#,
            "0x1b5d303b70776e656407",
        );
        check(
            Value::OctetString(b"two\r\nlines".to_vec()),
            r#"OctetString","value":"two\r\nlines""#,
            r"two\r\nlines",
        );
    }
}
