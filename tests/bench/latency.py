"""How long from an edit to its diagnostics: `undebug server` beside `ruff server` (S201 only), in one run.

    python tests/bench/latency.py [--edits 60] [--undebug target/release/undebug] [--ruff target/venv/bin/ruff]

Both servers get the same texts and the same edits in turn, over stdio, from a client without pull diagnostics, so that
both push. The texts are modules of this Python's standard library, one behind the other, with a Flask program at the
end whose last line is `app.run(debug=True)`.

What is measured
- edit: a line break put into the middle of the file and taken out again, by turns. Every edit moves the finding by a
  line, so that every edit has something to publish: undebug is silent when nothing changed, ruff publishes always.
- toggle: `True` becomes `False` and back, so that the finding goes and comes.
- burst: 1,000 edits (each types one character of comments at the end of a line above the finding, the last one a line
  break) sent at once; until diagnostics at the final place arrive.
- first: from `didOpen` to the first diagnostics.
- memory: resident after all that.

It prints tables with ratios and writes them to target/bench/latency.md. It asserts nothing: budgets are in the
project's design, and a ratio depends on the machine much less than a time does.
"""
import argparse
import json
import os
import pathlib
import queue
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SIZES = (2_000, 20_000, 100_000)
BURST = 1_000
PATIENCE = 300
HEAD = "import os\nfrom flask import Flask\n\napp = Flask(__name__)\n\n"
TAIL = '\n\nif __name__ == "__main__":\n    app.run(debug=True)\n'
# Median edit to publish as a part of ruff's, by number of lines; and the burst's, and memory's.
BUDGET = {"edit": {2_000: 0.45, 20_000: 0.15, 100_000: 0.40}, "burst": 0.1, "memory": {2_000: 0.5, 20_000: 1.0}}


class Server:
    """One server with one open document that follows what is done to it."""

    def __init__(self, name, command, folder, settings):
        self.name, self.version, self.uri = name, 0, (folder / "app.py").as_uri()
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=folder)
        self.published = queue.Queue()
        self.replies = queue.Queue()
        threading.Thread(target=self.read, daemon=True).start()
        self.request("initialize", {
            "processId": os.getpid(), "rootUri": folder.as_uri(), "initializationOptions": settings,
            "workspaceFolders": [{"uri": folder.as_uri(), "name": "bench"}],
            "capabilities": {"general": {"positionEncodings": ["utf-8"]}, "textDocument": {"publishDiagnostics": {"versionSupport": True}}},
        })
        self.notify("initialized", {})

    def read(self):
        out = self.process.stdout
        while header := out.readline():
            length = 0
            while header.strip():
                name, _, value = header.partition(b":")
                length = int(value) if name.lower() == b"content-length" else length
                header = out.readline()
            message = json.loads(out.read(length))
            now = time.perf_counter()
            if message.get("method") == "textDocument/publishDiagnostics":
                self.published.put((now, message["params"]))
            elif "method" in message and "id" in message:
                items = message.get("params", {}).get("items") if isinstance(message.get("params"), dict) else None
                self.write([{"id": message["id"], "result": [None] * len(items) if items else None}])
            elif "id" in message:
                self.replies.put(message)

    def write(self, messages):
        bodies = [json.dumps({"jsonrpc": "2.0", **message}).encode() for message in messages]
        data = b"".join(b"Content-Length: %d\r\n\r\n%s" % (len(body), body) for body in bodies)
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def notify(self, method, params):
        self.write([{"method": method, "params": params}])

    def request(self, method, params):
        self.write([{"id": 1, "method": method, "params": params}])
        return self.replies.get(timeout=PATIENCE)

    def open(self, text):
        self.version += 1
        self.notify("textDocument/didOpen", {"textDocument": {"uri": self.uri, "languageId": "python", "version": self.version, "text": text}})

    def edit(self, changes):
        """Sends each change as a message of its own, all in one write."""
        messages = []
        for change in changes:
            self.version += 1
            document = {"uri": self.uri, "version": self.version}
            messages.append({"method": "textDocument/didChange", "params": {"textDocument": document, "contentChanges": [change]}})
        self.write(messages)

    def wait(self, wanted):
        """When diagnostics came whose lines are these."""
        while True:
            when, params = self.published.get(timeout=PATIENCE)
            lines = [diagnostic["range"]["start"]["line"] for diagnostic in params["diagnostics"]]
            if params["uri"] == self.uri and lines == wanted:
                return when

    def memory(self):
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
        return float("nan")

    def end(self):
        self.request("shutdown", None)
        self.notify("exit", None)
        self.process.stdin.close()
        self.process.wait(timeout=PATIENCE)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--edits", type=int, default=60)
    parser.add_argument("--undebug", default=str(ROOT / "target/release/undebug"))
    parser.add_argument("--ruff", default=str(ROOT / "target/venv/bin/ruff"))
    parser.add_argument("--sizes", type=int, nargs="*", default=SIZES)
    options = parser.parse_args()
    for tool in (options.undebug, options.ruff):
        if not pathlib.Path(tool).exists():
            sys.exit(f"{tool} is missing: run `cargo build --release` and `tests/run neovim` (it installs ruff too)")
    results = {size: measure(size, options) for size in options.sizes}
    table = render(results)
    print(table)
    target = ROOT / "target" / "bench" / "latency.md"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(table)


