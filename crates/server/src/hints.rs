//! Inlay hints: behind each start of a server what debug mode will be there, and why.
//!
//! They state what is, also where nothing is wrong; what to change is said by diagnostics.

use undebug_engine::{Debug, Encoding, Launch, Place};

use crate::convert::{self, View};
use crate::lsp_types::{InlayHint, InlayHintLabel, InlayHintTooltip, Range};
use crate::uri;

/// The hints that stand in this range of a file.
pub fn hints(view: View<'_>, path: &str, range: &Range) -> Vec<InlayHint> {
    // Looking for starts may read more files, for which no text may be held.
    let launches = view.folder.project.launches_in(path);
    let Some(text) = view.text(path) else { return Vec::new() };
    let wanted = convert::bytes(&text, range, view.client.encoding);
    let mut hints: Vec<InlayHint> = Vec::new();
    for launch in launches {
        let Some(label) = label(view, &launch) else { continue };
        if launch.place.range.end < wanted.start || wanted.end < launch.place.range.end {
            continue;
        }
        let position = convert::range(&text, &launch.place.range, view.client.encoding).end;
        // Several services can share one command; what they have in common is said once.
        let is_same = |known: &InlayHint| {
            known.position == position && matches!(&known.label, InlayHintLabel::String(said) if *said == label)
        };
        if hints.iter().any(is_same) {
            continue;
        }
        hints.push(InlayHint {
            position,
            label: InlayHintLabel::String(label),
            kind: None,
            text_edits: None,
            tooltip: why(view, &launch).map(InlayHintTooltip::String),
            padding_left: Some(true),
            padding_right: None,
            data: None,
        });
    }
    hints
}

/// What debug mode is; `None` where that is not known.
fn label(view: View<'_>, launch: &Launch) -> Option<String> {
    let state = match &launch.debug {
        Debug::Off => "debug off".to_owned(),
        Debug::WhenAsked(variable) => format!("debug off unless {variable}"),
        Debug::Unless(variable) => format!("debug on unless {variable}=0"),
        Debug::On => "debug on".to_owned(),
        Debug::Unknown => return None,
    };
    // What stands in the very line needs no pointer to it.
    let origin = launch.evidence.iter().find(|related| line(view, &related.place) != line(view, &launch.place));
    match origin.and_then(|related| spelled(view, &related.place)) {
        Some(place) if launch.debug.is_on() => Some(format!("{state}: from {place}")),
        _ => Some(state),
    }
}

/// The way of the value, a line a place; `None` where there is nothing to tell.
fn why(view: View<'_>, launch: &Launch) -> Option<String> {
    let step = |place: &Place, message: &str| Some(format!("{}: {message}", spelled(view, place)?));
    let steps: Vec<String> =
        launch.evidence.iter().filter_map(|related| step(&related.place, &related.message)).collect();
    (!steps.is_empty()).then(|| steps.join("\n"))
}

fn spelled(view: View<'_>, place: &Place) -> Option<String> {
    let (_, line) = line(view, place)?;
    let root = &*view.folder.root;
    let inner = if uri::is_within(&place.path, root) { &place.path[root.len()..] } else { &place.path };
    Some(format!("{} line {}", inner.trim_start_matches('/'), line + 1))
}

fn line<'p>(view: View<'_>, place: &'p Place) -> Option<(&'p str, u32)> {
    let text = view.text(&place.path)?;
    Some((&place.path, convert::range(&text, &place.range, Encoding::Utf8).start.line))
}
