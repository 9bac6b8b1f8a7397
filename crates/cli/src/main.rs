//! The one binary, `undebug`: `check`, `audit`, `fix`, `migrate`, `explain`, `rules`, `server`.
//!
//! It parses arguments and prints; what is found and changed is the engine's part, files are `disk`'s.

mod args;
mod audit;
mod baseline;
mod check;
mod explain;
mod fix;
mod git;
mod man;
mod migrate;
mod progress;
mod report;
mod review;
mod scan;
mod schema;
mod shares;
mod watch;

use std::process::ExitCode;

use args::{Action, Cli};
use clap::Parser;

/// What the program ends with: nothing found, something found, could not run.
pub(crate) const CLEAN: u8 = 0;
pub(crate) const FOUND: u8 = 1;
pub(crate) const FAILED: u8 = 2;

/// A scan and the parser, which is C, allocate much: with the system's allocator a scan takes a tenth longer, and twice as
/// long in a static binary with musl.
#[cfg(target_os = "linux")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    log_to_stderr(cli.verbose || matches!(cli.action, Action::Server { .. }));
    match cli.action {
        Action::Check(options) => ExitCode::from(check::run(&options)),
        Action::Baseline(options) => ExitCode::from(baseline::run(&options)),
        Action::Audit(options) => ExitCode::from(audit::run(&options)),
        Action::Migrate(options) => ExitCode::from(migrate::run(&options)),
        Action::Fix(options) => ExitCode::from(fix::run(&options)),
        Action::Explain { rule } => ExitCode::from(explain::explain(&rule)),
        Action::Rules { output_format } => ExitCode::from(explain::rules(output_format)),
        Action::Man { command } => ExitCode::from(man::run(command.as_deref())),
        Action::Schema => ExitCode::from(schema::run()),
        Action::Server { .. } => undebug_server::serve(),
        Action::Completions { shell } => {
            use clap::CommandFactory;
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "undebug", &mut script);
            report::print(&String::from_utf8_lossy(&script));
            ExitCode::SUCCESS
        }
    }
}

/// Logs go to stderr: stdout belongs to reports and to the editor protocol. `RUST_LOG` chooses what is said.
fn log_to_stderr(wanted: bool) {
    use tracing_subscriber::EnvFilter;
    let default = if wanted { "undebug_server=info,undebug=info,warn" } else { "error" };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(default));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(false);
    // Else a log that cannot be written, on a full disk, say, would be told on stderr, and that panics there.
    log.log_internal_errors(false).init();
}

/// One line on stderr about something that went wrong.
pub(crate) fn complain(message: impl std::fmt::Display) {
    anstream::eprintln!("undebug: {message}");
}
