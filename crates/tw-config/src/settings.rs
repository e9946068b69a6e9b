//! Settings files of components: read into the component's own type.
//!
//! **Room:** layer 1. **May use:** nothing of ours. **Must not:** know a component.

use crate::{inventory::FILE_BYTES_MAX, yaml};
use serde::de::DeserializeOwned;
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// Why settings could not be read.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The file cannot be read at all.
    #[error("cannot read the settings {}", path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        cause: io::Error,
    },
    /// The file is readable and wrong: `file:line: what; allowed: …`.
    #[error("{file}:{line}: {message}")]
    Wrong {
        /// The file.
        file: String,
        /// The line, from 1.
        line: u32,
        /// What is wrong, with the keys that are allowed where one is unknown.
        message: String,
    },
}

/// Reads a YAML file into a component's settings. The type should `deny_unknown_fields`.
pub fn read_settings<T: DeserializeOwned>(path: &Path) -> Result<T, SettingsError> {
    let failed = |cause| SettingsError::Read {
        path: path.to_owned(),
        cause,
    };
    let file = path.display().to_string();
    if fs::metadata(path).map_err(failed)?.len() > FILE_BYTES_MAX {
        let message = format!("the file is larger than {FILE_BYTES_MAX} bytes");
        return Err(SettingsError::Wrong {
            file,
            line: 1,
            message,
        });
    }
    let text = fs::read_to_string(path).map_err(failed)?;
    parse_settings(&file, &text)
}

/// The same for a text; `file` names it in the complaint.
pub fn parse_settings<T: DeserializeOwned>(file: &str, text: &str) -> Result<T, SettingsError> {
    let wrong = |error: yaml::SyntaxError| SettingsError::Wrong {
        file: file.to_owned(),
        line: error.line,
        message: error.message,
    };
    // Tabs and broken syntax are explained in one voice everywhere.
    yaml::parse(text).map_err(wrong)?;
    serde_saphyr::from_str_with_options(text, yaml::options()).map_err(|cause| {
        let message = cause.without_snippet().to_string();
        let line = yaml::syntax_error(text, &cause).line;
        let first = message
            .lines()
            .next()
            .unwrap_or("cannot be read")
            .trim()
            .to_owned();
        SettingsError::Wrong {
            file: file.to_owned(),
            line,
            message: first,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Settings {
        listen: std::net::SocketAddr,
        #[serde(default)]
        data: String,
    }

    #[track_caller]
    fn check(text: &str, expect: &str) {
        let found = match parse_settings::<Settings>("serve.yaml", text) {
            Ok(settings) => format!("{settings:?}"),
            Err(cause) => cause.to_string(),
        };
        assert_eq!(found, expect);
    }

    #[test]
    fn settings_are_read_into_the_components_type() {
        check(
            "listen: 127.0.0.1:8420\ndata: /var/lib/tierwatch\n",
            "Settings { listen: 127.0.0.1:8420, data: \"/var/lib/tierwatch\" }",
        );
    }

    #[test]
    fn a_complaint_has_file_and_line_and_the_known_keys() {
        let text = "listen: 127.0.0.1:8420\ndatta: x\n";
        let complaint = parse_settings::<Settings>("serve.yaml", text)
            .unwrap_err()
            .to_string();
        assert!(complaint.starts_with("serve.yaml:2: "), "{complaint}");
        assert!(
            complaint.contains("datta") && complaint.contains("listen"),
            "{complaint}"
        );

        let complaint = parse_settings::<Settings>("serve.yaml", "listen: nowhere\n").unwrap_err();
        assert!(
            complaint.to_string().starts_with("serve.yaml:1: "),
            "{complaint}"
        );
        check("listen:\n\t- x\n", "serve.yaml:2: a tab in the indentation");
    }
}
