//! The program as the machine runs it: Python's statements and expressions without positions.
//!
//! A node carries a [`Site`], a number within its unit; the unit's site table, kept beside the tree and not in it, says
//! which bytes that is. So two texts that differ in white space, comments or place have equal trees, and what was
//! concluded from one holds for the other. Nothing here evaluates anything.

use std::sync::Arc;

use smol_str::SmolStr;

/// An identifier.
pub(crate) type Name = SmolStr;

/// A node's number within its unit, in the order of lowering.
pub(crate) type Site = u32;

/// An expression.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Expr {
    pub kind: ExprKind,
    pub site: Site,
}

/// What an expression is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum ExprKind {
    None,
    Ellipsis,
    Bool(bool),
    Int(i64),
    Float(f64),
    Str(Arc<str>),
    Bytes(Arc<str>),
    /// An f-string: literal pieces and interpolated expressions; the flag says that a piece cannot be rendered.
    Format(Vec<Expr>, bool),
    Name(Name),
    Attribute(Box<Expr>, Name),
    Subscript(Box<Expr>, Box<Expr>),
    Slice(Box<[Option<Expr>; 3]>),
    Call(Box<Call>),
    Not(Box<Expr>),
    And(Box<Expr>, Box<Expr>),
    Or(Box<Expr>, Box<Expr>),
    /// The first operand, then each operator with its right side.
    Compare(Box<Expr>, Vec<(CompareOp, Expr)>),
    Binary(BinaryOp, Box<Expr>, Box<Expr>),
    Negate(Box<Expr>),
    /// Condition, then-value, else-value.
    Conditional(Box<Expr>, Box<Expr>, Box<Expr>),
    /// A walrus; the site is the whole `name := value`.
    Named(Name, Box<Expr>),
    Lambda(Arc<Function>),
    Tuple(Vec<Expr>),
    List(Vec<Expr>),
    Set(Vec<Expr>),
    Dict(Vec<DictItem>),
    Starred(Box<Expr>),
    Await(Box<Expr>),
    /// A comprehension: element (for a dict: key and value), clauses.
    Comprehension(Box<Comprehension>),
    /// `yield value`, or `yield from value`.
    Yield(Option<Box<Expr>>, bool),
    /// Something that is only evaluated for its parts.
    Opaque(Vec<Expr>),
}

/// A comprehension.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Comprehension {
    pub dict: bool,
    pub key: Option<Expr>,
    pub element: Expr,
    pub clauses: Vec<Clause>,
}

/// `for target in iterable if condition`
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Clause {
    pub target: Target,
    pub iterable: Expr,
    pub conditions: Vec<Expr>,
}

/// A comparison operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CompareOp {
    Eq,
    NotEq,
    Less,
    LessEq,
    Greater,
    GreaterEq,
    In,
    NotIn,
    Is,
    IsNot,
}

/// An arithmetic operator that is evaluated; all others are [`BinaryOp::Other`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BinaryOp {
    Add,
    Sub,
    Mul,
    Mod,
    BitOr,
    BitAnd,
    BitXor,
    Div,
    FloorDiv,
    Power,
    ShiftLeft,
    ShiftRight,
    Other,
}

/// An entry of a dict display.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum DictItem {
    /// `key: value`; the site is the whole pair.
    Pair(Expr, Expr, Site),
    /// `**mapping`
    Splat(Expr),
}

/// A call.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Call {
    pub function: Expr,
    pub args: Vec<Arg>,
}

/// An argument of a call; the site is the whole `name=value`, `*value` or value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Arg {
    pub kind: ArgKind,
    pub value: Expr,
    pub site: Site,
}

/// How an argument is passed.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum ArgKind {
    Positional,
    Keyword(Name),
    Star,
    DoubleStar,
}

/// Where a value is stored.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Target {
    Name(Name),
    Attribute(Expr, Name),
    Subscript(Expr, Expr),
    Unpack(Vec<Target>),
    Starred(Box<Target>),
    Unknown,
}

/// A statement.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Stmt {
    Expr(Expr),
    /// The targets from left to right, each with the site from its beginning to the end of the value.
    Assign(Vec<(Target, Site)>, Expr),
    AugAssign(Target, BinaryOp, Expr, Site),
    /// Target, annotation, value, site of the whole.
    Annotated(Target, Expr, Option<Expr>, Site),
    Function(Arc<Function>),
    Class(Arc<ClassDef>),
    Return(Option<Expr>, Site),
    /// Conditions with their blocks, in order; then the else block.
    If(Vec<(Expr, Vec<Stmt>)>, Vec<Stmt>),
    While(Expr, Vec<Stmt>, Vec<Stmt>),
    For(Target, Expr, Vec<Stmt>, Vec<Stmt>),
    Try(Box<Try>),
    With(Vec<(Expr, Option<Target>)>, Vec<Stmt>),
    Import(Vec<(Name, Option<Name>)>),
    ImportFrom(Box<ImportFrom>),
    Global(Vec<Name>),
    Nonlocal(Vec<Name>),
    Delete(Vec<Target>),
    Raise(Option<Expr>),
    Assert(Expr),
    Match(Expr, Vec<Case>),
    Break,
    Continue,
    Pass,
}

/// A `try` statement.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Try {
    pub body: Vec<Stmt>,
    pub handlers: Vec<Handler>,
    pub orelse: Vec<Stmt>,
    pub finally: Vec<Stmt>,
}

/// An `except` clause: what it catches (`None` catches everything), the bound name, the block.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Handler {
    pub catches: Option<Expr>,
    pub name: Option<Name>,
    pub body: Vec<Stmt>,
}

/// `from ..module import name as alias`
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ImportFrom {
    /// The number of leading dots.
    pub level: u32,
    pub module: Name,
    /// Names with their aliases; empty for `*`.
    pub names: Vec<(Name, Option<Name>)>,
    pub star: bool,
}

/// A `case` clause. A pattern that is not understood matches perhaps.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Case {
    pub pattern: Pattern,
    pub guard: Option<Expr>,
    pub body: Vec<Stmt>,
}

/// A pattern of a `case` clause.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Pattern {
    Value(Expr),
    Any(Vec<Pattern>),
    Wildcard,
    Capture(Name),
    /// `pattern as name`
    As(Box<Pattern>, Name),
    /// A sequence of this length, or of any that is long enough where one of them is the rest.
    Sequence(Vec<Pattern>),
    /// `*name` in a sequence.
    Rest(Option<Name>),
    /// Keys with their patterns, and the name of the rest.
    Mapping(Vec<(Expr, Pattern)>, Option<Name>),
    Unknown,
}

/// A function or lambda.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Function {
    pub name: Name,
    pub params: Vec<Param>,
    pub decorators: Vec<Expr>,
    pub body: Vec<Stmt>,
    /// Whether it is a generator: calling it does not run the body at once.
    pub generator: bool,
    /// Whether it is a coroutine, which runs once something waits for it.
    pub coroutine: bool,
    pub site: Site,
    /// The sites of its body.
    pub inner: std::ops::Range<Site>,
}

/// A parameter; the site is the whole `name: annotation = default`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Param {
    pub name: Name,
    pub kind: ParamKind,
    pub annotation: Option<Expr>,
    pub default: Option<Expr>,
    pub site: Site,
}

/// How a parameter takes arguments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ParamKind {
    Normal,
    KeywordOnly,
    Star,
    DoubleStar,
}

/// A class.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ClassDef {
    pub name: Name,
    pub bases: Vec<Arg>,
    pub decorators: Vec<Expr>,
    pub body: Vec<Stmt>,
    pub site: Site,
}
