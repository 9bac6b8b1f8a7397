"""Real Flask, fast: one warm interpreter that forks for each program, with only the serving step replaced.

The libraries are imported once, before the fork, with the recorder of `sitecustomize.py` in place. A program runs as
`python FILE` would run it: `__main__`, its folder first on the path, its own environment. It must run under the
virtual environment, as `judge.py` and `generate.py` do.

    launches(folder, file, environment) -> [Launch], in the order in which they happened
    observe(case, folder)               -> what each environment gives, as `run_all.observe` does, in forks where it can
"""
import atexit
import json
import os
import pathlib
import shutil
import signal
import sys
import tempfile
import threading
import traceback
from dataclasses import dataclass
from importlib.metadata import entry_points

HERE = str(pathlib.Path(__file__).resolve().parent)
os.environ["TRUTH_OUT"] = os.devnull
sys.path.insert(0, HERE)
for stale in ("sitecustomize",):
    sys.modules.pop(stale, None)
import sitecustomize as recorder  # noqa: E402  (the hooks must be in place before what they hook is imported)

import run_all  # noqa: E402  (it lies beside this)

SECONDS = 20
# What programs start others by.
PROCESSES = ("subprocess", "os.system", "os.popen", "os.exec", "os.spawn", "os.posix_spawn", "pty.spawn")


@dataclass
class Launch:
    """One time that a server would have started: where in the program, and whether debug or a debugger was on."""

    on: bool
    file: str
    line: int


def preload():
    """Imports what programs use, so that a fork starts with it."""
    import flask  # noqa: F401
    import werkzeug.serving  # noqa: F401
    import werkzeug.debug  # noqa: F401
    import dotenv  # noqa: F401
    import flask.cli  # noqa: F401

    # The `flask` command loads its plug-ins each time, which takes longer than most programs.
    for plugin in entry_points(group="flask.commands"):
        plugin.load()


def launches(folder, file, environment, arguments=()):
    """Runs one program with its arguments in a fork: what it served, and the error that ended it or nothing."""
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read_end)
        run(str(folder), [file, *arguments], environment, write_end)
    os.close(write_end)
    with os.fdopen(read_end) as pipe:
        lines = pipe.read().splitlines()
    os.waitpid(child, 0)
    seen = [Launch(**json.loads(line)) for line in lines if line.startswith("{")]
    failed = [line for line in lines if not line.startswith("{")]
    return seen, (failed[-1] if failed else "")


def run(folder, command, environment, out):
    """The child's whole life: it never returns."""
    signal.alarm(SECONDS)
    error = ""
    try:
        prepare(folder, command, environment, out)
        # `run_path` would not make the program `sys.modules["__main__"]`, which Flask looks at.
        main = type(sys)("__main__")
        file = os.path.abspath(command[0])
        main.__file__ = file
        main.__builtins__ = __builtins__
        sys.modules["__main__"] = main
        with open(file, "rb") as source:
            code = compile(source.read(), file, "exec")
        exec(code, main.__dict__)
        # As at the end of a process: other threads are waited for, then what was registered runs.
        threading._shutdown()
        atexit._run_exitfuncs()
    except SystemExit as end:
        error = f"exit {end.code}" if end.code else ""
    except BaseException:
        error = traceback.format_exc().strip().splitlines()[-1]
    if error:
        os.write(out, (error.replace("\n", " ")[:300] + "\n").encode())
    os._exit(0)


def prepare(folder, command, environment, out):
    atexit._clear()
    os.chdir(folder)
    file = command[0]
    # The tests' own modules are none of the program's.
    sys.path[:] = [os.path.dirname(os.path.abspath(file))] + [path for path in sys.path if path not in ("", HERE)]
    for name in [name for name, module in sys.modules.items() if is_own(module)]:
        del sys.modules[name]
    sys.argv = list(command)
    os.environ.clear()
    os.environ.update({"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": os.path.dirname(folder), **environment})
    silence = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(silence, stream)

    def emit(**event):
        place = caller(folder)
        launch = {"on": bool(event.get("app_debug") or event.get("debugger_on")), "file": place[0], "line": place[1]}
        os.write(out, (json.dumps(launch) + "\n").encode())

    recorder.emit = emit
    recorder.probe = lambda *_: {}


def is_own(module):
    """Whether a module is one of these tests."""
    return os.path.dirname(getattr(module, "__file__", None) or "") == HERE


def caller(folder):
    """The program's own frame that is nearest to the serving step."""
    frame = sys._getframe(2)
    while frame is not None:
        name = os.path.abspath(frame.f_code.co_filename)
        if name.startswith(folder + os.sep):
            return os.path.relpath(name, folder), frame.f_lineno
        frame = frame.f_back
    return "", 0


def observe(case, folder):
    """What each environment gives. A file of Python that is started runs in a fork, others as processes."""
    words = case["entry"].split()
    if words[0] == "flask":
        words = ["python", str(run_all.VENV / "bin" / "flask"), *words[1:]]
    if words[0] != "python" or words[1] == "-m" or case.get("deploy") or case.get("cwd"):
        return run_all.observe(case, folder)
    # A fork sees no server that another process starts.
    texts = [file.read_text(errors="replace") for file in pathlib.Path(folder).rglob("*.py")]
    if any(word in text for text in texts for word in PROCESSES):
        return run_all.observe(case, folder)
    seen = {}
    for name, value in run_all.ENVIRONMENTS:
        environment = dict(case.get("env", {}))
        if value is not None:
            environment[case.get("envvar", "FLASK_DEBUG")] = value
        with tempfile.TemporaryDirectory(prefix="own-run-") as scratch:
            work = pathlib.Path(scratch).resolve() / "w"
            shutil.copytree(folder, work)
            served, error = launches(work, words[1], environment, words[2:])
        if error:
            # It may be that it does not stand a warm interpreter.
            return run_all.observe(case, folder)
        seen[name] = {"served": bool(served), "on": any(launch.on for launch in served), "code": 0}
    return seen
