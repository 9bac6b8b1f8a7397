//! The words that are looked for in a text, all in one pass at the speed of memory.
//!
//! It does not know what they mean: [`super::Look`] judges each where it stands.

use std::sync::LazyLock;

use aho_corasick::packed::{Config, MatchKind, Searcher};
use aho_corasick::{AhoCorasick, MatchKind as Kind};

/// What is looked for, each with the place in it where its seed begins: `from` and `import` begin many lines, and the
/// search stops at whatever looks like the first four letters of a seed. No seed is a part of another, so that none hides
/// one. Where one ends as another begins, the first hides the second only in what nobody writes: `litestarunpy`.
///
/// A line is a bucket of the search: what looks like one seed of it, letter by letter, is compared with all of them, so
/// those that are much alike had better be together. `tests/bench/seeds.py` proposes the places and the lines by what is
/// rare in a corpus; these take half the time of any that come to mind. Nothing but time depends on them.
const WORDS: [&[(&str, usize)]; 16] = [
    &[("read_text", 3), ("from_json", 2), ("litestar", 0), ("debug", 0)],
    &[("fastapi", 2), ("runpy", 0), ("WERKZEUG", 2)],
    &[("from_object", 2), ("import Eve", 5), ("from_file", 2)],
    &[("dash", 0), (".run", 0), ("tornado", 0)],
    &[("'run'", 1), ("dev =", 1), ("\"run\"", 1)],
    &[("socketio", 3), ("wsgi_app", 0), ("gevent", 0)],
    &[("dotenv", 0), ("quart", 1), ("serve", 1)],
    &[("dev=", 0), ("waitress", 1), ("Starlette", 4)],
    &[("Eve(", 0), ("__import", 0), ("open(", 1)],
    &[("from_prefixed_env", 2), ("from_mapping", 2), ("exec(", 1)],
    &[("QUART_", 1), ("run_simple", 1), ("FLASK", 1)],
    &[("sanic", 0), ("connexion", 2), ("werkzeug", 3)],
    &[("import_module", 4), ("bottle", 1), ("import_string", 4)],
    &[("evalex", 1), ("eval(", 1), ("bjoern", 0)],
    &[("flask", 1), ("from_envvar", 5), ("from_pyfile", 4)],
    &[("DEBUG", 0), ("Debug", 0), ("cheroot", 0)],
];

/// Words that end with the seed of another.
const TWINS: [(&str, usize); 3] = [("Serve", 1), ("starlette", 4), ("Flask", 1)];

/// A word that ends with a seed, in two parts: what stands before the seed, and the whole.
type Word = (&'static str, &'static str);

/// All that is looked for.
struct Seeds {
    /// The words that each seed is the end of.
    words: Vec<Vec<Word>>,
    fast: Option<Searcher>,
    /// For texts that are too short for the fast one.
    slow: Option<AhoCorasick>,
}

/// All words. The search puts every sixteenth seed into the same bucket.
fn all_words() -> impl Iterator<Item = (&'static str, usize)> {
    let longest = WORDS.iter().map(|line| line.len()).max().unwrap_or(0);
    let row = |at: usize| WORDS.iter().filter_map(move |line| line.get(at).copied());
    (0..longest).flat_map(row).chain(TWINS)
}

static SEEDS: LazyLock<Seeds> = LazyLock::new(|| {
    let mut seeds: Vec<&str> = Vec::new();
    let mut words: Vec<Vec<Word>> = Vec::new();
    for (word, from) in all_words() {
        let (before, seed) = word.split_at(from);
        if let Some(at) = seeds.iter().position(|known| *known == seed) {
            words[at].push((before, word));
        } else {
            seeds.push(seed);
            words.push(vec![(before, word)]);
        }
    }
    Seeds {
        words,
        fast: Config::new().match_kind(MatchKind::LeftmostFirst).builder().extend(&seeds).build(),
        slow: AhoCorasick::builder().match_kind(Kind::LeftmostFirst).build(&seeds).ok(),
    }
});

/// Calls for each word in a text, in their order, with the word and where it starts and ends.
pub(super) fn find(text: &[u8], mut call: impl FnMut(&'static str, usize, usize)) {
    let seeds = &*SEEDS;
    let mut hit = |seed: usize, start: usize, end: usize| {
        for (before, word) in &seeds.words[seed] {
            if text[..start].ends_with(before.as_bytes()) {
                call(word, start - before.len(), end);
            }
        }
    };
    if let Some(searcher) = seeds.fast.as_ref().filter(|searcher| text.len() >= searcher.minimum_len()) {
        searcher.find_iter(text).for_each(|found| hit(found.pattern().as_usize(), found.start(), found.end()));
    } else if let Some(searcher) = seeds.slow.as_ref() {
        searcher.find_iter(text).for_each(|found| hit(found.pattern().as_usize(), found.start(), found.end()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_seed_hides_another() {
        let seeds: Vec<&str> = all_words().map(|(word, from)| &word[from..]).collect();
        for one in &seeds {
            assert!(one.len() >= 4, "the search takes the letters of the shortest: {one}");
            assert!(seeds.iter().all(|other| other == one || !other.contains(one)), "{one}");
        }
    }

    #[test]
    fn each_word_is_found_wherever_it_stands() {
        for (word, _) in all_words() {
            for before in ["", "x = ", "= = = = = = = = = = = = = = = = = = = = = = = = = = "] {
                let text = format!("{before}{word} and more");
                let mut found = Vec::new();
                find(text.as_bytes(), |word, start, end| found.push((word, start, end)));
                assert!(found.contains(&(word, before.len(), before.len() + word.len())), "{text}");
            }
        }
    }
}
