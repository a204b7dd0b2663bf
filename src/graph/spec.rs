//! Targets and ranges as they are typed: syntax only, no graph.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use super::id::RevisionId;

/// What a target names before steps are counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Symbol {
    /// `head`: the only head.
    Head,
    /// `heads`: every head.
    Heads,
    /// `base`: before the first revision.
    Base,
    /// `current`: what the database stands at.
    Current,
    /// An id, the beginning of one, or a branch label.
    Name(String),
}

impl fmt::Display for Symbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Head => "head",
            Self::Heads => "heads",
            Self::Base => "base",
            Self::Current => "current",
            Self::Name(name) => name,
        })
    }
}

/// A target: `[LABEL@]SYMBOL[±N]` or `[LABEL@]±N`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevisionSpec {
    /// The branch in front of `@`.
    pub branch: Option<String>,
    /// What is named; absent where steps are counted from where the database stands.
    pub symbol: Option<Symbol>,
    /// Steps up (positive) or down.
    pub steps: Option<i64>,
}

/// Why a text is not a target or a range.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SpecError {
    /// Nothing was given.
    #[error("a target must not be empty")]
    Empty,
    /// `@something`.
    #[error("`{0}` has no branch label in front of `@`")]
    MissingBranch(String),
    /// `label@`.
    #[error("`{0}` has no target behind `@`")]
    MissingTarget(String),
    /// Several `@`.
    #[error("`{0}` has more than one `@`")]
    SeveralBranches(String),
    /// More steps than can be counted.
    #[error("`{0}` counts too many steps")]
    TooManySteps(String),
    /// White space or a comma.
    #[error("`{text}` holds {character:?}, which no revision or label can")]
    Character {
        /// The text.
        text: String,
        /// The character at fault.
        character: char,
    },
    /// A range where one revision is wanted.
    #[error("`{0}` is a range, and a single target is wanted here")]
    Range(String),
    /// Not exactly one `:`.
    #[error("`{0}` is not a range; write START:END, START: or :END")]
    NotARange(String),
}

impl RevisionSpec {
    /// Whether the target is where the database stands, or counted from there.
    #[must_use]
    pub fn is_from_current(&self) -> bool {
        self.symbol == Some(Symbol::Current)
    }

    /// The target that is a symbol alone, without branch and steps.
    #[must_use]
    pub fn of(symbol: Symbol) -> Self {
        Self { branch: None, symbol: Some(symbol), steps: None }
    }

    /// The target that names a revision by its whole id.
    #[must_use]
    pub fn of_id(id: &RevisionId) -> Self {
        Self::of(Symbol::Name(id.to_string()))
    }

    /// The revisions of version rows; the base where there are none.
    #[must_use]
    pub fn of_rows(rows: &[RevisionId]) -> Vec<Self> {
        if rows.is_empty() { vec![Self::of(Symbol::Base)] } else { rows.iter().map(Self::of_id).collect() }
    }

    /// The symbol of a target that has neither branch nor steps.
    #[must_use]
    pub fn symbol_alone(&self) -> Option<&Symbol> {
        self.symbol.as_ref().filter(|_| self.branch.is_none() && self.steps.is_none())
    }
}

impl FromStr for RevisionSpec {
    type Err = SpecError;

    fn from_str(text: &str) -> Result<Self, SpecError> {
        if text.is_empty() {
            return Err(SpecError::Empty);
        }
        if text.contains(':') {
            return Err(SpecError::Range(text.to_owned()));
        }
        if let Some(character) = text.chars().find(|c| c.is_whitespace() || c.is_control() || *c == ',') {
            return Err(SpecError::Character { text: text.to_owned(), character });
        }
        let (branch, target) = split_branch(text)?;
        let (symbol, steps) = split_steps(target, text)?;
        Ok(Self { branch: branch.map(str::to_owned), symbol, steps })
    }
}

fn split_branch(text: &str) -> Result<(Option<&str>, &str), SpecError> {
    match text.split_once('@') {
        None => Ok((None, text)),
        Some((_, target)) if target.contains('@') => Err(SpecError::SeveralBranches(text.to_owned())),
        Some(("", _)) => Err(SpecError::MissingBranch(text.to_owned())),
        Some((_, "")) => Err(SpecError::MissingTarget(text.to_owned())),
        Some((branch, target)) => Ok((Some(branch), target)),
    }
}

