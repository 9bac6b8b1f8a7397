//! A search for several words at once, at the speed of memory.
//!
//! It knows no borders of words: who wants them looks at what stands around a hit.

use aho_corasick::packed::Searcher;
use memchr::memmem;

/// Words that are looked for together.
pub(crate) struct Search {
    words: &'static [&'static str],
    /// Nothing on machines that it is not made for.
    fast: Option<Searcher>,
}

impl Search {
    /// The search for these words; a few dozen at most, the longer the better.
    pub fn new(words: &'static [&'static str]) -> Search {
        Search { words, fast: Searcher::new(words) }
    }

    /// Whether one of the words is in a text.
    pub fn is_in(&self, text: &[u8]) -> bool {
        self.any(text, |_| true)
    }

    /// Whether one of the words is in a text, with a byte behind it that is like this; `None` is the end of the text.
    pub fn any(&self, text: &[u8], mut is_before: impl FnMut(Option<&u8>) -> bool) -> bool {
        match &self.fast {
            Some(fast) => fast.find_iter(text).any(|found| is_before(text.get(found.end()))),
            None => self.words.iter().any(|word| self.slow(text, word, &mut is_before)),
        }
    }

    fn slow(&self, text: &[u8], word: &str, is_before: &mut impl FnMut(Option<&u8>) -> bool) -> bool {
        memmem::find_iter(text, word).any(|at| is_before(text.get(at + word.len())))
    }
}

#[cfg(test)]
mod tests {
    use super::Search;

    #[test]
    fn each_word_is_found_in_texts_of_any_length() {
        let mut search = Search::new(&["flask", "_env", "waitress"]);
        for _ in 0..2 {
            for blanks in [0, 1, 15, 16, 40, 1_000] {
                let blanks = " ".repeat(blanks);
                for word in search.words {
                    assert!(search.is_in(format!("{blanks}{word}{blanks}").as_bytes()), "{word}");
                    assert!(!search.is_in(format!("{blanks}{}{blanks}", &word[1..]).as_bytes()), "{word}");
                }
            }
            assert!(search.any(b"flask flask(", |next| next == Some(&b'(')));
            assert!(!search.any(b"flask) flask", |next| next == Some(&b'(')));
            // As where the fast one is not made for the machine.
            search.fast = None;
        }
    }
}
