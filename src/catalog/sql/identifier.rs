//! Names, in quotes where they need them.

use crate::catalog::sqlite;
use crate::sql::Dialect;

/// The words that PostgreSQL does not take as every name, up to version 18, sorted.
const POSTGRES_KEYWORDS: [&str; 164] = [
    "all", "analyse", "analyze", "and", "any", "array", "as", "asc", "asymmetric", "authorization",
    "between", "bigint", "binary", "bit", "boolean", "both", "case", "cast", "char", "character", "check",
    "coalesce", "collate", "collation", "column", "concurrently", "constraint", "create", "cross",
    "current_catalog", "current_date", "current_role", "current_schema", "current_time",
    "current_timestamp", "current_user", "dec", "decimal", "default", "deferrable", "desc", "distinct",
    "do", "else", "end", "except", "exists", "extract", "false", "fetch", "float", "for", "foreign",
    "freeze", "from", "full", "grant", "greatest", "group", "grouping", "having", "ilike", "in",
    "initially", "inner", "inout", "int", "integer", "intersect", "interval", "into", "is", "isnull",
    "join", "json", "json_array", "json_arrayagg", "json_exists", "json_object", "json_objectagg",
    "json_query", "json_scalar", "json_serialize", "json_table", "json_value", "lateral", "leading",
    "least", "left", "like", "limit", "localtime", "localtimestamp", "merge_action", "national", "natural",
    "nchar", "none", "normalize", "not", "notnull", "null", "nullif", "numeric", "offset", "on", "only",
    "or", "order", "out", "outer", "overlaps", "overlay", "placing", "position", "precision", "primary",
    "real", "references", "returning", "right", "row", "select", "session_user", "setof", "similar",
    "smallint", "some", "substring", "symmetric", "system_user", "table", "tablesample", "then", "time",
    "timestamp", "to", "trailing", "treat", "trim", "true", "union", "unique", "user", "using", "values",
    "varchar", "variadic", "verbose", "when", "where", "window", "with", "xmlattributes", "xmlconcat",
    "xmlelement", "xmlexists", "xmlforest", "xmlnamespaces", "xmlparse", "xmlpi", "xmlroot", "xmlserialize",
    "xmltable",
];

/// `name` as SQL of a dialect, in quotes only where they are needed.
#[must_use]
pub fn identifier(dialect: Dialect, name: &str) -> String {
    let is_bare = match dialect {
        Dialect::Postgres => {
            is_plain_name(name)
                && !name.bytes().any(|byte| byte.is_ascii_uppercase())
                && POSTGRES_KEYWORDS.binary_search(&name).is_err()
        }
        Dialect::Sqlite => is_plain_name(name) && !sqlite::is_keyword(name),
    };
    if is_bare { name.to_owned() } else { dialect.quote_identifier(name) }
}

/// Whether a name consists of ASCII letters, digits and underscores, and begins with no digit.
#[must_use]
pub fn is_plain_name(name: &str) -> bool {
    let begins_well = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
    begins_well && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_stand_where_they_are_needed() {
        assert!(POSTGRES_KEYWORDS.is_sorted());
        for (dialect, name, written) in [
            (Dialect::Postgres, "account", "account"),
            (Dialect::Postgres, "Account", "\"Account\""),
            (Dialect::Postgres, "user", "\"user\""),
            (Dialect::Postgres, "2nd", "\"2nd\""),
            (Dialect::Sqlite, "Account", "Account"),
            (Dialect::Sqlite, "order", "\"order\""),
            (Dialect::Sqlite, "a b", "\"a b\""),
            (Dialect::Sqlite, "", "\"\""),
        ] {
            assert_eq!(identifier(dialect, name), written);
        }
    }
}
