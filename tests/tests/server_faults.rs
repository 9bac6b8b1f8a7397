//! The server as a process against what a disk, a system and a dying client do to it.
//!
//! What is wrong in the messages themselves is `server_ends`' part. Each case ends with a correct diagnostic, or with the
//! end of the server.

#![cfg(unix)]

use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use undebug_tests::lsp::{APP, PATIENCE, Server, binary, capabilities, did_open, frame, notification};
use undebug_tests::stdio::uri;

const URI: &str = "file:///undebug-test/app.py";

/// A session for this folder, with the server's log in the file.
fn session(folder: &Path, log: &Path) -> Server {
    session_of(Command::new(binary()).arg("server"), folder, log)
}

fn session_of(command: &mut Command, folder: &Path, log: &Path) -> Server {
    let mut server = Server::logging(command, File::create(log).unwrap().into());
    let root = uri(folder);
    let folders = json!([{ "uri": root, "name": "test" }]);
    server.initialize(json!({ "capabilities": capabilities(), "workspaceFolders": folders }));
    server
}

/// How many findings a file that is not open has.
fn found(server: &mut Server, path: &Path) -> usize {
    server.diagnostics(&uri(path), None).len()
}

#[test]
fn a_full_disk_for_the_log_costs_only_the_log() {
    let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
    let mut command = Command::new(binary());
    let mut server = Server::logging(command.arg("server").env("RUST_LOG", "debug"), full.into());
    server.initialize(json!({ "capabilities": capabilities() }));
    assert_eq!(server.open(URI, APP).len(), 1);
    server.write(b"Content-Length: 3\r\n\r\n{x}");
    assert_eq!(server.open("file:///undebug-test/other.py", APP).len(), 1);
    assert_eq!(server.shut_down(), Some(0));
}

#[test]
fn a_log_that_nobody_reads_costs_nothing() {
    // The reading end is closed: whoever writes gets an error, or the signal of a broken pipe.
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut server = Server::logging(Command::new(binary()).arg("server"), writer.into());
    server.initialize(json!({ "capabilities": capabilities() }));
    assert_eq!(server.open(URI, APP).len(), 1);
    assert_eq!(server.shut_down(), Some(0));
}

