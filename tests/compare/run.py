"""Runs undebug, Bandit, Ruff and Semgrep on the programs that real Flask judged, and writes who found what.

The programs are tests/oracle/cases and tests/oracle/own; what real Flask did with each is in them, and is checked by the
tests `oracle` and `own programs`. A tool has found a program when it reports anything about debug mode in it, at whatever
line: that is generous to everybody. A report on a program that real Flask runs without debug mode is a false alarm.

    run.py            prints the tables
    run.py --write    also writes them to docs/figures/comparison.md
    run.py --check    exits with 1 when the committed tables say something else
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/oracle"))
import judge  # noqa: E402
import own  # noqa: E402
import run_all  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
FIGURES = ROOT / "docs/figures/comparison.md"
UNDEBUG = os.environ.get("UNDEBUG", str(ROOT / "target/debug/undebug"))
TOOLS = pathlib.Path(sys.executable).parent
AREAS = {
    "app_attr": "attributes of the application", "cli": "`flask run` and its env files", "config": "configuration",
    "deploy": "deployment files", "env_arg": "an argument that comes from the environment", "ext": "Flask's kin",
    "flow": "branches, loops, functions", "negative": "traps", "objects": "classes and instances",
    "own": "programs of all kinds, written later", "precedence": "what beats what", "reach": "code that is not reached",
    "run_arg": "the argument of `run()`", "werkzeug": "Werkzeug's debugger",
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="compare-") as scratch:
        tree = pathlib.Path(scratch).resolve()
        programs = lay_out(tree)
        found = {"Undebug": undebug(tree, programs), f"Bandit {version('bandit')}": bandit(tree),
                 f"Ruff {version('ruff')}": ruff(tree), f"Semgrep {version('semgrep')}": semgrep(tree)}
    text = tables(programs, found)
    print(text)
    if options.write:
        FIGURES.parent.mkdir(exist_ok=True)
        FIGURES.write_text(text)
    current = not options.check or (FIGURES.exists() and FIGURES.read_text() == text)
    if not current:
        print("docs/figures/comparison.md says something else: run tests/compare/run.py --write")
    print(f"comparison: {int(current)} passed, {int(not current)} failed")
    sys.exit(0 if current else 1)


def lay_out(tree):
    """Writes each program into a folder of its own; by that folder's name, its area and whether debug mode is on."""
    programs = {}
    cases = [run_all.load(file) for file in sorted(run_all.CASES.glob("*/*/case.json"))]
    for case in cases:
        if judge.outside(case):
            continue
        texts = {file.relative_to(case["folder"]): file.read_bytes()
                 for file in case["folder"].rglob("*") if file.is_file() and file.name != "case.json"}
        add(tree, programs, case["id"], texts, case["verdict"] not in judge.SILENT)
    for file in sorted((ROOT / "tests/oracle/own").glob("*.txt")):
        for program in own.read(file):
            texts = {path: text.encode() for path, text in program["files"].items()}
            add(tree, programs, "own/" + program["id"], texts, bool(program["causes"]))
    return programs


def add(tree, programs, name, texts, on):
    folder = name.replace("/", "__")
    for path, text in texts.items():
        (tree / folder / path).parent.mkdir(parents=True, exist_ok=True)
        (tree / folder / path).write_bytes(text)
    programs[folder] = (name.split("/")[0], on)


def undebug(tree, programs):
    """By program, whether every finding in it comes with a fix that is applied unasked."""
    found = {}
    for folder in programs:
        report = run([UNDEBUG, "check", "--output-format", "json", "."], tree / folder, (0, 1))
        findings = [one for one in json.loads(report)["findings"] if one["rule"] not in judge.BESIDE_THE_POINT]
        if findings:
            found[folder] = all(any(fix["preferred"] for fix in one["fixes"]) for one in findings)
    return found


def bandit(tree):
    report = json.loads(run([TOOLS / "bandit", "--quiet", "-r", "-t", "B201", "-f", "json", "."], tree, (0, 1)))
    return dict.fromkeys(folders(one["filename"] for one in report["results"]), False)


def ruff(tree):
    report = run([TOOLS / "ruff", "check", "--isolated", "--no-cache", "--select", "S201", "--output-format", "json", "."], tree, (0, 1))
    return {folder: fix for one in json.loads(report) if one["code"] == "S201"
            for folder, fix in [(folder_of(pathlib.Path(one["filename"]).relative_to(tree)), bool(one["fix"]))]}


def semgrep(tree):
    command = [TOOLS / "semgrep", "scan", "--config", HERE / "semgrep.yml", "--json", "--quiet", "--metrics", "off",
               "--disable-version-check", "--no-git-ignore", "--jobs", "2", "."]
    report = json.loads(run(command, tree, (0, 1)))
    return {folder_of(one["path"]): "fix" in one["extra"] for one in report["results"]}


def run(command, folder, codes):
    environment = {**os.environ, "PATH": f"{TOOLS}:{os.environ['PATH']}", "SEMGREP_SEND_METRICS": "off"}
    done = subprocess.run(list(map(str, command)), cwd=folder, env=environment, capture_output=True, text=True, timeout=300)
    if done.returncode not in codes:
        sys.exit(f"{command[0]} ended with {done.returncode}: {done.stderr[-2000:]}")
    return done.stdout


def folders(paths):
    return [folder_of(path) for path in paths]


def folder_of(path):
    return pathlib.PurePath(path).parts[0]


def version(name):
    for line in (HERE / "requirements.txt").read_text().splitlines():
        if line.startswith(name + "=="):
            return line.partition("==")[2]
    sys.exit(f"requirements.txt does not pin {name}")


def tables(programs, found):
    on = [folder for folder, (_, is_on) in programs.items() if is_on]
    off = [folder for folder, (_, is_on) in programs.items() if not is_on]
    lines = [f"| tool | found, of {len(on)} programs with debug mode on | false alarms, of {len(off)} with debug mode off | fix offered |",
             "| --- | --- | --- | --- |"]
    for tool, reports in found.items():
        hits = [folder for folder in on if folder in reports]
        fixed = sum(1 for folder in hits if reports[folder])
        lines.append(f"| {tool} | {share(len(hits), len(on))} | {share(sum(f in reports for f in off), len(off))} | {fixed or 'none'} |")
    lines += ["", "Found, by how debug mode is turned on:", "", "| | programs | " + " | ".join(found) + " |",
              "| --- |" + " --- |" * (len(found) + 1)]
    areas = defaultdict(Counter)
    for folder in on:
        area = programs[folder][0]
        areas[area]["all"] += 1
        areas[area].update(tool for tool, reports in found.items() if folder in reports)
    for area, counts in sorted(areas.items()):
        cells = [str(counts["all"]), *(str(counts[tool]) for tool in found)]
        lines.append(f"| {AREAS[area]} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def share(part, whole):
    return f"{part} ({part / whole:.0%})"


main()
