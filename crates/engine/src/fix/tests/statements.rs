//! Assignments and calls that are statements, and the blocks that they leave.

use super::check_table;

#[test]
fn statements_are_removed_split_and_guarded() {
    check_table(TABLE, 30);
}

const TABLE: &str = r#"
## remove debug: an assignment
app = Flask(__name__)
«app.debug = True»  # for now
app.run()
-->
app = Flask(__name__)
app.run()

## remove debug: an item
app = Flask(__name__)
«app.config["DEBUG"] = True»
app.run()
-->
app = Flask(__name__)
app.run()

## remove debug: over several lines
«app.config["DEBUG"] = (
    True
)»
app.run()
-->
app.run()

## remove debug: over joined lines
«app.debug = \
    True»
app.run()
-->
app.run()

## remove debug: before a semicolon
«app.debug = True»; app.run()
-->
app.run()

## remove debug: between semicolons
a = 1; «app.debug = True»; app.run()
-->
a = 1; app.run()

## remove debug: behind a semicolon
a = 1; «app.debug = True»  # for now
-->
a = 1  # for now

## remove debug: behind and before a semicolon
a = 1; «app.debug = True»;
-->
a = 1

## remove debug: a semicolon at its end
a = 1;
«app.debug = True»;
app.run()
-->
a = 1;
app.run()

## remove debug: all of a block
if dev:
    # on my machine
    «app.debug = True»  # for now
app.run()
-->
if dev:
    # on my machine
    pass  # for now
app.run()

## remove debug: all of a block on the line
if dev: «app.debug = True»
app.run()
-->
if dev: pass
app.run()

## remove debug: part of a block on the line
if dev: «app.debug = True»; app.testing = True
-->
if dev: app.testing = True

## remove debug: part of a block
def main():
    a = 1
    «app.debug = True»
-->
def main():
    a = 1

## remove debug: a class attribute among others
class Config:
    «DEBUG = True»
    TESTING = True
-->
class Config:
    TESTING = True

## remove debug: all of a class
class Config:
    «DEBUG = True»
--> none

## off debug: all of a class
class Config:
    «DEBUG: bool = True»  # for now
-->
class Config:
    DEBUG: bool = False  # for now

## remove debug: the tail of a chain
app.testing = «app.debug = True»
-->
app.testing = True

## remove debug: the head of a chain
«app.debug = app.testing = True»
-->
app.testing = True

## off debug: the tail of a chain
def main():
    app.testing = «app.debug = True»  # for now
-->
def main():
    app.testing = True
    app.debug = False  # for now

## off debug: the middle of a chain
a = «app.debug = b = True»
-->
a = b = True
app.debug = False

## off debug: a chain on the line of a block
if dev: app.testing = «app.debug = True»
-->
if dev: app.testing = True; app.debug = False

## off debug: a chain before a semicolon
app.testing = «app.debug = True»; app.run()
-->
app.testing = True; app.debug = False; app.run()

## environment debug: the tail of a chain
import os
app.testing = «app.debug = True»
-->
import os
app.testing = True
app.debug = os.environ.get("FLASK_DEBUG", "").lower() in ("1", "true", "yes", "on")

## off debug: one of several
app.debug, a = «True», 1
-->
app.debug, a = False, 1

## off debug: one target of several
«app.debug», a = True, 1
-->
app.debug, a = False, 1

## off debug: a walrus
if («d := True»):
    app.run(debug=d)
-->
if (d := False):
    app.run(debug=d)

## remove debug: a walrus
if («d := True»):
    app.run(debug=d)
--> none

## off debug: augmented
app.config |= {«"DEBUG": True»}
-->
app.config |= {"DEBUG": False}

## remove debug: setattr
«setattr(app, "debug", True)»
app.run()
-->
app.run()

## off debug: setattr
«setattr(app, "debug", (True))»
-->
setattr(app, "debug", (False))

## off debug: a call for its effect
«app.config.from_object(Development)»
--> none

