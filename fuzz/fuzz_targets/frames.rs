//! Any bytes on the server's input, in any pieces: the same frames, none lost behind the end, little memory.
//!
//! What a message says is not looked at.

#![no_main]

#[allow(dead_code, missing_docs)]
#[path = "../../crates/server/src/frame.rs"]
mod frame;

use std::alloc::{GlobalAlloc, Layout, System};
use std::io::{self, Read};
use std::sync::atomic::{AtomicUsize, Ordering};

use frame::{Frames, Item};
use libfuzzer_sys::fuzz_target;

/// What the reader may hold beside what it was given: its chunk, and what one read may add.
const SPARE: usize = 1 << 20;

/// Counts what is allocated, to see that a header cannot ask for memory that its body does not fill.
struct Counting;

static NOW: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

// SAFETY: everything is passed on to the system's allocator; beside it numbers are counted.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let now = NOW.fetch_add(layout.size(), Ordering::Relaxed) + layout.size();
        PEAK.fetch_max(now, Ordering::Relaxed);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        NOW.fetch_sub(layout.size(), Ordering::Relaxed);
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Hands out the bytes in pieces whose sizes follow from the seed.
struct Pieces<'a> {
    bytes: &'a [u8],
    seed: u32,
}

impl Read for Pieces<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.seed = self.seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        if self.seed >> 28 == 0 && !self.bytes.is_empty() {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let size = 1 + (self.seed >> 16) as usize % (1 << ((self.seed >> 24) % 12));
        let size = size.min(self.bytes.len()).min(out.len());
        out[..size].copy_from_slice(&self.bytes[..size]);
        self.bytes = &self.bytes[size..];
        Ok(size)
    }
}

fuzz_target!(|input: &[u8]| {
    let Some((seed, bytes)) = input.split_at_checked(4) else { return };
    let seed = u32::from_le_bytes(seed.try_into().expect("four bytes"));
    let whole = items(bytes, bytes.len());
    assert_eq!(whole, items(Pieces { bytes, seed }, bytes.len()), "other pieces, other frames");
    assert_eq!(whole, items(Pieces { bytes, seed: !seed }, bytes.len()), "other pieces, other frames");
});

/// What the stream holds, read as the server reads it: a body that is no message is distrusted.
fn items(input: impl Read, length: usize) -> Vec<Item> {
    let before = NOW.load(Ordering::Relaxed);
    PEAK.store(before, Ordering::Relaxed);
    let mut frames = Frames::new(input);
    let mut items = Vec::new();
    let mut kept = 0;
    loop {
        match frames.next().expect("the reader has no errors of its own") {
            Item::End => break,
            Item::Body(body) => {
                // In place of a parser of messages: what does not begin and end like an object is none.
                if !(body.starts_with(b"{") && body.ends_with(b"}")) {
                    frames.distrust(&body);
                }
                kept += body.capacity();
                items.push(Item::Body(body));
            }
            Item::Garbage => items.push(Item::Garbage),
        }
        assert!(items.len() <= 2 * length + 2, "more frames than bytes");
    }
    let peak = PEAK.load(Ordering::Relaxed) - before;
    let list = 2 * items.capacity() * size_of::<Item>();
    assert!(peak <= SPARE + 8 * length + kept + list, "{peak} bytes for {length}");
    items
}
