//! Fixes of many findings, asked for together: they are those of each finding alone, and take less time.

use undebug_tests::engine::project;
use undebug_tests::fixture::cases;

#[test]
fn fixes_that_are_asked_for_together_are_those_of_each_finding() {
    for case in cases() {
        let project = project(&case.files);
        let findings = project.all_findings();
        let each: Vec<_> = findings.iter().map(|finding| project.fixes(finding)).collect();
        assert_eq!(project.fixes_of(&findings), each, "{}", case.name);
    }
}

/// Files with many findings, of several kinds one after the other, some with fixes that do not hold.
#[test]
fn fixes_of_many_findings_are_those_of_each() {
    let many = |part: &dyn Fn(usize) -> String| (0..12).map(part).collect::<String>();
    let script = "export FLASK_DEBUG=1\nexport WERKZEUG_DEBUG_PIN=off\n";
    let service = "image: x\n    command: >\n      flask run\n      --debug\n    environment:\n      - FLASK_DEBUG=1\n";
    let texts = [
        (
            "run.sh",
            format!("{script}{}", many(&|at| format!("FLASK_DEBUG=1 flask --app a{at} run --debug \\\n  -p {at}\n"))),
        ),
        ("compose.yml", format!("services:\n{}", many(&|at| format!("  s{at}:\n    {service}")))),
        ("Makefile", many(&|at| format!("t{at}: export FLASK_DEBUG = 1\nt{at}:\n\tflask run --debug\n"))),
        (
            "app.py",
            format!(
                "from flask import Flask\n{}",
                many(&|at| { format!("a{at} = Flask('a')\na{at}.debug = True\nif a{at}: a{at}.run(debug=True)\n") })
            ),
        ),
    ];
    for (name, text) in texts {
        let project = project(&[(name.to_owned(), text)].into());
        let findings = project.all_findings();
        assert!(findings.len() >= 12, "{name}: {findings:?}");
        let each: Vec<_> = findings.iter().map(|finding| project.fixes(finding)).collect();
        assert_eq!(project.fixes_of(&findings), each, "{name}");
    }
}
