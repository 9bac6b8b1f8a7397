//! Any bytes in any files: analysis ends, and what it says lies within the texts.
//!
//! It does not look at whether anything should have been found.

#![no_main]

use std::collections::BTreeMap;

use libfuzzer_sys::fuzz_target;
use undebug_engine::Place;
use undebug_fuzz::{edited, files, project_of};

fuzz_target!(|input: &[u8]| {
    let files = files(input);
    let project = project_of(&files);
    for finding in project.all_findings() {
        holds(&files, &finding.place);
        finding.related.iter().for_each(|related| holds(&files, &related.place));
        for fix in project.fixes(&finding) {
            edited(&files, &fix.edits);
        }
    }
    let launches = project.launches();
    for launch in &launches {
        holds(&files, &launch.place);
        launch.app.iter().for_each(|place| holds(&files, place));
        launch.evidence.iter().for_each(|related| holds(&files, &related.place));
    }
    // What waits for a command stands in no file's list, nor does a start that another file's program reaches.
    for launch in files.keys().flat_map(|path| project.launches_in(path)) {
        let is_known = launches.iter().any(|known| known.place == launch.place && known.starter == launch.starter);
        assert!(is_known, "only its file tells of {launch:?}");
    }
    for migration in project.migrations() {
        migration.places.iter().for_each(|place| holds(&files, place));
        edited(&files, &migration.edits);
    }
});

/// The place lies in its file, on the borders of characters.
fn holds(files: &BTreeMap<&'static str, String>, place: &Place) {
    let text = files.get(&*place.path).unwrap_or_else(|| panic!("no such file: {place:?}"));
    assert!(text.get(place.range.clone()).is_some(), "{place:?} in {text:?}");
}