## off debug: a default with a type
def main(host, «debug: bool = True», port=80):
    app.run(debug=debug)
-->
def main(host, debug: bool = False, port=80):
    app.run(debug=debug)

## off debug: what is returned
def debug():
    «return True»
-->
def debug():
    return False

## off debug: what is returned without a blank
def debug():
    «return"yes"»
-->
def debug():
    return False

## off debug: comments in the value
def main():
    app.debug = «(
        # for now
        True  # on my machine
    )»
-->
def main():
    app.debug = (
        # for now
        False  # on my machine
    )

## off debug: comments inside the value
def main():
    «app.debug = read(
        "debug",  # for now
    )»
-->
def main():
    app.debug = (
        # for now
        False
    )

## off debug: off already
«app.debug = False»
--> none

## remove env: an item
import os
«os.environ["FLASK_DEBUG"] = "1"»
-->
import os

## off env: an item
«os.environ['FLASK_DEBUG'] = '1'»
-->
os.environ['FLASK_DEBUG'] = '0'

## environment env: an item
«os.environ["FLASK_DEBUG"] = "1"»
--> none

## remove env: a default
def main():
    «os.environ.setdefault("FLASK_DEBUG", "1")»
-->
def main():
    pass

## off env: a default
«os.environ.setdefault("FLASK_DEBUG", "1")»
-->
os.environ.setdefault("FLASK_DEBUG", "0")

## off env: a value of unknown quotes
x = 'a'
«os.environ['FLASK_DEBUG'] = value»
-->
x = 'a'
os.environ['FLASK_DEBUG'] = '0'

## remove pin: an item
import os
«os.environ["WERKZEUG_DEBUG_PIN"] = "off"»
app.run()
-->
import os
app.run()

## off pin: an item
«os.environ["WERKZEUG_DEBUG_PIN"] = "off"»
--> none

## environment wrapper: a whole statement
def main():
    «app.wsgi_app = DebuggedApplication(app.wsgi_app, True)»  # for now
    app.run()
-->
def main():
    if app.debug:
        app.wsgi_app = DebuggedApplication(app.wsgi_app, True)  # for now
    app.run()

## environment wrapper: over several lines
if dev:
    «app.wsgi_app = DebuggedApplication(
        app.wsgi_app,

        evalex=True,
        pin_file="""
a
""",
    )»
-->
if dev:
    if app.debug:
        app.wsgi_app = DebuggedApplication(
            app.wsgi_app,

            evalex=True,
            pin_file="""
a
""",
        )

## environment wrapper: at top level, indented as the rest
def main():
  app.run()
«self.app.wsgi_app = DebuggedApplication(app.wsgi_app, True)»
-->
def main():
  app.run()
if self.app.debug:
  self.app.wsgi_app = DebuggedApplication(app.wsgi_app, True)

## environment wrapper: on a line with others
a = 1; «app.wsgi_app = DebuggedApplication(app.wsgi_app, True)»
-->
a = 1; app.wsgi_app = (DebuggedApplication(app.wsgi_app, True) if app.debug else app.wsgi_app)

## off wrapper: a whole statement
«app.wsgi_app = DebuggedApplication(app.wsgi_app, evalex=True)»
-->
app.wsgi_app = DebuggedApplication(app.wsgi_app, evalex=False)

## remove wrapper: around itself
«app.wsgi_app = DebuggedApplication(app.wsgi_app, evalex=True)»
app.run()
-->
app.run()

## remove wrapper: around another
«application = DebuggedApplication(app, evalex=True)»
--> none

## off debug: inside an error
app.run(«debug=True» ?)
--> none

## suppress debug: in a statement that lacks something
app.run(«debug=True»
--> none

## off debug: what is left of broken text
class C:
    app.run(host=
hosts[0], «debug=True»
)
--> none

## remove debug: what an error begins
if x = 1:
    «app.debug = True»
--> none

## off debug: beside an error
x = = 1
app.run(«debug=True»)
-->
x = = 1
app.run(debug=False)
"#;
