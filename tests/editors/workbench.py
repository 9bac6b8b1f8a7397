"""VS Code's row of the table: its own test is run, and what it says of its steps is put under the table's heads.

It installs and packs nothing: that is the `vscode` part of `tests/run`.
"""

import re
import shutil
import subprocess

from page import ROOT
from session import LOGS, Result

TEST = ROOT / "tests/editors/vscode/run.mjs"
NEEDS = [ROOT / "target/vscode/undebug.vsix", ROOT / "target/code-server/node_modules/.bin/code-server"]
# A busy machine takes several times the minute of an idle one.
PATIENCE = 700
FAREWELL = 30
LINE = re.compile(r"^(ok|FAILED)\s+([\d.]+) s\s+(.*)$")

# The table's heads, by words of the test's own names.
HEADS = {
    "underlined": ("see",),
    "quick fix menu": ("list",),
    "is saved, and the finding is gone": ("fix", "save", "gone"),
    "all findings of a file": ("all",),
    ".flaskenv": ("env",),
    "Dockerfile": ("image",),
    "ends with the window": ("end",),
}


def missing():
    """What of it is not installed."""
    lacking = [path.name for path in [TEST, *NEEDS] if not path.exists()]
    return ", ".join(lacking + ([] if shutil.which("node") else ["node"]))


def results():
    """The steps by the table's heads; all others together."""
    process = subprocess.Popen(["node", str(TEST)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        said, _ = process.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        # Asked to end, it ends the workbench too, which is in a group of its own.
        process.terminate()
        said, _ = process.communicate(timeout=FAREWELL)
    LOGS.mkdir(parents=True, exist_ok=True)
    (LOGS / "editor-vscode.log").write_text(said, encoding="utf-8")
    found = {}
    for line in filter(None, map(LINE.match, said.splitlines())):
        ok, seconds, name = line[1] == "ok", float(line[2]), line[3]
        heads = next((heads for words, heads in HEADS.items() if words in name), ("more",))
        for head in heads:
            known = found.get(head, Result(True, 0))
            why = known.why or ("" if ok else f"{name}; see target/test-logs/editor-vscode.log")
            found[head] = Result(known.ok and ok, known.seconds + seconds / len(heads), why)
    if process.returncode != 0 and all(result.ok for result in found.values()):
        found["exit"] = Result(False, 0, f"status {process.returncode}")
    return found
