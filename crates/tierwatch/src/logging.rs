//! Where the log goes: standard error, as text for people or as JSON for programs.
//!
//! **Room:** layer 3. **May use:** nothing of ours.

use clap::{Args, ValueEnum};
use tracing_subscriber::EnvFilter;

/// How the log is written.
#[derive(Clone, Debug, Args)]
pub(crate) struct LogArgs {
    /// As text or as one JSON object a line.
    #[arg(long, value_enum, default_value_t = LogFormat::Text, env = "TW_LOG_FORMAT")]
    log_format: LogFormat,
    /// What is logged: `info`, or by room, as `info,tw_collect=debug`.
    #[arg(long, value_name = "FILTER", default_value = "info", env = "TW_LOG")]
    log: String,
}

/// The form of a log line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum LogFormat {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// Starts the log; a second call changes nothing.
pub(crate) fn init(args: &LogArgs) {
    let filter = EnvFilter::try_new(&args.log).unwrap_or_else(|_| EnvFilter::new("info"));
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    // Only the first caller of a process sets the log up.
    match args.log_format {
        LogFormat::Text => builder.with_ansi(false).try_init().ok(),
        LogFormat::Json => builder.json().try_init().ok(),
    };
}
