//! Recorded walks in the `.snmprec` format: one varbind a line, `OID|TAG|VALUE`.
//!
//! Understood: comment lines (`#`), hexadecimal values (`4x`), values with `|` in them, and the
//! variation modules `numeric` (the value changes with time) and `writecache` (a plain value);
//! entries of another module are counted and left out, as are lines that cannot be read.
//!
//! **Room:** layer 3, simulation; this file is pure. **May use:** `tw-units`, `tw-snmp`.
//! **Must not:** read files; the text is an argument.

use crate::mib::{Mib, Tree, View};
use std::{sync::Arc, time::Duration};
use tw_snmp::{Oid, Value};
use tw_units::Timestamp;

/// A recorded walk as something that an agent can tell.
#[derive(Clone, Debug)]
pub struct Walk {
    tree: Arc<Tree<Entry>>,
    /// Lines that held a value but were left out, each with its number and why.
    pub problems: Vec<(usize, &'static str)>,
    /// Lines left out because their name had occurred before.
    pub duplicates: usize,
    started: Timestamp,
}

#[derive(Clone, Debug, PartialEq)]
enum Entry {
    Fixed(Value),
    Numeric(Numeric),
}

/// A value that changes: `initial + seconds × rate × scale`, kept within `min..=max`.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Numeric {
    tag: u8,
    initial: f64,
    rate: f64,
    scale: f64,
    offset: f64,
    min: f64,
    max: f64,
    wrap: bool,
}

impl Walk {
    /// Reads a walk; its time begins at `started`.
    pub fn parse(text: &str, started: Timestamp) -> Self {
        let mut entries = Vec::new();
        let mut problems = Vec::new();
        for (number, line) in text.lines().enumerate() {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            match entry(line) {
                Ok(entry) => entries.push(entry),
                Err(why) => problems.push((number + 1, why)),
            }
        }
        let (tree, duplicates) = Tree::new(entries);
        Self {
            tree: Arc::new(tree),
            problems,
            duplicates,
            started,
        }
    }

    /// How many distinct varbinds it has.
    pub fn len(&self) -> usize {
        self.tree.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.tree.is_empty()
    }

    /// The names, in order.
    pub fn oids(&self) -> impl Iterator<Item = &Oid> {
        self.tree.iter().map(|(oid, _)| oid)
    }
}

impl Mib for Walk {
    fn at(&self, t: Timestamp) -> Option<Box<dyn View>> {
        let millis = t.millis_since(self.started).max(0).unsigned_abs();
        Some(Box::new(WalkView {
            tree: Arc::clone(&self.tree),
            elapsed: Duration::from_millis(millis),
        }))
    }

    fn restart(&self, _: Timestamp, _: bool) {
        // A record of one moment has nothing that could begin again.
    }
}

struct WalkView {
    tree: Arc<Tree<Entry>>,
    elapsed: Duration,
}

impl View for WalkView {
    fn get(&self, oid: &Oid) -> Option<Value> {
        self.tree.get(oid).map(|entry| entry.at(self.elapsed))
    }

    fn next(&self, oid: &Oid) -> Option<(Oid, Value)> {
        let (next, entry) = self.tree.after(oid).next()?;
        Some((next.clone(), entry.at(self.elapsed)))
    }

    fn engine(&self) -> (u32, Duration) {
        (1, self.elapsed)
    }
}

impl Entry {
    fn at(&self, elapsed: Duration) -> Value {
        match self {
            Self::Fixed(value) => value.clone(),
            Self::Numeric(numeric) => numeric.at(elapsed),
        }
    }
}

