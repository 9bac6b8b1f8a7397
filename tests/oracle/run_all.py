"""Runs case folders under real Flask with only the serving step replaced, and says what debug was.

Not a judge: it knows nothing of findings. `judge.py` and `generate.py` compare.

    python run_all.py [SUBSTRING ...]      prints one JSON line a case; changes no file
"""
import json
import os
import pathlib
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

HERE = pathlib.Path(__file__).resolve().parent
CASES = HERE / "cases"
VENV = pathlib.Path(os.environ.get("ORACLE_VENV", HERE.parent.parent / "target" / "venv"))
# What the user's environment says: nothing, off, on.
ENVIRONMENTS = (("unset", None), ("0", "0"), ("1", "1"))
# What debug was with the variable unset, "0" and "1".
VERDICTS = {
    (True, True, True): "always_on",
    (True, False, True): "on_by_default_env_can_disable",
    (False, False, True): "opt_in_by_env",
    (False, False, False): "off",
    (True, True, False): "on_unless_env_1",
    (True, False, False): "on_only_when_unset",
    (False, True, True): "truthy_trap_on_when_env_set",
    (False, True, False): "inverted_on_when_0",
}


def load(case_file):
    """The description of a case, with its folder."""
    case = json.loads(case_file.read_text())
    case["folder"] = case_file.parent
    return case


def observe(case, folder, environments=ENVIRONMENTS):
    """What each environment gives for the files of `folder`, started as the case says."""
    deploy_env, command = deployment(folder, case.get("deploy"))
    command = command or shlex.split(case["entry"])
    return {name: launch(folder, case, command, value, deploy_env) for name, value in environments}


def verdict(seen):
    """One word for what three environments gave."""
    if not any(run["served"] for run in seen.values()):
        return "no_server_started"
    return VERDICTS[tuple(seen[name]["on"] for name, _ in ENVIRONMENTS)]


def launch(folder, case, command, value, extra):
    """Starts the program once in a scratch copy. `on` means that app.debug or a debugger was on where it served."""
    env = {
        "PATH": f"{VENV}/bin:/usr/bin:/bin",
        "PYTHONPATH": str(HERE),
        "LANG": "C.UTF-8",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONWARNINGS": "ignore",
        **extra,
        **case.get("env", {}),
    }
    # `docker run -e` and the like: what comes from outside is over what the deployment file sets.
    if value is not None:
        env[case.get("envvar", "FLASK_DEBUG")] = value
    with tempfile.TemporaryDirectory(prefix="oracle-") as scratch:
        work = pathlib.Path(scratch) / "w"
        shutil.copytree(folder, work)
        (work / "case.json").unlink(missing_ok=True)
        out = pathlib.Path(scratch) / "out.jsonl"
        env |= {"TRUTH_OUT": str(out), "HOME": scratch}
        code, errors = finish(command, work / case.get("cwd", "."), env)
        events = [json.loads(line) for line in out.read_text().splitlines()] if out.exists() else []
    run = {
        "served": bool(events),
        "on": any(event.get("app_debug") or event.get("debugger_on") for event in events),
        "code": code,
    }
    if code != 0:
        run["error"] = (errors.strip().splitlines() or [""])[-1][:300]
    return run


def finish(command, folder, env):
    """Runs a program to its end, or for a minute: its exit code and stderr. What it started ends with it."""
    # A group of its own: a program can leave workers behind.
    program = subprocess.Popen(
        command, cwd=folder, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        text=True, start_new_session=True,
    )
    try:
        _, errors = program.communicate(timeout=60)
        return program.returncode, errors
    except subprocess.TimeoutExpired:
        return "timeout", ""
    finally:
        try:
            os.killpg(program.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        program.wait()


def deployment(folder, kind):
    """Environment and command of a deployment file: small readers, enough for the cases."""
    if kind == "Dockerfile":
        return dockerfile((folder / "Dockerfile").read_text())
    if kind == "compose":
        return compose(folder)
    if kind == "Procfile":
        line = (folder / "Procfile").read_text().splitlines()[0]
        return {}, ["sh", "-c", line.partition(":")[2].strip()]
    return {}, None


def dockerfile(text):
    env, command = {}, None
    for line in text.replace("\\\n", " ").splitlines():
        keyword, _, rest = line.strip().partition(" ")
        rest = rest.strip()
        if keyword.upper() == "ENV":
            if "=" in rest.split()[0]:
                env.update(word.partition("=")[::2] for word in shlex.split(rest))
            else:
                name, _, value = rest.partition(" ")
                env[name] = value.strip()
        if keyword.upper() == "CMD":
            command = json.loads(rest) if rest.startswith("[") else ["sh", "-c", rest]
    return env, command


def compose(folder):
    import yaml

    service = yaml.safe_load((folder / "docker-compose.yml").read_text())["services"]["web"]
    env = service.get("environment", {})
    if isinstance(env, list):
        env = dict(entry.partition("=")[::2] for entry in env)
    env = {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in env.items()}
    files = service.get("env_file", [])
    for name in [files] if isinstance(files, str) else files:
        for line in (folder / name).read_text().splitlines():
            if "=" in line and not line.startswith("#"):
                key, _, value = line.partition("=")
                env.setdefault(key, value)
    command = service["command"]
    return env, command if isinstance(command, list) else shlex.split(command)


def main():
    wanted = sys.argv[1:]
    cases = [load(file) for file in sorted(CASES.glob("*/*/case.json"))]
    cases = [case for case in cases if not case.get("venv")]
    cases = [case for case in cases if not wanted or any(word in case["id"] for word in wanted)]
    with ThreadPoolExecutor(2) as pool:
        for case, seen in zip(cases, pool.map(lambda case: observe(case, case["folder"]), cases)):
            print(json.dumps({"id": case["id"], "verdict": verdict(seen), "observed": seen}), flush=True)


if __name__ == "__main__":
    main()
