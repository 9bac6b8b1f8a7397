//! The top-level statements of a Python text, kept up to date edit by edit; each is parsed when it is asked for.
//!
//! An edit costs a look at the statements around it: those before and behind keep their trees. Nothing here knows what a
//! statement means.

use std::cell::{Cell, RefCell};
use std::ops::Range;
use std::sync::OnceLock;

use ropey::Rope;
use tree_sitter::{InputEdit, Point, Tree};

use super::parse;
use super::split::{Head, Piece, Splitter};

/// A top-level statement.
#[derive(Debug)]
pub(crate) struct Statement {
    /// Its bytes in the text.
    pub range: Range<usize>,
    head: Head,
    tree: OnceLock<Option<Tree>>,
    /// The tree of an earlier text of the statement, told of all edits since.
    earlier: RefCell<Option<Tree>>,
    /// Whether it came about by edits: then its tree is kept, for the next ones.
    is_edited: bool,
    /// Whether the tree came about by edits, so that it may differ from a full parse where it has errors.
    drifted: Cell<bool>,
}

/// What became of a list of statements: those of `old` were replaced by as many as `new` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Splice {
    pub old: Range<usize>,
    pub new: usize,
}

impl Splice {
    /// One splice that covers this one and then `next`, which is in terms of the list after this one.
    pub fn then(self, next: Splice) -> Splice {
        let end = self.old.start + self.new;
        let middle = end.max(next.old.end);
        Splice {
            old: self.old.start.min(next.old.start)..self.old.end + (middle - end),
            new: next.old.start + next.new + (middle - next.old.end) - self.old.start.min(next.old.start),
        }
    }
}

/// All statements of a text, in order.
#[derive(Debug, Default)]
pub(super) struct Statements {
    list: Vec<Statement>,
    /// The bytes that were edited since the list was made, in terms of the text as it is now.
    edited: Option<Range<usize>>,
    splices: Vec<Splice>,
    /// Whether the list was made anew since its splices were last asked for.
    is_anew: bool,
    /// Whether the text is too large to have statements.
    is_cleared: bool,
}

/// One edit of a text, as the parser is told of it.
pub(super) struct Edited {
    pub start: usize,
    pub old_end: usize,
    pub new_end: usize,
    pub start_position: Point,
    pub old_end_position: Point,
    pub new_end_position: Point,
}

impl Statement {
    fn new(piece: Piece) -> Statement {
        Statement {
            range: piece.range,
            head: piece.head,
            tree: OnceLock::new(),
            earlier: RefCell::default(),
            is_edited: false,
            drifted: Cell::new(false),
        }
    }

    /// Looks at its tree, which is kept only where someone edits: most statements are looked at once.
    pub fn look<T>(&self, rope: &Rope, look: impl FnOnce(&Tree) -> T) -> Option<T> {
        if self.is_edited || self.tree.get().is_some() {
            return self.tree(rope).map(look);
        }
        parse::piece(rope, self.range.clone(), None).as_ref().map(look)
    }

    /// Its tree, whose bytes count from the statement's first one; `None` where it takes too long to parse.
    pub fn tree(&self, rope: &Rope) -> Option<&Tree> {
        let parse = || {
            let earlier = self.earlier.take();
            self.drifted.set(earlier.is_some());
            parse::piece(rope, self.range.clone(), earlier.as_ref())
        };
        self.tree.get_or_init(parse).as_ref()
    }

    /// The bytes of the name that a function or class statement binds, in the text.
    pub fn name(&self) -> Option<Range<usize>> {
        match &self.head {
            // Positions of the head are those of the text when it was read; the statement may have moved.
            Head::Definition(name) => Some(self.range.start + name.start..self.range.start + name.end),
            _ => None,
        }
    }

