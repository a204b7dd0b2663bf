//! Why a script cannot be cut into statements.

/// What keeps a script from being read as a sequence of statements.
///
/// Every offset is in bytes from the start of the text that was lexed. The messages do not repeat
/// it: whoever shows the error turns [`LexError::offset`] into a line and a column.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LexError {
    /// A string or blob literal is open at the end of the text.
    #[error("unterminated quoted string")]
    UnterminatedString {
        /// Where the literal begins, its prefix (`E`, `X`, `U&`) included.
        offset: usize,
    },
    /// A quoted identifier is open at the end of the text.
    #[error("unterminated quoted identifier")]
    UnterminatedIdentifier {
        /// Where the identifier begins, its prefix (`U&`) included.
        offset: usize,
    },
    /// A PostgreSQL dollar-quoted string is open at the end of the text.
    #[error("unterminated dollar-quoted string: no closing {delimiter}")]
    UnterminatedDollarQuote {
        /// Where the opening delimiter begins.
        offset: usize,
        /// The delimiter that is missing, such as `$$` or `$body$`.
        delimiter: String,
    },
    /// A PostgreSQL block comment is open at the end of the text. (In SQLite that is legal.)
    #[error("unterminated /* comment")]
    UnterminatedComment {
        /// Where the outermost of the open comments begins.
        offset: usize,
    },
    /// A psql meta-command, which only psql could run.
    #[error("\\{name} is a psql meta-command, not SQL")]
    MetaCommand {
        /// Where its backslash is.
        offset: usize,
        /// The command without its backslash: `set`, `i`, `gexec`.
        name: String,
    },
    /// Something follows `COPY … FROM stdin;` on its line. psql would run it after the data below;
    /// in a script it could only be mistaken for that data.
    #[error("COPY … FROM stdin must be the last statement on its line: its data follows")]
    TextAfterCopy {
        /// Where the rest of the line begins.
        offset: usize,
    },
    /// A NUL character, at which either database would take the script to end.
    #[error("a NUL character cannot be part of an SQL script")]
    Nul {
        /// Where the character is, in bytes.
        offset: usize,
    },
}

impl LexError {
    /// Where the trouble begins, in bytes from the start of the text.
    pub fn offset(&self) -> usize {
        match *self {
            Self::UnterminatedString { offset }
            | Self::UnterminatedIdentifier { offset }
            | Self::UnterminatedDollarQuote { offset, .. }
            | Self::UnterminatedComment { offset }
            | Self::MetaCommand { offset, .. }
            | Self::TextAfterCopy { offset }
            | Self::Nul { offset } => offset,
        }
    }
}
