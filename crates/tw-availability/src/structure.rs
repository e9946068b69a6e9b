//! Structure functions: a service from its parts.
//!
//! **Room:** layer 0, pure. **May use:** nothing of ours. **Must not:** hold a function that is
//! not monotone: with more parts up, a service never goes down, and so bounds are exact.

use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The deepest nesting that is accepted.
pub const STRUCTURE_DEPTH_MAX: usize = 32;

/// Which parts a service needs. In files: `ID`, `{any: […]}`, `{all: […]}` or
/// `{at_least: k, of: […]}`, nested as needed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub enum Structure {
    /// A subject itself.
    Subject(String),
    /// Up when one part is.
    Any {
        /// The parts.
        any: Vec<Structure>,
    },
    /// Up when every part is.
    All {
        /// The parts.
        all: Vec<Structure>,
    },
    /// Up when `at_least` of the parts are.
    AtLeast {
        /// How many are needed.
        at_least: usize,
        /// The parts.
        of: Vec<Structure>,
    },
}

/// Why a structure cannot be evaluated.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StructureError {
    /// A gate without parts.
    #[error("{path}: needs at least one part")]
    Empty {
        /// Where in the structure.
        path: String,
    },
    /// `at_least` does not fit.
    #[error("{path}: at_least is {at_least}; with {parts} parts it is 1 to {parts}")]
    Count {
        /// Where in the structure.
        path: String,
        /// What was asked.
        at_least: usize,
        /// How many parts there are.
        parts: usize,
    },
    /// A part that nobody describes.
    #[error("{path}: there is no subject {subject:?}")]
    UnknownSubject {
        /// Where in the structure.
        path: String,
        /// The name.
        subject: String,
    },
    /// Nested too deep.
    #[error("{path}: nested deeper than {STRUCTURE_DEPTH_MAX}")]
    TooDeep {
        /// Where in the structure.
        path: String,
    },
}

impl Structure {
    /// Every one of `subjects` must be up.
    pub fn all_of<S: Into<String>>(subjects: impl IntoIterator<Item = S>) -> Self {
        let all = subjects.into_iter().map(|s| Self::Subject(s.into()));
        Self::All { all: all.collect() }
    }

    /// The subjects that appear, each once, in order.
    pub fn subjects(&self) -> BTreeSet<&str> {
        let mut found = BTreeSet::new();
        self.gather(&mut found);
        found
    }

    fn gather<'a>(&'a self, found: &mut BTreeSet<&'a str>) {
        if let Self::Subject(name) = self {
            found.insert(name);
        }
        for part in self.parts() {
            part.gather(found);
        }
    }

    /// The parts of a gate; none for a subject.
    pub fn parts(&self) -> &[Self] {
        match self {
            Self::Subject(_) => &[],
            Self::Any { any } => any,
            Self::All { all } => all,
            Self::AtLeast { of, .. } => of,
        }
    }

    /// How many parts must be up; 1 for a subject.
    pub fn needed(&self) -> usize {
        match self {
            Self::Subject(_) | Self::Any { .. } => 1,
            Self::All { all } => all.len(),
            Self::AtLeast { at_least, .. } => *at_least,
        }
    }

    /// Checks that every gate can be evaluated and that `known` has every subject.
    pub fn check(&self, known: impl Fn(&str) -> bool + Copy) -> Result<(), StructureError> {
        self.check_at("service", 0, known)
    }

    fn check_at(
        &self,
        path: &str,
        depth: usize,
        known: impl Fn(&str) -> bool + Copy,
    ) -> Result<(), StructureError> {
        let path_owned = || path.to_owned();
        if depth > STRUCTURE_DEPTH_MAX {
            return Err(StructureError::TooDeep { path: path_owned() });
        }
        if let Self::Subject(name) = self {
            return if known(name) {
                Ok(())
            } else {
                Err(StructureError::UnknownSubject {
                    path: path_owned(),
                    subject: name.clone(),
                })
            };
        }
        let (word, parts) = match self {
            Self::Any { any } => ("any", any.len()),
            Self::All { all } => ("all", all.len()),
            Self::AtLeast { of, .. } => ("of", of.len()),
            Self::Subject(_) => ("", 1),
        };
        if parts == 0 {
            let path = format!("{path}.{word}");
            return Err(StructureError::Empty { path });
        }
        if self.needed() == 0 || self.needed() > parts {
            return Err(StructureError::Count {
                path: path_owned(),
                at_least: self.needed(),
                parts,
            });
        }
        self.parts().iter().enumerate().try_for_each(|(i, part)| {
            part.check_at(&format!("{path}.{word}[{i}]"), depth + 1, known)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expect: Result<(), &str>) {
        let structure: Structure = serde_json::from_str(text).unwrap();
        let got = structure.check(|s| s.starts_with('a'));
        assert_eq!(
            got.map_err(|e| e.to_string()),
            expect.map_err(str::to_owned)
        );
    }

    #[test]
    fn a_structure_is_checked_before_it_is_used() {
        check(r#""a1""#, Ok(()));
        check(
            r#"{"any": ["a1", {"at_least": 2, "of": ["a1", "a2", "a3"]}]}"#,
            Ok(()),
        );
        check(
            r#"{"any": []}"#,
            Err("service.any: needs at least one part"),
        );
        check(
            r#"{"all": ["a1", "b"]}"#,
            Err(r#"service.all[1]: there is no subject "b""#),
        );
        check(
            r#"{"all": [{"at_least": 3, "of": ["a1", "a2"]}]}"#,
            Err("service.all[0]: at_least is 3; with 2 parts it is 1 to 2"),
        );
    }

    #[test]
    fn text_gives_the_structure_back() {
        let text = r#"{"all":["a",{"at_least":2,"of":["b","c",{"any":["d"]}]}]}"#;
        let structure: Structure = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&structure).unwrap(), text);
        assert_eq!(structure.subjects().len(), 4);
    }
}
