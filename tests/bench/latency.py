"""How long from an edit to its diagnostics: `undebug server` beside `ruff server` (S201 only), in one run.

    python tests/bench/latency.py [--edits 60] [--burst 1000] [--undebug target/release/undebug] [--ruff target/venv/bin/ruff]

Both servers get the same texts and the same edits in turn, over stdio, from a client without pull diagnostics, so that
both push. The texts are modules of this Python's standard library, one behind the other, with a Flask program at the
end whose last line is `app.run(debug=True)`.

What is measured
- top, middle, between, end: a line break put there and taken out again, by turns: before the first class, inside of a
  block, between two statements of the module, above the finding. Every edit moves the finding by a line, so that every
  edit has something to publish: undebug is silent when nothing changed, ruff publishes always.
- toggle: `True` becomes `False` and back, so that the finding goes and comes.
- quotes: a triple quote opened in the middle, so that all that follows becomes text and back, and taken away again.
- cpu: processor time of the whole process, all threads, for one edit in the middle.
- burst: 1,000 edits (each types one character of comments at the end of a line above the finding, the last one a line
  break) sent at once; until diagnostics at the final place arrive.
- first: from `didOpen` to the first diagnostics.
- memory: resident after all that.

It prints a table with ratios and writes it to target/bench/latency.md, with a picture in latency.svg and the figures in
latency.json. It asserts nothing: a ratio depends on the machine much less than a time does, but still does.
"""
import argparse
import json
import pathlib
import sys
import tempfile
import time

import report
from client import Server
from texts import text_of

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SIZES = (2_000, 20_000, 100_000)
BURST = 1_000


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--edits", type=int, default=60)
    parser.add_argument("--undebug", default=str(ROOT / "target/release/undebug"))
    parser.add_argument("--ruff", default=str(ROOT / "target/venv/bin/ruff"))
    parser.add_argument("--burst", type=int, default=BURST, help="how many edits at once")
    parser.add_argument("--sizes", type=int, nargs="*", default=SIZES)
    options = parser.parse_args()
    # The servers run in another folder.
    options.undebug, options.ruff = (str(pathlib.Path(tool).resolve()) for tool in (options.undebug, options.ruff))
    for tool in (options.undebug, options.ruff):
        if not pathlib.Path(tool).exists():
            sys.exit(f"{tool} is missing: run `cargo build --release` and `tests/run neovim` (it installs ruff too)")
    results = {}
    target = ROOT / "target" / "bench"
    target.mkdir(parents=True, exist_ok=True)
    for size in options.sizes:
        results[size] = measure(size, options)
        # A long run that is broken off leaves what it has.
        (target / "latency.json").write_text(json.dumps(results))
    table = report.table(results, options.burst)
    print(table)
    (target / "latency.md").write_text(table)
    (target / "latency.svg").write_text(report.picture(results))


def measure(size, options):
    text = text_of(size)
    compile(text, "app.py", "exec", dont_inherit=True)
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        folder = pathlib.Path(scratch).resolve()
        (folder / "pyproject.toml").write_text('[tool.ruff.lint]\nselect = ["S201"]\n')
        (folder / "app.py").write_text(text)
        undebug = Server("undebug", [options.undebug, "server"], folder, {})
        ruff = Server("ruff", [options.ruff, "server"], folder, {"settings": {"lint": {"select": ["S201"]}}})
        servers = (undebug, ruff)
        times = {server.name: {} for server in servers}
        last = text.count("\n") - 1
        for server in servers:
            started = time.perf_counter()
            server.open(text)
            times[server.name]["first"] = [server.wait_version() - started]
        lines = text.split("\n")
        middle = len(lines) // 2
        places = {"top": top_level(lines, 6), "middle": inside(lines, middle), "between": top_level(lines, middle), "end": last - 1}
        for what, line in places.items():
            before = {server.name: server.cpu() for server in servers}
            in_turn(servers, times, what, options.edits, moves(line, last))
            if what == "middle":
                for server in servers:
                    times[server.name]["cpu"] = [(server.cpu() - before[server.name]) / options.edits]
        in_turn(servers, times, "toggle", options.edits, toggles(text, last))
        in_turn(servers, times, "quotes", options.edits, quotes(lines, middle, last))
        for server in servers:
            changes, wanted = burst(text, last, options.burst)
            started = time.perf_counter()
            server.edit(changes)
            times[server.name]["burst"] = [server.wait(wanted) - started]
        for server in servers:
            times[server.name]["memory"] = [server.memory()]
            server.end()
    return times


def in_turn(servers, times, what, count, steps):
    """The same edits to each server by turns, so that what else the machine does falls on all of them."""
    for number in range(count):
        change, wanted = steps(number)
        for server in servers if number % 2 else reversed(servers):
            started = time.perf_counter()
            server.edit([change])
            done = server.wait_version() if wanted is None else server.wait(wanted)
            times[server.name].setdefault(what, []).append(done - started)


def top_level(lines, near):
    """The first line from here that begins a statement of the module."""
    return next(number for number in range(near, len(lines)) if lines[number].startswith(("def ", "class ", "if ", "import ")))


def inside(lines, near):
    """The first line from here that stands in a block, behind another line of it."""
    indented = lambda line: line.startswith("    ") and line.strip()
    return next(number for number in range(near, len(lines)) if indented(lines[number]) and indented(lines[number - 1]))


def moves(line, last):
    """A line break comes and goes."""
    here, below = {"line": line, "character": 0}, {"line": line + 1, "character": 0}

    def step(number):
        if number % 2 == 0:
            return {"range": {"start": here, "end": here}, "text": "\n"}, [last + 1]
        return {"range": {"start": here, "end": below}, "text": ""}, [last]

    return step


def quotes(lines, near, last):
    """A line with a triple quote comes and goes. What is found while it is there is for each server to say."""
    line = top_level(lines, near)
    here, below = {"line": line, "character": 0}, {"line": line + 1, "character": 0}

    def step(number):
        if number % 2 == 0:
            return {"range": {"start": here, "end": here}, "text": '"""\n'}, None
        return {"range": {"start": here, "end": below}, "text": ""}, [last]

    return step


def toggles(text, last):
    """The value of `debug` changes."""
    start = text.split("\n")[last].index("True")

    def step(number):
        old, new = ("True", "False") if number % 2 == 0 else ("False", "True")
        place = {"start": {"line": last, "character": start}, "end": {"line": last, "character": start + len(old)}}
        return {"range": place, "text": new}, [] if number % 2 == 0 else [last]

    return step


def burst(text, last, count):
    """A comment typed above the program, and at last a line break."""
    column = len(text.split("\n")[3])
    typed = "  # " + "typing " * count
    changes = []
    for number in range(count - 1):
        place = {"line": 3, "character": column + number}
        changes.append({"range": {"start": place, "end": place}, "text": typed[number]})
    end = {"line": 3, "character": column + count - 1}
    changes.append({"range": {"start": end, "end": end}, "text": "\n"})
    return changes, [last + 1]


if __name__ == "__main__":
    main()
