"""How long a scan of a large tree takes: `undebug check` beside ripgrep counting `debug` and `ruff check --select S201`, in turn.

    pip install --no-deps --no-compile --target target/bench/corpus -r tests/bench/corpus.txt
    python tests/bench/scan.py [--tree target/bench/corpus] [--undebug target/release/undebug] [--ruff ...] [--rounds 5]

None of them uses a cache of its own; the system's is warm. Each top-level folder of the tree is made a repository of its
own (by an empty `.git`), as in an audit. It prints a table and, with --write, writes docs/figures/scan.md. It asserts
nothing.
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
FIGURES = ROOT / "docs/figures/scan.md"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tree", type=pathlib.Path, default=ROOT / "target/bench/corpus")
    parser.add_argument("--undebug", default=str(ROOT / "target/release/undebug"))
    parser.add_argument("--ruff", default=str(ROOT / "target/venv/bin/ruff"))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    options.undebug, options.ruff = (os.path.abspath(program) for program in (options.undebug, options.ruff))
    repositories = [folder for folder in options.tree.iterdir() if folder.is_dir() and not folder.name.endswith("-info")]
    for folder in repositories:
        (folder / ".git").mkdir(exist_ok=True)
    files = [file for folder in repositories for file in folder.rglob("*.py")]
    size = sum(file.stat().st_size for file in files)
    with tempfile.TemporaryDirectory(prefix="scan-") as scratch:
        sarif = pathlib.Path(scratch) / "audit.sarif"
        commands = {
            "undebug check": [options.undebug, "check", "--exit-zero", "--output-format", "sarif", "--output-file", sarif, "."],
            "rg --count debug (Python files)": ["rg", "--no-config", "--count", "--type", "py", "debug", "."],
            "ruff check --select S201": [options.ruff, "check", "--isolated", "--no-cache", "--select", "S201", "--exit-zero", "--quiet", "."],
        }
        measured = {name: [] for name in commands}
        for _ in range(options.rounds + 1):
            for name, command in commands.items():
                measured[name].append(measure(command, options.tree))
        runs = json.loads(sarif.read_text())["runs"]
    text = table(measured, len(repositories), len(files), size, runs)
    print(text)
    if options.write:
        FIGURES.write_text(text)


def measure(command, folder):
    """Seconds on the clock, seconds of processor, megabytes at most."""
    start = time.perf_counter()
    child = subprocess.Popen(list(map(str, command)), cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in (0, 1):
        raise SystemExit(f"{command[0]} ended with {child.returncode}")
    return time.perf_counter() - start, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def table(measured, repositories, files, size, runs):
    # The first round warms the system's cache.
    middle = {name: [statistics.median(column) for column in zip(*rounds[1:])] for name, rounds in measured.items()}
    ours = middle["undebug check"]
    findings = sum(len(run["results"]) for run in runs)
    lines = [f"A tree of {repositories} repositories with {files:,} Python files, {size / 1e6:.0f} MB, on {os.cpu_count()} cores; the median "
             f"of {len(next(iter(measured.values()))) - 1} rounds, in turn:", "",
             "| | seconds | processor seconds | memory, MB | undebug's seconds are |", "| --- | ---: | ---: | ---: | ---: |"]
    for name, (clock, processor, memory) in middle.items():
        ratio = "" if name == "undebug check" else f"{ours[0] / clock:.2f} of it"
        lines.append(f"| `{name}` | {clock:.2f} | {processor:.2f} | {memory:.0f} | {ratio} |")
    lines += ["", f"`undebug check` read deployment files as well, wrote {len(runs)} SARIF runs and found {findings} places."]
    return "\n".join(lines) + "\n"


main()
