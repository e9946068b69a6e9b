//! `make install`: the binary, the systemd units and the example configurations.
//!
//! **Room:** beside the product. **May use:** nothing of ours.

use anyhow::{Context, Result};
use std::{
    env, fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

/// What goes where below PREFIX or, with a leading slash, below DESTDIR alone.
const FILES: &[(&str, &str, u32)] = &[
    ("target/release/tierwatch", "bin/tierwatch", 0o755),
    (
        "deploy/systemd/tierwatch.service",
        "/etc/systemd/system/tierwatch.service",
        0o644,
    ),
    (
        "deploy/systemd/tierwatch-collector.service",
        "/etc/systemd/system/tierwatch-collector.service",
        0o644,
    ),
    (
        "deploy/systemd/tierwatch.sysusers",
        "/usr/lib/sysusers.d/tierwatch.conf",
        0o644,
    ),
    (
        "deploy/examples/serve.yaml",
        "share/tierwatch/examples/serve.yaml",
        0o644,
    ),
    (
        "deploy/examples/collect.yaml",
        "share/tierwatch/examples/collect.yaml",
        0o644,
    ),
];

/// Copies the files; DESTDIR and PREFIX as packagers expect them.
pub(crate) fn install() -> Result<()> {
    let destination = env::var("DESTDIR").unwrap_or_default();
    let prefix = env::var("PREFIX").unwrap_or_else(|_| "/usr/local".into());
    for (source, target, mode) in FILES {
        let target: PathBuf = if target.starts_with('/') {
            format!("{destination}{target}").into()
        } else {
            format!("{destination}{prefix}/{target}").into()
        };
        copy(Path::new(source), &target, *mode)?;
        crate::shell::say(&format!("installed {}", target.display()));
    }
    Ok(())
}

fn copy(source: &Path, target: &Path, mode: u32) -> Result<()> {
    let folder = target.parent().context("every target has a folder")?;
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    fs::copy(source, target)
        .with_context(|| format!("cannot copy {} to {}", source.display(), target.display()))?;
    fs::set_permissions(target, fs::Permissions::from_mode(mode))
        .with_context(|| format!("cannot set the mode of {}", target.display()))
}
