"""What an audit of many repositories costs: `undebug check` on a folder of them, with one SARIF run each.

    python tests/bench/audit.py [--repositories 500] [--undebug target/release/undebug] [--write]

Each repository has a commit of its own and is one of the packages of tests/bench/scan.py, where they are installed
(by turns, cut into folders), with a small Flask application in every tenth. `--write` also writes the figures to
docs/figures/audit.md, which the documentation shows. It asserts that each repository has its run and that every
application is found.
"""
import argparse
import json
import os
import pathlib
import shutil
import subprocess
import tempfile

from scan import ROOT, measure

APP = "from flask import Flask\n\napp = Flask(__name__)\n\nif __name__ == \"__main__\":\n    app.run(debug=True)\n"
# A folder of fewer files is no repository that says something.
FILES = 20


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--repositories", type=int, default=500)
    parser.add_argument("--undebug", default=str(ROOT / "target/release/undebug"))
    parser.add_argument("--write", action="store_true")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="audit-") as scratch:
        folder = pathlib.Path(scratch).resolve()
        count, apps = lay_out(folder, chosen.repositories)
        report = folder / "audit.sarif"
        wall, processor, memory = measure([chosen.undebug, "check", "--exit-zero", "--output-format", "sarif", "--output-file", report, folder])
        runs = json.loads(report.read_text())["runs"]
        found = sum(any(result["ruleId"] == "app-run-debug" for result in run["results"]) for run in runs)
        files = sum(1 for _ in folder.rglob("*.py"))
        size = report.stat().st_size / 1e6
    assert len(runs) == count and found >= apps, (len(runs), count, found, apps)
    text = (f"{count} repositories with {files:,} Python files, {apps} of them with a Flask application in debug mode: {wall:.1f} s, {processor:.1f} s "
            f"of processor time and {memory:.0f} MB on {os.cpu_count()} cores (load {os.getloadavg()[0]:.1f}). One report of {size:.1f} MB with "
            f"{len(runs)} runs; every application was found. `tests/bench/audit.py` measures it.\n")
    print(text)
    if chosen.write:
        (ROOT / "docs/figures/audit.md").write_text(text)


def lay_out(folder, wanted):
    """Makes the repositories; how many there are, and how many have the application."""
    corpus = ROOT / "target" / "corpus"
    packages = sorted(path for path in corpus.rglob("*") if path.is_dir() and len(list(path.glob("*.py"))) >= FILES)
    count = 0
    for path in packages[:wanted]:
        target = folder / f"{count:04}-{path.name}"
        target.mkdir()
        for file in path.glob("*.py"):
            shutil.copy(file, target)
        if count % 10 == 0:
            (target / "serve_it.py").write_text(APP)
        git = ["git", "-c", "user.name=Test", "-c", "user.email=test@example.com"]
        for arguments in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "--message", "files"]):
            subprocess.run([*git, *arguments], cwd=target, check=True)
        count += 1
    return count, len(range(0, count, 10))


if __name__ == "__main__":
    main()
