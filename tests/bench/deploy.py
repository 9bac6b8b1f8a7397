"""What an edit of a deployment file costs: from the edit to its diagnostics, at 200, 2,000 and 10,000 lines.

    python tests/bench/deploy.py [--edits 40] [--undebug target/release/undebug]

A deployment file is read in full after each edit: real ones have some hundred lines, and one of more than 512 KiB is not
read. For each language a text of many harmless entries, with one that turns debug mode on at its end; lines are typed and
taken out at the top, in the middle and near the end by turns. It prints medians in milliseconds, and asserts nothing.
"""
import argparse
import pathlib
import statistics
import tempfile
import time

from client import Server

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
LINES = (200, 2_000, 10_000)
PROGRAM = "from flask import Flask\n\napp = Flask(__name__)\n"

# The name of the file, what comes first, what is repeated, what comes last, and a harmless line to type.
LANGUAGES = {
    "env file": (".env", "", "KEY_{n}=value{n}\n", "FLASK_DEBUG=1\n", "TYPED=1\n"),
    "Dockerfile": ("Dockerfile", "FROM python:3.12\n", "RUN echo {n} > /tmp/{n}\n", "ENV FLASK_DEBUG=1\nCMD flask run --host 0.0.0.0\n", "RUN true\n"),
    "compose": ("compose.yaml", "services:\n  web:\n    build: .\n    command: flask run\n    environment:\n", "      # step {n} of the setup\n", "      FLASK_DEBUG: '1'\n", "      TYPED: x\n"),
    "shell": ("run.sh", "#!/bin/sh\n", "echo step {n}\n", "export FLASK_DEBUG=1\nflask run --host 0.0.0.0\n", "echo typed\n"),
    "Terraform": ("main.tf", 'resource "aws_lambda_function" "web" {\n  environment {\n    variables = {\n', '      # step {n} of the setup\n', '      FLASK_DEBUG = "1"\n    }\n  }\n}\n', '      TYPED = "x"\n'),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--edits", type=int, default=40)
    parser.add_argument("--undebug", default=str(ROOT / "target/release/undebug"))
    options = parser.parse_args()
    print("| language | " + " | ".join(f"{lines:,} lines" for lines in LINES) + " |")
    print("| --- |" + " ---: |" * len(LINES))
    for language, parts in LANGUAGES.items():
        medians = [measure(options, lines, *parts) for lines in LINES]
        print(f"| {language} | " + " | ".join(f"{median:.2f}" for median in medians) + " |", flush=True)


def measure(options, lines, name, first, entry, last, typed):
    """The median of the milliseconds from an edit to the diagnostics of its version."""
    with tempfile.TemporaryDirectory(prefix="deploy-") as scratch:
        folder = pathlib.Path(scratch).resolve()
        (folder / "app.py").write_text(PROGRAM)
        text = first + "".join(entry.format(n=number) for number in range(lines)) + last
        (folder / name).write_text(text)
        server = Server("undebug", [options.undebug, "server"], folder, {})
        server.uri, server.version = (folder / name).as_uri(), 1
        document = {"uri": server.uri, "languageId": "plaintext", "version": 1, "text": text}
        server.notify("textDocument/didOpen", {"textDocument": document})
        server.wait_version()
        top, times = first.count("\n"), []
        for number in range(options.edits):
            line = top + (1, lines // 2, lines - 1)[number // 2 % 3]
            here, below = {"line": line, "character": 0}, {"line": line + 1, "character": 0}
            change = {"range": {"start": here, "end": here if number % 2 == 0 else below}, "text": typed if number % 2 == 0 else ""}
            started = time.perf_counter()
            server.edit([change])
            times.append((server.wait_version() - started) * 1000)
        server.end()
    return statistics.median(times)


if __name__ == "__main__":
    main()