impl Numeric {
    fn parse(tag: u8, options: &str) -> Result<Self, &'static str> {
        let mut numeric = Self {
            tag,
            initial: 0.0,
            rate: 1.0,
            scale: 1.0,
            offset: 0.0,
            min: 0.0,
            max: if tag == 70 {
                2_f64.powi(53)
            } else {
                f64::from(u32::MAX)
            },
            wrap: false,
        };
        for option in options.split(',').filter(|option| !option.is_empty()) {
            let (key, value) = option.split_once('=').ok_or("an option without =")?;
            let number = || {
                value
                    .parse::<f64>()
                    .map_err(|_| "an option that is no number")
            };
            match key {
                "initial" => numeric.initial = number()?,
                "rate" => numeric.rate = number()?,
                "scale" => numeric.scale = number()?,
                "offset" => numeric.offset = number()?,
                "min" => numeric.min = number()?,
                "max" => numeric.max = number()?,
                "wrap" => numeric.wrap = number()? > 0.0,
                // A walk is repeatable here: deviation and functions of time are not drawn.
                _ => {}
            }
        }
        if numeric.max < numeric.min {
            return Err("max is less than min");
        }
        Ok(numeric)
    }

    fn at(&self, elapsed: Duration) -> Value {
        let moved = elapsed.as_secs_f64() * self.rate * self.scale;
        let free = self.initial + moved + self.offset;
        let span = self.max - self.min;
        let kept = if self.wrap && span > 0.0 {
            self.min + (free - self.min).rem_euclid(span)
        } else {
            free.clamp(self.min, self.max)
        };
        #[expect(clippy::cast_possible_truncation, reason = "the cast saturates")]
        let whole = kept as i64;
        let unsigned = u32::try_from(whole.max(0)).unwrap_or(u32::MAX);
        match self.tag {
            65 => Value::Counter32(unsigned),
            66 => Value::Gauge32(unsigned),
            67 => Value::TimeTicks(unsigned),
            70 => Value::Counter64(whole.max(0).unsigned_abs()),
            _ => Value::Integer(i32::try_from(whole).unwrap_or(i32::MAX)),
        }
    }
}

fn entry(line: &str) -> Result<(Oid, Entry), &'static str> {
    let mut fields = line.splitn(3, '|');
    let oid = fields.next().unwrap_or_default();
    let tag = fields.next().ok_or("no tag")?;
    let text = fields.next().ok_or("no value")?;
    let oid: Oid = oid.trim().parse().map_err(|_| "no object identifier")?;
    let (tag, module) = match tag.split_once(':') {
        Some((tag, module)) => (tag, Some(module)),
        None => (tag, None),
    };
    let (tag, hex) = match tag.strip_suffix('x') {
        Some(tag) => (tag, true),
        None => (tag, false),
    };
    let tag: u8 = tag.parse().map_err(|_| "no tag that is a number")?;
    let entry = match module {
        None => Entry::Fixed(value(tag, hex, text)?),
        Some("numeric") => Entry::Numeric(Numeric::parse(tag, text)?),
        Some("writecache") => Entry::Fixed(value(tag, hex, written(text))?),
        Some(_) => return Err("a variation module that is not simulated"),
    };
    Ok((oid, entry))
}

/// The value of `writecache`'s options, of which `value=` may hold commas.
fn written(options: &str) -> &str {
    options.split_once("value=").map_or("", |(_, value)| value)
}

fn value(tag: u8, hex: bool, text: &str) -> Result<Value, &'static str> {
    let bytes = || {
        if hex {
            unhex(text)
        } else {
            Ok(text.as_bytes().to_vec())
        }
    };
    let unsigned = || -> Result<u32, &'static str> {
        text.trim().parse().map_err(|_| "no unsigned 32-bit number")
    };
    Ok(match tag {
        2 => Value::Integer(text.trim().parse().map_err(|_| "no 32-bit number")?),
        4 => Value::OctetString(bytes()?),
        5 => Value::Null,
        6 => Value::ObjectIdentifier(text.trim().parse().map_err(|_| "no identifier as value")?),
        64 => Value::IpAddress(address(hex, text)?),
        65 => Value::Counter32(unsigned()?),
        66 => Value::Gauge32(unsigned()?),
        67 => Value::TimeTicks(unsigned()?),
        68 => Value::Opaque(bytes()?),
        70 => Value::Counter64(text.trim().parse().map_err(|_| "no 64-bit number")?),
        _ => return Err("a tag that is not known"),
    })
}

fn address(hex: bool, text: &str) -> Result<[u8; 4], &'static str> {
    if hex {
        return unhex(text)?
            .try_into()
            .map_err(|_| "no address of four octets");
    }
    let parsed: Result<std::net::Ipv4Addr, _> = text.trim().parse();
    parsed
        .map(|address| address.octets())
        .map_err(|_| "no IPv4 address")
}

