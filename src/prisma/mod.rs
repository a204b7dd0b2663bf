//! The schema language of Prisma: what it says, and the SQL that Prisma's engine makes of it. Pure.
//!
//! ```text
//! files ─► tokens ─► Document ─► Schema ─► statements
//!          (lexer)   (parser)    (resolve)  (sql)
//! ```
//!
//! Files of one folder are one schema. Everything that is wrong is told at once, each with its place. What the
//! language does not have is an error by its name; nothing is passed over.
//!
//! The meaning is that of `prisma-engines`: its grammar (`psl/schema-ast/src/parser/datamodel.pest`), its checks
//! (`psl/psl-core/src/validate`) and its SQL, as its own engine prints it.

mod arguments;
mod datasource;
mod defaults;
pub mod introspect;
mod keep;
mod lexer;
pub mod model;
mod names;
pub mod native;
mod parser;
mod prelude;
mod renamed;
mod resolve;
mod scalar;
mod source;
mod sql;
pub mod syntax;
mod version;

pub use keep::keep;
pub use model::Schema;
pub use prelude::prelude;
pub use renamed::{Lineage, Sides, renames, something_goes};
pub use source::{Place, Problem, SchemaError, SourceFile};
pub use sql::{Statement, statements};
pub use version::PrismaVersion;

/// Reads the files of one schema.
///
/// # Errors
/// [`SchemaError`] with everything that is wrong.
pub fn read(files: &[SourceFile]) -> Result<Schema, SchemaError> {
    let (document, faults) = parser::parse(files);
    // What cannot be read has no meaning, and its absence would be told as faults of others.
    let meaning = if faults.is_empty() { resolve::resolve(&document) } else { Err(faults) };
    meaning.map_err(|mut faults| {
        faults.sort_by(|a, b| a.place.cmp_start(&b.place));
        SchemaError { problems: faults.into_iter().map(|fault| fault.shown(files)).collect() }
    })
}

#[cfg(test)]
mod tests;
