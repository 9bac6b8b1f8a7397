"""Shows what leaks with debug mode on against off: starts real Flask on loopback twice and asks the same of both.

It writes Markdown: a table and the interesting lines of both error pages. The program lives in a folder of its own and
imports Flask from a link beside it, so that the paths that the page shows are its own.

    leak.py OUTPUT.md
    leak.py --picture PICTURE.png --folder FOLDER     a screenshot of the error page, by chromium
"""
import argparse
import html
import os
import pathlib
import re
import socket
import subprocess
import sys
import sysconfig
import tempfile
import time
import urllib.error
import urllib.request

PROGRAM = '''\
import os

from flask import Flask, request

app = Flask(__name__)
DATABASE_PASSWORD = "correct horse battery staple"


@app.get("/order")
def order():
    return total(int(request.args.get("amount", 1)), DATABASE_PASSWORD)


def total(amount, password="correct horse battery staple"):
    return str(100 // amount)


if __name__ == "__main__":
    app.run(port=int(os.environ["PORT"]), debug={debug}, use_reloader=False)
'''
# What the debugger's page tells, each by a pattern that finds it.
TELLS = [
    ("the exception and its message", r"ZeroDivisionError: [^\n<]*"),
    ("a file's path on the server", r"FOLDER/app\.py"),
    ("source code, here with a password in it", r"correct horse battery staple"),
    ("where the framework is installed", r"FOLDER/lib/flask/app\.py"),
    ("the secret that the debugger's commands ask for", r'SECRET = "[A-Za-z0-9]+"'),
    ("a console that runs code, behind a PIN", r"EVALEX = true"),
]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("output", nargs="?", type=pathlib.Path, help="the Markdown file to write")
    parser.add_argument("--picture", type=pathlib.Path, help="the screenshot to write")
    parser.add_argument("--folder", type=pathlib.Path, help="where the program lives, instead of a temporary folder")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="shop-") as scratch:
        folder = options.folder or pathlib.Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / "lib").is_symlink():
            (folder / "lib").symlink_to(sysconfig.get_paths()["purelib"])
        if options.picture:
            with Server(folder, debug=True) as server:
                screenshot(server.address + "/order?amount=0", options.picture)
            return
        pages = {}
        for debug in (False, True):
            with Server(folder, debug) as server:
                pages[debug] = (get(server.address + "/order?amount=0"), get(server.address + "/console"))
        options.output.write_text(markdown(pages, folder))


class Server:
    """The program under real Flask on a free port of loopback, ended on the way out."""

    def __init__(self, folder, debug):
        (folder / "app.py").write_text(PROGRAM.format(debug=debug))
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{port}"
        environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(folder / "lib"), "PORT": str(port)}
        environment["FLASK_SKIP_DOTENV"] = "1"
        self.process = subprocess.Popen(
            [sys.executable, "-S", str(folder / "app.py")], cwd=folder, env=environment,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )

    def __enter__(self):
        for _ in range(1200):  # a minute: a busy machine is slow to start Python
            if self.process.poll() is not None:
                sys.exit(f"the program ended with {self.process.returncode}")
            try:
                get(self.address + "/")
                return self
            except OSError:
                time.sleep(0.05)
        self.__exit__()
        sys.exit("the program does not answer")

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(timeout=60)


def get(address):
    """The status and the text of an answer."""
    try:
        with urllib.request.urlopen(address, timeout=60) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def screenshot(address, picture):
    subprocess.run(
        ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--window-size=1000,1020",
         f"--screenshot={picture}", address],
        check=True, timeout=120, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )


def markdown(pages, folder):
    (_, off), (_, on) = pages[False][0], pages[True][0]
    lines = ["| | debug mode off | debug mode on |", "| --- | --- | --- |"]
    lines.append(f"| status of the failing page | {pages[False][0][0]} | {pages[True][0][0]} |")
    lines.append(f"| its size | {len(off.encode())} bytes | {len(on.encode()):,} bytes |")
    for what, pattern in TELLS:
        told = [re.search(pattern.replace("FOLDER", re.escape(str(folder))), page) for page in (off, on)]
        if told[0] or not told[1]:
            sys.exit(f"real Flask disagrees with what this page says about: {what}")
        lines.append(f"| {what} | no | yes |")
    lines.append(f"| `/console` | {pages[False][1][0]} | {pages[True][1][0]} |")
    lines += ["", "All that is said with debug mode off:", "", "```text", words(off), "```", ""]
    trace = re.search(r"<!--\s*(Traceback .*?)-->", on, re.DOTALL)
    if not trace:
        sys.exit("the debugger's page holds no traceback")
    shown = html.unescape(trace[1]).replace(str(folder), "/srv/shop").strip()
    lines += ["With debug mode on, the end of the traceback that every visitor gets "
              "(the folder's name is replaced by `/srv/shop`):", "", "```text", *shown.splitlines()[-7:], "```", ""]
    return "\n".join(lines)


def words(page):
    return re.sub(r"\n{2,}", "\n", html.unescape(re.sub(r"<[^>]*>", "", page))).strip()


main()