/// Splits a number of steps off the end. A sign that no number follows belongs to the name: ids hold none, but
/// labels may.
fn split_steps(target: &str, text: &str) -> Result<(Option<Symbol>, Option<i64>), SpecError> {
    let digits = target.bytes().rev().take_while(u8::is_ascii_digit).count();
    let (before, _) = target.split_at(target.len() - digits);
    if digits == 0 || !before.ends_with(['+', '-']) {
        return Ok((Some(symbol(target)), None));
    }
    let (name, steps) = target.split_at(before.len() - 1);
    let steps: i64 = steps.parse().map_err(|_| SpecError::TooManySteps(text.to_owned()))?;
    Ok(((!name.is_empty()).then(|| symbol(name)), Some(steps)))
}

fn symbol(name: &str) -> Symbol {
    match name {
        "head" => Symbol::Head,
        "heads" => Symbol::Heads,
        "base" => Symbol::Base,
        "current" => Symbol::Current,
        name => Symbol::Name(name.to_owned()),
    }
}

impl fmt::Display for RevisionSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(branch) = &self.branch {
            write!(f, "{branch}@")?;
        }
        if let Some(symbol) = &self.symbol {
            write!(f, "{symbol}")?;
        }
        self.steps.map_or(Ok(()), |steps| write!(f, "{steps:+}"))
    }
}

/// A range as typed, `START:END`; an open end is the base or the heads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevisionRange {
    /// The older end.
    pub start: Option<RevisionSpec>,
    /// The newer end.
    pub end: Option<RevisionSpec>,
}

impl RevisionRange {
    /// The targets that stand before and behind the colon, in that order, without an end that is left open.
    #[must_use]
    pub fn ends(&self) -> Vec<RevisionSpec> {
        self.start.iter().chain(&self.end).cloned().collect()
    }

    /// Whether an end of the range needs a database's version rows to be known.
    #[must_use]
    pub fn names_current(&self) -> bool {
        self.start.iter().chain(&self.end).any(RevisionSpec::is_from_current)
    }
}

impl FromStr for RevisionRange {
    type Err = SpecError;

    fn from_str(text: &str) -> Result<Self, SpecError> {
        let end = |text: &str| (!text.is_empty()).then(|| text.parse()).transpose();
        match text.split_once(':') {
            Some((start, rest)) if !rest.contains(':') => Ok(Self { start: end(start)?, end: end(rest)? }),
            _ => Err(SpecError::NotARange(text.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Parts = (Option<String>, Option<String>, Option<i64>);

    fn parts(text: &str) -> Result<Parts, SpecError> {
        let spec: RevisionSpec = text.parse()?;
        assert_eq!(spec.to_string().replace("-0", "+0"), text.replace("-0", "+0"));
        Ok((spec.branch, spec.symbol.map(|symbol| symbol.to_string()), spec.steps))
    }

    #[test]
    fn every_form_is_read() {
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(parts("head"), Ok((None, some("head"), None)));
        assert_eq!(parts("+2"), Ok((None, None, Some(2))));
        assert_eq!(parts("-1"), Ok((None, None, Some(-1))));
        assert_eq!(parts("1.2+3"), Ok((None, some("1.2"), Some(3))));
        assert_eq!(parts("net@base"), Ok((some("net"), some("base"), None)));
        assert_eq!(parts("net@+1"), Ok((some("net"), None, Some(1))));
        assert_eq!(parts("net@ae10-2"), Ok((some("net"), some("ae10"), Some(-2))));
        assert_eq!(parts("data-model"), Ok((None, some("data-model"), None)));
        assert_eq!(parts("data-model-2"), Ok((None, some("data-model"), Some(-2))));
        assert_eq!(parts("ae10+1x"), Ok((None, some("ae10+1x"), None)));
    }

    #[test]
    fn half_targets_are_refused() {
        for text in ["", "@head", "net@", "a@b@c", "a b", "a,b", "a:b", "+99999999999999999999"] {
            assert!(parts(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn ranges_may_be_open() {
        let range: RevisionRange = "-3:current".parse().expect("a range");
        assert_eq!(range.start.map(|spec| spec.to_string()).as_deref(), Some("-3"));
        assert_eq!(range.end.and_then(|spec| spec.symbol), Some(Symbol::Current));
        assert_eq!(":".parse(), Ok(RevisionRange { start: None, end: None }));
        for text in ["a", "a:b:c", "a@:b"] {
            assert!(text.parse::<RevisionRange>().is_err(), "{text:?}");
        }
    }
}
