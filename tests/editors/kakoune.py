"""A user's session in Kakoune with kak-lsp: keys go in and the screen comes out, through Kakoune's JSON interface.

`tests/editors/run` starts it in a copy of the sample project, reads its `step` lines, and compares the disk itself.
"""

import json
import re
import subprocess
import sys
import threading
import time
from pathlib import Path

PATIENCE = 60


class Screen:
    """What Kakoune shows: its status line, and the list that is open."""

    def __init__(self):
        self.kakoune = subprocess.Popen(
            ["kak", "-ui", "json", "app.py"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=sys.stderr
        )
        self.status = ""
        self.menu = None
        self.lines = []
        self.error = ""
        threading.Thread(target=self.read, daemon=True).start()
        self.send("resize", [40, 160])

    def send(self, method, params):
        message = json.dumps({"jsonrpc": "2.0", "method": method, "params": params})
        self.kakoune.stdin.write(message.encode() + b"\n")
        self.kakoune.stdin.flush()

    def read(self):
        for line in self.kakoune.stdout:
            message = json.loads(line)
            params = message["params"]
            if message["method"] == "draw_status":
                self.status = text(params[0]) + " " + text(params[1])
            elif message["method"] == "draw":
                self.lines = [text(line) for line in params[0]]
            elif message["method"] == "menu_show":
                self.menu = [text(item) for item in params[0]]
            elif message["method"] == "menu_hide":
                self.menu = None

    def keys(self, *keys):
        self.send("keys", list(keys))

    def command(self, command):
        """Types a command."""
        self.keys("<esc>", ":", *[special(char) for char in command], "<ret>")

    def value(self, expansion):
        """The value of an expansion in the current buffer; asked again when another message took the status line."""
        for _ in range(10):
            self.status = ""
            self.command(f"echo -- '[' {expansion} ']'")
            if wait(lambda: re.match(r"\[ .*\]", self.status), 1):
                return re.match(r"\[ (.*) \]", self.status).group(1)
        return self.status


def text(line):
    return "".join(atom["contents"] for atom in line).rstrip("\n")


def special(char):
    return {" ": "<space>", "<": "<lt>", ">": "<gt>", "-": "-"}.get(char, char)


def wait(condition, patience=PATIENCE):
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return False


def step(name, ok, why=""):
    print(f"step {name} {'ok' if ok else 'failed'} {str(why).replace(chr(10), ' ')}", flush=True)


def count(screen):
    """How many errors, warnings and informations kak-lsp counts in the buffer."""
    numbers = screen.value(
        "%opt{lsp_diagnostic_error_count} %opt{lsp_diagnostic_warning_count} %opt{lsp_diagnostic_info_count}"
    )
    return sum(map(int, re.findall(r"\d+", numbers)))


def shows(screen, number):
    return wait(lambda: pause() or count(screen) == number)


def pause():
    """kak-lsp tells the server of a file, and of changes, when the user rests."""
    time.sleep(0.15)


def offered(screen):
    """Opens the list of actions at the cursor."""
    screen.menu = None
    screen.command("lsp-code-actions")
    wait(lambda: screen.menu)
    return screen.menu or []


def modified(screen):
    return screen.value("%val{modified}") == "true"


def take(screen, title):
    """Chooses an entry of the open list by typing its title, as kak-lsp sorts them by title."""
    screen.keys(*[special(char) for char in title], "<ret>")
    return wait(lambda: modified(screen))


def underlined(screen, path, text):
    """Whether this text, and nothing else, is underlined; puts the cursor there."""
    lines = Path(path).read_text(encoding="utf-8").split("\n")
    row = next(row for row, line in enumerate(lines) if text in line)
    start = len(lines[row].split(text)[0].encode()) + 1
    place = f"{row + 1}.{start},{row + 1}.{start + len(text.encode()) - 1}"
    wait(lambda: pause() or place in screen.value("%opt{lsp_inline_diagnostics}"))
    ranges = screen.value("%opt{lsp_inline_diagnostics}")
    screen.command(f"select {place}")
    return f" {place}|" in ranges and ranges.count("|") == 1


def fix(screen, name, path, text, title):
    screen.command(f"edit {path}")
    seen = shows(screen, 1) and underlined(screen, path, text)
    menu = offered(screen)
    took = title in menu and take(screen, title)
    screen.command("write")
    step(name, seen and took and shows(screen, 0), menu)


def main():
    screen = Screen()
    seen = shows(screen, 1) and underlined(screen, "app.py", "debug=True")
    step("see", seen, screen.value("%opt{lsp_inline_diagnostics}"))
    menu = offered(screen)
    title = "Read FLASK_DEBUG from the environment"
    step("list", len(menu) >= 4 and title in menu, menu)
    step("fix", take(screen, title), screen.status)
    screen.command("write")
    step("save", wait(lambda: not modified(screen)), screen.status)
    step("gone", shows(screen, 0))

    screen.command("edit pair.py")
    seen = shows(screen, 2)
    screen.command("lsp-code-actions-sync source.fixAll.undebug")
    wait(lambda: modified(screen))
    screen.command("write")
    step("all", seen and shows(screen, 0), screen.status)

    fix(screen, "env", ".flaskenv", "FLASK_DEBUG=1", "Set `FLASK_DEBUG` to `0`")
    fix(screen, "image", "image/Dockerfile", '"--debug"', "Remove `--debug`")
    screen.command("quit!")
    screen.kakoune.wait(PATIENCE)


main()
