"""Compares `undebug check` with real Flask on random programs, and exits 1 on a disagreement.

    python generate.py [N] [--seed SEED] [--undebug PATH] [--fix] [--show COUNT]

A program must be reported, at a line that enables something, when debug is on with the environment silent or saying
"0"; otherwise it must be silent. With --fix what is reported is fixed too, and must then be off. Disagreements are
printed with the smallest program that still shows them.
"""
import argparse
import json
import multiprocessing
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from concurrent.futures import ProcessPoolExecutor

import programs
import real

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
MARKER = '[project]\nname = "program"\nversion = "0"\n'
VARIABLE = re.compile(r"FLASK_DEBUG|APP_ENV|APP_CONFIG|PRODUCTION")
# Rules that report something else than debug being on.
BESIDE_THE_POINT = {"development-server", "debugger-pin-off"}
# Rounds of leaving out lines, and so many programs are made small: each takes a second or two.
ROUNDS = 4


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("n", nargs="?", type=int, default=200)
    parser.add_argument("--seed", default=str(random.randrange(10**6)))
    parser.add_argument("--undebug", default=os.environ.get("UNDEBUG", str(ROOT / "target/debug/undebug")))
    parser.add_argument("--fix", action="store_true")
    parser.add_argument("--show", type=int, default=5)
    options = parser.parse_args()
    options.undebug = os.path.abspath(options.undebug)
    print(f"generator: {options.n} programs, seed {options.seed}", flush=True)
    real.preload()
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="generate-") as scratch:
        wrong, kinds = compare(pathlib.Path(scratch).resolve(), options)
    for number, kind, reason, texts in wrong[: options.show]:
        print(f"\nDISAGREE program {number} of seed {options.seed}: {kind}: {reason}")
        for name, text in texts.items():
            print(f"--- {name}\n{text}", end="")
    summary = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
    print(f"\ngenerator: {options.n - len(wrong)} programs passed, {len(wrong)} failed"
          f" ({summary}; seed {options.seed}, {time.monotonic() - started:.0f} s)")
    sys.exit(1 if wrong else 0)


def compare(scratch, options):
    made = {number: programs.program(options.seed, number) for number in range(options.n)}
    for number, program in made.items():
        write(scratch / str(number), program.texts())
    jobs = [(str(scratch / str(number)), program.start) for number, program in made.items()]
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("fork")) as pool:
        truth = list(pool.map(debug_is_on, jobs, chunksize=20))
    found = check(options.undebug, scratch)
    # The look at texts, which decides what is run, may change nothing but the time.
    for number, thorough in check(options.undebug, scratch, "--thorough").items():
        if thorough != found[number]:
            sys.exit(f"generator: program {number} of seed {options.seed}: {thorough} with --thorough, else {found[number]}")
    results = [(number, *judge(on, error, found[str(number)], made[number])) for number, (on, error) in enumerate(truth)]
    if options.fix:
        results = fixed(scratch, options, results, jobs)
    kinds = Counter(kind for _, kind, _ in results)
    wrong = []
    for number, kind, reason in results:
        if kind.startswith("agree"):
            continue
        texts = made[number].texts()
        if len(wrong) < options.show and kind in ("missed", "false"):
            texts = smaller(texts, made[number].start, kind, options.undebug)
        wrong.append((number, kind, reason, texts))
    return wrong, kinds


def write(folder, texts):
    for name, text in {"pyproject.toml": MARKER, **texts}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def debug_is_on(job):
    """Whether a launch had debug on with a silent environment or one that says "0"; None when nothing was served."""
    folder, start = job
    text = "".join(file.read_text() for file in sorted(pathlib.Path(folder).rglob("*.py")))
    variables = set(VARIABLE.findall(text)) - {"APP_CONFIG"} or {"FLASK_DEBUG"}
    served, on, errors = False, False, []
    for value in (None, "0"):
        environment = {} if value is None else {name: value for name in variables}
        launches, error = real.launches(folder, start, environment)
        served |= bool(launches)
        on |= any(launch.on for launch in launches)
        errors.append(error)
    return (on if served else None), "; ".join(filter(None, errors))


def check(undebug, folder, *further):
    """The findings below a folder, by the first part of their path."""
    command = [undebug, "check", "--output-format", "json", *further, "."]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode not in (0, 1):
        sys.exit(f"check exited {done.returncode}: {done.stderr.strip()[:500]}")
    found = defaultdict(list)
    for finding in json.loads(done.stdout)["findings"]:
        if finding["rule"] not in BESIDE_THE_POINT:
            first, _, rest = os.path.normpath(finding["path"]).partition(os.sep)
            found[first].append((rest, finding["start"]["line"], finding["end"]["line"], finding["rule"]))
    return found


def judge(on, error, found, program):
    if on is None and not error:
        return ("false", f"nothing is started; reported {found}") if found else ("agree: nothing started", "")
    if on is None:
        return "agree: does not run", error
    if not on:
        return ("false", f"real Flask: off; reported {found}") if found else ("agree: off", "")
    if not found:
        return "missed", "real Flask: on"
    causes = program.causes()
    if not any((file, line) in causes for file, first, last, _ in found for line in range(first, last + 1)):
        return "wrong line", f"reported {found}, enabled at {sorted(causes)}"
    return "agree: on", ""


def fixed(scratch, options, results, jobs):
    """Fixes everything and runs what was reported again."""
    done = subprocess.run([options.undebug, "fix", "."], cwd=scratch, capture_output=True, text=True)
    if done.returncode not in (0, 1):
        sys.exit(f"fix exited {done.returncode}: {done.stderr.strip()[:500]}")
    again = [number for number, kind, _ in results if kind == "agree: on"]
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("fork")) as pool:
        after = dict(zip(again, pool.map(debug_is_on, [jobs[number] for number in again], chunksize=20)))
    left = check(options.undebug, scratch)
    out = []
    for number, kind, reason in results:
        on, error = after.get(number, (False, ""))
        if on is None:
            kind, reason = "fix failed", f"the program no longer runs: {error}"
        elif on:
            kind, reason = "fix failed", "debug is still on after the fix"
        elif number in after and left[str(number)]:
            kind, reason = "fix failed", f"still reported after the fix: {left[str(number)]}"
        out.append((number, kind, reason))
    return out


def smaller(texts, start, kind, undebug):
    """The program with lines left out, as long as the same disagreement is left."""
    for _ in range(ROUNDS):
        before = dict(texts)
        for name in list(texts):
            index = 0
            while index < len(texts[name].splitlines()):
                lines = texts[name].splitlines(keepends=True)
                tried = {**texts, name: "".join(lines[:index] + lines[index + 1 :])}
                if disagrees(tried, start, undebug) == kind:
                    texts = tried
                else:
                    index += 1
        if texts == before:
            break
    return texts


def disagrees(texts, start, undebug):
    with tempfile.TemporaryDirectory(prefix="smaller-") as scratch:
        folder = pathlib.Path(scratch).resolve() / "0"
        write(folder, texts)
        on, error = debug_is_on((str(folder), start))
        found = check(undebug, folder.parent)["0"]
    if on is None or error:
        return None
    return "missed" if on and not found else "false" if found and not on else None


if __name__ == "__main__":
    main()
