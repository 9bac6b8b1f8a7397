"""Draws `undebug check tests/projects/factory` as a terminal shows it: docs/pictures/check.svg.

The program runs on a pseudo-terminal, so that it colours its output as it does for people. The picture brings its own
dark background, so that it reads on light and dark pages, and asks for no font from elsewhere.

    terminal.py            draws it anew
    terminal.py --check    exits with 1 when the committed picture is not what the program prints now
"""
import argparse
import io
import os
import pathlib
import pty
import re
import subprocess
import sys

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

ROOT = pathlib.Path(__file__).resolve().parents[2]
PICTURE = ROOT / "docs/pictures/check.svg"
COMMAND = ["undebug", "check", "tests/projects/factory"]
# The widest source line of the project fits, with what is said of it.
COLUMNS = 124
THEME = TerminalTheme(
    (13, 17, 23),
    (201, 209, 217),
    [(72, 79, 88), (255, 123, 114), (63, 185, 80), (210, 153, 34), (88, 166, 255), (188, 140, 255), (57, 197, 207), (177, 186, 196)],
    [(110, 118, 129), (255, 161, 152), (86, 211, 100), (227, 179, 65), (121, 192, 255), (210, 168, 255), (86, 212, 221), (255, 255, 255)],
)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare with the committed picture")
    options = parser.parse_args()
    fresh = draw(run(os.environ.get("UNDEBUG", str(ROOT / "target/debug/undebug"))))
    if not options.check:
        PICTURE.write_text(fresh)
        return
    if PICTURE.read_text() != fresh:
        sys.exit("docs/pictures/check.svg is not what the program prints now: run docs/pictures/terminal.py")


def run(binary):
    """What the command writes to a terminal."""
    front, back = pty.openpty()
    environment = {"PATH": os.environ["PATH"], "TERM": "xterm-256color", "COLUMNS": str(COLUMNS)}
    child = subprocess.Popen([binary, *COMMAND[1:]], cwd=ROOT, stdin=back, stdout=back, stderr=back, env=environment)
    os.close(back)
    written = b""
    while True:
        try:
            part = os.read(front, 65536)
        except OSError:  # how Linux says that the other end is closed
            break
        if not part:
            break
        written += part
    code = child.wait(timeout=60)
    os.close(front)
    if code != 1:
        sys.exit(f"the command ended with {code}, not with findings:\n{written.decode()}")
    return written.decode()


def draw(output):
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True, color_system="truecolor", legacy_windows=False)
    console.print(Text.assemble(("$ ", "bold green"), (" ".join(COMMAND), "bold")))
    # What erases a line (a progress bar's end) draws nothing.
    console.print(Text.from_ansi(re.sub(r"\x1b\[[0-9]*[KG]", "", output).replace("\r\n", "\n").rstrip()))
    svg = console.export_svg(title="undebug check", theme=THEME, unique_id="undebug")
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
    svg = svg.replace("Fira Code, monospace", "ui-monospace, SFMono-Regular, Menlo, Consolas, DejaVu Sans Mono, monospace")
    svg = svg.replace("<!-- Generated with Rich https://www.textualize.io -->", "")
    return "\n".join(line.rstrip() for line in svg.strip().splitlines()) + "\n"


main()
