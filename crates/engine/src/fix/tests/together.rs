//! Preferred fixes of a text that does not parse: each parses no worse alone, and together they must not either.

use super::super::{Edit, Fix, apply, combine};
use super::errors;
use crate::language::Language;
use crate::project::Project;
use crate::settings::Settings;

/// Found by fuzzing: with all three fixes at once the parser recovers from the errors in another way.
const BROKEN: &str = "
import os
ap\\
\t\t-e app
__nam:lt
app.run(debug=en or True)
 lt
    a.run(u=bool(app(on.get(\"FLASK\", \"1\"))))  #t
   app.run(debug=\"PRUC\" not in os.environ)#
me = \"sh\"
v= \"1\"
ns = [\"fl24\"]
^
";

fn project(text: &str) -> Project {
    let mut project = Project::new("/p", Settings::default(), Box::new(|_| None));
    project.open("/p/app.py", Language::Python, text);
    project.check();
    project
}

fn after(edits: impl IntoIterator<Item = Vec<Edit>>) -> String {
    apply(BROKEN, &edits.into_iter().flatten().collect::<Vec<_>>()).expect("edits that apply")
}

#[test]
fn fixes_that_parse_worse_together_are_made_one_after_another() {
    let mut project = project(BROKEN);
    let findings = project.all_findings();
    let preferred = |finding| project.fixes(finding).into_iter().find(|fix| fix.preferred);
    let fixes: Vec<Fix> = findings.iter().filter_map(preferred).collect();
    let all = after(combine(&fixes).into_values());
    assert!(errors(&all) > errors(BROKEN), "all at once no longer parse worse: {all}");

    let mut text = after(project.preferred_edits(&findings).into_values());
    assert!(errors(&text) <= errors(BROKEN) && text != BROKEN, "{text}");
    for _ in 0..fixes.len() {
        project.open("/p/app.py", Language::Python, &text);
        project.check();
        let edits: Vec<Edit> = project.preferred_edits(&project.all_findings()).into_values().flatten().collect();
        text = apply(&text, &edits).expect("edits that apply");
    }
    project.open("/p/app.py", Language::Python, &text);
    project.check();
    assert!(project.all_findings().is_empty(), "{text}");
}
