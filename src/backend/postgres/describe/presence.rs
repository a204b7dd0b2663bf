//! What there may be to read. To plan a query of the system catalogs takes longer than to read the few objects of a rare
//! kind, so nothing is asked about kinds of which there are none.

use std::collections::HashSet;

use diesel::prelude::*;
use diesel::sql_types::{Array, Text};

use super::super::super::BackendError;
use super::super::Session;
use super::altered;
use super::part::{ALTERED, BASE_TYPE, HIDDEN_PART, WHOLE};
use super::pieces::FIRST_USER_OID;
use super::reader::{Reader, Scope};
use super::seldom::{Rows, SELDOM_WRITTEN, SeldomWritten};
use super::told;
use crate::sql::Dialect;

/// The objects that a query is asked about.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Among {
    /// All that are not the server's own.
    All,
    /// Those whose OIDs are in the array `oids`.
    Few,
}

impl Among {
    fn condition(self, column: &str) -> String {
        match self {
            Self::All => format!("{column} >= {FIRST_USER_OID}"),
            Self::Few => format!("{column} = ANY(oids)"),
        }
    }
}

/// What every database has, or what is as cheap to read as to look for.
const ALWAYS: [&str; 5] = ["comment", "extension", "member", "schema", WHOLE];
/// The schemas that come with the server.
const OF_SERVER: &str =
    "(SELECT oid FROM pg_namespace WHERE nspname IN ('pg_catalog', 'information_schema'))";