fn unhex(text: &str) -> Result<Vec<u8>, &'static str> {
    let digits: Option<Vec<u8>> = text
        .trim()
        .chars()
        .map(|digit| {
            digit
                .to_digit(16)
                .and_then(|digit| u8::try_from(digit).ok())
        })
        .collect();
    let digits = digits.ok_or("a digit that is not hexadecimal")?;
    let (pairs, rest) = digits.as_chunks::<2>();
    if !rest.is_empty() {
        return Err("an odd number of hexadecimal digits");
    }
    Ok(pairs.iter().map(|[high, low]| high << 4 | low).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, expect: &Result<Value, &str>) {
        let walk = Walk::parse(line, Timestamp::EPOCH);
        let view = walk.at(Timestamp::EPOCH.plus_millis(10_000)).unwrap();
        let found = match walk.problems.first() {
            Some((_, why)) => Err(*why),
            None => Ok(view.next(&Oid::default()).unwrap().1),
        };
        assert_eq!(found, *expect, "{line}");
    }

    #[test]
    fn each_type_is_read() {
        let text = |text: &str| Ok(Value::OctetString(text.into()));
        check("1.3.1|2|-5", &Ok(Value::Integer(-5)));
        check("1.3.1|4|a|b", &text("a|b"));
        check("1.3.1|4|", &text(""));
        check("1.3.1|4x|00ff", &Ok(Value::OctetString(vec![0, 255])));
        check("1.3.1|5|", &Ok(Value::Null));
        check(
            "1.3.1|6|1.3.6",
            &Ok(Value::ObjectIdentifier("1.3.6".parse().unwrap())),
        );
        check("1.3.1|64|10.0.0.1", &Ok(Value::IpAddress([10, 0, 0, 1])));
        check("1.3.1|64x|0a000001", &Ok(Value::IpAddress([10, 0, 0, 1])));
        check("1.3.1|65|4294967295", &Ok(Value::Counter32(u32::MAX)));
        check("1.3.1|66|7", &Ok(Value::Gauge32(7)));
        check("1.3.1|67|100", &Ok(Value::TimeTicks(100)));
        check("1.3.1|68x|9f78", &Ok(Value::Opaque(vec![0x9f, 0x78])));
        check(
            "1.3.1|70|18446744073709551615",
            &Ok(Value::Counter64(u64::MAX)),
        );
        check("1.3.1|4:writecache|value=a,b", &text("a,b"));
    }

    #[test]
    fn a_numeric_value_moves_with_time_within_its_bounds() {
        let wrapping = "1.3.1|2:numeric|scale=5,wrap=1,min=100,max=300,initial=254";
        check(wrapping, &Ok(Value::Integer(104)));
        check("1.3.1|66:numeric|rate=2,initial=1", &Ok(Value::Gauge32(21)));
        check("1.3.1|65:numeric|max=5", &Ok(Value::Counter32(5)));
    }

    #[test]
    fn what_cannot_be_read_is_named_and_left_out() {
        check("1.3.1", &Err("no tag"));
        check("1.3.1|2", &Err("no value"));
        check("x|2|1", &Err("no object identifier"));
        check("1.3.1|99|1", &Err("a tag that is not known"));
        check("1.3.1|4x|0", &Err("an odd number of hexadecimal digits"));
        check("1.3.1|4x|zz", &Err("a digit that is not hexadecimal"));
        check("1.3.1|65|-1", &Err("no unsigned 32-bit number"));
        check(
            "1.3.1|2:sql|x",
            &Err("a variation module that is not simulated"),
        );
    }

    #[test]
    fn comments_and_empty_lines_are_nothing_and_doubles_are_counted() {
        let walk = Walk::parse(
            "# 1.3|2|1\n\n1.3.10|2|1\n1.3.9|2|2\n1.3.9|2|3\n",
            Timestamp::EPOCH,
        );
        let oids: Vec<String> = walk.oids().map(Oid::to_string).collect();
        assert_eq!(
            (oids, walk.duplicates),
            (vec!["1.3.9".into(), "1.3.10".into()], 1)
        );
        assert_eq!(walk.problems, []);
    }

    proptest::proptest! {
        #[test]
        fn no_text_harms_the_reader(text in "([0-9.|x:a-z=,#-]{0,30}\n?){0,6}") {
            let walk = Walk::parse(&text, Timestamp::EPOCH);
            proptest::prop_assert!(walk.len() + walk.duplicates + walk.problems.len() <= 7);
        }
    }
}
