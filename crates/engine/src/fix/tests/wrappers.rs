//! What is done about `DebuggedApplication`.

use super::check_table;

#[test]
fn a_wrapper_becomes_a_choice_or_loses_its_console() {
    check_table(TABLE, 5);
}

const TABLE: &str = r#"
## off wrapper: a keyword
run_simple("::", 80, «DebuggedApplication(app, evalex=True)»)
-->
run_simple("::", 80, DebuggedApplication(app, evalex=False))

## off wrapper: a position
application = «DebuggedApplication(app, True)»
-->
application = DebuggedApplication(app, False)

## off wrapper: no console
application = «DebuggedApplication(app)»
--> none

## environment wrapper: alone
application = «DebuggedApplication(app, True)»
-->
application = (DebuggedApplication(app, True) if app.debug else app)

## environment wrapper: around what is no name
application = «DebuggedApplication(build(), True)»
--> none
"#;
