//! Each case is a text in which the finding stands between `«` and `»`.

use super::*;

fn silent(language: Language, marked: &str, rule: &str) -> bool {
    let start = marked.find('«').expect("a start mark");
    let end = marked.find('»').expect("an end mark") - '«'.len_utf8();
    let text = marked.replace(['«', '»'], "");
    allowed(&Document::new(language, &text), rule, start..end)
}

/// For `app-run-debug` in Python.
fn python(marked: &str) -> bool {
    silent(Language::Python, marked, "app-run-debug")
}

fn beside(comment: &str) -> bool {
    python(&format!("app.run(«debug=True»)  {comment}\n"))
}

#[test]
fn own_comments_name_rules_exactly() {
    for comment in [
        "# undebug: allow app-run-debug",
        "#undebug:allow app-run-debug",
        "# undebug: allow config-debug, app-run-debug",
        "# undebug: allow config-debug,app-run-debug -- only a demo",
        "# undebug: allow app-run-debug (only a demo, really)",
        "# undebug: allow app-run-debug because it is a demo",
        "# type: ignore # undebug: allow app-run-debug # noqa: E501",
    ] {
        assert!(beside(comment), "{comment}");
    }
    for comment in [
        "",
        "# undebug: allow",
        "# undebug: allow config-debug",
        "# undebug: allow app-run",
        "# undebug: allow app-run-debugger",
        "# undebug: allow APP-RUN-DEBUG",
        "# undebug: allow -- app-run-debug",
        "# undebug: allow app-run-debug config-debug",
        "# undebug: allow all, app_run_debug",
        "# undebug: allowed app-run-debug",
        "# undebug: deny app-run-debug",
        "# undebug: allow-file app-run-debug",
        "# allow app-run-debug",
        "# not undebug: allow app-run-debug",
    ] {
        assert!(!beside(comment), "{comment}");
    }
}

#[test]
fn peers_are_read_as_they_read_themselves() {
    for comment in [
        "# noqa",
        "#NOQA",
        "# noqa: S201",
        "# NoQA:E501,S201",
        "# noqa : E501 S201",
        "# noqa: S2",
        "# pylint: disable=x # noqa: S201",
        "# nosec",
        "# nosec because it is a demo",
        "#nosec: B201",
        "# nosec B104, B201",
        "# nosec B104,B201 # noqa: E501",
        "# nosec flask_debug_true",
        "# nosemgrep",
        "# NOSEMGREP",
        "# nosem",
        "# fine here: nosemgrep",
        "# nosemgrep: python.flask.security.audit.debug-enabled.debug-enabled",
        "# nosemgrep: x.y, debug-enabled",
        "# NOSONAR",
        "# only local NOSONAR",
        "# NOSONAR(python:S4507)",
    ] {
        assert!(beside(comment), "{comment}");
    }
    for comment in [
        "# noqa: E501",
        "# noqa:",
        "# noqa: because S201",
        "# noqa: S2011",
        "# noqas",
        "# qa: S201",
        "# nosec B104",
        "# NOSEC",
        "# nosec hardcoded_bind_all_interfaces",
        "# nosecurity",
        "# nosemgrep: insecure-hash",
        "# nosemgrep: insecure-hash debug",
        "# nosemgreps",
        "# nosonar",
        "# NOSONAR(python:S1234)",
        "# see S201, B201",
    ] {
        assert!(!beside(comment), "{comment}");
    }
}

#[test]
fn a_peer_s_code_covers_only_the_rules_it_stands_for() {
    for (comment, everything) in [
        ("# noqa", true),
        ("# noqa: S201", false),
        ("# nosec", true),
        ("# nosec B201", false),
        ("# nosemgrep", true),
        ("# nosemgrep: debug-enabled", false),
        ("# NOSONAR", true),
        ("# NOSONAR(S4507)", false),
    ] {
        let text = format!("«app.config.from_object(x)»  {comment}\n");
        assert!(silent(Language::Python, &text, "config-debug"), "{comment}");
        assert_eq!(silent(Language::Python, &text, "debugger-pin-off"), everything, "{comment}");
    }
}

