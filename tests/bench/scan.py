"""How long a scan of many files takes: `undebug check` beside ripgrep counting `debug` and `ruff check --select S201`.

    python tests/bench/scan.py [FOLDER] [--rounds 5] [--undebug target/release/undebug] [--ruff target/venv/bin/ruff] [--write]

Without a folder, packages are installed below target/corpus first. The programs run in turn, without a cache, and once
unmeasured, so that the files are in memory for all of them. Printed and written to target/bench/scan.md: the median of
the wall times, of the processor times (which a busy machine changes less) and the largest memory, with ratios. It
asserts nothing: the goal is twice ripgrep's wall time and a fifth of ruff's. `--write` also writes the table to
docs/figures/scan.md, which the documentation shows.
"""
import argparse
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PACKAGES = """ansible apache-airflow-core azure-mgmt-network bokeh celery dash django fastapi flask-admin flask-appbuilder google-cloud-aiplatform gradio homeassistant kubernetes locust matplotlib
mlflow numpy openai pandas plotly salt scipy scikit-learn sqlalchemy streamlit sympy transformers twisted wagtail""".split()


def corpus():
    """A folder of installed packages; those that cannot be installed are left out."""
    folder = ROOT / "target" / "corpus"
    for package in PACKAGES:
        if not (folder / f".{package}").exists():
            install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--upgrade", "--target", folder, package]
            if subprocess.run(install, timeout=600).returncode == 0:
                (folder / f".{package}").touch()
    return folder


def measure(command):
    """Wall time, processor time and the largest memory in MB of one run."""
    start = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, _, usage = os.wait4(process.pid, 0)
    process.returncode = 0
    return time.monotonic() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", nargs="?", type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--undebug", default=str(ROOT / "target/release/undebug"))
    parser.add_argument("--ruff", default=str(ROOT / "target/venv/bin/ruff"))
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--ripgrep", default=shutil.which("rg") or "rg")
    chosen = parser.parse_args()
    folder = chosen.folder or corpus()
    commands = {
        "ripgrep": [chosen.ripgrep, "--count", "--no-ignore", "--hidden", "--glob", "*.py", "debug", folder],
        "ruff": [chosen.ruff, "check", "--select", "S201", "--no-cache", "--isolated", "--quiet", folder],
        "undebug": [chosen.undebug, "check", "--exit-zero", "--output-format", "concise", folder],
    }
    times = {name: [] for name in commands}
    for turn in range(chosen.rounds + 1):
        for name, command in commands.items():
            result = measure(command)
            if turn > 0:
                times[name].append(result)
    middle = {name: [statistics.median(column) for column in zip(*rows)] for name, rows in times.items()}
    count = sum(1 for _ in folder.rglob("*.py"))
    lines = [f"{count:,} Python files of packages from PyPI, {os.cpu_count()} cores with a load of {os.getloadavg()[0]:.1f}, medians of "
             f"{chosen.rounds} rounds. ripgrep counts `debug`, ruff checks S201; none has a cache.\n"]
    lines += ["| program | wall s | processor s | memory MB | undebug's wall time is so many of it | and processor time |",
              "| --- | ---: | ---: | ---: | ---: | ---: |"]
    wall, processor, _ = middle["undebug"]
    for name, (own_wall, own_processor, memory) in middle.items():
        ratios = f"{wall / own_wall:.2f} | {processor / own_processor:.2f}"
        lines.append(f"| {name} | {own_wall:.2f} | {own_processor:.2f} | {memory:.0f} | {ratios} |")
    table = "\n".join(lines) + "\n"
    print(table)
    target = ROOT / "target" / "bench"
    target.mkdir(parents=True, exist_ok=True)
    (target / "scan.md").write_text(table)
    if chosen.write:
        figures = ROOT / "docs" / "figures"
        (figures / "scan.md").write_text(f"## A scan\n\n{table}")


if __name__ == "__main__":
    main()
