//! Version rows that claim another schema than a database has.

use serde_json::json;

use super::{Diagnostic, ErrorKind};
use crate::catalog::Difference;
use crate::graph::{RevisionId, joined_or_base};
use crate::report::difference_lines;
use crate::verify::ClaimError;

impl From<ClaimError> for Diagnostic {
    fn from(error: ClaimError) -> Self {
        let message = error.to_string();
        match error {
            ClaimError::Stamp { rows, differences } => of_differences(message, &rows, &differences)
                .hint("find out whose schema it has: revgraph stamp --detect")
                .hint("stamp it all the same: revgraph stamp --force REV"),
            ClaimError::Rows { rows, differences } => of_differences(message, &rows, &differences)
                .hint("find out whose schema it has: revgraph stamp --detect")
                .hint("go on all the same: --force, or check = \"off\" under [adopt] in alembic.toml"),
            ClaimError::Unbuilt(error) => {
                Self::from(*error).hint("stamp without a look at the schema: revgraph stamp --force REV")
            }
            ClaimError::Scratch(error) => (*error).into(),
            ClaimError::Execute(error) => (*error).into(),
            ClaimError::Backend(error) => error.into(),
            ClaimError::Config(error) => error.into(),
        }
    }
}

/// With what differs: `-` is what the scripts build, `+` what the database has.
fn of_differences(message: String, rows: &[RevisionId], differences: &[Difference]) -> Diagnostic {
    Diagnostic::new(ErrorKind::SchemaDiffers, message)
        .cause(format!(
            "what {} builds (-), and what the database has (+):\n{}",
            joined_or_base(rows),
            difference_lines(differences).join("\n")
        ))
        .field("differences", json!(differences))
}
