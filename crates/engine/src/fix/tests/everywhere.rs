//! Fixes for every node of a few programs, whatever it is: none panics, none breaks the text.

use proptest::prelude::*;

use super::super::FixKind;
use super::super::python::Sink;
use super::{Document, Language, fixes, tabbed};

const SINKS: [Sink; 5] = [Sink::Debug, Sink::Debugger, Sink::EnvWrite, Sink::Wrapper, Sink::PinOff];

const PROGRAMS: [&str; 3] = [
    r#"#!/usr/bin/env python3
"""A program."""; import sys
from flask import Flask as F, (x
app = F(__name__)
@app.route("/", methods=["GET"], **{"debug": True})
def index(os, *rest, debug: bool = True, **options):
    """Documents it."""
    app.testing = app.debug = (yield)  # both
    return {"DEBUG": True, **options}, [True for os in rest if (d := not True)]
class Config(Base, debug=True): DEBUG = True
for a, b in [(True, 1)]: app.debug, c = True, False; app.run(host, 80, True, *rest)
else:
    del app.debug
"#,
    r#"import os
async def main():
    async with app.run(debug=True, host=f"{x!r:>{True}}" 'b') as (server, os):
        await (lambda debug=True: debug)(True)
    match app:
        case {"debug": True, **rest} | [True, *_] if app.debug is True:
            app.wsgi_app = DebuggedApplication(app.wsgi_app, evalex=True)
        case Flask(debug=True) as os:
            os.environ.setdefault("FLASK_DEBUG", "1")
    try:
        app.config |= {"DEBUG": True}; app.config["DEBUG"]: bool = True
    except* OSError as e:
        setattr(app, "debug", True); raise e from True
    while True:
        assert app.debug, """
        """; global debug; debug = \
            True
        print(*args, sep="" if True else "x", **{**a, "debug": True})
        type X[T: True] = list[True]
        x[True:True, True] = -True + True ** True @ True
"#,
    r#"app.run(
    # first
    host="0.0.0.0",  # everywhere
    port=80, debug=True, \
    use_debugger=(
        True  # for now
    )
    , **{"a": True  # a
    , "b": True}, c=[True
    ,])
if x: pass; app.debug = True;
elif y: app.debug = True
sys.argv = ["flask", "--debug",]
x = (True,); y = True, ; z = {True}
print "debug", True
exec "True" in True
"#,
];

#[test]
fn every_node_of_a_program() {
    let mut offered = 0;
    for program in PROGRAMS {
        for text in [program.to_owned(), format!("\u{feff}{}", tabbed(program).replace('\n', "\r\n"))] {
            let document = Document::new(Language::Python, &text);
            let mut pending = vec![document.tree().unwrap().root_node()];
            while let Some(node) = pending.pop() {
                pending.extend(node.named_children(&mut node.walk()));
                for sink in SINKS {
                    // The checks are those of `fixes`.
                    offered += fixes(&text, node.byte_range(), sink, true, FixKind::Remove).len();
                }
            }
        }
    }
    assert!(offered > 5_000, "{offered}");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_range_of_a_broken_program(program in 0..PROGRAMS.len(), cut in any::<prop::sample::Index>(),
        gone in 0..40_usize, start in any::<prop::sample::Index>(), length in 0..60_usize, sink in 0..SINKS.len()) {
        let mut text = PROGRAMS[program].to_owned();
        let at = cut.index(text.len());
        text.replace_range(at..text.len().min(at + gone), "");
        let start = start.index(text.len());
        fixes(&text, start..start + length, SINKS[sink], true, FixKind::Environment);
    }
}
