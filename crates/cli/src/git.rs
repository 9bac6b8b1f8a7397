//! What git knows of a folder: asked of the `git` command, never changed by it.
//!
//! It does not know what the answers are for.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use undebug_disk::{name_of, repository_of};

/// Variables by which git tells hooks and filters which repository they run for.
const OF_ONE_REPOSITORY: [&str; 4] = ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"];

/// What git prints for these arguments in a folder, as names are spelled. An error is git's own first line.
pub(crate) fn git(folder: &Path, arguments: &[&str], input: &[u8]) -> Result<String, String> {
    run(&mut command(folder, arguments), input)
}

/// The same with an index of one's own, so that the repository's stays as it is.
pub(crate) fn git_with_index(folder: &Path, index: &Path, arguments: &[&str], input: &[u8]) -> Result<String, String> {
    run(command(folder, arguments).env("GIT_INDEX_FILE", index), input)
}

/// The command in a folder. A hook is told which repository it is for, but the one of the folder is meant: it may be
/// a submodule.
fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new("git");
    command.arg("-C").arg(folder).args(arguments);
    if repository_of(folder).join(".git").exists() {
        for name in OF_ONE_REPOSITORY {
            command.env_remove(name);
        }
    }
    command
}

/// The address of the repository that a folder was cloned from, without secrets; `None` where there is none that others
/// could use.
pub(crate) fn origin(folder: &Path) -> Option<String> {
    let address = git(folder, &["config", "--get", "remote.origin.url"], b"").ok()?;
    public_address(address.trim())
}

/// The commit that is checked out.
pub(crate) fn commit(folder: &Path) -> Option<String> {
    git(folder, &["rev-parse", "--verify", "--quiet", "HEAD"], b"").ok().map(|commit| commit.trim().to_owned())
}

/// An address as a URI without a user or a password.
fn public_address(address: &str) -> Option<String> {
    if let Some((scheme, rest)) = address.split_once("://") {
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        let host = host.rsplit('@').next().unwrap_or(host);
        return matches!(scheme, "https" | "http" | "ssh" | "git").then(|| format!("{scheme}://{host}/{path}"));
    }
    // The short form of ssh: `git@host:path`.
    let (host, path) = address.split_once(':')?;
    let host = host.rsplit('@').next().unwrap_or(host);
    let is_host = host.len() > 1 && !host.contains(['/', '\\']);
    is_host.then(|| format!("ssh://{host}/{}", path.trim_start_matches('/')))
}

fn run(command: &mut Command, input: &[u8]) -> Result<String, String> {
    let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = child.map_err(|error| format!("git: {error}"))?;
    let stdin = child.stdin.take();
    let output = std::thread::scope(|scope| {
        // git may answer before it has read everything.
        scope.spawn(move || stdin.and_then(|mut stdin| stdin.write_all(input).ok()));
        child.wait_with_output()
    });
    let output = output.map_err(|error| format!("git: {error}"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!("git: {}", said.lines().next().unwrap_or("failed").trim_start_matches("fatal: ")));
    }
    Ok(name_of(&output.stdout).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_keep_no_secrets() {
        for (address, public) in [
            ("https://me:token@example.com/a/b.git", Some("https://example.com/a/b.git")),
            ("https://example.com/a/b", Some("https://example.com/a/b")),
            ("git@example.com:a/b.git", Some("ssh://example.com/a/b.git")),
            ("ssh://git@example.com:22/a/b.git", Some("ssh://example.com:22/a/b.git")),
            ("/srv/git/b.git", None),
            ("C:\\git\\b", None),
            ("file:///srv/git/b.git", None),
            ("../b", None),
        ] {
            assert_eq!(public_address(address).as_deref(), public, "{address}");
        }
    }
}
