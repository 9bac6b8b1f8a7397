//! Arguments, pairs and elements between brackets.

use super::check_table;

#[test]
fn arguments_and_pairs_are_removed() {
    check_table(TABLE, 45);
}

const TABLE: &str = r#"
## remove debug: the sole argument
app.run(«debug=True»)
-->
app.run()

## remove debug: the sole argument with a comma
app.run(«debug=True»,)
-->
app.run()

## remove debug: the sole argument with blanks
app.run( «debug=True» )
-->
app.run()

## remove debug: the last argument
app.run(host="::", «debug=True»)
-->
app.run(host="::")

## remove debug: the last argument with a comma
app.run(host="::", «debug=True»,)
-->
app.run(host="::",)

## remove debug: the first argument
app.run(«debug=True», port=80)
-->
app.run(port=80)

## remove debug: between others
app.run(host="::", «debug=True», port=80)
-->
app.run(host="::", port=80)

## remove debug: odd blanks
app.run(host="::" , «debug = True» , port=80)
-->
app.run(host="::" , port=80)

## remove debug: a line of its own
app.run(
    host="::",
    «debug=True»,
    port=80,
)
-->
app.run(
    host="::",
    port=80,
)

## remove debug: a line of its own with a comment
app.run(
    host="::",  # everywhere
    «debug=True»,  # for now
    # the port
    port=80,
)
-->
app.run(
    host="::",  # everywhere
    # the port
    port=80,
)

## remove debug: the last line, with a comma
app.run(
    host="::",
    «debug=True»,
)
-->
app.run(
    host="::",
)

## remove debug: the last line, without a comma
app.run(
    host="::",  # everywhere
    «debug=True»  # for now
)
-->
app.run(
    host="::"  # everywhere
)

## remove debug: the sole argument on a line of its own
app.run(
    «debug=True»,  # for now
)
-->
app.run()

## remove debug: the sole argument above a comment
app.run(
    «debug=True»,
    # port=80,
)
-->
app.run(
    # port=80,
)

## remove debug: the sole argument before a comment that ends no line of its own
app.run(«debug=True»  # for now
        )
-->
app.run(  # for now
        )

## remove debug: aligned, the last
app.run(host="::",
        «debug=True»)
-->
app.run(host="::")

## remove debug: aligned, the last behind a comment
app.run(host="::",  # everywhere
        «debug=True»)
-->
app.run(host="::"  # everywhere
        )

## remove debug: aligned, the last with a comma behind a comment
app.run(host="::",  # everywhere
        «debug=True»,)
-->
app.run(host="::",  # everywhere
        )

## remove debug: aligned, the first
app.run(«debug=True»,
        host="::")
-->
app.run(host="::")

## remove debug: aligned, the first before a comment
app.run(«debug=True»,  # for now
        host="::")
-->
app.run(  # for now
        host="::")

## remove debug: the end of a line
app.run(host="::", «debug=True»,
        port=80)
-->
app.run(host="::",
        port=80)

## remove debug: the end of a line with a comment
app.run(host="::", «debug=True»,  # for now
        port=80)
-->
app.run(host="::",  # for now
        port=80)

## remove debug: the beginning of a line
app.run(
    «debug=True», host="::",
    port=80)
-->
app.run(
    host="::",
    port=80)

## remove debug: commas first
app.run(
    host="::"
    , «debug=True»
    )
-->
app.run(
    host="::"
    )

## remove debug: a comment before the comma
app.run(
    «debug=True»  # for now
    , host="::")
-->
app.run(
      # for now
     host="::")

## remove debug: joined lines
app.run(host="::", \
        «debug=True»)
-->
app.run(host="::")

## remove debug: joined lines, the first
app.run(«debug=True», \
        host="::")
-->
app.run(host="::")

## remove debug: joined lines, between others
app.run(host="::", \
        «debug=True», \
        port=80)
-->
app.run(host="::", \
        port=80)

## remove debug: a range of the value alone
app.run(
    host="::",
    debug=«(
        True
    )»,
)
-->
app.run(
    host="::",
)

## remove debug: the last position
app.run(None, 80, «True»)
-->
app.run(None, 80)

## remove debug: the last position before a keyword
app.run(None, 80, «True», use_reloader=False)
-->
app.run(None, 80, use_reloader=False)

