//! Starting programs, with the folder and the environment they need.
//!
//! **Room:** beside the product. **May use:** nothing of ours.

use anyhow::{Context, Result, bail};
use std::{
    io::Write,
    path::{Path, PathBuf},
    process::Command,
};

/// The workspace's folder.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .map_or_else(PathBuf::new, Path::to_path_buf)
}

/// One program to run to its end.
pub(crate) struct Step {
    command: Command,
    line: String,
}

impl Step {
    /// A program with arguments separated by blanks.
    #[expect(
        clippy::disallowed_methods,
        reason = "tasks start tools; nothing here is data"
    )]
    pub(crate) fn new(program: &str, arguments: &str) -> Self {
        let mut command = Command::new(program);
        command.args(arguments.split_whitespace());
        Self {
            command,
            line: format!("{program} {arguments}"),
        }
    }

    /// In a folder of the workspace.
    pub(crate) fn within(mut self, folder: &str) -> Self {
        self.command.current_dir(root().join(folder));
        self.line = format!("({folder}) {}", self.line);
        self
    }

    /// With a variable of the environment.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    /// Prints the line, runs the program, and fails when it does.
    pub(crate) fn run(mut self) -> Result<()> {
        say(&format!("+ {}", self.line));
        let status = self
            .command
            .status()
            .with_context(|| format!("cannot start {}", self.line))?;
        if !status.success() {
            bail!("{} ended with {status}", self.line);
        }
        Ok(())
    }

    /// Runs the program silently; true when it succeeded.
    pub(crate) fn succeeds(mut self) -> bool {
        self.command
            .output()
            .is_ok_and(|output| output.status.success())
    }
}

/// Writes a line for the person who runs the task.
pub(crate) fn say(line: &str) {
    // A closed terminal leaves nobody to tell.
    writeln!(std::io::stderr().lock(), "{line}").ok();
}
