//! `undebug man`: manual pages, made from the arguments.
//!
//! It installs nothing: packages do.

use clap::CommandFactory;
use clap_mangen::Man;

use crate::args::Cli;
use crate::report::print;
use crate::{CLEAN, FAILED, complain};

/// Prints the page of the program, or of one of its commands.
pub(crate) fn run(command: Option<&str>) -> u8 {
    let mut program = Cli::command();
    program.build();
    let page = match command {
        None => Man::new(program),
        Some(name) => {
            let found = program.get_subcommands().find(|known| known.get_name() == name && !known.is_hide_set());
            let Some(found) = found.cloned() else {
                complain(format!("unknown command `{name}`"));
                return FAILED;
            };
            Man::new(found)
        }
    };
    let mut text = Vec::new();
    if let Err(error) = page.render(&mut text) {
        complain(error);
        return FAILED;
    }
    print(&String::from_utf8_lossy(&text));
    CLEAN
}
