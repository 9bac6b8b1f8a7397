#!/usr/bin/env python3
"""Migrates small projects with the built `undebug migrate`, and runs each before and after: under real Flask, gunicorn and
waitress, on loopback. What changes is printed; what the servers answer is compared.

Servers listen on 127.0.0.1 only and are ended by the process that this program started.
"""
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent
UNDEBUG = os.environ.get("UNDEBUG", str(HERE.parents[1] / "target" / "debug" / "undebug"))
BIN = Path(sys.executable).parent
PROGRAMS = {"plain": "app.py", "factory": "run.py", "classes": "app.py", "served": "app.py", "package": "run.py"}
# These are migrated with Windows line ends too.
WINDOWS = ("plain", "classes")
# How long a server may take to answer, and how long an import may run before it counts as a server.
STARTED = 30
IMPORTED = 6

passed, failures = 0, []


def check(what, holds, detail=""):
    """Counts one thing that must hold."""
    global passed
    if holds:
        passed += 1
    else:
        failures.append(f"{what} {detail}")
        print("    FAILED", what, detail)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def environment(**more):
    """This process's environment without what decides about debug mode."""
    names = ("FLASK_DEBUG", "FLASK_ENV", "APP_CONFIG", "PORT", "WERKZEUG_RUN_MAIN")
    kept = {name: value for name, value in os.environ.items() if name not in names}
    return {**kept, "PYTHONDONTWRITEBYTECODE": "1", **more}


def fetch(port, path):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def answers(folder, command, port, **variables):
    """What a server says on `/`, `/boom` and `/console`; `None` where it does not start."""
    server = subprocess.Popen(
        command, cwd=folder, env=environment(PORT=str(port), **variables), start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )
    try:
        end = time.monotonic() + STARTED
        while time.monotonic() < end and server.poll() is None:
            try:
                return {path: fetch(port, path) for path in ("/", "/boom", "/console")}
            except (ConnectionError, urllib.error.URLError):
                time.sleep(0.1)
        return None
    finally:
        # The reloader has a child: both are in the group that was started here.
        try:
            os.killpg(server.pid, 15)
            server.wait(timeout=10)
        except ProcessLookupError:
            pass
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, 9)
            server.wait()
        server.stderr.close()


def state(said):
    """`on`, `off` or `app.debug` in one word, by what a client gets."""
    if said is None or said["/"] != (200, "hello"):
        return f"broken: {said}"
    console, leak = said["/console"][0] == 200, "secret hello" in said["/boom"][1]
    return "on" if console and leak else "off" if not console and not leak else f"console {console}, leak {leak}"


def migrate(folder, *arguments):
    return subprocess.run([UNDEBUG, "migrate", *arguments, "."], cwd=folder, capture_output=True, text=True, timeout=60)