#[test]
fn an_output_on_a_full_disk_ends_the_server() {
    let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
    let mut child =
        Command::new(binary()).arg("server").stdin(Stdio::piped()).stdout(full).stderr(Stdio::null()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let initialize = json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": { "capabilities": {} } });
    std::io::Write::write_all(&mut stdin, &frame(&initialize)).unwrap();
    let deadline = Instant::now() + PATIENCE;
    while child.try_wait().unwrap().is_none() {
        assert!(Instant::now() < deadline, "the server lives on without an output");
        thread::sleep(Duration::from_millis(5));
    }
    drop(stdin);
}

#[test]
fn a_client_killed_with_no_word_takes_the_server_with_it() {
    // The client: `cat` holds the server's input, as an editor does, and is the process that `initialize` names.
    let mut client = Command::new("cat").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let output = client.stdout.take().unwrap();
    let mut server = Command::new(binary())
        .arg("server")
        .stdin(output)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = std::io::BufReader::new(server.stdout.take().unwrap());
    let initialize = json!({
        "jsonrpc": "2.0", "id": 1, "method": "initialize",
        "params": { "processId": client.id(), "capabilities": {} },
    });
    let mut stdin = client.stdin.take().unwrap();
    std::io::Write::write_all(&mut stdin, &frame(&initialize)).unwrap();
    std::io::Write::write_all(&mut stdin, &frame(&notification("initialized", json!({})))).unwrap();
    std::io::Write::write_all(&mut stdin, &frame(&did_open(URI, 1, APP))).unwrap();
    // The server is in the middle of its work.
    while let Some(message) = undebug_tests::lsp::read_frame(&mut lines) {
        if message["method"] == "textDocument/publishDiagnostics" {
            break;
        }
    }
    client.kill().unwrap();
    let killed = Instant::now();
    let deadline = killed + PATIENCE;
    while server.try_wait().unwrap().is_none() && Instant::now() < deadline {
        thread::sleep(Duration::from_millis(5));
    }
    assert!(killed.elapsed() < Duration::from_secs(1), "{:?}", killed.elapsed());
    client.wait().unwrap();
}

#[test]
fn loops_pipes_binaries_and_monsters_are_passed_by() {
    let folder = tempfile::tempdir().unwrap();
    let log = tempfile::NamedTempFile::new().unwrap();
    let root = folder.path();
    fs::create_dir_all(root.join("a/b")).unwrap();
    symlink(root, root.join("a/b/up")).unwrap();
    symlink(root.join("a/self"), root.join("a/self")).unwrap();
    symlink(root.join("nowhere"), root.join("dangling.py")).unwrap();
    symlink("/dev/zero", root.join("zero.py")).unwrap();
    fs::write(root.join("binary.py"), b"\x7fELF\0\0\0 app.run(debug=True)").unwrap();
    fs::write(root.join("huge.py"), format!("{APP}{}", "# filler\n".repeat(700_000))).unwrap();
    fs::write(root.join(OsStr::from_bytes(b"latin-\xe9.py")), APP).unwrap();
    assert!(Command::new("mkfifo").arg(root.join("pipe.py")).status().unwrap().success());
    // Its imports are followed to what is not there to be read.
    let imports = "import pipe, zero, dangling, binary, huge\n";
    fs::write(root.join("a/app.py"), APP).unwrap();
    fs::write(root.join("main.py"), format!("{imports}{APP}")).unwrap();
    let mut server = session(root, log.path());
    assert_eq!(found(&mut server, &root.join("a/app.py")), 1);
    assert_eq!(found(&mut server, &root.join("main.py")), 1);
    assert_eq!(server.open(URI, APP).len(), 1);
    let twice: Vec<&Value> = server.passed.iter().filter(|message| message.to_string().contains("/up/")).collect();
    assert!(twice.is_empty(), "{twice:?}");
    server.shut_down();
    let log = fs::read_to_string(log.path()).unwrap();
    for (file, why) in [("binary.py", "a binary file"), ("huge.py", "larger than 5 MiB")] {
        assert!(log.lines().any(|line| line.contains(file) && line.contains(why)), "{file}: {log}");
    }
}

#[test]
fn folders_that_cannot_be_read_are_told_and_the_rest_is_checked() {
    let folder = tempfile::tempdir().unwrap();
    let log = tempfile::NamedTempFile::new().unwrap();
    let root = folder.path();
    let closed = root.join("closed");
    fs::create_dir(&closed).unwrap();
    fs::write(closed.join("app.py"), APP).unwrap();
    fs::write(root.join("app.py"), APP).unwrap();
    fs::write(root.join("secret.py"), APP).unwrap();
    for path in [&closed, &root.join("secret.py")] {
        fs::set_permissions(path, fs::Permissions::from_mode(0o000)).unwrap();
    }
    // The superuser may read everything, so the server runs as somebody else here.
    let program = root.join("undebug");
    fs::copy(binary(), &program).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    fs::set_permissions(root, fs::Permissions::from_mode(0o755)).unwrap();
    let mut command = Command::new(&program);
    command.arg("server");
    if fs::read(root.join("secret.py")).is_ok() {
        std::os::unix::process::CommandExt::uid(&mut command, 65534);
    }
    let mut server = session_of(&mut command, root, log.path());
    assert_eq!(found(&mut server, &root.join("app.py")), 1);
    assert_eq!(server.open(URI, APP).len(), 1);
    let others = server.passed.iter().filter(|message| message["method"] == "textDocument/publishDiagnostics").count();
    assert_eq!(others, 0, "{:?}", server.passed);
    server.shut_down();
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o755)).unwrap();
    let log = fs::read_to_string(log.path()).unwrap();
    for name in ["closed", "secret.py"] {
        assert!(log.lines().any(|line| line.contains(name) && line.contains("ermission denied")), "{name}: {log}");
    }
}