#[test]
fn a_comment_counts_on_the_lines_of_the_statement_s_ends_and_of_the_finding() {
    let allow = "# undebug: allow app-run-debug";
    assert!(python(&format!("app.run(  {allow}\n    «debug=True»,\n    port=1,\n)\n")));
    assert!(python(&format!("app.run(\n    «debug=True»,  {allow}\n    port=1,\n)\n")));
    assert!(python(&format!("app.run(\n    «debug=True»,\n    port=1,\n)  {allow}\n")));
    assert!(!python(&format!("app.run(\n    «debug=True»,\n    port=1,  {allow}\n)\n")));
    assert!(!python(&format!("app.run(«debug=True»)\nx = 1  {allow}\n")));
    assert!(!python(&format!("x = 1  {allow}\napp.run(«debug=True»)\n")));
    // A string that goes on over lines is one statement with what follows it.
    assert!(python(&format!("f(«'''a\nb'''», c)  {allow}\n")));
}

#[test]
fn a_comment_alone_counts_directly_above() {
    let allow = "# undebug: allow app-run-debug";
    assert!(python(&format!("if x:\n    {allow}\n    app.run(«debug=True»)\n")));
    assert!(python(&format!("{allow}\napp.run(\n    port=1,\n    «debug=True»,\n)\n")));
    assert!(python(&format!("app.run(\n    port=1,\n    {allow}\n    «debug=True»,\n)\n")));
    assert!(!python(&format!("app.run(\n    {allow}\n    port=1,\n    «debug=True»,\n)\n")));
    assert!(!python(&format!("{allow}\n\napp.run(«debug=True»)\n")));
    assert!(python("# nosemgrep\napp.run(«debug=True»)\n"));
    assert!(!python("# noqa\napp.run(«debug=True»)\n"));
    assert!(!python("# nosec\napp.run(«debug=True»)\n"));
    assert!(!python("# NOSONAR\napp.run(«debug=True»)\n"));
}

#[test]
fn a_head_is_told_from_its_body() {
    let allow = "# undebug: allow app-run-debug";
    assert!(python(&format!("def f(\n    «debug=True»,\n):  {allow}\n    pass\n")));
    assert!(!python(&format!("def f(«debug=True»):\n    pass\n    pass  {allow}\n")));
    assert!(!python(&format!("if f(«debug=True»):\n    pass\nelse:  {allow}\n    pass\n")));
    assert!(python(&format!("if x:\n    pass\nelif f(\n    «debug=True»\n):  {allow}\n    pass\n")));
    assert!(python(&format!("{allow}\n@cached\ndef f(«debug=True»):\n    pass\n")));
    assert!(python(&format!("@cached(«debug=True»)  {allow}\ndef f():\n    pass\n")));
    assert!(!python(&format!("@cached(«debug=True»)\ndef f():  {allow}\n    pass\n")));
    assert!(!python(&format!("class A:  {allow}\n    x = 1\n    «DEBUG = True»\n")));
    assert!(python(&format!("class A:\n    x = 1\n    «DEBUG = True»  {allow}\n")));
}

#[test]
fn a_comment_for_the_file_stands_alone() {
    let file = "# undebug: allow-file app-run-debug";
    assert!(python(&format!("#!/usr/bin/env python\n{file}\n\n\nx = 1\n\napp.run(«debug=True»)\n")));
    assert!(python(&format!("\u{feff}{file}\nx = 1\napp.run(«debug=True»)\n")));
    assert!(python(&format!("app.run(«debug=True»)\nx = 1\n\n{file}\n")));
    assert!(!python(&format!("x = 1  {file}\n\napp.run(«debug=True»)\n")));
    assert!(!python("# undebug: allow-file config-debug\n\napp.run(«debug=True»)\n"));
    assert!(!python("# undebug: allow app-run-debug\n\napp.run(«debug=True»)\n"));
    assert!(python("# ruff: noqa\n\napp.run(«debug=True»)\n"));
    assert!(python("# flake8: noqa: S201\n\napp.run(«debug=True»)\n"));
    assert!(!python("# ruff: noqa: E501\n\napp.run(«debug=True»)\n"));
}

