//! `COMMENT ON`.

use super::super::drop::aggregate_arguments;
use super::super::{identifier, qualified, relation_of};
use crate::catalog::{ObjectKind, ObjectName};
use crate::sql::Dialect;

/// The statement that gives an object this comment, or takes away the one that it has.
#[must_use]
pub fn comment(name: &ObjectName, comment: Option<&str>) -> String {
    let kind = name.kind.name().to_uppercase();
    let target = match (name.kind, &name.relation) {
        (ObjectKind::Index, _) => qualified(Dialect::Postgres, name),
        (_, Some(_)) => {
            format!(
                "{} ON {}",
                identifier(Dialect::Postgres, &name.name),
                relation_of(Dialect::Postgres, name)
            )
        }
        (ObjectKind::Aggregate, None) => {
            format!("{}({})", qualified(Dialect::Postgres, name), aggregate_arguments(name))
        }
        (_, None) => {
            let arguments = name.arguments.as_ref().map(|arguments| format!("({arguments})"));
            format!("{}{}", qualified(Dialect::Postgres, name), arguments.unwrap_or_default())
        }
    };
    format!("COMMENT ON {kind} {target} IS {}", literal(comment.or_else(|| first_comment(name))))
}

/// The statement that comments on a column of a table or view.
#[must_use]
pub fn column_comment(relation: &ObjectName, column: &str, comment: Option<&str>) -> String {
    let column =
        format!("{}.{}", qualified(Dialect::Postgres, relation), identifier(Dialect::Postgres, column));
    format!("COMMENT ON COLUMN {column} IS {}", literal(comment))
}

/// The comment that an object has in every database, which a catalog does not tell.
fn first_comment(name: &ObjectName) -> Option<&'static str> {
    (name.kind == ObjectKind::Schema && name.name == "public").then_some("standard public schema")
}

fn literal(comment: Option<&str>) -> String {
    comment.map_or("NULL".to_owned(), |comment| Dialect::Postgres.quote_literal(comment))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schema_of_every_database_gets_its_own_comment_back() {
        let schema = |name: &str| comment(&ObjectName::new(ObjectKind::Schema, None, name), None);
        assert_eq!(schema("public"), "COMMENT ON SCHEMA public IS 'standard public schema'");
        assert_eq!(schema("other"), "COMMENT ON SCHEMA other IS NULL");
    }
}
