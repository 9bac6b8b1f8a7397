//! Where the comment goes that allows a finding.

use super::check_table;

#[test]
fn a_comment_allows_a_statement() {
    check_table(TABLE, 14);
}

const TABLE: &str = r#"
## suppress debug: behind a statement
app.run(«debug=True»)
-->
app.run(debug=True)  # undebug: allow app-run-debug

## suppress debug: behind a comment
app.run(«debug=True»)  # for now
-->
app.run(debug=True)  # for now  # undebug: allow app-run-debug

## suppress debug: behind blanks
app.run(«debug=True»)   
-->
app.run(debug=True)  # undebug: allow app-run-debug

## suppress debug: behind several lines
app.run(
    «debug=True»,
)
app = 1
-->
app.run(
    debug=True,
)  # undebug: allow app-run-debug
app = 1

## suppress debug: behind other statements
app.run(«debug=True»); x = [
    1]
-->
app.run(debug=True); x = [  # undebug: allow app-run-debug
    1]

## suppress debug: a string begins on the line
if dev:
    app.run(«debug=True»); x = """
    """
-->
if dev:
    # undebug: allow app-run-debug
    app.run(debug=True); x = """
    """

## suppress debug: a string ends on the line and another begins
x = """
    """; app.run(«debug=True»); x = """
    """
--> none

## suppress debug: a line that the next joins
if dev:
    app.run(«debug=True»); x = \
        1
-->
if dev:
    # undebug: allow app-run-debug
    app.run(debug=True); x = \
        1

## suppress debug: a comment that ends with a backslash
app.run(«debug=True»)  # C:\
-->
app.run(debug=True)  # C:\  # undebug: allow app-run-debug

## suppress debug: a condition
if («d := True»):
    app.run(debug=d)
-->
if (d := True):  # undebug: allow app-run-debug
    app.run(debug=d)

## suppress debug: another condition
if a:
    pass
elif («d := True»):  # for now
    app.run(debug=d)
-->
if a:
    pass
elif (d := True):  # for now  # undebug: allow app-run-debug
    app.run(debug=d)

## suppress debug: a default
def main(
    «debug=True»,
):
    app.run(debug=debug)
-->
def main(
    debug=True,
):  # undebug: allow app-run-debug
    app.run(debug=debug)

## suppress debug: a decorator
@app.route("/", «debug=True»)
def index():
    pass
-->
@app.route("/", debug=True)  # undebug: allow app-run-debug
def index():
    pass

## suppress debug: a class attribute
class Config:
    «DEBUG = True»
-->
class Config:
    DEBUG = True  # undebug: allow app-run-debug

## suppress debug: options from elsewhere
app.run(«**options»)
-->
app.run(**options)  # undebug: allow app-run-debug

## suppress env: an item
«os.environ["FLASK_DEBUG"] = "1"»
-->
os.environ["FLASK_DEBUG"] = "1"  # undebug: allow app-run-debug

## suppress debug: a call for its effect
«app.config.from_object(Development)»
-->
app.config.from_object(Development)  # undebug: allow app-run-debug
"#;
