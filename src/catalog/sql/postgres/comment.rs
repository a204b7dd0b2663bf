//! `COMMENT ON`.

use super::super::drop::aggregate_arguments;
use super::super::{identifier, qualified, relation_of};
use super::POSTGRES;
use crate::catalog::{ObjectKind, ObjectName};

/// The statement that gives an object this comment, or takes away the one that it has.
#[must_use]
pub fn comment(name: &ObjectName, comment: Option<&str>) -> String {
    let kind = name.kind.name().to_uppercase();
    let target = match (name.kind, &name.relation) {
        (ObjectKind::Index, _) => qualified(POSTGRES, name),
        (_, Some(_)) => {
            format!("{} ON {}", identifier(POSTGRES, &name.name), relation_of(POSTGRES, name))
        }
        (ObjectKind::Aggregate, None) => {
            format!("{}({})", qualified(POSTGRES, name), aggregate_arguments(name))
        }
        (_, None) => {
            let arguments = name.arguments.as_ref().map(|arguments| format!("({arguments})"));
            format!("{}{}", qualified(POSTGRES, name), arguments.unwrap_or_default())
        }
    };
    format!("COMMENT ON {kind} {target} IS {}", literal(comment))
}

/// The same for a column of a table or view.
#[must_use]
pub fn column_comment(relation: &ObjectName, column: &str, comment: Option<&str>) -> String {
    let column = format!("{}.{}", qualified(POSTGRES, relation), identifier(POSTGRES, column));
    format!("COMMENT ON COLUMN {column} IS {}", literal(comment))
}

fn literal(comment: Option<&str>) -> String {
    comment.map_or("NULL".to_owned(), |comment| POSTGRES.quote_literal(comment))
}