def texts(folder):
    files = (path for path in Path(folder).rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {str(path.relative_to(folder)): path.read_bytes().decode() for path in files}


def changed(name, folder, *arguments):
    """Shows what would change, changes it, and checks that a second run changes nothing."""
    what = f"{name} {' '.join(arguments)}:"
    before = texts(folder)
    shown = migrate(folder, *arguments, "--diff")
    print(f"--- {what}\n{shown.stdout}")
    check(f"{what} --diff says that something would change", shown.returncode == 1, shown.stderr)
    check(f"{what} --diff writes nothing", texts(folder) == before)
    done = migrate(folder, *arguments)
    check(f"{what} exits with 0", done.returncode == 0, done.stderr)
    after = texts(folder)
    check(f"{what} changes something", after != before)
    if name.endswith("windows"):
        # A file that is new has the line ends of the program that it is for; one that was there keeps its own.
        mixed = [path for path, text in after.items() if path in before and "\n" in text.replace("\r\n", "")]
        check(f"{what} line ends are kept", not mixed, mixed)
    again = migrate(folder, *arguments)
    check(f"{what} a second run changes nothing", texts(folder) == after and "Nothing" in again.stderr, again.stderr)
    return after


def copy(name, scratch):
    case = name.removesuffix("-windows")
    folder = Path(scratch, f"{name}-{len(os.listdir(scratch))}")
    shutil.copytree(HERE / "cases" / case, folder)
    if not (folder / "pyproject.toml").exists():
        (folder / "pyproject.toml").write_text("[project]\nname = 'case'\nversion = '0'\n")
    if case != name:
        for path in [path for path in folder.rglob("*") if path.is_file()]:
            path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    return folder


def program_of(name):
    return PROGRAMS[name.removesuffix("-windows")]


def words_of(files):
    """The commands that deployment files start, as lists of words."""
    for path, text in files.items():
        if path == "Procfile":
            web = re.search(r"^web:(.*)$", text, re.M)[1].split()
            yield path, [word for word in web if not re.match(r"\w+=", word)]
        elif path == "Dockerfile":
            last = re.findall(r"^CMD (.*)$", text, re.M)[-1]
            yield path, json.loads(last) if last.startswith("[") else last.removeprefix("exec ").split()
        elif path == "compose.yml":
            flow = re.search(r"^    command: (\[.*\])", text, re.M)
            block = [word.strip().strip('"') for word in re.findall(r"^      - (.*)$", text, re.M)]
            yield path, json.loads(flow[1]) if flow else block


def wsgi(name, scratch):
    """The servers of each command answer as the program did, with debug mode's pages gone."""
    for server in ("gunicorn", "waitress"):
        folder = copy(name, scratch)
        before = answers(folder, [str(BIN / "python"), program_of(name)], free_port())
        print(f"{name}: before, python {program_of(name)}: debug mode {state(before)}")
        after = changed(name, folder, "wsgi", "--server", server)
        entry = "wsgi:app"
        for path, words in words_of(after):
            port = free_port()
            words = [re.sub(r"[\d.]+:(\d+|\$PORT)", f"127.0.0.1:{port}", word) for word in words]
            check(f"{name}: {path} starts {server}", words[0].startswith(server), words)
            entry = words[-1]
            said = state(answers(folder, [str(BIN / words[0]), *words[1:]], port))
            print(f"{name}: after, {path}: {' '.join(words)}: debug mode {said}")
            check(f"{name}: {path} serves without a debugger", said == "off", said)
        for command in (["gunicorn", "--bind"], ["waitress-serve", "--listen"]):
            port = free_port()
            line = [str(BIN / command[0]), f"{command[1]}=127.0.0.1:{port}", entry]
            said = state(answers(folder, line, port))
            print(f"{name}: after, {command[0]} {entry}: debug mode {said}")
            check(f"{name}: {command[0]} serves {entry}", said == "off", said)
        left = answers(folder, [str(BIN / "python"), program_of(name)], free_port())
        check(f"{name}: the program still serves developers", left is not None and state(left) == state(before), left)
        listed = after.get("requirements.txt", "") + after["pyproject.toml"]
        check(f"{name}: {server} is required", server in listed, listed)


def config(name, scratch):
    """Off when nothing is set, on for whoever asks, and nothing left to find."""
    folder = copy(name, scratch)
    program = [str(BIN / "python"), program_of(name)]
    before = state(answers(folder, program, free_port()))
    print(f"{name}: before, python {program_of(name)}: debug mode {before}")
    check(f"{name}: debug mode was on", before == "on", before)
    changed(name, folder, "config")
    for variables, wanted in [({}, "off"), ({"APP_CONFIG": "development"}, "on"), ({"APP_CONFIG": "Production"}, "off"),
                              ({"APP_CONFIG": "typo"}, "off"), ({"FLASK_DEBUG": "1"}, "on")]:
        said = state(answers(folder, program, free_port(), **variables))
        print(f"{name}: after, {variables or 'nothing set'}: debug mode {said}")
        check(f"{name}: {variables} is {wanted}", said == wanted, said)
    found = subprocess.run([UNDEBUG, "check", "."], cwd=folder, capture_output=True, text=True, timeout=60)
    check(f"{name}: nothing is left to find", found.returncode == 0, found.stdout)


def starts_at_import(folder, module):
    """Whether an import goes on until it is ended: it serves."""
    line = [str(BIN / "python"), "-c", f"import {module}"]
    program = subprocess.Popen(
        line, cwd=folder, env=environment(PORT=str(free_port())), start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )
    try:
        program.wait(timeout=IMPORTED)
        return False
    except subprocess.TimeoutExpired:
        os.killpg(program.pid, 15)
        program.wait()
        return True


def guard(name, scratch):
    """An import starts nothing any more, and the program still serves."""
    folder = copy(name, scratch)
    check(f"{name}: an import served", starts_at_import(folder, "app"))
    changed(name, folder, "guard")
    check(f"{name}: an import serves no more", not starts_at_import(folder, "app"))
    said = state(answers(folder, [str(BIN / "python"), "app.py"], free_port()))
    print(f"{name}: after, python app.py: debug mode {said}")
    check(f"{name}: the program serves as before", said == "on", said)


def direct(name, scratch):
    """A factory that gunicorn calls itself, in each command of a Procfile: what `undebug fix` takes out turns it off."""
    folder = copy(name, scratch)
    procfile = folder / "Procfile"
    states = []
    for what in ("before", "after"):
        for line in procfile.read_text().splitlines():
            process, command = line.split(": ", 1)
            port = free_port()
            # A platform starts a process by a shell.
            said = answers(folder, ["sh", "-c", f"PATH={BIN}:$PATH; {command}"], port)
            said = "broken" if said is None else f"{said['/'][1]}, console {said['/console'][0]}"
            print(f"{name}: {what}, {process}: {command}: debug mode {said}")
            states.append((what, process, said))
        if what == "before":
            fixed = subprocess.run([UNDEBUG, "fix", "."], cwd=folder, capture_output=True, text=True, timeout=60)
            check(f"{name}: fix exits with 0", fixed.returncode == 0, fixed.stdout + fixed.stderr)
    for what, process, said in states:
        wanted = "on, console 404" if what == "before" else "off, console 404"
        check(f"{name}: {process} {what} is {wanted}", said == wanted, said)


def main():
    with tempfile.TemporaryDirectory() as scratch:
        for name in ("plain", "plain-windows"):
            guard(name, scratch)
        for name in [*PROGRAMS, *(f"{name}-windows" for name in WINDOWS)]:
            wsgi(name, scratch)
            config(name, scratch)
        direct("direct", scratch)
    print(f"migrate: {passed} passed, {len(failures)} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
