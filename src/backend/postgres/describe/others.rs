//! Objects without parts: the server writes down what each is compared by and made by. Those of the kinds that
//! revgraph cannot write are read too, so that they are never overlooked. One query for all.

use diesel::prelude::*;
use diesel::sql_types::{Array, Nullable, Oid, Text};

use super::super::super::BackendError;
use super::collector::{Collector, Privileges};
use super::part::{DETAIL_KIND, Part, UNMODELLED_KIND};
use super::reader::Reader;
use super::{details, other_kinds, told, unmodelled};
use crate::catalog::{Definition, ObjectKind, ObjectName, Other};

#[derive(QueryableByName)]
struct OtherRow {
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Oid)]
    class: u32,
    #[diesel(sql_type = Oid)]
    oid: u32,
    #[diesel(sql_type = Nullable<Text>)]
    schema: Option<String>,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Nullable<Text>)]
    arguments: Option<String>,
    #[diesel(sql_type = Array<Nullable<Text>>)]
    properties: Vec<Option<String>>,
    #[diesel(sql_type = Array<Text>)]
    statements: Vec<String>,
    #[diesel(sql_type = Nullable<Text>)]
    owner: Option<String>,
}

/// A kind with the names of its properties, in the order in which its query has them.
type Kind = (&'static str, ObjectKind, &'static [&'static str]);

const KINDS: [Kind; 12] = [
    ("collation", ObjectKind::Collation, &["provider", "locale", "ctype", "deterministic", "rules"]),
    (
        "operator",
        ObjectKind::Operator,
        &["function", "commutator", "negator", "restriction estimator", "join estimator", "hashes", "merges"],
    ),
    ("cast", ObjectKind::Cast, &["function", "context"]),
    ("dictionary", ObjectKind::TextSearchDictionary, &["template", "options"]),
    ("configuration", ObjectKind::TextSearchConfiguration, &["parser", "mappings"]),
    ("wrapper", ObjectKind::ForeignDataWrapper, &["handler", "validator", "options"]),
    ("server", ObjectKind::ForeignServer, &["wrapper", "type", "version", "options"]),
    ("statistics", ObjectKind::Statistics, &["statistics target", "definition"]),
    (
        "publication",
        ObjectKind::Publication,
        &["all tables", "tables", "schemas", "operations", "via partition root"],
    ),
    ("event trigger", ObjectKind::EventTrigger, &["event", "tags", "function", "enabled"]),
    (UNMODELLED_KIND, ObjectKind::Unmodelled, &["definition"]),
    (DETAIL_KIND, ObjectKind::Detail, &["value"]),
];

/// Reads the objects without parts into `collector`; where the reader is among few objects, only what belongs to these.
///
/// # Errors
/// The database's.
pub(super) fn read(reader: &mut Reader<'_>, collector: &mut Collector<'_>) -> Result<(), BackendError> {
    let mut parts = details::queries(reader);
    parts.extend(told::queries(reader));
    if !reader.is_among_few() {
        parts.extend(other_kinds::queries(reader));
        parts.extend(unmodelled::queries(reader));
    }
    parts.retain(|part| reader.has(&[part.word]));
    if parts.is_empty() {
        return Ok(());
    }
    let sql = |part: Part| match reader.is_among_few() {
        true => format!("SELECT * FROM ({}) d WHERE d.oid = ANY($1)", part.sql),
        false => part.sql,
    };
    let sql = parts.into_iter().map(sql).collect::<Vec<_>>().join(" UNION ALL ");
    let rows: Vec<OtherRow> = reader.load(&sql)?;
    for row in rows {
        let Some((_, kind, names)) = KINDS.iter().find(|(kind, _, _)| *kind == row.kind) else { continue };
        let name = ObjectName {
            arguments: row.arguments,
            ..ObjectName::new(*kind, row.schema.as_deref(), &row.name)
        };
        let properties = names.iter().copied().zip(row.properties).collect();
        let (statements, undo) = statements_of(*kind, row.statements);
        let definition = Definition::Other(Other { properties, statements, undo, granted_on: None });
        if row.class == 0 {
            collector.add_detail(row.oid, name, definition, None);
        } else {
            let privileges = row.owner.map(|owner| Privileges { owner, grants: Vec::new() });
            collector.add_at((row.class, row.oid), name, definition, privileges);
        }
    }
    Ok(())
}

/// What makes an object, and what takes it away where it says so itself: the last of two of a detail, and of what the model has
/// no kind for.
fn statements_of(kind: ObjectKind, mut statements: Vec<String>) -> (Vec<String>, Option<String>) {
    let says = matches!(kind, ObjectKind::Detail | ObjectKind::Unmodelled) && statements.len() > 1;
    let undo = if says { statements.pop() } else { None };
    (statements, undo)
}
