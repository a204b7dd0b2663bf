//! SQL text, without a database: which dialect it is in, where its statements begin and end, and
//! what those statements would do to a transaction or a session.
//!
//! ```text
//! script ─► Lexer ─► split ─► Statement ─► classify
//! ```
//!
//! Nothing here validates SQL. The lexer follows each database's own scanner, so that a script is
//! cut where that database would cut it; what lies between the cuts is the database's to judge.

mod blank;
mod boundary;
mod classify;
mod concurrent_index;
mod copy_data;
mod cursor;
mod dialect;
mod encoding;
mod enum_values;
mod error;
mod if_not_exists;
mod interrupted;
mod left_behind;
mod lexer;
mod non_transactional;
mod pieces;
mod position;
mod postgres_scan;
mod pragma;
mod psql;
mod quoted_name;
mod scan;
mod split;
mod sqlite_scan;
mod statement;
mod strings;
mod token;
mod touched_table;

pub use blank::is_blank;
pub use classify::TransactionControl;
pub use concurrent_index::ConcurrentIndex;
pub use dialect::{Dialect, UnknownDialect};
pub use encoding::EncodingChange;
pub use enum_values::{AddedEnumValue, is_same_type};
pub use error::LexError;
pub use if_not_exists::Tolerated;
pub use left_behind::TemporaryObject;
pub use lexer::Lexer;
pub use pieces::Pieces;
pub use position::{byte_offset, line_column};
pub use pragma::Pragma;
pub use quoted_name::{unquoted_name, up_to_closing_quote};
pub use split::split;
pub use statement::{Statement, StatementKind};
pub use token::{Token, TokenKind};

#[cfg(test)]
mod tests;
