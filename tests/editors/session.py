"""One editor's session in a fresh copy of the sample project, with a fresh home, and what became of its steps.

It knows no editor: a row says what is put where and what is started.
"""

import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
UNDEBUG = Path(os.environ.get("UNDEBUG", ROOT / "target/debug/undebug")).resolve()
LOGS = ROOT / "target/test-logs"
# A busy machine takes several times the seconds of an idle one.
PATIENCE = 300
# How long a server may live after its editor; its own limit is a second or two.
FAREWELL = 30

# Which file a step leaves on disk.
FILES = {"save": "app.py", "all": "pair.py", "env": ".flaskenv", "image": "image/Dockerfile"}

# Stands as `undebug` on PATH: it notes who it is, and becomes the server.
SHIM = """#!/bin/sh
[ "$1" = server ] && echo $$ >>'{pids}'
exec '{undebug}' "$@"
"""


@dataclass
class Result:
    """What became of a step."""

    ok: bool
    seconds: float
    why: str = ""


@dataclass
class Place:
    """Where a session happens."""

    project: Path
    home: Path
    pids: Path
    env: dict


def run(row):
    """The row's steps, by name, in order."""
    folder = Path(tempfile.mkdtemp(prefix="undebug-editor-"))
    try:
        place = prepare(folder, row.replaces)
        arguments = row.prepare(place)
        results = follow(arguments, place, LOGS / f"editor-{row.name}.log")
        started = time.monotonic()
        left = survivors(place.pids)
        if row.steps:
            results["end"] = Result(left == "", time.monotonic() - started, left)
        judge_disk(results, place, row)
        return results
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def prepare(folder, replaces):
    project, home, tools = folder / "project", folder / "home", folder / "bin"
    shutil.copytree(HERE / "project", project)
    (project / ".git").mkdir()
    for name in FILES.values():
        path = project / name
        path.write_bytes(replaced(path.read_bytes(), replaces))
    home.mkdir()
    tools.mkdir()
    pids = folder / "pids"
    shim = tools / "undebug"
    shim.write_text(SHIM.format(pids=pids, undebug=UNDEBUG))
    shim.chmod(0o755)
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("XDG_", "VIM", "NVIM", "EMACS"))}
    env = kept | {
        "HOME": str(home),
        "PATH": f"{tools}:{os.environ['PATH']}",
        "TERM": "xterm",
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "XDG_RUNTIME_DIR": str(home),
    }
    return Place(project, home, pids, env)


def replaced(content, replaces):
    """What an editor cannot do is taken out of the sample, and its page says so."""
    for old, new in replaces:
        content = content.replace(old.encode(), new.encode())
    return content


def follow(arguments, place, log):
    """Starts the editor and times its `step` lines as they come; all that it says goes into the log."""
    results = {}
    process = subprocess.Popen(
        arguments,
        cwd=place.project,
        env=place.env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    # The whole group, which is ours alone: an editor that hangs may have children.
    timer = threading.Timer(PATIENCE, os.killpg, (process.pid, signal.SIGKILL))
    timer.start()
    last = time.monotonic()
    said = []
    for raw in process.stdout:
        line = raw.decode("utf-8", "replace").rstrip()
        said.append(line)
        at = line.find("step ")
        words = line[at:].split(" ", 3) if at >= 0 else []
        if len(words) < 3 or words[2] not in ("ok", "failed"):
            continue
        now = time.monotonic()
        results[words[1]] = Result(words[2] == "ok", now - last, words[3] if len(words) > 3 else "")
        last = now
    code = process.wait()
    timer.cancel()
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text("\n".join(said) + "\n", encoding="utf-8")
    if code != 0:
        results["exit"] = Result(False, 0, f"status {code}; see {log.relative_to(ROOT)}")
    return results


def survivors(pids):
    """The servers that live on after their editor; it ends those, by their ids."""
    if not pids.exists():
        return "no server was started"
    ids = [int(word) for word in pids.read_text().split()]
    deadline = time.monotonic() + FAREWELL
    while any(map(lives, ids)) and time.monotonic() < deadline:
        time.sleep(0.02)
    left = [pid for pid in ids if lives(pid)]
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    return "" if not left else f"{len(left)} of {len(ids)} servers lived on"


def lives(pid):
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def judge_disk(results, place, row):
    """A step that leaves a file is good only when the file is as it should be."""
    for step in row.steps:
        result = results.setdefault(step, Result(False, 0, "it was never reached"))
        name = FILES.get(step)
        if name is None or not result.ok:
            continue
        now, wanted = (place.project / name).read_bytes(), replaced((HERE / "fixed" / name).read_bytes(), row.replaces)
        if now != wanted:
            result.ok = False
            result.why = f"{name} on disk: {now.decode('utf-8', 'replace')!r}"