/// A word, the rows of which one has to be there, and the column with the OID of the object that is described anew with
/// such a row.
type Probe = (&'static str, &'static str, &'static str);

const PROBES: [Probe; 16] = [
    (BASE_TYPE, "pg_type x WHERE x.typtype IN ('b', 'p') AND x.typcategory <> 'A'", "x.oid"),
    ("clustered", "pg_index x WHERE x.indisclustered", "x.indrelid"),
    ("extension", "pg_extension x WHERE true", "x.oid"),
    ("schema", "pg_namespace x WHERE true", "x.oid"),
    ("constraint", "pg_constraint x WHERE true", "x.conrelid"),
    ("index", "pg_index x WHERE true", "x.indrelid"),
    (
        "index statistics",
        "pg_index x JOIN pg_attribute a ON a.attrelid = x.indexrelid \
         WHERE a.attnum > 0 AND coalesce(a.attstattarget, -1) >= 0",
        "x.indrelid",
    ),
    ("partition's trigger", "pg_trigger x WHERE x.tgparentid <> 0", "x.tgrelid"),
    ("policy", "pg_policy x WHERE true", "x.polrelid"),
    ("routine", "pg_proc x WHERE true", "x.oid"),
    ("rule", "pg_rewrite x WHERE x.rulename <> '_RETURN'", "x.ev_class"),
    ("sequence's privileges", "pg_class x WHERE x.relkind = 'S' AND x.relacl IS NOT NULL", "x.oid"),
    ("trigger", "pg_trigger x WHERE NOT x.tgisinternal", "x.tgrelid"),
    ("hidden relation", "pg_class x WHERE x.relnamespace IN {of_server}", "x.oid"),
    ("hidden routine", "pg_proc x WHERE x.pronamespace IN {of_server}", "x.oid"),
    ("hidden type", "pg_type x WHERE x.typnamespace IN {of_server}", "x.oid"),
];

/// A word, and the rows of which one has to be there, whatever object it is of.
const ANYWHERE: [(&str, &str); 8] = [
    ("comment", "pg_description x WHERE x.objoid >= {first} OR x.objoid = 2200"),
    (
        "member",
        "pg_depend x WHERE x.refclassid = 'pg_extension'::regclass AND x.deptype = 'e' AND x.objid >= {first}",
    ),
    (
        "comment on constraint",
        "pg_description x WHERE x.classoid = 'pg_constraint'::regclass AND x.objoid >= {first}",
    ),
    ("comment on rule", "pg_description x WHERE x.classoid = 'pg_rewrite'::regclass AND x.objoid >= {first}"),
    ("comment on type", "pg_description x WHERE x.classoid = 'pg_type'::regclass AND x.objoid >= {first}"),
    (
        "comment on index",
        "pg_description x JOIN pg_class c ON c.oid = x.objoid WHERE x.classoid = 'pg_class'::regclass \
         AND x.objoid >= {first} AND c.relkind IN ('c', 'i', 'I', 'S')",
    ),
    (
        "dependency on extension",
        "pg_depend x WHERE x.refclassid = 'pg_extension'::regclass AND x.deptype = 'x'",
    ),
    ("own extension", "pg_extension x WHERE x.oid >= {first}"),
];

/// Those of the database, which every role may read; the system catalog is that of the whole server.
const SUBSCRIPTIONS: &str =
    "pg_subscription x WHERE x.subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())";

/// An array of the words for what there is: those above, the names of catalogs whose objects are described only with all
/// others, each `relkind`, and `type` with each `typtype`.
pub(super) fn words(among: Among) -> String {
    let is_there = |word: &str, from: &str| {
        let from = from.replace("{of_server}", OF_SERVER).replace("{first}", &FIRST_USER_OID.to_string());
        format!("CASE WHEN EXISTS (SELECT FROM {from}) THEN {} END", quoted(word))
    };
    let probes = PROBES.iter();
    let mut words: Vec<String> = probes
        .map(|(word, from, owner)| is_there(word, &format!("{from} AND {}", among.condition(owner))))
        .collect();
    words.extend(ANYWHERE.iter().map(|(word, from)| is_there(word, from)));
    if among == Among::All {
        let with_objects = SELDOM_WRITTEN.iter().filter(|one| one.rows == Rows::Objects);
        let of_class = |one: &SeldomWritten| {
            is_there(one.catalog, &format!("{} x WHERE x.oid >= {{first}}", one.catalog))
        };
        words.extend(with_objects.map(of_class));
        words.push(is_there("pg_seclabel", "pg_seclabel x"));
        words.push(is_there("pg_subscription", SUBSCRIPTIONS));
        words.push(is_there(ALTERED, &altered::any_of_server()));
        let parts = told::PARTS.map(|(class, owner)| told::rows_of_parts(class, owner));
        words.push(is_there(HIDDEN_PART, &format!("({}) x", parts.join(" UNION ALL "))));
        words.extend(ALWAYS.map(quoted));
    }
    let (of_relations, of_types) = (among.condition("c.oid"), among.condition("t.oid"));
    format!(
        "array_remove(ARRAY[{}], NULL) || ARRAY(SELECT DISTINCT c.relkind::text FROM pg_class c WHERE {of_relations} \
         UNION ALL SELECT DISTINCT 'type ' || t.typtype::text FROM pg_type t WHERE {of_types})",
        words.join(", ")
    )
}

fn quoted(word: &str) -> String {
    Dialect::Postgres.quote_literal(word)
}

#[derive(QueryableByName)]
struct Words {
    #[diesel(sql_type = Array<Text>)]
    words: Vec<String>,
}

/// A reader of everything, which knows what there is in the whole database.
///
/// # Errors
/// The database's.
pub(super) fn reader_of_all(session: &mut Session) -> Result<Reader<'_>, BackendError> {
    let mut reader = Reader::new(session, Scope::All, HashSet::new());
    let present = words_of_all(&mut reader)?;
    Ok(reader.with_present(present))
}

/// Reads the words for what there is in the whole database.
fn words_of_all(reader: &mut Reader<'_>) -> Result<HashSet<String>, BackendError> {
    let found: Vec<Words> = reader.load(&format!("SELECT {} AS words", words(Among::All)))?;
    Ok(found.into_iter().flat_map(|found| found.words).collect())
}
