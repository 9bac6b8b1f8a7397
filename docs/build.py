"""Puts the pages of the documentation together below target/docs/src, and builds the site in target/docs/site.

Written by hand are docs/pages and docs/rules; the rest is asked of the program itself, so that it cannot be stale:
the rules and what the program says of each example, the settings from their schema, the commands' help, and what real
Flask leaks.

    build.py            everything
    build.py --pages    only the pages
"""
import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
OUT = ROOT / "target/docs"
UNDEBUG = os.environ.get("UNDEBUG", str(ROOT / "target/debug/undebug"))
# The editors in reading order; others follow. A README below editors/ is taken for the page where there is one.
EDITORS = ["vscode", "nvim", "helix", "zed", "emacs", "vim", "kakoune", "sublime", "jetbrains", "registries"]
COMMANDS = ["check", "fix", "baseline", "audit", "migrate", "explain", "rules", "server", "schema", "man", "completions"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pages", action="store_true", help="do not build the site")
    options = parser.parse_args()
    source = OUT / "src"
    shutil.rmtree(OUT, ignore_errors=True)
    shutil.copytree(DOCS / "pages", source)
    shutil.copytree(DOCS / "pictures", source / "pictures", ignore=shutil.ignore_patterns("*.py"))
    rules = json.loads(undebug("rules", "--output-format", "json"))
    (source / "rules").mkdir()
    for rule in rules:
        (source / "rules" / f"{rule['name']}.md").write_text(rule_page(rule))
    (source / "rules/index.md").write_text(rules_page(rules))
    fill(source / "configuration.md", "settings", settings(json.loads(undebug("schema"))))
    fill(source / "commands.md", "commands", commands())
    fill(source / "what-leaks.md", "leak", leak())
    fill(source / "performance.md", "performance", figures("latency", "scan"))
    fill(source / "comparison.md", "comparison", figures("comparison"))
    fill(source / "audits.md", "audit", figures("audit"))
    configure(rules, editors(source / "editors"))
    if not options.pages:
        subprocess.run([str(pathlib.Path(sys.executable).with_name("zensical")), "build", "--clean", "--strict",
                        "--config-file", str(OUT / "zensical.toml")], check=True, timeout=300)


def undebug(*arguments, folder=ROOT, codes=(0,)):
    """What the program prints."""
    done = subprocess.run([UNDEBUG, *arguments], cwd=folder, capture_output=True, text=True, timeout=120)
    if done.returncode not in codes:
        sys.exit(f"undebug {' '.join(arguments)} ended with {done.returncode}: {done.stderr}")
    return done.stdout


def rule_page(rule):
    """A rule's own words, then an example before and after, as the program sees it, then when not."""
    name, folder = rule["name"], DOCS / "rules" / rule["name"]
    if not folder.is_dir():
        sys.exit(f"docs/rules/{name} is missing: every rule has an example")
    words = "\n".join(line.removeprefix(" ") for line in rule["doc"].strip("\n").splitlines())
    # The example in the rule's own words is shown in full below.
    words = re.sub(r"## Example\n.*?(?=## |\Z)", "", words, flags=re.DOTALL)
    words = re.sub(r"(?m)(?<=\S)\n(?=```)", "\n\n", words)
    state = "" if rule["on"] else ", off unless it is asked for"
    found = undebug("check", "--output-format", "concise", folder=folder / "bad", codes=(1,))
    if f"[{name}]" not in found:
        sys.exit(f"docs/rules/{name}/bad does not show {name}:\n{found}")
    summary, rest = words.strip().split("\n", 1)
    parts = [f"# {name}\n\n{summary}\n\nSeverity: {rule['severity']}{state}.\n{rest}", "\n## Before and after\n"]
    for file in sorted((folder / "bad").iterdir(), key=lambda file: file.name not in found):
        parts.append(f"`{file.name}`\n\n```{language(file)}\n{file.read_text().rstrip()}\n```\n")
    parts.append(f"`undebug check --output-format concise` says:\n\n```text\n{found.rstrip()}\n```\n")
    change = undebug("fix", "--diff", folder=folder / "bad", codes=(0, 1)).rstrip()
    if change:
        parts.append(f"`undebug fix --diff` proposes:\n\n```diff\n{change}\n```\n")
    else:
        parts.append("There is no automatic fix: what to start instead is for people to decide.\n")
    parts.append(f"## When not\n\n{when_not(folder)}\n")
    parts.append(f"In the terminal: `undebug explain {name}`. In the settings: `[rules]`, `{name} = \"off\"`.\n")
    return "\n".join(parts)


def when_not(folder):
    """What is written by hand, after each program in it was seen to be silent."""
    text = (folder / "when-not.md").read_text()
    for program in re.findall(r"```python\n(.*?)```", text, re.DOTALL):
        with tempfile.TemporaryDirectory(prefix="silent-") as scratch:
            (pathlib.Path(scratch) / "app.py").write_text(program)
            found = undebug("check", "--output-format", "concise", folder=scratch, codes=(0, 1))
        if "[" in found:
            sys.exit(f"{folder.name}/when-not.md is not silent:\n{program}\n{found}")
    return text.strip()


def language(file):
    names = {"Dockerfile": "dockerfile", ".env": "sh"}
    return names.get(file.name) or {".py": "python", ".yml": "yaml", ".toml": "toml"}[file.suffix]


def rules_page(rules):
    lines = ["# Rules\n", "Each rule reads after *allow*: `# undebug: allow app-run-debug`.\n",
             "| rule | what it finds | severity |", "| --- | --- | --- |"]
    for rule in rules:
        off = "" if rule["on"] else " Off unless it is asked for."
        lines.append(f"| [`{rule['name']}`]({rule['name']}.md) | {rule['summary']}{off} | {rule['severity']} |")
    lines.append("\nThe severity is the usual one; the [evidence](../how-it-decides.md#evidence) can raise or lower it.")
    return "\n".join(lines) + "\n"


def settings(schema):
    """The keys of the schema, each with its words and values."""
    parts = []

    def tell(name, key, level):
        parts.append(f"{'#' * level} `{name}`\n\n{key.get('description', '')}\n")
        if "enum" in key:
            parts.append("One of " + ", ".join(f"`{value}`" for value in key["enum"]) + ".\n")
        inner = key.get("items", {}).get("properties", {})
        for field in inner:
            if field not in schema["properties"]:
                tell(f"{name}.{field}", inner[field], level + 1)
        shared = [field for field in inner if field in schema["properties"]]
        if shared:
            parts.append("And, for these files: " + ", ".join(f"`{field}`" for field in shared) + ".\n")
        if name == "rules":
            one = next(iter(key["properties"].values()))["enum"]
            parts.append("Keys: the [rules](rules/index.md). Values: " + ", ".join(f"`{value}`" for value in one) + ".\n")

    for name, key in schema["properties"].items():
        tell(name, key, 3)
    return "\n".join(parts)


def commands():
    parts, known = [], undebug("--help")
    for command in COMMANDS:
        done = subprocess.run([UNDEBUG, command, "--help"], capture_output=True, text=True, env={"COLUMNS": "100"}, timeout=60)
        if done.returncode == 0:
            parts.append(f"## {command}\n\n```text\n{done.stdout.rstrip()}\n```\n")
    untold = set(re.findall(r"^  ([a-z]+) ", known, re.MULTILINE)) - set(COMMANDS) - {"help"}
    if untold:
        sys.exit(f"docs/build.py does not know the commands {sorted(untold)}")
    return "\n".join(parts)


def leak():
    file = OUT / "leak.md"
    subprocess.run([sys.executable, str(DOCS / "leak.py"), str(file)], check=True, timeout=300)
    return file.read_text()


def figures(*names):
    """Measured tables that are committed below docs/figures; none that are not there."""
    found = [DOCS / "figures" / f"{name}.md" for name in names]
    return "\n".join(file.read_text() for file in found if file.exists())


def fill(page, marker, text):
    place, old = f"<!-- generated: {marker} -->", page.read_text()
    if place not in old:
        sys.exit(f"{page.name} has no {place}")
    page.write_text(old.replace(place, text))


def editors(folder):
    """The editors' pages; their names in reading order."""
    for readme in ROOT.glob("editors/*/README.md"):
        name = readme.parent.name
        (folder / f"{name}.md").write_text(readme_page(readme, folder / name))
    names = [file.stem for file in folder.glob("*.md") if file.stem != "index"]
    names.sort(key=lambda name: (EDITORS.index(name) if name in EDITORS else len(EDITORS), name))
    titles = {name: (folder / f"{name}.md").read_text().partition("\n")[0].lstrip("# ") for name in names}
    fill(folder / "index.md", "editors", "\n".join(f"- [{titles[name]}]({name}.md)" for name in names))
    return names


def readme_page(readme, beside):
    """A README as a page of the site: its pictures come along, and a link into the repository names its target."""
    base = readme.parent.relative_to(ROOT)

    def picture(found):
        file = beside / found[2]
        if not (readme.parent / found[2]).exists():
            return ""  # docs/links.py says it
        file.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(readme.parent / found[2], file)
        return f"![{found[1]}]({beside.name}/{found[2]})"

    text = re.sub(r"!\[([^\]]*)\]\((?!https?:)([^)]*)\)", picture, readme.read_text())
    return re.sub(r"(?<!!)\[([^\]]*)\]\((?!https?:|#)([^)]*)\)", rf"\1 (`{base}/\2`)", text)


def configure(rules, names):
    """The site's settings with the rules and the editors in its table of contents."""
    text = (DOCS / "zensical.toml").read_text()
    pages = {"rules": ["rules/index.md", *(f"rules/{rule['name']}.md" for rule in rules)],
             "editors": ["editors/index.md", *(f"editors/{name}.md" for name in names)]}
    for marker, listed in pages.items():
        text = text.replace(f"    # {marker}\n", "".join(f'    "{name}",\n' for name in listed))
    unlisted = [page for page in (OUT / "src").rglob("*.md") if f'"{page.relative_to(OUT / "src").as_posix()}"' not in text]
    if unlisted:
        sys.exit(f"not in the table of contents of docs/zensical.toml: {unlisted}")
    (OUT / "zensical.toml").write_text(text)


main()
