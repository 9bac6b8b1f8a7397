"""What the checks of reports and templates share: running the built binary on a tree of files, and counting.

It knows no format.
"""

import os
import pathlib
import subprocess
import sys
import tempfile
import traceback

ROOT = pathlib.Path(__file__).resolve().parents[2]
UNDEBUG = os.environ.get("UNDEBUG", str(ROOT / "target/debug/undebug"))

APP = """from flask import Flask

app = Flask(__name__)

if __name__ == "__main__":
    app.run(debug=True)
"""
QUIET = APP.replace("debug=True", "")
CONFIG = 'from flask import Flask\n\nimport settings\n\napp = Flask("größe 😀")\napp.config.from_object(settings)\napp.run(host="0.0.0.0")\n'

GIT = ["git", "-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "init.defaultBranch=main"]


def tree(folder, files):
    """Writes the files below a folder."""
    for name, text in files.items():
        path = pathlib.Path(folder, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def repository(folder, files):
    """Makes a folder a git repository with these files in one commit."""
    pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
    tree(folder, files)
    for arguments in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "--message", "files"]):
        subprocess.run([*GIT, *arguments], cwd=folder, check=True)


def undebug(folder, *arguments, **options):
    """Runs the binary; standard output and error as text."""
    return subprocess.run([UNDEBUG, *arguments], cwd=folder, capture_output=True, text=True, timeout=300, **options)


def run(name, tests):
    """Runs the tests, each in a folder of its own, and ends with what came of it."""
    failed = 0
    for test in tests:
        with tempfile.TemporaryDirectory() as folder:
            try:
                test(pathlib.Path(folder).resolve())
                print(f"ok      {test.__name__}")
            except Exception:
                failed += 1
                print(f"FAILED  {test.__name__}")
                traceback.print_exc(file=sys.stdout)
    print(f"{name}: {len(tests) - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)