#[test]
fn odd_names_of_files_and_folders_that_are_not_open() {
    let folder = tempfile::tempdir().unwrap();
    let log = tempfile::NamedTempFile::new().unwrap();
    let root = folder.path().join("with space/100%/ünï 😀/#?&;[x]");
    fs::create_dir_all(&root).unwrap();
    let names = ["a b.py", "per%20cent.py", "日本.py", "c:.py", "back\\slash.py", "q?.py", "h#.py", "new\nline.py"];
    for name in names {
        fs::write(root.join(name), APP).unwrap();
    }
    let mut server = session(&root, log.path());
    let mut uris = Vec::new();
    for _ in names {
        let message = server
            .wait("diagnostics of an unopened file", |message| message["method"] == "textDocument/publishDiagnostics");
        assert_eq!(message["params"]["diagnostics"].as_array().map(Vec::len), Some(1), "{message}");
        uris.push(message["params"]["uri"].as_str().unwrap().to_owned());
    }
    uris.sort();
    uris.dedup();
    assert_eq!(uris.len(), names.len(), "{uris:?}");
    // A client that opens one of them and takes the finding out is understood to mean that file.
    for (uri, version) in uris.iter().zip(1..) {
        server.send(&did_open(uri, version, "x = 1\n"));
        assert_eq!(server.diagnostics(uri, Some(version)), Vec::<Value>::new(), "{uri}");
    }
}

#[test]
fn files_that_change_while_they_are_walked() {
    let folder = tempfile::tempdir().unwrap();
    let log = tempfile::NamedTempFile::new().unwrap();
    let root = folder.path().to_path_buf();
    for number in 0..200 {
        let package = root.join(format!("p{}", number % 20));
        fs::create_dir_all(&package).unwrap();
        fs::write(package.join(format!("m{number}.py")), APP).unwrap();
    }
    let stop = Arc::new(AtomicBool::new(false));
    let (stopped, busy) = (stop.clone(), root.clone());
    let vandal = thread::spawn(move || {
        for round in 0.. {
            if stopped.load(Ordering::SeqCst) {
                return;
            }
            let package = busy.join(format!("p{}", round % 20));
            let away = busy.join(format!("gone{}", round % 20));
            let _ = fs::rename(&package, &away);
            let _ = fs::write(busy.join("now.py"), "x = (\n");
            let _ = fs::remove_file(busy.join("now.py"));
            let _ = fs::rename(&away, &package);
        }
    });
    let mut server = session(&root, log.path());
    let end = Instant::now() + Duration::from_millis(700);
    while server.next(end).is_some() {}
    stop.store(true, Ordering::SeqCst);
    vandal.join().unwrap();
    // The truth on disk, told by a client that saves a file, is what counts in the end.
    let app = root.join("p3/m3.py");
    assert_eq!(server.open(&uri(&app), APP).len(), 1);
    assert_eq!(server.open(URI, APP).len(), 1);
    assert_eq!(server.shut_down(), Some(0));
}

#[test]
fn a_folder_that_vanishes_takes_its_findings_along() {
    let folder = tempfile::tempdir().unwrap();
    let log = tempfile::NamedTempFile::new().unwrap();
    let root = folder.path();
    fs::create_dir_all(root.join("old/deep")).unwrap();
    fs::write(root.join("old/deep/app.py"), APP).unwrap();
    let mut server = session(root, log.path());
    assert_eq!(found(&mut server, &root.join("old/deep/app.py")), 1);
    fs::rename(root.join("old"), root.join("new")).unwrap();
    let changes = json!([{ "uri": uri(&root.join("old")), "type": 3 }, { "uri": uri(&root.join("new")), "type": 1 }]);
    server.notify("workspace/didChangeWatchedFiles", json!({ "changes": changes }));
    assert_eq!(found(&mut server, &root.join("old/deep/app.py")), 0);
    assert_eq!(found(&mut server, &root.join("new/deep/app.py")), 1);
}
