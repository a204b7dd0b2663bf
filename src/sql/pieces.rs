//! A script that has been cut, without a borrow of its text.

use std::ops::Range;
use std::sync::Arc;

use super::{Dialect, LexError, Statement, StatementKind, split};

/// The pieces of a script as ranges of its bytes: what `split` gives, to be kept beside the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pieces {
    dialect: Dialect,
    pieces: Arc<[Piece]>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Piece {
    kind: StatementKind,
    piece: Range<usize>,
    body: Range<usize>,
    copy_data: Option<Range<usize>>,
}

impl Pieces {
    /// Cuts a script into its statements and what stands between them.
    ///
    /// # Errors
    /// Those of `split`.
    pub fn of(dialect: Dialect, script: &str) -> Result<Self, LexError> {
        let piece = |statement: Statement<'_>| Piece {
            kind: statement.kind,
            piece: statement.piece,
            body: statement.body,
            copy_data: statement.copy_data,
        };
        Ok(Self { dialect, pieces: split(dialect, script)?.into_iter().map(piece).collect() })
    }

    /// The pieces as statements of `script`, which must be the text that was cut.
    pub fn of_script<'a>(&self, script: &'a str) -> impl Iterator<Item = Statement<'a>> {
        self.pieces.iter().map(move |piece| Statement {
            dialect: self.dialect,
            script,
            kind: piece.kind,
            piece: piece.piece.clone(),
            body: piece.body.clone(),
            copy_data: piece.copy_data.clone(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_what_the_script_was_cut_into() {
        let script = "CREATE TABLE t (a int);\n-- then\nCOPY t FROM stdin;\n1\n\\.\nSELECT ';';\n";
        let pieces = Pieces::of(Dialect::Postgres, script).expect("it can be cut");
        assert_eq!(
            pieces.of_script(script).collect::<Vec<_>>(),
            split(Dialect::Postgres, script).expect("the same")
        );
        assert!(Pieces::of(Dialect::Postgres, "SELECT '").is_err());
    }
}
