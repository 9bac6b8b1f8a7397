"""A user's session in Kakoune with kak-lsp: keys go in and the screen comes out, through Kakoune's JSON interface.

`tests/editors/run` starts it in a copy of the sample project, reads its `step` lines, and compares the disk itself.
"""

import json
import re
import subprocess
import sys
import threading
import time

PATIENCE = 20


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
        """The value of an expansion in the current buffer."""
        self.status = ""
        self.command(f"echo -- '[' {expansion} ']'")
        wait(lambda: re.match(r"\[ .*\]", self.status))
        found = re.match(r"\[ (.*) \]", self.status)
        return found.group(1) if found else self.status


def text(line):
    return "".join(atom["contents"] for atom in line).rstrip("\n")


def special(char):
    return {" ": "<space>", "<": "<lt>", ">": "<gt>", "-": "-"}.get(char, char)


def wait(condition):
    deadline = time.monotonic() + PATIENCE
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


def take_first(screen):
    """Chooses the first entry of the open list."""
    screen.keys("<tab>", "<ret>")
    return wait(lambda: modified(screen))


def fix(screen, name, path):
    screen.command(f"edit {path}")
    seen = shows(screen, 1)
    screen.command("lsp-find-error")
    menu = offered(screen)
    took = bool(menu) and take_first(screen)
    screen.command("write")
    step(name, seen and took and shows(screen, 0), menu)


def main():
    screen = Screen()
    seen = shows(screen, 1)
    screen.command("lsp-find-error")
    step("see", seen and screen.value("%val{selection}") == "debug=True", screen.value("%val{selection}"))
    menu = offered(screen)
    step("list", len(menu) >= 4, menu)
    step("fix", bool(menu) and take_first(screen), screen.status)
    screen.command("write")
    step("save", wait(lambda: not modified(screen)), screen.status)
    step("gone", shows(screen, 0))

    screen.command("edit pair.py")
    seen = shows(screen, 2)
    screen.command("lsp-code-actions-sync source.fixAll.undebug")
    wait(lambda: modified(screen))
    screen.command("write")
    step("all", seen and shows(screen, 0), screen.status)

    fix(screen, "env", ".flaskenv")
    fix(screen, "image", "image/Dockerfile")
    screen.command("quit!")
    screen.kakoune.wait(PATIENCE)


main()
