"""What `editors/try` opens: each editor is started by it without a window, must show findings, and leave nothing running.

It installs nothing but what `editors/try` installs.
"""

import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 300

# Without a terminal Neovim takes its input for the first file; `first` is what the command names.
NVIM = """lua vim.cmd("first") local seen = vim.wait(60000, function() return #vim.diagnostic.get(0) > 0 end, 50)
 io.stdout:write("seen ", tostring(seen), "\\n") vim.cmd("qa!")""".replace("\n", "")
EMACS = """(progn (setq last-nonmenu-event nil eglot-sync-connect 60) (run-hooks 'post-command-hook) (let ((n 0))
 (while (and (< n 600) (not (flymake-diagnostics))) (accept-process-output nil 0.1) (when flymake-mode (flymake-start)) (setq n (1+ n))))
 (princ (format "seen %s\\n" (if (flymake-diagnostics) "true" "false"))) (kill-emacs))"""


def main():
    passed = failed = 0
    for name, attempt in (("nvim", nvim), ("emacs", emacs), ("vscode", vscode)):
        started = time.monotonic()
        why = attempt()
        passed, failed = passed + (not why), failed + bool(why)
        print(f"{'FAILED' if why else 'ok'}  {name}  {time.monotonic() - started:.1f} s  {why}", flush=True)
    print(f"try: {passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


def nvim():
    return seen(["nvim", "--", "--headless", "-c", NVIM])


def emacs():
    return seen(["emacs", "--", "--batch", "--eval", EMACS])


def seen(arguments):
    """Why the editor showed no finding; empty when it did."""
    try:
        done = subprocess.run(
            [ROOT / "editors/try", *arguments], capture_output=True, text=True, timeout=PATIENCE, stdin=subprocess.DEVNULL
        )
    except subprocess.TimeoutExpired:
        return f"not over after {PATIENCE} s"
    return "" if "seen true" in done.stdout + done.stderr else f"{done.stdout}\n{done.stderr}"


def vscode():
    """The window itself has a test of its own: here the address that is printed must answer with the workbench."""
    process = subprocess.Popen(
        [ROOT / "editors/try", "vscode"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    )
    said = []
    try:
        for line in process.stdout:
            said.append(line)
            if found := re.search(r"open (http\S+) in a browser", line):
                return answers(found[1])
        return "".join(said)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()


def answers(address):
    for _ in range(PATIENCE):
        try:
            with urllib.request.urlopen(address, timeout=10) as reply:
                return "" if b"vscode-workbench" in reply.read() else "something else answers"
        except OSError:
            time.sleep(0.5)
    return f"nothing answers at {address}"


if __name__ == "__main__":
    main()
