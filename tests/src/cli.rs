//! The built command line on a temporary tree of files: what it prints, and what it exits with.
//!
//! It knows no rule and no format; it only runs the binary and looks at files.

use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use crate::stdio::undebug;

/// A program with one finding, which `undebug fix` takes away.
pub const APP: &str =
    "from flask import Flask\n\napp = Flask(__name__)\n\nif __name__ == \"__main__\":\n    app.run(debug=True)\n";

/// A program without a finding.
pub const QUIET: &str =
    "from flask import Flask\n\napp = Flask(__name__)\n\nif __name__ == \"__main__\":\n    app.run()\n";

/// A folder of files that goes away with it.
pub struct Tree {
    folder: tempfile::TempDir,
}

/// What a run of the binary left behind.
#[derive(Debug)]
pub struct Ran {
    /// The exit status; -1 for a signal.
    pub code: i32,
    /// What it printed.
    pub stdout: String,
    /// What it complained about.
    pub stderr: String,
}

impl Tree {
    /// A folder with these files; one without any settings file above it is a project of its own.
    pub fn new(files: &[(&str, &str)]) -> Tree {
        let tree = Tree { folder: tempfile::tempdir().expect("a scratch folder") };
        for (name, text) in files {
            tree.write(name, text);
        }
        tree
    }

    /// The folder, as the system spells it.
    pub fn root(&self) -> PathBuf {
        self.folder.path().canonicalize().expect("the scratch folder is there")
    }

    /// The path of a file.
    pub fn path(&self, name: &str) -> PathBuf {
        self.root().join(name)
    }

    /// Writes a file, with the folders above it.
    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("inside the folder")).expect("a folder");
        fs::write(path, bytes).expect("a file");
    }

    /// The text of a file.
    pub fn read(&self, name: &str) -> String {
        String::from_utf8(self.bytes(name)).expect("utf-8")
    }

    /// The bytes of a file.
    pub fn bytes(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// The binary, about to run in the folder with these arguments.
    pub fn command<A: AsRef<OsStr>>(&self, arguments: &[A]) -> Command {
        let mut command = Command::new(undebug());
        command.args(arguments).current_dir(self.root()).stdin(Stdio::null());
        command.env_remove("RUST_LOG").env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE");
        command
    }

    /// Runs the binary in the folder.
    pub fn run(&self, arguments: &[&str]) -> Ran {
        ran(&self.command(arguments).output().expect("the built binary"))
    }

    /// Runs the binary in the folder with this text on stdin.
    pub fn run_with_input(&self, arguments: &[&str], input: &[u8]) -> Ran {
        let mut command = self.command(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the built binary");
        child.stdin.take().expect("piped").write_all(input).expect("it reads its input");
        ran(&child.wait_with_output().expect("it ends"))
    }

    /// The findings of `check` with these further arguments, as the contract's JSON.
    pub fn findings(&self, arguments: &[&str]) -> Vec<Value> {
        let ran = self.run(&[&["check", "--output-format", "json"], arguments].concat());
        ran.json()["findings"].as_array().cloned().unwrap_or_else(|| panic!("no findings in {ran:?}"))
    }

    /// The findings of `check`, each as `path:line rule`.
    pub fn brief(&self, arguments: &[&str]) -> Vec<String> {
        self.findings(arguments).iter().map(brief).collect()
    }

    /// Makes the folder a git repository whose first commit has all its files.
    pub fn commit(&self, message: &str) {
        if !self.path(".git").exists() {
            self.git(&["init", "--quiet", "--initial-branch", "main"]);
        }
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "--message", message]);
    }

    /// Runs git in the folder, without anybody's own configuration.
    pub fn git(&self, arguments: &[&str]) -> String {
        let identity = ["-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false"];
        let output = Command::new("git")
            .args(identity)
            .args(arguments)
            .current_dir(self.root())
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_SYSTEM", "/dev/null")
            .output()
            .expect("git");
        assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }
}

impl Ran {
    /// What it printed, as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("no JSON ({error}): {self:?}"))
    }
}

/// A finding of the JSON report as `path:line rule`.
pub fn brief(finding: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    format!("{}:{} {}", text(&finding["path"]), finding["start"]["line"], text(&finding["rule"]))
}

/// What a finished process left behind.
pub fn ran(output: &Output) -> Ran {
    Ran {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// Whether this process can read what its permissions forbid, as root can.
pub fn reads_everything(scratch: &Path) -> bool {
    let path = scratch.join("forbidden");
    fs::write(&path, "x").expect("a file");
    forbid(&path);
    let reads = fs::read(&path).is_ok();
    fs::remove_file(path).expect("the file is there");
    reads
}

/// Takes every permission from a path.
#[cfg(unix)]
pub fn forbid(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o000)).expect("permissions");
}

/// Elsewhere nothing is forbidden: the callers ask [`reads_everything`] first.
#[cfg(not(unix))]
pub fn forbid(_: &Path) {}
