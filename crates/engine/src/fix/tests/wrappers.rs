//! What is done about `DebuggedApplication`.

use super::check_table;

#[test]
fn a_wrapper_becomes_a_choice_or_loses_its_console() {
    check_table(TABLE, 10);
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

## remove wrapper: around what is no name
application = «DebuggedApplication(build(), True)»
-->
application = build()

## environment wrapper: around several applications
import os
run_simple("::", 80, «DebuggedApplication(mounted, evalex=True)»)
-->
import os
run_simple("::", 80, (DebuggedApplication(mounted, evalex=True) if os.environ.get("FLASK_DEBUG", "").lower() in ("1", "true", "yes", "on") else mounted))

## environment wrapper: around middleware under the name of an application
import os
application = DispatcherMiddleware(shop, {})
site = «DebuggedApplication(application)»
-->
import os
application = DispatcherMiddleware(shop, {})
site = (DebuggedApplication(application) if os.environ.get("FLASK_DEBUG", "").lower() in ("1", "true", "yes", "on") else application)

## environment wrapper: by its parameter
import os
site = «DebuggedApplication(app=mounted, evalex=True)»
-->
import os
site = (DebuggedApplication(app=mounted, evalex=True) if os.environ.get("FLASK_DEBUG", "").lower() in ("1", "true", "yes", "on") else mounted)

## environment wrapper: made in parts
site = «partial(DebuggedApplication, evalex=True)(mounted)»
--> none
"#;
