"""The texts that the benchmarks open: real modules between the making of a Flask program and its start.

They depend on this Python's standard library: figures compare within one run only.
"""
import pathlib
import sysconfig

HEAD = "import os\nfrom flask import Flask\n\napp = Flask(__name__)\n\n"
TAIL = '\n\nif __name__ == "__main__":\n    app.run(debug=True)\n'

# Modules behind which nothing is found, because they stop on this system, or because they are given up before their end.
LEFT_OUT = {"ipaddress.py", "uuid.py", "subprocess.py", "windows_utils.py", "_endian.py", "sysconfig.py"}


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
        # What ends the program when it is run, or takes over its names, would leave nothing to find behind it.
        if any(word in module for word in ("__main__", "sys.exit", "SystemExit", "os._exit", "sys.modules", "globals()", "\n__name__ =", "from .")):
            continue
        if file.name in LEFT_OUT:
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
