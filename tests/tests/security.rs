//! What SECURITY.md promises of the server: no socket, no program, no file written; and what the product is built from.
//!
//! Twice: by the sources and the features of the libraries, and by what a running server asks of the system. That texts
//! stay out of the logs is shown in `server_clients`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// Licences that ask for nothing but their own text.
const LICENCES: &[&str] = &[
    "MIT",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "ISC",
    "Zlib",
    "Unlicense",
    "CC0-1.0",
    "Unicode-3.0",
    "MIT-0",
    "0BSD",
    "MPL-2.0",
];

/// The door to writing on disk, which `fix` alone uses.
const WRITER: &str = "crates/disk/src/write.rs";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").to_owned()
}

/// What the dependency resolver says. It may have to fetch what only other platforms need: nothing else does.
fn metadata() -> Value {
    let arguments = ["metadata", "--locked", "--format-version", "1"];
    let output = Command::new(env!("CARGO")).args(arguments).current_dir(root()).output().expect("cargo");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("`cargo metadata` prints JSON")
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder of sources").flatten() {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn the_sources_of_the_server_open_no_socket_run_no_program_and_write_no_file() {
    let forbidden = [
        "std::net",
        "TcpStream",
        "TcpListener",
        "UdpSocket",
        "UnixStream",
        "UnixListener",
        "tokio::net",
        "tokio::process",
        "tokio::fs",
        "process::Command",
        "Command::new",
        "fs::write",
        "File::create",
        "OpenOptions",
        "remove_file",
        "remove_dir",
        "create_dir",
        "fs::rename",
        "fs::copy",
        "hard_link",
        "set_permissions",
    ];
    let mut files = Vec::new();
    for folder in ["crates/server/src", "crates/engine/src", "crates/disk/src"] {
        sources(&root().join(folder), &mut files);
    }
    assert!(files.len() > 60, "only {} sources", files.len());
    let mut wrong = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).expect("utf-8");
        // Tests stand at the end of a file or in one of their own.
        let product = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        let name = file.strip_prefix(root()).expect("below the root").to_string_lossy().replace('\\', "/");
        if name == WRITER || name.contains("tests") {
            continue;
        }
        let found = forbidden.iter().filter(|word| product.contains(**word));
        wrong.extend(found.map(|word| format!("{name}: {word}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let mut server = Vec::new();
    sources(&root().join("crates/server/src"), &mut server);
    for file in server {
        let text = fs::read_to_string(&file).expect("utf-8");
        for writer in ["write_text", "write_file", "disk::write", "replace_file"] {
            assert!(!text.contains(writer), "{}: {writer}", file.display());
        }
    }
}

#[test]
fn the_runtime_is_built_without_sockets_programs_and_files() {
    let metadata = metadata();
    let nodes = metadata["resolve"]["nodes"].as_array().expect("nodes");
    let tokio = nodes.iter().find(|node| {
        let id = node["id"].as_str().unwrap_or_default();
        id.contains("#tokio@")
    });
    let features: BTreeSet<&str> = tokio.expect("tokio is used")["features"]
        .as_array()
        .expect("features")
        .iter()
        .filter_map(Value::as_str)
        .collect();
    for feature in ["net", "process", "fs", "full"] {
        assert!(!features.contains(feature), "tokio is built with `{feature}`");
    }
    let packages: Vec<&str> = metadata["packages"]
        .as_array()
        .expect("packages")
        .iter()
        .filter_map(|package| package["name"].as_str())
        .collect();
    for network in ["reqwest", "hyper", "ureq", "curl", "native-tls", "rustls", "openssl"] {
        assert!(!packages.contains(&network), "{network} is a dependency");
    }
}

#[test]
fn every_dependency_has_a_licence_that_asks_for_little() {
    let metadata = metadata();
    let mut wrong = Vec::new();
    for package in metadata["packages"].as_array().expect("packages") {
        let name = package["name"].as_str().unwrap_or_default();
        let licence = package["license"].as_str().unwrap_or_default().replace('/', " OR ");
        let is_fine = |alternative: &str| {
            alternative.split(" AND ").all(|part| LICENCES.contains(&part.trim_matches(['(', ')', ' '])))
        };
        if !licence.split(" OR ").any(is_fine) {
            wrong.push(format!("{name}: {licence:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_direct_dependency_is_listed_with_a_reason() {
    let page = fs::read_to_string(root().join("crates/README.md")).expect("the architecture page");
    let metadata = metadata();
    let mut missing = BTreeSet::new();
    let members: Vec<&str> =
        metadata["workspace_members"].as_array().expect("members").iter().filter_map(Value::as_str).collect();
    for package in metadata["packages"].as_array().expect("packages") {
        if !members.contains(&package["id"].as_str().unwrap_or_default()) {
            continue;
        }
        for dependency in package["dependencies"].as_array().expect("dependencies") {
            let name = dependency["name"].as_str().unwrap_or_default();
            let is_listed = page.lines().any(|line| line.starts_with('|') && line.contains(&format!("`{name}`")));
            if !name.starts_with("undebug") && dependency["kind"] != "dev" && !is_listed {
                missing.insert(name.to_owned());
            }
        }
    }
    assert!(missing.is_empty(), "crates/README.md gives no reason for {missing:?}");
}

/// What a server asks of the system in an ordinary session with a workspace, line by line, after its start.
#[cfg(target_os = "linux")]
mod system {
    use std::process::Stdio;

    use serde_json::json;
    use undebug_tests::lsp::{APP, Server, binary, capabilities, did_change, uri};

    use super::*;

    const CALLS: &str = "trace=%network,%process,%file,ftruncate,fallocate";

    #[test]
    fn a_running_server_opens_no_socket_runs_no_program_and_writes_no_file() {
        if Command::new("strace").arg("-V").stdout(Stdio::null()).status().is_err() {
            assert_ne!(std::env::var("CI").as_deref(), Ok("true"), "strace is not installed");
            eprintln!("strace is not installed: what the server asks of the system was not looked at");
            return;
        }
        let folder = tempfile::tempdir().unwrap();
        let app = folder.path().join("app.py");
        fs::write(&app, APP).unwrap();
        let other = folder.path().join("other.py");
        fs::write(&other, APP).unwrap();
        let log = tempfile::NamedTempFile::new().unwrap();
        let mut command = Command::new("strace");
        command.args(["-f", "-qq", "-s", "400", "-e", CALLS, "-o"]).arg(log.path()).arg(binary()).arg("server");
        let mut server = Server::start_with(&mut command);
        let folders = json!([{ "uri": uri(folder.path()), "name": "test" }]);
        server.initialize(json!({ "capabilities": capabilities(), "workspaceFolders": folders }));
        assert_eq!(server.diagnostics(&uri(&other), None).len(), 1, "a file that is not open");
        let diagnostics = server.open(&uri(&app), APP);
        assert_eq!(diagnostics.len(), 1);
        assert!(!server.actions(&uri(&app), [4, 8, 4, 18], json!({ "diagnostics": diagnostics })).is_empty());
        let fix = json!({ "command": "undebug.fixWorkspace", "arguments": [] });
        server.request("workspace/executeCommand", fix).unwrap();
        server.send(&did_change(&uri(&app), 2, json!([{ "text": "" }])));
        assert!(server.diagnostics(&uri(&app), Some(2)).is_empty());
        assert_eq!(server.shut_down(), Some(0));

        let trace = fs::read_to_string(log.path()).unwrap();
        assert!(trace.contains("other.py"), "the trace does not show the session");
        let wrong: Vec<&str> = trace.lines().filter(|line| is_forbidden(line)).collect();
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        assert_eq!(trace.matches("execve(").count(), 1, "the server itself and no other program");
    }

    fn is_forbidden(line: &str) -> bool {
        const CALLS: &[&str] = &[
            "socket(",
            "connect(",
            "bind(",
            "listen(",
            "accept",
            "sendto(",
            "unlink",
            "rename",
            "mkdir",
            "rmdir",
            "link(",
            "linkat(",
            "chmod",
            "chown",
            "truncate(",
            "fallocate(",
            "creat(",
            "mknod",
            "fork(",
        ];
        let call = line.trim_start_matches(|c: char| c.is_ascii_digit() || c == ' ');
        if let Some(arguments) = call.strip_prefix("openat(").or_else(|| call.strip_prefix("open(")) {
            return ["O_WRONLY", "O_RDWR", "O_CREAT"].iter().any(|flag| arguments.contains(flag));
        }
        !call.starts_with("readlink") && CALLS.iter().any(|name| call.starts_with(name))
    }
}
