"""Asks real Flask whether the marks of `tests/fixtures` are true, and whether the `.fixed` twins are off.

A file (or folder) with marks must serve with debug on when the environment is silent or says "0"; one without marks
never; where every mark stands at a launch, each launch is compared. A twin must be off for both.

    python fixtures.py [SUBSTRING ...]
"""
import ast
import pathlib
import re
import shutil
import sys
import tempfile

import real

FIXTURES = pathlib.Path(__file__).resolve().parent.parent / "fixtures"
MARK = re.compile(r"^\s*#\s*\^+(?: to \+\d+:\d+)?\s+(.+)$")
LOOKUP = re.compile(r"""(?:environ|getenv|environ\.get|os\.environ\.get)[(\[]\s*["'](\w+)["']|["'](\w+)["'] (?:not )?in os\.environ""")
RULES = ("app-run-debug", "app-debug-set", "config-debug", "debug-string-truth", "debug-on-by-default", "interactive-debugger")


def main():
    real.preload()
    wanted, failed, judged, skipped = sys.argv[1:], 0, 0, []
    for rule in RULES:
        for case in sorted((FIXTURES / rule).glob("*")) if (FIXTURES / rule).exists() else []:
            if case.name.endswith((".fixed", ".marks")) or (wanted and not any(word in str(case) for word in wanted)):
                continue
            name = str(case.relative_to(FIXTURES))
            for variant in (None, "fixed", "remove.fixed", "off.fixed"):
                wrong = judge(case, variant)
                if wrong is None:
                    continue
                if wrong.startswith("skip"):
                    skipped.append(f"{name}: {wrong[6:]}")
                    continue
                judged += 1
                if wrong:
                    failed += 1
                    print(f"WRONG {name}{f' ({variant})' if variant else ''}: {wrong}")
    for line in skipped:
        print(f"skipped {line}")
    print(f"fixtures under real Flask: {judged - failed} passed, {failed} failed, {len(skipped)} skipped")
    sys.exit(1 if failed else 0)


def judge(case, variant):
    """What is wrong, "" when nothing is, None when there is no such twin."""
    files = [case] if case.is_file() else [file for file in case.rglob("*") if file.is_file()]
    base = case.parent if case.is_file() else case
    sources = [file for file in files if not file.name.endswith((".fixed", ".marks"))]
    twins = {file: file.with_name(twin_name(file.name, variant)) for file in sources} if variant else {}
    if variant and not any(twin.exists() for twin in twins.values()):
        return None
    with tempfile.TemporaryDirectory(prefix="fixture-") as scratch:
        folder = pathlib.Path(scratch).resolve()
        for file in sources:
            target = folder / file.relative_to(base)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(twins[file] if variant and twins[file].exists() else file, target)
        start = next((name for name in ("run.py", "app.py") if (folder / name).exists()), None) or f"{case.name}"
        if not start.endswith(".py"):
            return "skip: nothing here that Python starts"
        marks = {(str(file.relative_to(base)), line) for file in sources for line in marked_lines(file)}
        return compare(folder, start, bool(variant), marks)


def twin_name(name, variant):
    stem, dot, suffix = name.rpartition(".")
    return f"{name}.fixed" if variant == "fixed" else f"{stem}.{variant.split('.')[0]}.fixed" if dot else f"{name}.{variant}"


def compare(folder, start, must_be_off, marks):
    texts = {str(file.relative_to(folder)): file.read_text() for file in folder.rglob("*.py")}
    try:
        trees = {name: ast.parse(text) for name, text in texts.items()}
    except SyntaxError:
        return "skip: broken on purpose, Python cannot start it"
    variables = {a or b for text in texts.values() for a, b in LOOKUP.findall(text)} or {"FLASK_DEBUG"}
    seen, errors = [], []
    for value in (None, "0"):
        launches, error = real.launches(str(folder), start, {name: value for name in variables if value is not None})
        seen += launches
        errors.append(error)
    if must_be_off:
        on = sorted({(launch.file, launch.line) for launch in seen if launch.on})
        return f"debug is still on at {on}" if on else "" if seen else f"no longer serves: {errors}"
    if any("(medium)" in text for text in texts.values()):
        return ""  # whether it happens depends on the machine
    if not marks:
        on = sorted({(launch.file, launch.line) for launch in seen if launch.on})
        return f"no mark, but debug is on at {on}" if on else ""
    if not any(launch.on for launch in seen):
        return f"marked, but debug is never on: {errors}"
    spans = {
        (name, node.lineno): set(range(node.lineno, node.end_lineno + 1))
        for name, tree in trees.items() for node in ast.walk(tree) if isinstance(node, ast.Call)
    }
    at_launch = lambda launch: {(launch.file, line) for line in spans.get((launch.file, launch.line), {launch.line})}
    covered = set().union(*(at_launch(launch) for launch in seen))
    if not marks <= covered:
        return ""  # the mark stands at an origin: file by file is all that can be told
    wrong = []
    for place in sorted({(launch.file, launch.line) for launch in seen}):
        here = [launch for launch in seen if (launch.file, launch.line) == place]
        marked = bool(at_launch(here[0]) & marks)
        if marked != any(launch.on for launch in here) and not suppressed(texts[place[0]], place[1]):
            wrong.append(f"{place[0]}:{place[1]} is {'marked but off' if marked else 'on but not marked'}")
    return "; ".join(wrong)


def marked_lines(file):
    """The lines that marks of Python code stand for: in the file, or in `NAME.marks` beside a file that holds none."""
    if file.suffix != ".py":
        return
    line = 0
    for number, source in enumerate(file.read_text().splitlines(), 1):
        found = MARK.match(source)
        if not found:
            line = number
        elif not found[1].startswith("false:"):
            yield line
    beside = file.with_name(f"{file.name}.marks")
    for source in beside.read_text().splitlines() if beside.exists() else []:
        place, _, what = source.partition(" ")
        if place and not what.startswith("false:"):
            yield int(place.partition(":")[0])


def suppressed(text, line):
    return re.search(r"# *(undebug: allow|noqa|nosec|nosemgrep|NOSONAR)", text.splitlines()[line - 1])


if __name__ == "__main__":
    main()
