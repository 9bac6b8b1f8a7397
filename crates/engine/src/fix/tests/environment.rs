//! The lookup that replaces a constant, and the import that it needs.

use super::super::FixKind;
use super::super::python::Sink;
use super::{apply, check_table, fixes, marked, read};

#[test]
fn the_environment_is_read_with_what_is_imported() {
    check_table(&table(), 40);
}

#[test]
fn a_second_lookup_needs_no_second_import() {
    let mut seen = 0;
    for case in read(&table()).iter().filter(|case| case.kind == FixKind::Environment) {
        let Some(after) = &case.after else { continue };
        let text = format!("{after}app.run(debug=True)\n");
        let start = text.rfind("debug=True").unwrap();
        let fixes = fixes(&text, start..start + 10, Sink::Debug, true, FixKind::Environment);
        let again = apply(&text, &fixes[0].edits).unwrap();
        let imports = |text: &str| text.matches("import os").count();
        // Where the module's `os` is something else, the first fix gave it another name for all of the module.
        if after.contains("os.environ.get") && !after.contains("    import os") {
            assert_eq!(imports(&again), imports(after), "{}", case.title);
            seen += 1;
        }
    }
    assert!(seen >= 30, "{seen}");
}

#[test]
fn the_lookup_itself_is_left_alone() {
    let (text, range) = marked(
        "import os\napp.run(«debug=os.environ.get(\"FLASK_DEBUG\", \"\").lower() in (\"1\", \"true\", \"yes\", \"on\")»)\n",
    );
    let fixes = fixes(&text, range, Sink::Debug, true, FixKind::Environment);
    assert!(fixes.iter().all(|fix| fix.kind != FixKind::Environment));
}

#[test]
fn the_preferred_kind_comes_first_where_it_is_offered() {
    let (text, range) = marked("def main(«debug=True»):\n    pass\n");
    let kinds = |preferred| -> Vec<(FixKind, bool)> {
        let fixes = fixes(&text, range.clone(), Sink::Debug, true, preferred);
        fixes.iter().map(|fix| (fix.kind, fix.preferred)).collect()
    };
    use FixKind::{Environment, Off, Remove, Suppress};
    assert_eq!(kinds(Off), [(Off, true), (Environment, false), (Suppress, false)]);
    assert_eq!(kinds(Remove), [(Environment, true), (Off, false), (Suppress, false)]);
    let (text, range) = marked("app.run(«*options»)\n");
    let fixes = fixes(&text, range, Sink::Debug, true, Environment);
    assert_eq!(fixes.iter().map(|fix| (fix.kind, fix.preferred)).collect::<Vec<_>>(), [(Suppress, false)]);
}

/// In the table `$` stands for the rest of a lookup, `$'` for one in single quotes.
fn table() -> String {
    let lookup = r#"("FLASK_DEBUG", "").lower() in ("1", "true", "yes", "on")"#;
    TABLE.replace("$'", &lookup.replace('"', "'")).replace('$', lookup)
}

const TABLE: &str = r##"
## environment debug: an import is there
import os
app.run(«debug=True»)
-->
import os
app.run(debug=os.environ.get$)