def text_of(lines):
    """That many lines of the standard library between the making of an app and its start."""
    room = lines - HEAD.count("\n") - TAIL.count("\n")
    taken = []
    library = pathlib.Path(sysconfig.get_path("stdlib"))
    for file in sorted(library.glob("*.py")) + sorted(library.glob("[a-z]*/*.py")):
        if "test" in file.parts or "site-packages" in file.parts or file.stat().st_size < 2_000:
            continue
        try:
            module = file.read_text()
            compile(module, str(file), "exec", dont_inherit=True)
        except (UnicodeDecodeError, SyntaxError, ValueError):
            continue
        # A future import may only stand at the top of a file.
        taken += [line if not line.startswith("from __future__") else "" for line in module.splitlines()]
        if len(taken) >= room:
            break
    # Cut where a statement of the module level begins, and fill up with empty lines.
    end = min(room, len(taken))
    while end and (not taken[end - 1][:1].isalpha() or not taken[end - 1].startswith(("def ", "class ", "import "))):
        end -= 1
    taken = taken[: max(end - 1, 0)]
    return HEAD + "\n".join(taken) + "\n" * (room - len(taken) + 1) + TAIL[1:]


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
            times[server.name]["first"] = [server.wait([last]) - started]
        in_turn(servers, times, "edit", options.edits, moves(text, last))
        in_turn(servers, times, "toggle", options.edits, toggles(text, last))
        for server in servers:
            changes, wanted = burst(text, last)
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
            times[server.name].setdefault(what, []).append(server.wait(wanted) - started)


def moves(text, last):
    """A line break in the middle of the file comes and goes."""
    lines = text.split("\n")
    middle = next(number for number in range(len(lines) // 2, len(lines)) if lines[number].startswith(("def ", "class ")))

    def step(number):
        here, below = {"line": middle, "character": 0}, {"line": middle + 1, "character": 0}
        if number % 2 == 0:
            return {"range": {"start": here, "end": here}, "text": "\n"}, [last + 1]
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


def burst(text, last):
    """A comment typed above the program, and at last a line break."""
    column = len(text.split("\n")[3])
    typed = "  # " + "typing " * BURST
    changes = []
    for number in range(BURST - 1):
        place = {"line": 3, "character": column + number}
        changes.append({"range": {"start": place, "end": place}, "text": typed[number]})
    end = {"line": 3, "character": column + BURST - 1}
    changes.append({"range": {"start": end, "end": end}, "text": "\n"})
    return changes, [last + 1]


def render(results):
    rows = ["# Edit to diagnostics, beside ruff server (S201)", "",
            f"One run, both servers in turn; milliseconds (memory: MB). {BURST:,} edits in a burst.", "",
            "| lines | what | undebug | ruff | ratio | budget |", "| ---: | --- | ---: | ---: | ---: | ---: |"]
    for size, times in results.items():
        for what in ("edit", "toggle"):
            for name, cut in (("p50", 50), ("p90", 90), ("p99", 99)):
                ours, theirs = (percentile(times[server][what], cut) * 1000 for server in ("undebug", "ruff"))
                budget = BUDGET["edit"].get(size) if name == "p50" else None
                rows.append(row(size, f"{what} {name}", ours, theirs, budget))
        for what, scale in (("burst", 1000), ("first", 1000), ("memory", 1)):
            ours, theirs = (times[server][what][0] * scale for server in ("undebug", "ruff"))
            budget = BUDGET[what].get(size) if what == "memory" else BUDGET.get(what)
            rows.append(row(size, what, ours, theirs, budget))
    return "\n".join(rows) + "\n"


def row(size, what, ours, theirs, budget):
    ratio = ours / theirs
    verdict = "" if budget is None else f"{budget:.2f} {'met' if ratio <= budget else 'MISSED'}"
    return f"| {size:,} | {what} | {ours:.2f} | {theirs:.2f} | {ratio:.2f} | {verdict} |"


def percentile(values, cut):
    return statistics.quantiles(values, n=100, method="inclusive")[cut - 1]


if __name__ == "__main__":
    main()
