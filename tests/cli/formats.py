"""Reports as the services read them: SARIF against its schema, GitHub annotations, GitLab code quality, JUnit, JSON;
the settings' schema against settings.

    python tests/cli/formats.py SARIF_SCHEMA

What is found is tested elsewhere.
"""

import json
import pathlib
import re
import subprocess
import sys
import tomllib
import xml.etree.ElementTree

import jsonschema
import junitparser

from common import APP, CONFIG, QUIET, ROOT, repository, run, tree, undebug

SARIF = json.loads(pathlib.Path(sys.argv[1]).read_text())
SAMPLE = {"app.py": APP, "shop/main.py": CONFIG, "shop/settings.py": "DEBUG = True\n", "quiet.py": QUIET, "odd dir/ä,b:c%.py": APP}


def sarif(folder, *arguments):
    ran = undebug(folder, "check", "--output-format", "sarif", *arguments)
    assert ran.returncode in (0, 1), ran
    report = json.loads(ran.stdout)
    errors = [error.message for error in jsonschema.Draft4Validator(SARIF).iter_errors(report)]
    assert not errors, errors[:5]
    return report


def results(report):
    return [result for run in report["runs"] for result in run["results"]]


def the_fixtures_give_a_valid_sarif_report(_):
    report = sarif(ROOT / "tests" / "fixtures")
    (only,) = report["runs"]
    assert len(only["results"]) > 100
    rules = only["tool"]["driver"]["rules"]
    for result in only["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        for taxon in result["taxa"]:
            assert only["taxonomies"][0]["taxa"][taxon["index"]]["id"] == taxon["id"], taxon
    for rule in rules:
        assert rule["help"]["markdown"] and rule["help"]["text"] and rule["helpUri"], rule["id"]
        tags = rule["properties"]["tags"]
        if "security" in tags:
            assert 0 < float(rule["properties"]["security-severity"]) <= 10, rule["id"]
            assert "external/cwe/cwe-489" in tags and rule["relationships"], rule["id"]


def a_clean_tree_gives_a_valid_report_without_results(folder):
    tree(folder, {"quiet.py": QUIET})
    assert results(sarif(folder)) == []


def places_fixes_and_related_places_are_right(folder):
    repository(folder, SAMPLE)
    report = sarif(folder)
    by_path = {result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]: result for result in results(report)}
    assert set(by_path) == {"app.py", "shop/settings.py", "odd%20dir/%C3%A4%2Cb%3Ac%25.py"}, by_path.keys()
    config = by_path["shop/settings.py"]
    assert config["level"] == "error" and config["relatedLocations"], config
    related = {place["physicalLocation"]["artifactLocation"]["uri"] for place in config["relatedLocations"]}
    assert related == {"shop/main.py"}, related
    for result in by_path.values():
        # The first fix, applied by its columns in characters, leaves a program without a finding of that kind.
        path = result["locations"][0]["physicalLocation"]["artifactLocation"]
        assert path["uriBaseId"] == "%SRCROOT%" and result["fixes"], result
    change = by_path["app.py"]["fixes"][0]["artifactChanges"][0]
    text = (folder / "app.py").read_text()
    for replacement in sorted(change["replacements"], key=lambda r: r["deletedRegion"]["startLine"], reverse=True):
        region = replacement["deletedRegion"]
        start, end = (offset(text, region[f"{side}Line"], region[f"{side}Column"]) for side in ("start", "end"))
        text = text[:start] + replacement["insertedContent"]["text"] + text[end:]
    undebug(folder, "fix", "app.py")
    assert (folder / "app.py").read_text() == text


def offset(text, line, column):
    return sum(len(part) for part in text.splitlines(keepends=True)[: line - 1]) + column - 1


