//! For which kinds of databases a revision is made.

use super::script_leg::has_only_blocks;
use super::side::{Side, SideError, SideReader};
use crate::config::{DatabaseUrl, DesiredSchema};
use crate::scratch;
use crate::script::ScriptDirectory;
use crate::sql::Dialect;

/// The kinds of databases that a revision serves.
#[derive(Debug, Clone)]
pub struct Served {
    /// Where scratch databases of each are.
    pub likes: Vec<DatabaseUrl>,
    /// Whether the scripts serve more kinds than one, so that what is for one alone says so.
    pub several: bool,
    /// The one that they serve, and for which there is no database to try on.
    pub missing: Option<Dialect>,
}

/// The kinds that a revision to `right` serves: the one of the configured database, and the other one as well where the
/// desired schema, or a script that is there, has something for each. A schema that is read from a database is of one
/// kind.
///
/// # Errors
/// [`SideError`] where the desired schema cannot be read, and of a `scratch_url` that does not do.
pub fn served(
    reader: SideReader<'_>,
    right: &Side,
    is_from_database: bool,
    scripts: &ScriptDirectory,
) -> Result<Served, SideError> {
    let config = reader.config;
    let configured = config.database_url()?;
    let own = configured.dialect();
    let other = own.other();
    let scripts_do = scripts_serve_both(scripts);
    let only_own = |several| Served { likes: vec![configured.clone()], several, missing: None };
    if is_from_database || !matches!(right, Side::Schema | Side::Files(_)) {
        return Ok(only_own(scripts_do));
    }
    let schema_does = match (right, config.desired_schema()?) {
        (Side::Schema, Some(DesiredSchema::ByDialect { postgres, sqlite })) => {
            !postgres.is_empty() && !sqlite.is_empty()
        }
        // What it prints is asked for each kind by itself.
        (Side::Schema, Some(DesiredSchema::Command(_))) => false,
        _ => {
            let texts = reader.texts(right, own)?;
            if texts.iter().any(|text| text.models.is_some()) {
                return Ok(only_own(scripts_do));
            }
            texts.iter().any(|text| has_only_blocks(&text.text))
        }
    };
    if !schema_does && !scripts_do {
        return Ok(only_own(false));
    }
    let Some(beside) = scratch::like_of_dialect(config, other)? else {
        return Ok(Served { missing: Some(other), ..only_own(true) });
    };
    let mut likes = vec![configured.clone(), beside];
    likes.sort_by_key(DatabaseUrl::dialect);
    Ok(Served { likes, several: true, missing: None })
}

fn scripts_serve_both(scripts: &ScriptDirectory) -> bool {
    scripts.graph().nodes().any(|node| {
        // What cannot be read is told where it is to run.
        let bodies = scripts.script(node).bodies(Dialect::Sqlite);
        bodies.is_ok_and(|bodies| has_only_blocks(&bodies.up.text))
    })
}
