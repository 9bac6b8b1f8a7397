//! Which file of a release runs on a machine.
//!
//! It downloads nothing.

use zed_extension_api::{Architecture, Os, Result};

/// A file of a release.
pub struct Asset {
    /// Its name.
    pub file: String,
    /// The program in it.
    pub program: &'static str,
}

/// The file for this machine.
pub fn asset(os: Os, architecture: Architecture) -> Result<Asset> {
    let processor = match architecture {
        Architecture::Aarch64 => "aarch64",
        Architecture::X8664 => "x86_64",
        Architecture::X86 => return Err("there is no release for 32-bit machines; build `undebug` from source".into()),
    };
    let (system, extension, program) = match os {
        Os::Mac => ("apple-darwin", "tar.gz", "undebug"),
        Os::Linux => ("unknown-linux-musl", "tar.gz", "undebug"),
        Os::Windows => ("pc-windows-msvc", "zip", "undebug.exe"),
    };
    Ok(Asset { file: format!("undebug-{processor}-{system}.{extension}"), program })
}
