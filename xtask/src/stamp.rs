//! Whether something that was built is still what its sources would give: a stamp with a
//! fingerprint of both, so that nothing is built twice and nothing stale is used.
//!
//! **Room:** beside the product. **May use:** nothing of ours. **Must not:** trust times of files.

use anyhow::{Context, Result};
use std::{
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    path::{Path, PathBuf},
};

/// What is built from what, and where that is noted.
pub(crate) struct Built {
    /// The folder with the sources.
    pub(crate) sources: PathBuf,
    /// Names in it that are no sources: packages, caches, the output.
    pub(crate) without: &'static [&'static str],
    /// The folder with what was built.
    pub(crate) output: PathBuf,
    /// The file that notes the fingerprints.
    pub(crate) stamp: PathBuf,
}

impl Built {
    /// Whether the output is there as it was built, and from the sources as they are.
    pub(crate) fn is_fresh(&self) -> bool {
        let noted = fs::read_to_string(&self.stamp).ok();
        noted.is_some() && noted == self.fingerprints().ok()
    }

    /// Notes that the output has just been built.
    pub(crate) fn note(&self) -> Result<()> {
        if let Some(folder) = self.stamp.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&self.stamp, self.fingerprints()?)
            .with_context(|| format!("cannot write {}", self.stamp.display()))
    }

    fn fingerprints(&self) -> Result<String> {
        let sources = fingerprint(&self.sources, self.without)?;
        let output = fingerprint(&self.output, &[])?;
        Ok(format!("{sources:016x} {output:016x}\n"))
    }
}

/// A hash over the paths and contents of all files of a folder.
fn fingerprint(folder: &Path, without: &[&str]) -> Result<u64> {
    let mut files = Vec::new();
    collect(folder, without, &mut files)?;
    files.sort();
    let mut hash = DefaultHasher::new();
    for file in files {
        let content = fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
        file.strip_prefix(folder)?.hash(&mut hash);
        content.hash(&mut hash);
    }
    Ok(hash.finish())
}

fn collect(folder: &Path, without: &[&str], files: &mut Vec<PathBuf>) -> Result<()> {
    let entries =
        fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    for entry in entries {
        let entry = entry?;
        if without.iter().any(|name| entry.file_name() == *name) {
            continue;
        }
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), &[], files)?;
        } else {
            files.push(entry.path());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder with sources, packages and output, noted as built.
    fn built(folder: &Path) -> Built {
        for (file, text) in [
            ("console/package-lock.json", "{}"),
            ("console/src/app.html", "page"),
            ("console/src/lib/a.ts", "a"),
            ("console/node_modules/b.js", "b"),
            ("console/build/index.html", "built"),
        ] {
            write(folder, file, text);
        }
        let built = Built {
            sources: folder.join("console"),
            without: &["node_modules", "build"],
            output: folder.join("console/build"),
            stamp: folder.join("target/console.stamp"),
        };
        assert!(!built.is_fresh(), "nothing was noted yet");
        built.note().unwrap();
        built
    }

    fn write(folder: &Path, file: &str, text: &str) {
        let path = folder.join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    #[track_caller]
    fn check(change: impl FnOnce(&Path), expect_fresh: bool) {
        let folder = tempfile::tempdir().unwrap();
        let built = built(folder.path());
        change(folder.path());
        assert_eq!(built.is_fresh(), expect_fresh);
    }

    #[test]
    fn what_did_not_change_is_not_built_again() {
        check(|_| {}, true);
        check(|at| write(at, "console/src/app.html", "page"), true);
        check(|at| write(at, "console/node_modules/c.js", "c"), true);
    }

    #[test]
    fn every_change_of_the_sources_is_seen() {
        check(|at| write(at, "console/src/app.html", "other"), false);
        check(|at| write(at, "console/src/lib/deep/new.ts", ""), false);
        check(|at| write(at, "console/package-lock.json", "{ }"), false);
        check(
            |at| fs::remove_file(at.join("console/src/lib/a.ts")).unwrap(),
            false,
        );
        check(
            |at| {
                let lib = at.join("console/src/lib");
                fs::rename(lib.join("a.ts"), lib.join("b.ts")).unwrap();
            },
            false,
        );
    }

    #[test]
    fn an_output_that_somebody_changed_or_removed_is_built_again() {
        check(|at| write(at, "console/build/index.html", "by hand"), false);
        check(
            |at| fs::remove_dir_all(at.join("console/build")).unwrap(),
            false,
        );
        check(
            |at| fs::remove_file(at.join("target/console.stamp")).unwrap(),
            false,
        );
    }
}