    /// Takes over what is known of an earlier text at the same place. `rope` is the text as it is now.
    fn take_over(&mut self, prior: Statement, rope: &Rope) {
        let mut earlier = prior.tree.into_inner().flatten().or(prior.earlier.into_inner());
        if let Some(tree) = &mut earlier
            && prior.range.end != self.range.end
        {
            // Its end moved, and no edit inside of it said so.
            let start = prior.range.end.min(self.range.end);
            let point = |byte| within(self.range.start, rope, byte);
            tree.edit(&InputEdit {
                start_byte: start - self.range.start,
                old_end_byte: prior.range.end - self.range.start,
                new_end_byte: self.range.end - self.range.start,
                start_position: point(start),
                old_end_position: point(prior.range.end),
                new_end_position: point(self.range.end),
            });
        }
        *self.earlier.get_mut() = earlier;
    }

    /// Carries an edit inside of the statement out on its tree.
    fn follow(&mut self, edit: &Edited, origin: Point) {
        let Some(mut tree) = self.tree.take().flatten().or_else(|| self.earlier.take()) else { return };
        let start = self.range.start;
        let point = |at: Point| Point {
            row: at.row - origin.row,
            column: if at.row == origin.row { at.column - origin.column } else { at.column },
        };
        tree.edit(&InputEdit {
            start_byte: edit.start - start,
            old_end_byte: edit.old_end - start,
            new_end_byte: edit.new_end - start,
            start_position: point(edit.start_position),
            old_end_position: point(edit.old_end_position),
            new_end_position: point(edit.new_end_position),
        });
        *self.earlier.get_mut() = Some(tree);
    }
}

impl Statements {
    /// The statements of a text.
    pub fn new(rope: &Rope) -> Statements {
        let list = Splitter::new(rope, 0).map(relative).map(Statement::new).collect();
        Statements { list, is_anew: true, ..Statements::default() }
    }

    /// Forgets all statements, until the text is small enough again.
    pub fn clear(&mut self) {
        *self = Statements { is_anew: true, is_cleared: true, ..Statements::default() };
    }

    /// Whether the statements were forgotten.
    pub fn is_cleared(&self) -> bool {
        self.is_cleared
    }

    /// The statements, in order.
    pub fn list(&self) -> &[Statement] {
        &self.list
    }

    /// The statement that begins last before a byte, or at it.
    pub fn around(&self, byte: usize) -> Option<&Statement> {
        let at = self.list.partition_point(|statement| statement.range.start <= byte);
        self.list.get(at.checked_sub(1)?)
    }

    /// Follows one edit: places move, and what was edited is looked at by the next [`Statements::refresh`]. `rope` is the
    /// text after the edit.
    pub fn follow(&mut self, edit: &Edited, rope: &Rope) {
        let moved = |byte: usize| byte - edit.old_end + edit.new_end;
        let first = self.list.partition_point(|statement| statement.range.end < edit.start);
        let mut gone = first..first;
        for (at, statement) in self.list.iter_mut().enumerate().skip(first) {
            let Range { start, end } = statement.range;
            if start > edit.old_end {
                statement.range = moved(start)..moved(end);
            } else if start <= edit.start && edit.old_end <= end {
                statement.follow(edit, position(rope, start));
                statement.range.end = moved(end);
            } else {
                // Partly replaced, or wholly: it is read anew.
                if gone.is_empty() {
                    gone = at..at;
                }
                gone.end = at + 1;
            }
        }
        self.splice(gone, Vec::new());
        let edited = edit.start..edit.new_end;
        self.edited = Some(match self.edited.take() {
            None => edited,
            Some(before) => {
                // The end of what was edited before, as this edit leaves it.
                let end = if before.end >= edit.old_end { moved(before.end) } else { edit.new_end };
                before.start.min(edited.start)..end.max(edited.end)
            }
        });
    }

