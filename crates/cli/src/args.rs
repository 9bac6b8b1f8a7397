//! The command line's arguments.
//!
//! It only says what they are; what they do is said in the module of each command.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Finds Flask debug mode left on, and turns it off.
#[derive(Debug, Parser)]
#[command(name = "undebug", version, about, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub action: Action,
    /// Log what happens to stderr
    #[arg(long, global = true)]
    pub verbose: bool,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Action {
    /// Report debug mode left on in files and folders
    ///
    /// Exits with 0 when there is none, 1 when there is, 2 when it could not run.
    Check(CheckOptions),
    /// Show how each application is started, what debug mode is then, why, and what to do
    ///
    /// Exits as `check` does.
    Audit(AuditOptions),
    /// Turn debug mode off where it was left on
    Fix(FixOptions),
    /// Take applications to production: a WSGI server, a configuration for each environment, the `__main__` guard
    ///
    /// Exits with 0, with `--diff` with 1 where something would change, and with 2 when it could not run.
    Migrate(MigrateOptions),
    /// Write down what is found now, for `undebug check --baseline`
    Baseline(BaselineOptions),
    /// Say what a rule finds, why it matters and what to do
    Explain {
        /// The rule's name, for example `app-run-debug`
        rule: String,
    },
    /// List the rules
    Rules {
        /// How to print them
        #[arg(long, value_enum, default_value = "text")]
        output_format: RulesFormat,
    },
    /// Serve an editor over the Language Server Protocol, on stdin and stdout
    Server {
        /// Accepted for editors that add it: stdin and stdout are the only way
        #[arg(long)]
        stdio: bool,
    },
    /// Print the JSON schema of settings files
    #[command(hide = true)]
    Schema,
    /// Print the manual page of a command, or of all
    #[command(hide = true)]
    Man {
        /// The command
        command: Option<String>,
    },
    /// Print a completion script for a shell
    Completions {
        /// The shell
        #[arg(value_enum)]
        shell: clap_complete::Shell,
    },
}

/// Which files to look at, and for which rules.
#[derive(Debug, Clone, Args)]
pub(crate) struct Selection {
    /// Files and folders to look at; this folder where none is named
    pub paths: Vec<PathBuf>,
    /// Only these rules
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub select: Vec<String>,
    /// Not these rules
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub ignore: Vec<String>,
    /// Leave out what the settings exclude even where it is named
    #[arg(long)]
    pub force_exclude: bool,
    /// Run every file, also one whose text says that it can have no part in a finding
    #[arg(long, hide = true)]
    pub thorough: bool,
}

/// Options of `check`.
#[derive(Debug, Args)]
pub(crate) struct CheckOptions {
    #[command(flatten)]
    pub selection: Selection,
    /// How to print what was found
    #[arg(long, value_enum, default_value = "full")]
    pub output_format: Format,
    /// Write the report to this file instead of stdout
    #[arg(long, short, value_name = "FILE")]
    pub output_file: Option<PathBuf>,
    /// Read the text of this file from stdin, in place of the one on disk
    #[arg(long, value_name = "FILE")]
    pub stdin_filename: Option<PathBuf>,
    /// Exit with 0 even when something was found
    #[arg(long)]
    pub exit_zero: bool,
    /// Count findings by rule instead of listing them
    #[arg(long)]
    pub statistics: bool,
    /// Leave out the findings that this file knows, and tell which of its entries are found no more
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,
    /// Report only what was added since this git revision, also through another file
    #[arg(long, value_name = "REV", conflicts_with = "stdin_filename")]
    pub diff_base: Option<String>,
    /// Check again whenever a file changes, until interrupted
    #[arg(long, conflicts_with = "stdin_filename")]
    pub watch: bool,
}

/// Options of `baseline`.
#[derive(Debug, Args)]
pub(crate) struct BaselineOptions {
    #[command(flatten)]
    pub selection: Selection,
    /// The file to write
    #[arg(long, short, value_name = "FILE", default_value = "undebug-baseline.json")]
    pub output: PathBuf,
}

/// Options of `audit`.
#[derive(Debug, Args)]
pub(crate) struct AuditOptions {
    #[command(flatten)]
    pub selection: Selection,
    /// How to show it
    #[arg(long, value_enum, default_value = "tree")]
    pub output_format: AuditFormat,
    /// Write to this file instead of stdout
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Exit with 0 even when something was found
    #[arg(long)]
    pub exit_zero: bool,
}

/// How an audit is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum AuditFormat {
    /// A tree, for a terminal
    Tree,
    /// Markdown, for a wiki or a merge request
    Markdown,
    /// One JSON document
    Json,
    /// One HTML page that needs nothing else
    Html,
}

/// Options of `migrate`.
#[derive(Debug, Args)]
pub(crate) struct MigrateOptions {
    /// What to change
    #[arg(value_enum)]
    pub step: Step,
    #[command(flatten)]
    pub selection: Selection,
    /// Print what would change, and write nothing
    #[arg(long)]
    pub diff: bool,
    /// The server that `wsgi` puts in place
    #[arg(long, value_enum, default_value = "gunicorn")]
    pub server: WsgiServer,
}

/// A step on the way to production.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Step {
    /// Serve users with a WSGI server
    Wsgi,
    /// Separate development and production configuration
    Config,
    /// Start the server under `if __name__ == "__main__"`
    Guard,
}

/// A WSGI server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum WsgiServer {
    /// For Linux and macOS
    Gunicorn,
    /// For every system
    Waitress,
}

/// Options of `fix`.
#[derive(Debug, Args)]
pub(crate) struct FixOptions {
    #[command(flatten)]
    pub selection: Selection,
    /// Print what would change, and write nothing
    #[arg(long)]
    pub diff: bool,
    /// Which fix to apply where a finding has it
    #[arg(long = "fix", value_enum, value_name = "KIND")]
    pub kind: Option<Kind>,
}

/// A kind of fix.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Kind {
    /// Read the environment
    Environment,
    /// Remove the argument or statement
    Remove,
    /// Write the off value
    Off,
}

/// How findings are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// With the source, for people
    Full,
    /// One line each
    Concise,
    /// One JSON document
    Json,
    /// One JSON document a line
    Jsonl,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// GitHub Actions annotations
    Github,
    /// GitLab code quality
    Gitlab,
    /// JUnit XML
    Junit,
}

/// How rules are listed.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum RulesFormat {
    /// For people
    Text,
    /// One JSON document
    Json,
    /// A table for a README
    Markdown,
}
