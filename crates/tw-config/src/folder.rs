//! Which files of a folder are an inventory.
//!
//! **Room:** layer 1. **May use:** nothing of ours. **Must not:** read a file.

use crate::{
    inventory::{FILES_MAX, LoadError},
    problem::Problem,
    tables,
};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// Folders nest at most so deep.
const FOLDER_DEPTH_MAX: usize = 4;

/// Which names a file may have, for a message.
pub(crate) const FILE_NAMES: &str = "*.yaml (policies/age.yaml for the age rules, policies/plan.yaml for replacement plans, policies/security.yaml for security levels), people.csv, assets.csv, models.csv, services.csv, *.md, schema/";

/// Collects the files by name; what is neither known nor plainly a note is a slip.
pub(crate) fn find_files(
    folder: &Path,
    depth: usize,
    files: &mut Vec<PathBuf>,
    problems: &mut Vec<Problem>,
) -> Result<(), LoadError> {
    let failed = |cause| LoadError::Read {
        path: folder.to_owned(),
        cause,
    };
    let mut entries: Vec<fs::DirEntry> = fs::read_dir(folder)
        .map_err(failed)?
        .collect::<Result<_, _>>()
        .map_err(failed)?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        let extension = path
            .extension()
            .map(|e| e.to_string_lossy().into_owned())
            .unwrap_or_default();
        let mut wrong = |message: &str| {
            problems.push(Problem {
                file: path.display().to_string(),
                line: 1,
                key: "-".to_owned(),
                message: message.to_owned(),
                allowed: FILE_NAMES.to_owned(),
            });
        };
        if name.starts_with('.') || (depth == 0 && name == "schema") || extension == "md" {
            continue;
        }
        if path.is_dir() {
            if depth == FOLDER_DEPTH_MAX {
                wrong("the folders nest too deep");
            } else {
                find_files(&path, depth + 1, files, problems)?;
            }
        } else if files.len() == FILES_MAX {
            wrong("there are too many files");
            return Ok(());
        } else if extension == "yaml" || tables::table(&name).is_some() {
            files.push(path);
        } else {
            wrong("no file of an inventory has this name");
        }
    }
    Ok(())
}