## remove debug: a position that others follow
app.run(None, 80, «True», False)
-->
app.run(None, 80, None, False)

## remove debug: a position that others may follow
app.run(None, 80, «True», *rest)
-->
app.run(None, 80, None, *rest)

## remove debug: through the class
Flask.run(app, None, None, «True»)
-->
Flask.run(app, None, None)

## remove debug: the sole pair of keywords
app.run(host="::", **{«"debug": True»})
-->
app.run(host="::")

## remove debug: the sole pair of the sole keywords
app.run(**{«"debug": True»})
-->
app.run()

## remove debug: a pair of keywords
app.run(**{"host": "::", «"debug": True»})
-->
app.run(**{"host": "::"})

## remove debug: keywords from elsewhere
app.run(**«options»)
--> none

## remove debug: positions from elsewhere
app.run(«*options»)
--> none

## remove debug: a pair of a config
app.config.update({
    «"DEBUG": True»,
    "TESTING": True,
})
-->
app.config.update({
    "TESTING": True,
})

## remove debug: the sole pair of a config
CONFIG = {«"DEBUG": True»}
-->
CONFIG = {}

## remove debug: a keyword of a config
app.config.update(«DEBUG=True»)
-->
app.config.update()

## remove debug kept: where nothing reads the variable
create_app(«debug=True»)
--> none

## remove debug: a default
def main(«debug=True»):
    pass
--> none

## remove debug: inside a string
print(f"{create_app(«debug=True», port=80)}")
-->
print(f"{create_app(port=80)}")

## remove debugger: of an application
app.run(«use_debugger=True», port=80)
-->
app.run(port=80)

## remove debugger: of a server
run_simple("::", 80, app, True, «True»)
-->
run_simple("::", 80, app, True)

## environment debugger: of an application it follows debug mode
app.run(«use_debugger=True»)
--> none

## environment debugger: of a server
import os
run_simple("::", 80, app, «use_debugger=True»)
-->
import os
run_simple("::", 80, app, use_debugger=os.environ.get("FLASK_DEBUG", "").lower() in ("1", "true", "yes", "on"))

## remove pin: a safeguard
socketio.run(app, «allow_unsafe_werkzeug=True»)
-->
socketio.run(app)

## off pin: a safeguard
socketio.run(app, «allow_unsafe_werkzeug=True»)
-->
socketio.run(app, allow_unsafe_werkzeug=False)

## remove env: an option
sys.argv = ["flask", "run", «"--debug"»]
-->
sys.argv = ["flask", "run"]

## remove env: an appended option
sys.argv.append(«"--debug"»)
main()
-->
main()

## remove env: a command in a string
os.system(«"flask --app web run --debug --port 5001"»)
-->
os.system("flask --app web run --port 5001")

## remove env: a variable of a command in a string
os.system(«'FLASK_DEBUG=1 flask run'»)
-->
os.system('FLASK_DEBUG=0 flask run')

## off env: an option has no value
sys.argv = ["flask", "run", «"--debug"»]
--> none

## remove env: a keyword
os.environ.update(«FLASK_DEBUG="true"»)
-->
os.environ.update()

## off env: a pair
os.environ.update({«'FLASK_DEBUG': 'true'»})
-->
os.environ.update({'FLASK_DEBUG': '0'})

## off debug: an argument
app.run(«debug="False"»)
-->
app.run(debug=False)

## off debug: a position
app.run(None, 80, «1»)
-->
app.run(None, 80, False)

## off debug: a pair
CONFIG = {«"DEBUG": not False»}
-->
CONFIG = {"DEBUG": False}

## environment debug: all options of a start
import os
app.run(port=80, «**options»)
-->
import os
app.run(port=80, **{**options, "debug": os.environ.get("FLASK_DEBUG", "").lower() in ("1", "true", "yes", "on")})

## off debug: options that a call makes
app.run(«** read('a')», host="::")
-->
app.run(** {**read('a'), "debug": False}, host="::")

## off debugger: all options
run_simple("::", 80, app, «**options»)
-->
run_simple("::", 80, app, **{**options, "debug": False})

## remove debug: all options of a start
app.run(«**options»)
--> none

## off env: all variables
os.environ.update(«**options»)
--> none
"#;
