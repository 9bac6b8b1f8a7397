"""Our own programs in one text file a subject (`own/*.txt`), judged by real Flask like the case folders.

    #### name | options                a program; `#: path` begins each of its files (`app.py` when there is none)
    app.run(debug=True)  # <<          the lines where a finding is right; the mark is not part of the program

Options: a command (`python run.py`), `envvar=NAME` (the program's own switch), `env=NAME=VALUE`, `off-only` (the fix
cannot leave a switch), `missing: reason` and `false: reason` (a limit that we know; it must still be one).

    python own.py [--undebug PATH] [--share N] [--seed N] [SUBSTRING ...]

What is found is compared with the marks for every program. With `--share 3` real Flask judges every third program (the
seed says which), and all known limits; without it, all of them.
"""
import argparse
import functools
import multiprocessing
import os
import pathlib
import re
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor

import judge
import real
import run_all

HERE = pathlib.Path(__file__).resolve().parent
MARK = re.compile(r"[ \t]*# <<[ \t]*$")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--undebug", default=os.environ.get("UNDEBUG", str(judge.ROOT / "target/debug/undebug")))
    parser.add_argument("--share", type=int, default=1, help="real Flask judges one program in so many")
    parser.add_argument("--seed", type=int, default=0, help="which of the programs that is")
    parser.add_argument("only", nargs="*", help="parts of program names")
    options = parser.parse_args()
    programs = [program for file in sorted((HERE / "own").glob("*.txt")) for program in read(file)]
    programs = [program for program in programs if not options.only or any(w in program["id"] for w in options.only)]
    for at, program in enumerate(programs):
        program["judged"] = bool(program["limit"]) or at % options.share == options.seed % options.share
    # Where nothing but a file is started, that happens in a fork of this warm interpreter.
    real.preload()
    undebug = os.path.abspath(options.undebug)
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("fork")) as pool:
        results = list(pool.map(functools.partial(run, undebug=undebug), programs, chunksize=4))
    bad = [line for line in results if line]
    print("\n".join(bad))
    limits = sum(1 for program in programs if program["limit"])
    judged = sum(1 for program in programs if program["judged"])
    print(
        f"own programs: {len(programs) - len(bad)} passed, {len(bad)} failed "
        f"({judged} judged by real Flask, {limits} are known limits)"
    )
    sys.exit(1 if bad else 0)


def read(file):
    """The programs of a file, as cases with their texts."""
    for block in re.split(r"(?m)^#### ", file.read_text())[1:]:
        head, _, body = block.partition("\n")
        name, *options = (word.strip() for word in head.split("|"))
        program = {"id": f"{file.stem}/{name}", "entry": "python app.py", "what": name, "env": {}, "limit": None}
        program["off_only"] = "off-only" in options
        for option in options:
            key, separator, value = option.partition("=")
            if option.startswith(("missing:", "false:")):
                program["limit"] = option
            elif separator and key in ("envvar", "deploy", "cwd"):
                program[key] = value
            elif separator and key == "env":
                program["env"].update([value.split("=", 1)])
            elif option and option != "off-only":
                program["entry"] = option
        program["files"], program["causes"] = files(body)
        yield program


def files(body):
    """The texts by path without their marks, and the marked lines."""
    first, *rest = re.split(r"(?m)^#: (.+)\n", body)
    texts = {"app.py": first} if first.strip() or not rest else {}
    texts |= dict(zip(rest[0::2], rest[1::2]))
    causes = []
    for path, text in texts.items():
        lines = text.strip("\n").split("\n")
        causes += [{"file": path, "line": at} for at, line in enumerate(lines, 1) if MARK.search(line)]
        texts[path] = "\n".join(MARK.sub("", line) for line in lines) + "\n"
    return texts, causes


def run(program, undebug):
    """A line that says what is wrong; empty when all is as it should be."""
    with tempfile.TemporaryDirectory(prefix="own-") as scratch:
        folder = pathlib.Path(scratch) / "case"
        for path, text in program["files"].items():
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        verdict = "always_on" if program["causes"] else "off"
        if program["judged"]:
            seen = real.observe(program, folder)
            verdict = run_all.verdict(seen)
            if bool(program["causes"]) == (verdict in judge.SILENT):
                return f"STALE    {program['id']}: real Flask gives {verdict}, its marks say otherwise: {judge.errors(seen)}"
        found, error = judge.check(undebug, folder)
        # The look at texts, which decides what is run, may change nothing but the time.
        if (found, error) != judge.check(undebug, folder, "--thorough"):
            return f"DISAGREE {program['id']}: with --thorough it is another result"
        kind, reason = ("crashed", error) if error else judge.compare(program, verdict, found)
        if kind == "agree" and found and program["judged"]:
            kind, reason = judge.judge_fix(program, folder, undebug, program["off_only"])
    if program["limit"]:
        return "" if kind != "agree" else f"STALE    {program['id']}: it is no limit any more: {program['limit']}"
    return "" if kind == "agree" else f"DISAGREE {program['id']}: {kind}: {reason}"


if __name__ == "__main__":
    main()