## environment debug: single quotes
import os
app = Flask('app', static_folder='static')
app.run(«debug=True»)
-->
import os
app = Flask('app', static_folder='static')
app.run(debug=os.environ.get$')

## environment debug: long strings and comments do not count
'''It's 'here'.'''
import os  # isn't it 'nice'
app = Flask("app")
app.run(«debug=True»)
-->
'''It's 'here'.'''
import os  # isn't it 'nice'
app = Flask("app")
app.run(debug=os.environ.get$)

## environment debug: an alias
import sys, os as system
app.run(«debug=True»)
-->
import sys, os as system
app.run(debug=system.environ.get$)

## environment debug: a submodule
import os.path
app.run(«debug=True»)
-->
import os.path
app.run(debug=os.environ.get$)

## environment debug: a submodule by another name
import os.path as osp
app.run(«debug=True»)
-->
import os
import os.path as osp
app.run(debug=os.environ.get$)

## environment debug: environ
from os import environ
app.run(«debug=True»)
-->
from os import environ
app.run(debug=environ.get$)

## environment debug: environ by another name
from os import (
    environ as env,
    path,
)
app.run(«debug=True»)
-->
from os import (
    environ as env,
    path,
)
app.run(debug=env.get$)

## environment debug: getenv
from os import getenv
app.run(«debug=True»)
-->
from os import getenv
app.run(debug=getenv$)

## environment debug: the module before its parts
from os import getenv, environ
import os
app.run(«debug=True»)
-->
from os import getenv, environ
import os
app.run(debug=os.environ.get$)

## environment debug: another module's name
from settings import environ
app.run(«debug=True»)
-->
import os
from settings import environ
app.run(debug=os.environ.get$)

## environment debug: before the first import
"""A program."""
from __future__ import annotations

# ours
from flask import Flask

app = Flask("app")
app.run(«debug=True»)
-->
"""A program."""
from __future__ import annotations

# ours
import os
from flask import Flask

app = Flask("app")
app.run(debug=os.environ.get$)

## environment debug: nothing but a docstring before
"""A program."""

app.run(«debug=True»)
-->
"""A program."""

import os

app.run(debug=os.environ.get$)

## environment debug: a docstring right before
"""A program.

Of two lines.
"""  # as it were
app.run(«debug=True»)
-->
"""A program.

Of two lines.
"""  # as it were

import os

app.run(debug=os.environ.get$)

## environment debug: a docstring on the line
"""A program."""; app.run(«debug=True»)
-->
"""A program."""; import os; app.run(debug=os.environ.get$)

## environment debug: a docstring on the line of another statement
"""A program."""; x = 1
app.run(«debug=True»)
-->
"""A program."""; import os; x = 1
app.run(debug=os.environ.get$)

## environment debug: a future import alone
from __future__ import annotations
app.run(«debug=True»)
-->
from __future__ import annotations

import os

app.run(debug=os.environ.get$)

## environment debug: a future import on the line of another
from __future__ import annotations; import sys
app.run(«debug=True»)
-->
from __future__ import annotations; import os; import sys
app.run(debug=os.environ.get$)

## environment debug: an import behind a semicolon
x = 1; import sys
app.run(«debug=True»)
-->
import os
x = 1; import sys
app.run(debug=os.environ.get$)

## environment debug: a string that documents nothing
x = 1
"""Not a docstring."""
app.run(«debug=True»)
-->
import os

x = 1
"""Not a docstring."""
app.run(debug=os.environ.get$)

## environment debug: an interpreter and an encoding
#!/usr/bin/env python3
# -*- coding: utf-8 -*-
app.run(«debug=True»)
-->
#!/usr/bin/env python3
# -*- coding: utf-8 -*-
import os

app.run(debug=os.environ.get$)

## environment debug: a comment on the first statement
#!/usr/bin/env python3

# It runs.
app.run(«debug=True»)
-->
#!/usr/bin/env python3

import os

# It runs.
app.run(debug=os.environ.get$)

## environment debug: an import that comes too late
app.run(«debug=True»)
import os
-->
import os

app.run(debug=os.environ.get$)
import os

## environment debug: another import that comes too late
app.run(«debug=True»)
import sys
-->
import os

app.run(debug=os.environ.get$)
import sys

## environment debug: an import in another function
import sys
def path():
    import os
    return os.getcwd()
app.run(«debug=True»)
-->
import os
import sys
def path():
    import os
    return os.getcwd()
app.run(debug=os.environ.get$)

## environment debug: an import in the same function
import sys
def main():
    import os
    if sys.argv:
        app.run(«debug=True»)
-->
import sys
def main():
    import os
    if sys.argv:
        app.run(debug=os.environ.get$)

## environment debug: an import later in the same function
import os
def main():
    app.run(«debug=True»)
    import os
-->
import os as _os
import os
def main():
    app.run(debug=_os.environ.get$)
    import os

## environment debug: an import for types
from typing import TYPE_CHECKING
if TYPE_CHECKING:
    import os
app.run(«debug=True»)
-->
import os
from typing import TYPE_CHECKING
if TYPE_CHECKING:
    import os
app.run(debug=os.environ.get$)

## environment debug: a name bound again later
import os
def main():
    app.run(«debug=True»)
os = "linux"
main()
-->
import os as _os
import os
def main():
    app.run(debug=_os.environ.get$)
os = "linux"
main()

## environment debug: a parameter of that name
import os
def main(os, _os):
    app.run(«debug=True»)
-->
import os as _os_
import os
def main(os, _os):
    app.run(debug=_os_.environ.get$)

## environment debug: a parameter of that name elsewhere
import os
def main(os):
    pass
app.run(«debug=True»)
-->
import os
def main(os):
    pass
app.run(debug=os.environ.get$)

## environment debug: a global of that name
import os
def main():
    global os
    os = None
app.run(«debug=True»)
-->
import os as _os
import os
def main():
    global os
    os = None
app.run(debug=_os.environ.get$)

## environment debug: bound by a loop, an alias, an exception
import os
for i, os in enumerate("ab"):
    pass
app.run(«debug=True»)
-->
import os as _os
import os
for i, os in enumerate("ab"):
    pass
app.run(debug=_os.environ.get$)

## environment debug: bound by with
import os
with open("os") as os:
    app.run(«debug=True»)
-->
import os as _os
import os
with open("os") as os:
    app.run(debug=_os.environ.get$)

## environment debug: bound by except
import os
try:
    app.run(«debug=True»)
except OSError as os:
    pass
-->
import os as _os
import os
try:
    app.run(debug=_os.environ.get$)
except OSError as os:
    pass

## environment debug: a pattern that binds it
import os
match system:
    case os:
        app.run(«debug=True»)
-->
import os as _os
import os
match system:
    case os:
        app.run(debug=_os.environ.get$)

## environment debug: deleted
import os
app.run(«debug=True»)
del os
-->
import os as _os
import os
app.run(debug=_os.environ.get$)
del os

## environment debug: a name in a class body
import os
class Config:
    os = "linux"
    «DEBUG = True»
-->
import os as _os
import os
class Config:
    os = "linux"
    DEBUG = _os.environ.get$

## environment debug: an import in a class body
class Config:
    import os
    «DEBUG = True»
-->
class Config:
    import os
    DEBUG = os.environ.get$

## environment debug: an import in a class body that a method does not see
import sys
class Main:
    from os import environ
    def run(self):
        app.run(«debug=True»)
-->
import os
import sys
class Main:
    from os import environ
    def run(self):
        app.run(debug=os.environ.get$)

## environment debug: attributes and keywords of that name
import os
system.os = call(os=1)
app.run(«debug=True»)
-->
import os
system.os = call(os=1)
app.run(debug=os.environ.get$)

## environment debug: an alias that is there already
import os as _os
os = "linux"
app.run(«debug=True»)
-->
import os as _os
os = "linux"
app.run(debug=_os.environ.get$)

## environment debug: inside a string
import os
print(f"{create_app(«debug=True»)}")
-->
import os
print(f"{create_app(debug=os.environ.get$')}")

## environment debug: inside strings of either quote
import os
print(f"{create_app(f'{create_app(«debug=True»)}')}")
--> none

## environment debug: what is returned
import os
def debug():
    «return True»
-->
import os
def debug():
    return os.environ.get$

## environment debug: what is returned in parentheses
import os
def debug():
    «return(True)»
-->
import os
def debug():
    return(os.environ.get$)

## environment debug: an operand that needs parentheses
import os
debug = not «True»
-->
import os
debug = not (os.environ.get$)

## environment debug: an operand
import os
debug = «"yes"»if dev else False
-->
import os
debug = os.environ.get$if dev else False

## environment debug: a default with a type
import os
def main(«debug: bool = True»):
    app.run(debug=debug)
-->
import os
def main(debug: bool = os.environ.get$):
    app.run(debug=debug)

## environment debug: a position
import os
app.run(None, 80, «1»)
-->
import os
app.run(None, 80, os.environ.get$)

## environment debug: a pair
import os
app.run(**{«"debug": True»})
-->
import os
app.run(**{"debug": os.environ.get$})

## environment debug: the sole pair among keywords
import os
CONFIG = dict(«DEBUG=bool(os.getenv("FLASK_DEBUG"))»)
-->
import os
CONFIG = dict(DEBUG=os.environ.get$)

## environment debug: a value over several lines
import os
app.run(
    debug=«os.environ.get(
        "FLASK_DEBUG",
        "1",
    )»,
)
-->
import os
app.run(
    debug=os.environ.get$,
)

## environment debug: comments in the value
import os
def main():
    app.run(
        debug=«os.environ.get(
            "FLASK_DEBUG",  # the variable
            "1",
        )»,
    )
-->
import os
def main():
    app.run(
        debug=(
            # the variable
            os.environ.get$
        ),
    )

## environment debug: a walrus
import os
if («d := True»):
    app.run(debug=d)
-->
import os
if (d := os.environ.get$):
    app.run(debug=d)

## environment debug: wide characters before it
import os
print("größe 😀"); app.run(«debug=True»)
-->
import os
print("größe 😀"); app.run(debug=os.environ.get$)
"##;
