//! What keeps the values that a part would lose, and what brings them back: pure.
//!
//! ```text
//! before × after × renames ─► Lost ─► KeptTable ─► statements for both scripts
//! ```
//!
//! Before anything else is done, the up script copies what goes into tables of revgraph's. The down script fills from
//! them: a table right after it was made, a column as it is added, what was converted in the end. A value finds its
//! row by a key that the revision leaves alone.

mod kept;
mod lost;
mod said;
mod shape;
mod sql;

use std::collections::BTreeSet;

use sha2::{Digest, Sha256};

pub use self::kept::Keep;
use self::lost::Search;
pub use self::lost::may_lose;
use super::rename::Mapping;
use super::{Refusal, Rename, Statement};
use crate::catalog::{Catalog, KeptMark, ObjectKind, ObjectName, kept_name};
use crate::hex;

/// What keeps what `statements` lose on the way from one schema to the other; nothing where they lose nothing. The
/// tables carry the mark of `revision`.
///
/// # Errors
/// A [`Refusal`] of everything whose values could not find their way back.
pub fn keep(
    (before, after): (&Catalog, &Catalog),
    renames: &[Rename],
    statements: &[Statement],
    revision: &str,
) -> Result<Keep, Vec<Refusal>> {
    let search = Search { before, after, mapping: Mapping::of(before, renames) };
    let losses = search.losses(statements)?;
    let mut keep = Keep::default();
    let homes = Homes::of(before, after);
    let mut schemas_read = BTreeSet::new();
    for lost in &losses {
        let what = lost.in_words(before.dialect);
        let mark = KeptMark { revision: revision.to_owned(), what };
        let name = ObjectName::new(
            ObjectKind::Table,
            homes.schema_for(lost.object()),
            &kept_name(&digits(&mark.revision, &mark.what)),
        );
        let shape = shape::of(lost, before.dialect);
        sql::Writer { search: &search, lost, shape: &shape, name: &name, mark: &mark }.add_to(&mut keep);
        schemas_read.insert(lost.object().clone());
        keep.tables.push((name, mark));
    }
    sql::frame(&search, &schemas_read, &mut keep);
    Ok(keep)
}

/// Digits that no other loss of any revision has.
fn digits(revision: &str, what: &str) -> String {
    let digest = Sha256::digest(format!("{revision}\n{what}").as_bytes());
    hex::encode(digest)
}

/// In which schema what was in another is kept: in the same, where that stays.
struct Homes<'c> {
    staying: Vec<&'c str>,
}

impl<'c> Homes<'c> {
    fn of(before: &'c Catalog, after: &Catalog) -> Self {
        let is_schema = |name: &&ObjectName| name.kind == ObjectKind::Schema;
        let stays = |name: &&ObjectName| after.objects.contains_key(*name);
        let mut staying: Vec<&str> =
            before.objects.keys().filter(is_schema).filter(stays).map(|name| name.name.as_str()).collect();
        if !staying.contains(&"public") {
            staying.push("public");
        }
        Self { staying }
    }

    fn schema_for(&self, object: &'c ObjectName) -> Option<&'c str> {
        let own = object.schema.as_deref()?;
        Some(if self.staying.contains(&own) { own } else { "public" })
    }
}

#[cfg(test)]
mod tests;
