"""The hooks and templates as services run them: the real pre-commit, the GitHub Action's script, the GitLab job's script;
completions and manual pages as shells and man read them.

What is not installed here (zsh, fish, man) is skipped by name, and counted as an error under CI=true.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys

import yaml

from common import APP, GIT, QUIET, ROOT, UNDEBUG, repository, run, tree, undebug

TOOLS = pathlib.Path(sys.executable).parent


def environment(folder, **more):
    """The binary on the path, and a home of its own."""
    home = folder / ".home"
    home.mkdir(exist_ok=True)
    path = f"{pathlib.Path(UNDEBUG).resolve().parent}{os.pathsep}{TOOLS}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "HOME": str(home), "PRE_COMMIT_HOME": str(home / "pre-commit"), **more}


def shell(script, folder, **more):
    options = {"capture_output": True, "text": True, "timeout": 120}
    return subprocess.run(["bash", "-eo", "pipefail", "-c", script], cwd=folder, env=environment(folder, **more), **options)


def present(tool):
    if shutil.which(tool):
        return True
    assert os.environ.get("CI") != "true", f"{tool} is not installed"
    print(f"skipped: {tool} is not installed")
    return False


def the_real_pre_commit_runs_both_hooks(folder):
    hooks = folder / "hooks"
    repository(hooks, {".pre-commit-hooks.yaml": (ROOT / ".pre-commit-hooks.yaml").read_text()})
    revision = subprocess.run([*GIT, "rev-parse", "HEAD"], cwd=hooks, capture_output=True, text=True, check=True).stdout.strip()
    sample = folder / "sample"
    config = {"repos": [{"repo": str(hooks), "rev": revision, "hooks": [{"id": "undebug"}]}]}
    repository(sample, {"app.py": QUIET, ".pre-commit-config.yaml": yaml.safe_dump(config)})
    pre_commit = f"'{sys.executable}' -m pre_commit"
    ran = shell(f"{pre_commit} run --all-files", sample)
    assert ran.returncode == 0 and "Passed" in ran.stdout, ran
    # As a commit hook, on a change.
    assert shell(f"{pre_commit} install", sample).returncode == 0
    tree(sample, {"app.py": APP})
    commit = "git -c user.name=Test -c user.email=test@example.com commit --quiet --all --message change"
    ran = shell(commit, sample)
    assert ran.returncode != 0 and "app.py:6:13: warning[app-run-debug]" in ran.stdout + ran.stderr, ran
    # A settings file that nobody touched does not run it; one that a program loads does.
    loads = "from flask import Flask\nimport settings\napp = Flask(__name__)\napp.config.from_object(settings)\napp.run()\n"
    tree(sample, {"app.py": loads, "settings.py": "DEBUG = False\n"})
    assert shell("git add --all; " + commit, sample).returncode == 0
    tree(sample, {"settings.py": "DEBUG = True\n"})
    ran = shell(commit, sample)
    assert ran.returncode != 0 and "settings.py:1:1: warning[config-debug]" in ran.stdout + ran.stderr, ran
    # The other hook fixes, and fails because it changed something.
    config["repos"][0]["hooks"] = [{"id": "undebug-fix"}]
    tree(sample, {".pre-commit-config.yaml": yaml.safe_dump(config)})
    ran = shell(f"git add --all; {pre_commit} run", sample)
    assert ran.returncode != 0 and "files were modified by this hook" in ran.stdout, ran
    assert "os.environ.get" in (sample / "settings.py").read_text()
    assert shell(f"git add --all; {pre_commit} run", sample).returncode == 0


def schemas_accept_the_templates(_):
    check = [sys.executable, "-m", "check_jsonschema", "--builtin-schema"]
    for schema, path in (("vendor.github-actions", "action.yml"), ("vendor.gitlab-ci", "templates/undebug.gitlab-ci.yml")):
        ran = subprocess.run([*check, schema, ROOT / path], capture_output=True, text=True)
        assert ran.returncode == 0, ran.stdout
    manifest = ROOT / ".pre-commit-hooks.yaml"
    ran = subprocess.run([sys.executable, "-m", "pre_commit", "validate-manifest", manifest], capture_output=True, text=True)
    assert ran.returncode == 0, ran


def the_action_annotates_reports_and_fails(folder):
    action = yaml.safe_load((ROOT / "action.yml").read_text())
    (step,) = [step for step in action["runs"]["steps"] if step.get("id") == "check"]
    inputs = {name: str(field["default"]) for name, field in action["inputs"].items()}
    sample = folder / "sample"
    repository(sample, {"app.py": APP, "b.py": APP})

    def act(**chosen):
        given = {**inputs, **chosen}
        values = {key: given[text.removeprefix("${{ inputs.").removesuffix(" }}")] for key, text in step["env"].items()}
        outputs = folder / "outputs"
        outputs.write_text("")
        ran = shell(step["run"], sample, GITHUB_OUTPUT=str(outputs), **values)
        return ran, dict(line.split("=", 1) for line in outputs.read_text().splitlines())

    ran, outputs = act()
    assert ran.returncode == 1 and ran.stdout.count("::warning file=") == 2, ran
    assert outputs == {"sarif": "undebug.sarif", "found": "true"}, outputs
    assert len(json.loads((sample / "undebug.sarif").read_text())["runs"][0]["results"]) == 2
    ran, outputs = act(fail="false", sarif="", arguments="--ignore config-debug", paths="app.py")
    assert ran.returncode == 0 and ran.stdout.count("::warning") == 1 and outputs == {"found": "true"}, (ran, outputs)
    ran, outputs = act(arguments="--diff-base HEAD")
    assert ran.returncode == 0 and outputs["found"] == "false", (ran, outputs)
    ran, outputs = act(fail="false", paths="gone.py")
    assert ran.returncode == 2, ran


def the_gitlab_job_writes_its_reports(folder):
    job = yaml.safe_load((ROOT / "templates/undebug.gitlab-ci.yml").read_text())["undebug"]
    variables = {**job["variables"], "UNDEBUG_INSTALL": ""}
    repository(folder / "sample", {"app.py": APP})
    ran = shell("\n".join(job["script"]), folder / "sample", **variables)
    assert ran.returncode == 1 and "app.py:6:13" in ran.stdout, ran
    for report in job["artifacts"]["reports"].values():
        assert (folder / "sample" / report).stat().st_size > 0, report
    (row,) = json.loads((folder / "sample" / "gl-code-quality-report.json").read_text())
    assert row["location"]["path"] == "app.py"


def shells_accept_the_completions(folder):
    for name, check in (("bash", ["bash", "-n"]), ("zsh", ["zsh", "-n"]), ("fish", ["fish", "--no-execute"])):
        script = folder / f"undebug.{name}"
        script.write_text(undebug(folder, "completions", name).stdout)
        if present(name):
            ran = subprocess.run([*check, script], capture_output=True, text=True)
            assert ran.returncode == 0 and not ran.stderr, ran
    # What bash offers after these words.
    ask = """
