"""Whether a long session grows heavy or slow: 100,000 edits of one document, and 10,000 files that are not open.

    python tests/bench/growth.py [--edits 100000] [--files 10000] [--undebug target/release/undebug]

- edits: a document of 2,000 lines is typed into at random places, each edit answered by a publication before the next
  one is sent; latency and memory of the first and of the last 1,000.
- files: a workspace of that many Python files, one in a hundred of them a program; until all findings are published,
  and the memory after it.

It prints what it measured, and asserts nothing.
"""
import argparse
import pathlib
import random
import statistics
import tempfile
import time

from client import PATIENCE, Server
from texts import text_of

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
WINDOW = 1_000
PROGRAM = 'from flask import Flask\n\napp = Flask(__name__)\n\nif __name__ == "__main__":\n    app.run(debug=True)\n'
MODULE = '"""A module."""\nimport json\n\n\ndef load(path):\n    """What the file holds."""\n    with open(path) as file:\n        return json.load(file)\n'


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--edits", type=int, default=100_000)
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--undebug", default=str(ROOT / "target/release/undebug"))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="growth-") as scratch:
        many_edits(pathlib.Path(scratch).resolve(), options)
    with tempfile.TemporaryDirectory(prefix="growth-") as scratch:
        many_files(pathlib.Path(scratch).resolve(), options)


def many_edits(folder, options):
    """Each pair of edits types a line at a random place and takes it out again, so that the finding moves."""
    text = text_of(2_000)
    last = text.count("\n") - 1
    server = Server("undebug", [options.undebug, "server"], folder, {})
    server.open(text)
    server.wait([last])
    walk = random.Random(1)
    times, memory, line = [], [], 0
    for number in range(options.edits):
        started = time.perf_counter()
        if number % 2 == 0:
            line = walk.randrange(5, last - 3)
            here = {"line": line, "character": 0}
            server.edit([{"range": {"start": here, "end": here}, "text": f"# ünï 😀 {number}\n"}])
        else:
            server.edit([{"range": {"start": {"line": line, "character": 0}, "end": {"line": line + 1, "character": 0}}, "text": ""}])
        times.append(server.wait_version() - started)
        if number + 1 in (WINDOW, options.edits // 2, options.edits):
            memory.append(server.memory())
    for name, part, held in (("first", times[:WINDOW], memory[0]), ("last", times[-WINDOW:], memory[-1])):
        median = statistics.median(part) * 1000
        p99 = statistics.quantiles(part, n=100)[98] * 1000
        print(f"{name} {len(part):,} of {options.edits:,} edits: p50 {median:.2f} ms, p99 {p99:.2f} ms, {held:.1f} MB resident")
    server.end()


def many_files(folder, options):
    programs = 0
    for number in range(options.files):
        package = folder / f"package{number // 100}"
        package.mkdir(exist_ok=True)
        is_program = number % 100 == 0
        programs += is_program
        (package / f"module{number}.py").write_text(PROGRAM if is_program else MODULE * (1 + number % 40))
    size = sum(path.stat().st_size for path in folder.rglob("*.py"))
    started = time.perf_counter()
    server = Server("undebug", [options.undebug, "server"], folder, {})
    found = set()
    while len(found) < programs:
        when, params = server.published.get(timeout=PATIENCE)
        if params["diagnostics"]:
            found.add(params["uri"])
    print(f"{options.files:,} files ({size / 1e6:.1f} MB), {programs} with a finding: all published after "
          f"{when - started:.2f} s, {server.memory():.1f} MB resident")
    server.end()


if __name__ == "__main__":
    main()