#[test]
fn text_in_a_string_is_no_comment() {
    let allow = "# undebug: allow app-run-debug";
    assert!(!python(&format!("app.run('{allow}', «debug=True»)\n")));
    assert!(!python(&format!("x = '''\n{allow}\n'''; app.run(«debug=True»)\n")));
    assert!(!python("'''\n# undebug: allow-file app-run-debug\n'''\napp.run(«debug=True»)\n"));
    assert!(python(&format!("app.run('#', «debug=True»)  {allow}\n")));
}

#[test]
fn every_line_end_ends_a_comment() {
    for end in ["\n", "\r\n", "\r"] {
        let text = format!("x = 1{end}app.run(«debug=True»)  # undebug: allow app-run-debug{end}y = 2{end}");
        assert!(python(&text), "{end:?}");
        let text = format!("# undebug: allow app-run-debug{end}x = 1{end}app.run(«debug=True»){end}");
        assert!(!python(&text), "{end:?}");
    }
}

#[test]
fn configuration_is_read_by_its_lines() {
    let env = |language, text: &str| silent(language, text, "env-debug");
    assert!(env(Language::Dotenv, "# undebug: allow env-debug\n«FLASK_DEBUG=1»\n"));
    assert!(env(Language::Dotenv, "«FLASK_DEBUG=1» # undebug: allow env-debug\n"));
    assert!(!env(Language::Dotenv, "«FLASK_DEBUG=1»# undebug: allow env-debug\n"));
    assert!(!env(Language::Dotenv, "A=1 # undebug: allow env-debug\n«FLASK_DEBUG=1»\n"));
    assert!(env(Language::Dotenv, "# undebug: allow-file env-debug\nA=1\n«FLASK_DEBUG=1»\n"));
    assert!(env(Language::Yaml, "a: don't # it\n«FLASK_DEBUG: \"1\"» # nosemgrep\n"));
    assert!(!env(Language::Yaml, "«FLASK_DEBUG: \"1 # nosemgrep\"»\n"));
    assert!(env(Language::Dockerfile, "# undebug: allow env-debug\nENV A=1 \\\n  «FLASK_DEBUG=1» \\\n  B=2\n"));
    assert!(!env(Language::Dockerfile, "# undebug: allow env-debug\nENV A=1\nENV «FLASK_DEBUG=1»\n"));
    let with_comments = "# undebug: allow env-debug\nENV A=1 \\\n  # why\n\n  «FLASK_DEBUG=1» \\\n  # more\n  B=2\n";
    assert!(env(Language::Dockerfile, with_comments));
    assert!(!env(Language::Dockerfile, "# undebug: allow env-debug\nENV A=1\n# why\nENV «FLASK_DEBUG=1»\n"));
    assert!(env(Language::Shell, "«FLASK_DEBUG=1» \\\n  flask run # NOSONAR\n"));
    // Tools for Python do not read these files.
    assert!(!env(Language::Shell, "«FLASK_DEBUG=1» flask run # noqa\n"));
    assert!(!env(Language::Toml, "«FLASK_DEBUG = 1» # nosec\n"));
}

#[test]
fn json_has_no_comments() {
    assert!(!silent(
        Language::Json,
        "# undebug: allow-file config-debug\n{«\"DEBUG\": true»} # NOSONAR\n",
        "config-debug"
    ));
}

#[test]
fn broken_text_and_odd_ranges_do_no_harm() {
    let text = "app.run((((debug=True  # undebug: allow app-run-debug\nclass :\n\0";
    let document = Document::new(Language::Python, text);
    for start in 0..text.len() + 3 {
        for end in 0..text.len() + 3 {
            let range = Range { start, end };
            let first_line = start < 53 && (start..54).contains(&end);
            assert!(allowed(&document, "app-run-debug", range) || !first_line, "{start}..{end}");
        }
    }
}