source undebug.bash
COMP_WORDS=(undebug check --output-format ""); COMP_CWORD=3; _undebug undebug "" --output-format; echo "${COMPREPLY[@]}"
COMP_WORDS=(undebug ch); COMP_CWORD=1; _undebug undebug ch undebug; echo "${COMPREPLY[@]}"
"""
    ran = shell(ask, folder)
    formats, commands = ran.stdout.splitlines()
    assert "sarif" in formats.split() and "junit" in formats.split(), ran
    assert commands.split() == ["check"], ran


def man_reads_the_manual_pages(folder):
    assert undebug(folder, "man", "nothing").returncode == 2
    pages = {"": "undebug", "check": "undebug-check", "fix": "undebug-fix", "baseline": "undebug-baseline"}
    for command, title in pages.items():
        page = undebug(folder, "man", *([command] if command else [])).stdout
        path = folder / f"{title}.1"
        path.write_text(page)
        assert page.lstrip().startswith((".ie", ".TH")), page[:80]
        if present("man"):
            ran = subprocess.run(["man", "--warnings", "-l", path], capture_output=True, text=True, env=environment(folder, MANPAGER="cat"))
            assert ran.returncode == 0 and not ran.stderr and title.upper() in ran.stdout.upper(), ran
            assert "OPTIONS" in ran.stdout, ran.stdout


if __name__ == "__main__":
    run(
        "services",
        [
            the_real_pre_commit_runs_both_hooks,
            schemas_accept_the_templates,
            the_action_annotates_reports_and_fails,
            the_gitlab_job_writes_its_reports,
            shells_accept_the_completions,
            man_reads_the_manual_pages,
        ],
    )