    /// Brings the list up to date with the text.
    pub fn refresh(&mut self, rope: &Rope) {
        let Some(edited) = self.edited.take() else { return };
        let before = self.list.partition_point(|statement| statement.range.start < edited.start);
        // The first line of a statement says whether it is one, or a part of the one before it.
        let is_sure = before.checked_sub(1).is_some_and(|at| {
            rope.byte_to_line(self.list[at].range.start) < rope.byte_to_line(edited.start.min(rope.len_bytes()))
        });
        let mut first = before.saturating_sub(if is_sure { 1 } else { 2 });
        let from = if first == 0 { 0 } else { self.list[first].range.start };
        let mut last = before;
        let mut fresh: Vec<Statement> = Vec::new();
        for piece in Splitter::new(rope, from) {
            if fresh.is_empty() && first < before && piece.range.end < edited.start {
                let same = &self.list[first];
                if same.range == piece.range {
                    first += 1;
                    continue;
                }
            }
            while self.list.get(last).is_some_and(|statement| statement.range.start < piece.range.start) {
                last += 1;
            }
            let known = self.list.get(last).is_some_and(|statement| statement.range.start == piece.range.start);
            if known && piece.range.start > edited.end {
                return self.replace(first..last, fresh, rope);
            }
            fresh.push(Statement { is_edited: true, ..Statement::new(relative(piece)) });
        }
        self.replace(first..self.list.len(), fresh, rope);
    }

    /// Puts fresh statements in the place of old ones; those that did not change stay.
    fn replace(&mut self, mut old: Range<usize>, mut fresh: Vec<Statement>, rope: &Rope) {
        let mut prior: Vec<Option<Statement>> = Vec::new();
        for statement in self.list.splice(old.clone(), std::iter::empty()) {
            prior.push(Some(statement));
        }
        let mut from = 0;
        for statement in &mut fresh {
            while let Some(Some(other)) = prior.get(from)
                && other.range.start < statement.range.start
            {
                from += 1;
            }
            if let Some(slot) = prior.get_mut(from)
                && slot.as_ref().is_some_and(|other| other.range.start == statement.range.start)
                && let Some(other) = slot.take()
            {
                from += 1;
                if other.range == statement.range && other.earlier.borrow().is_none() && other.head == statement.head {
                    *statement = other;
                } else {
                    statement.take_over(other, rope);
                }
            }
        }
        old.end = old.start + prior.len();
        self.note(old.clone(), fresh.len());
        self.list.splice(old.start..old.start, fresh);
    }

    fn splice(&mut self, old: Range<usize>, fresh: Vec<Statement>) {
        if !old.is_empty() || !fresh.is_empty() {
            self.note(old.clone(), fresh.len());
            self.list.splice(old, fresh);
        }
    }

    fn note(&mut self, old: Range<usize>, new: usize) {
        self.splices.push(Splice { old, new });
    }

    /// What became of the list since this was last asked for, in order; `None` when it was made anew.
    pub fn take_splices(&mut self) -> Option<Vec<Splice>> {
        let splices = std::mem::take(&mut self.splices);
        (!std::mem::take(&mut self.is_anew)).then_some(splices)
    }

    /// Parses in full the statements whose incremental trees have errors; whether that changed one.
    pub fn settle(&mut self, rope: &Rope) -> bool {
        let mut changed = false;
        for statement in &mut self.list {
            if !statement.drifted.replace(false) {
                continue;
            }
            let Some(tree) = statement.tree.get().and_then(Option::as_ref) else { continue };
            if !tree.root_node().has_error() {
                continue;
            }
            let full = parse::piece(rope, statement.range.clone(), None);
            changed |= full.as_ref().map(parse::digest) != Some(parse::digest(tree));
            statement.tree = OnceLock::from(full);
        }
        changed
    }
}

/// A piece whose name is told from its first byte on, so that it may move.
fn relative(mut piece: Piece) -> Piece {
    if let Head::Definition(name) = &mut piece.head {
        *name = name.start - piece.range.start..name.end - piece.range.start;
    }
    piece
}

/// The place of a byte as the parser counts: by `\n`, after each lone `\r` was made one. That is ropey's count too.
pub(super) fn position(rope: &Rope, byte: usize) -> Point {
    let row = rope.byte_to_line(byte);
    Point { row, column: byte - rope.line_to_byte(row) }
}

/// The place of a byte, counted from `start`.
fn within(start: usize, rope: &Rope, byte: usize) -> Point {
    let (origin, at) = (position(rope, start), position(rope, byte.min(rope.len_bytes())));
    let column = if at.row == origin.row { at.column - origin.column } else { at.column };
    Point { row: at.row - origin.row, column }
}
