"""Compares `undebug` with real Flask on every case folder, and exits 1 on a disagreement that `known.toml` does not list.

For each case: what did real Flask do, does `undebug check` say the same, at a line that causes it, and is debug off
after `undebug fix` while FLASK_DEBUG=1 still turns it on.

    python judge.py [--undebug PATH] [--no-fix] [SUBSTRING ...]
"""
import argparse
import functools
import json
import multiprocessing
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections import Counter, defaultdict
from concurrent.futures import ProcessPoolExecutor

import real
import run_all

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
# Rules that report something else than debug being on: a case is not judged by them.
BESIDE_THE_POINT = {"development-server", "debugger-pin-off"}
TRAPS = {"truthy_trap_on_when_env_set", "inverted_on_when_0"}
SILENT = {"off", "opt_in_by_env", "no_server_started"}
COLUMNS = ("agree", "missed", "false", "wrong line", "fix failed", "crashed", "stale")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--undebug", default=os.environ.get("UNDEBUG", str(ROOT / "target/debug/undebug")))
    parser.add_argument("--no-fix", action="store_true", help="compare findings only")
    parser.add_argument("only", nargs="*", help="parts of case names")
    options = parser.parse_args()

    cases = [run_all.load(file) for file in sorted(run_all.CASES.glob("*/*/case.json"))]
    excluded = {case["id"]: why for case in cases if (why := outside(case))}
    cases = [case for case in cases if case["id"] not in excluded]
    cases = [case for case in cases if not options.only or any(word in case["id"] for word in options.only)]
    known = tomllib.loads((HERE / "known.toml").read_text())

    # Programs run in forks of this warm interpreter where they can.
    real.preload()
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("fork")) as pool:
        results = list(pool.map(functools.partial(judge, options=options, known=known), cases))
    sys.exit(report(results, excluded, known, full=not options.only))


def outside(case):
    """Why a case cannot be judged by its files alone, or under the Flask of this environment; None when it can."""
    if case.get("venv"):
        return "needs an older Flask"
    if case.get("cause_is_outside_files"):
        return "what turns debug on is not in the files"
    return None


def judge(case, options, known):
    """One case: its id, the kind of disagreement ("agree" when there is none) and the reason in words."""
    seen = real.observe(case, case["folder"])
    verdict = run_all.verdict(seen)
    if verdict != case["verdict"]:
        return case["id"], "stale", f"real Flask gives {verdict}, case.json says {case['verdict']}: {errors(seen)}"
    with tempfile.TemporaryDirectory(prefix="judge-") as scratch:
        folder = pathlib.Path(scratch) / "case"
        shutil.copytree(case["folder"], folder)
        (folder / "case.json").unlink()
        found, error = check(options.undebug, folder)
        if error:
            return case["id"], "crashed", error
        kind, reason = compare(case, verdict, found)
        if kind != "agree" or not found or options.no_fix:
            return case["id"], kind, reason
        off_only = case["id"] in {entry["id"] for entry in known.get("off_only", [])}
        return case["id"], *judge_fix(case, folder, options.undebug, off_only)


def check(undebug, folder, *further):
    """The findings of a folder that are about debug being on, and what went wrong, if anything did."""
    command = [undebug, "check", "--output-format", "json", *further, "."]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode not in (0, 1):
        return [], f"check exited {done.returncode}: {done.stderr.strip()[:200]}"
    try:
        found = json.loads(done.stdout)["findings"]
    except (ValueError, KeyError) as error:
        return [], f"check printed no JSON report: {error!r}"
    if bool(found) != (done.returncode == 1):
        return [], f"check exited {done.returncode} with {len(found)} findings"
    return [finding for finding in found if finding["rule"] not in BESIDE_THE_POINT], None


def compare(case, verdict, found):
    expected = verdict not in SILENT
    if not expected:
        if found:
            return "false", f"real Flask: {verdict}; reported {places(found)}"
        return "agree", ""
    causes = {(cause["file"], cause["line"]) for cause in case["causes"]}
    if not found:
        return "missed", f"real Flask: {verdict}; {case['what']}; cause {sorted(causes)}"
    if not any(covers(finding, cause) for finding in found for cause in causes):
        return "wrong line", f"cause {sorted(causes)}; reported {places(found)}"
    return "agree", ""


def covers(finding, cause):
    file, line = cause
    return os.path.normpath(finding["path"]) == file and finding["start"]["line"] <= line <= finding["end"]["line"]


def places(found):
    return ", ".join(f"{finding['path']}:{finding['start']['line']} {finding['rule']}" for finding in found)


def judge_fix(case, folder, undebug, off_only):
    """After `undebug fix`, under real Flask: off unless asked for, on when asked for, and quiet the second time."""
    done = subprocess.run([undebug, "fix", "."], cwd=folder, capture_output=True, text=True)
    if done.returncode not in (0, 1):
        return "fix failed", f"fix exited {done.returncode}: {done.stderr.strip()[:200]}"
    rest, error = check(undebug, folder)
    if error or rest:
        return "fix failed", error or f"still reported after the fix: {places(rest)}"
    seen = real.observe(case, folder)
    if not seen["unset"]["served"]:
        return "fix failed", f"the program no longer starts: {errors(seen)}"
    if seen["unset"]["on"] or seen["0"]["on"]:
        return "fix failed", f"after the fix real Flask gives {run_all.verdict(seen)}"
    wanted = f"{case.get('envvar', 'FLASK_DEBUG')}=1"
    if seen["1"]["on"] == off_only:
        said = "listed as off_only, but it does" if off_only else "it does not"
        return "fix failed", f"after the fix {wanted} should turn debug on: {said}"
    return "agree", ""


def errors(seen):
    return "; ".join(sorted({run["error"] for run in seen.values() if run.get("error")})) or "no error"


def report(results, excluded, known, full):
    """Prints the table and every disagreement; the exit status."""
    listed = {entry["id"]: entry for entry in known.get("known", [])}
    table, bad = defaultdict(Counter), 0
    for name, kind, reason in results:
        table[name.split("/")[0]][kind] += 1
        entry = listed.get(name)
        if kind == "agree" and entry is None:
            continue
        if entry is not None and entry["kind"] == kind:
            print(f"known    {name}: {kind}: {entry['reason']}")
            continue
        bad += 1
        if kind == "agree":
            print(f"DISAGREE {name}: known.toml lists it as {entry['kind']}, but it agrees now: take it out")
        else:
            print(f"DISAGREE {name}: {kind}: {reason}")
    if full:
        names = {name for name, _, _ in results}
        for entry in known.get("known", []) + known.get("off_only", []):
            if entry["id"] not in names:
                bad += 1
                print(f"DISAGREE {entry['id']}: known.toml lists a case that is not judged")
    for name, why in sorted(excluded.items()):
        print(f"excluded {name}: {why}")
    print()
    print(f"{'category':12}" + "".join(f"{column:>12}" for column in COLUMNS))
    for category, counts in sorted(table.items()):
        print(f"{category:12}" + "".join(f"{counts[column] or '.':>12}" for column in COLUMNS))
    total = sum(table.values(), Counter())
    print(f"{'all':12}" + "".join(f"{total[column] or '.':>12}" for column in COLUMNS))
    print(f"\noracle: {len(results) - bad} cases passed, {bad} failed, {len(excluded)} excluded")
    return 1 if bad else 0


if __name__ == "__main__":
    main()
