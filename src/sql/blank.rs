//! Scripts that hold nothing.

use super::{Dialect, Lexer, TokenKind};

/// Whether `script` holds no statement: only blanks, comments and semicolons.
///
/// A script that `split` would refuse is not blank.
pub fn is_blank(dialect: Dialect, script: &str) -> bool {
    Lexer::new(dialect, script)
        .all(|token| token.is_ok_and(|token| token.kind.is_trivia() || token.kind == TokenKind::Semicolon))
}