def fingerprints_survive_moved_lines_and_tell_twins_apart(folder):
    twice = APP + "    app.run(debug=True)\n"
    repository(folder, {"app.py": twice, "other.py": APP})
    before = [result["partialFingerprints"]["undebug/v1"] for result in results(sarif(folder))]
    assert len(set(before)) == 3, before
    tree(folder, {"app.py": "# one\n# two\n\n" + twice})
    assert [result["partialFingerprints"]["undebug/v1"] for result in results(sarif(folder))] == before
    # From a folder inside, the paths and the fingerprints are still the repository's.
    (folder / "inner").mkdir()
    report = sarif(folder / "inner", "..")
    assert [result["partialFingerprints"]["undebug/v1"] for result in results(report)] == before
    assert results(report)[0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "app.py"


def a_folder_of_repositories_gives_a_run_each(folder):
    for name in ("one", "two", "group/three"):
        repository(folder / name, {"app.py": APP if name != "two" else QUIET})
    remote = ["git", "remote", "add", "origin", "https://me:secret@example.com/one.git"]
    subprocess.run(remote, cwd=folder / "one", check=True)
    report = sarif(folder)
    assert "secret" not in json.dumps(report)
    categories = [run["automationDetails"]["id"] for run in report["runs"]]
    assert categories == ["undebug/group/three/", "undebug/one/", "undebug/two/"], categories
    assert [len(run["results"]) for run in report["runs"]] == [1, 1, 0]
    for run in report["runs"]:
        for result in run["results"]:
            assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "app.py"
    (source,) = report["runs"][1]["versionControlProvenance"]
    assert source["repositoryUri"] == "https://example.com/one.git" and len(source["revisionId"]) == 40, source


def annotations_are_read_as_the_runner_reads_them(folder):
    repository(folder, SAMPLE)
    lines = undebug(folder, "check", "--output-format", "github").stdout.splitlines()
    assert len(lines) == 3, lines
    found = []
    for line in lines:
        command, _, message = line.removeprefix("::").partition("::")
        level, _, properties = command.partition(" ")
        assert level in ("error", "warning", "notice") and message, line
        pairs = dict(pair.split("=", 1) for pair in properties.split(","))
        assert set(pairs) == {"file", "line", "col", "endLine", "endColumn", "title"}, line
        found.append((unescape(pairs["file"]), int(pairs["line"]), int(pairs["col"])))
    assert ("odd dir/ä,b:c%.py", 6, 13) in found and ("app.py", 6, 13) in found, found


def unescape(text):
    for code, character in (("%3A", ":"), ("%2C", ","), ("%0D", "\r"), ("%0A", "\n"), ("%25", "%")):
        text = text.replace(code, character)
    return text


def code_quality_has_what_gitlab_asks_for(folder):
    repository(folder, SAMPLE)
    rows = json.loads(undebug(folder, "check", "--output-format", "gitlab").stdout)
    assert len(rows) == 3 and len({row["fingerprint"] for row in rows}) == 3
    for row in rows:
        assert row["severity"] in ("info", "minor", "major", "critical", "blocker"), row
        assert row["description"] and row["check_name"] and isinstance(row["location"]["lines"]["begin"], int), row
        assert (folder / row["location"]["path"]).is_file(), row
    tree(folder / "clean", {"quiet.py": QUIET})
    assert json.loads(undebug(folder, "check", "--output-format", "gitlab", "clean").stdout) == []


def junit_is_read_by_a_parser(folder):
    tree(folder, SAMPLE)
    undebug(folder, "check", "--output-format", "junit", "--output-file", "report.xml")
    report = junitparser.JUnitXml.fromfile(str(folder / "report.xml"))
    cases = [case for suite in report for case in suite]
    assert len(cases) == 3 and all(len(case.result) == 1 for case in cases)
    assert report.failures == 3 and report.tests == 3
    names = {case.classname for case in cases}
    assert names == {"app.py", "odd dir/ä,b:c%.py", "shop/settings.py"}, names
    text = undebug(folder, "check", "--output-format", "junit", "quiet.py").stdout
    root = xml.etree.ElementTree.fromstring(text)
    assert root.get("failures") == "0" and len(root.findall(".//testcase")) == 1


def json_keeps_its_contract(folder):
    tree(folder, SAMPLE)
    report = json.loads(undebug(folder, "check", "--output-format", "json").stdout)
    assert report["version"] == 1 and report["files_checked"] == 5
    lines = undebug(folder, "check", "--output-format", "jsonl").stdout.splitlines()
    assert [json.loads(line) for line in lines] == report["findings"]
    keys = "path rule severity confidence when console message start end related fixes cwe cvss".split()
    for finding in report["findings"]:
        assert set(keys) == set(finding), set(keys) ^ set(finding)
        assert re.fullmatch(r"CVSS:4\.0(/[A-Z]+:[A-Z])+", finding["cvss"]["vector"]), finding["cvss"]
        assert finding["severity"] in ("information", "warning", "error"), finding
        assert finding["confidence"] in ("low", "medium", "high") and finding["when"] in ("always", "by-default", "when-set")
        assert sum(fix["preferred"] for fix in finding["fixes"]) <= 1


def a_report_in_a_file_is_the_one_on_the_screen(folder):
    tree(folder, SAMPLE)
    for form in ("full", "concise", "json", "jsonl", "sarif", "github", "gitlab", "junit"):
        shown = undebug(folder, "check", "--output-format", form)
        written = undebug(folder, "check", "--output-format", form, "--output-file", "report.out")
        assert written.returncode == shown.returncode == 1 and written.stdout == "", written
        assert (folder / "report.out").read_text() == shown.stdout, form
    ran = undebug(folder, "check", "--output-file", "no/such/folder/report")
    assert ran.returncode == 2 and "not written" in ran.stderr, ran


def the_schema_of_settings_agrees_with_the_reader(folder):
    schema = json.loads((ROOT / "schema" / "undebug.schema.json").read_text())
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(schema)
    good = [
        'variable = "SHOP_DEBUG"\npreferred-fix = "off"\nexclude = ["old"]\nworkspace = false\n[rules]\nconfig-debug = "error"\n',
        '[[overrides]]\nfiles = ["tests"]\nrules = { config-debug = "off" }\npreferred-fix = "remove"\nvariable = "X"\n',
        "",
    ]
    bad = [
        "colour = 1\n",
        'variable = "1x"\n',
        'exclude = "old"\n',
        '[rules]\nconfig-debug = "loud"\n',
        '[rules]\nno-such-rule = "off"\n',
        '[[overrides]]\nrules = { config-debug = "off" }\n',
        '[[overrides]]\nfiles = ["a"]\nexclude = ["b"]\n',
        'preferred-fix = "suppress"\n',
    ]
    for text, is_good in [(text, True) for text in good] + [(text, False) for text in bad]:
        tree(folder, {"undebug.toml": text, "quiet.py": QUIET})
        told = undebug(folder, "check", "quiet.py").stderr
        assert (told == "") == is_good, (text, told)
        assert validator.is_valid(tomllib.loads(text)) == is_good, text


if __name__ == "__main__":
    run(
        "formats",
        [
            the_fixtures_give_a_valid_sarif_report,
            a_clean_tree_gives_a_valid_report_without_results,
            places_fixes_and_related_places_are_right,
            fingerprints_survive_moved_lines_and_tell_twins_apart,
            a_folder_of_repositories_gives_a_run_each,
            annotations_are_read_as_the_runner_reads_them,
            code_quality_has_what_gitlab_asks_for,
            junit_is_read_by_a_parser,
            json_keeps_its_contract,
            a_report_in_a_file_is_the_one_on_the_screen,
            the_schema_of_settings_agrees_with_the_reader,
        ],
    )
