//! Objects as users name them: `users`, `users.name`, `billing.invoice.total`, `mood.happy`. Pure.

use std::fmt;

use thiserror::Error;

use crate::catalog::{Catalog, Definition, ObjectKind, ObjectName};
use crate::sql::up_to_closing_quote;

/// The schema that is not named unless another is meant.
const USUAL_SCHEMA: &str = "public";

/// What was named: an object, or a label of an enum type.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Named {
    /// The object; of a label its type.
    pub object: ObjectName,
    /// The label.
    pub label: Option<String>,
}

/// Why a name as typed stands for no object.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NameError {
    /// Nothing is called so.
    #[error("there is no `{0}`")]
    Nothing(String),
    /// Several things are.
    #[error("`{name}` is several things: {}", .found.join(", "))]
    Several {
        /// The name.
        name: String,
        /// What it can mean, with the kinds.
        found: Vec<String>,
    },
    /// It cannot be a name.
    #[error("`{0}` is not a name")]
    Malformed(String),
}

impl Named {
    /// Names an object itself, and none of its labels.
    #[must_use]
    pub fn of(object: &ObjectName) -> Self {
        Self { object: object.clone(), label: None }
    }

    /// Names a label of the enum type `object`.
    #[must_use]
    pub fn of_label(object: &ObjectName, label: &str) -> Self {
        Self { object: object.clone(), label: Some(label.to_owned()) }
    }

    /// What is named, in a word: `label`, or the kind of the object, as `table`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        if self.label.is_some() { "label" } else { self.object.kind.name() }
    }

    /// The parts of its name, with its schema.
    fn path(&self) -> Vec<&str> {
        let ObjectName { schema, relation, name, .. } = &self.object;
        let parts = [schema.as_deref(), relation.as_deref(), Some(name.as_str()), self.label.as_deref()];
        parts.into_iter().flatten().collect()
    }
}

impl fmt::Display for Named {
    /// As a user would write it: without the usual schema, quoted only where it holds a dot or the like.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut path = self.path();
        if self.object.schema.as_deref() == Some(USUAL_SCHEMA) && path.len() > 1 {
            path.remove(0);
        }
        let is_plain = |part: &&str| !part.is_empty() && !part.contains(['.', ':', '"', '=']);
        let quoted = |part: &str| match is_plain(&part) {
            true => part.to_owned(),
            false => format!("\"{}\"", part.replace('"', "\"\"")),
        };
        f.write_str(&path.into_iter().map(quoted).collect::<Vec<_>>().join("."))
    }
}

/// What a name means in a catalog. A schema may be left out; of what then is called so in several, that of `public`
/// counts. What holds values goes before what does not.
///
/// # Errors
/// [`NameError`].
pub fn find(catalog: &Catalog, name: &str) -> Result<Named, NameError> {
    let parts = parts(name).ok_or_else(|| NameError::Malformed(name.to_owned()))?;
    let is_meant = |named: &Named| {
        let path = named.path();
        let without_schema = path.get(usize::from(named.object.schema.is_some())..).unwrap_or_default();
        [path.as_slice(), without_schema].into_iter().any(|path| {
            path.len() == parts.len()
                && path.iter().zip(&parts).all(|(one, other)| catalog.dialect.is_same_name(one, other))
        })
    };
    let mut found: Vec<Named> = all(catalog).filter(is_meant).collect();
    let best = found.iter().map(rank).min();
    found.retain(|named| Some(rank(named)) == best);
    match found.as_slice() {
        [only] => Ok(only.clone()),
        [] => Err(NameError::Nothing(name.to_owned())),
        several => Err(NameError::Several {
            name: name.to_owned(),
            found: several.iter().map(|named| named.object.to_string()).collect(),
        }),
    }
}

/// What is meant first, where several things have one name.
fn rank(named: &Named) -> (usize, bool) {
    let kind = match (named.object.kind, &named.label) {
        (ObjectKind::Table | ObjectKind::Column | ObjectKind::VirtualTable, _) | (_, Some(_)) => 0,
        (ObjectKind::Enum | ObjectKind::CompositeType | ObjectKind::Domain | ObjectKind::Sequence, _) => 1,
        _ => 2,
    };
    (kind, named.object.schema.as_deref().is_some_and(|schema| schema != USUAL_SCHEMA))
}

/// Everything that has a name, with columns and labels.
fn all(catalog: &Catalog) -> impl Iterator<Item = Named> {
    catalog.objects.iter().flat_map(|(name, object)| {
        let parts: Vec<Named> = match &object.definition {
            Definition::Table(table) => {
                let column = |column: &crate::catalog::Column| name.part(ObjectKind::Column, &column.name);
                table.columns.iter().map(|one| Named::of(&column(one))).collect()
            }
            Definition::Enum(labels) => labels.iter().map(|label| Named::of_label(name, label)).collect(),
            _ => Vec::new(),
        };
        std::iter::once(Named::of(name)).chain(parts)
    })
}

/// The parts of a name; a part in double quotes may hold anything.
fn parts(name: &str) -> Option<Vec<String>> {
    let mut parts = Vec::new();
    let mut rest = name.trim();
    loop {
        let (part, behind) = match rest.strip_prefix('"') {
            Some(quoted) => up_to_closing_quote(quoted)?,
            None => {
                let end = rest.find('.').unwrap_or(rest.len());
                (rest.get(..end)?.to_owned(), rest.get(end..)?)
            }
        };
        if part.is_empty() {
            return None;
        }
        parts.push(part);
        match behind.strip_prefix('.') {
            Some(next) => rest = next,
            None if behind.is_empty() => return Some(parts),
            None => return None,
        }
    }
}

/// The place of the first of these characters that stands outside of quotes.
pub(super) fn find_unquoted(text: &str, wanted: char) -> Option<usize> {
    let mut is_quoted = false;
    text.char_indices().find_map(|(place, character)| {
        is_quoted ^= character == '"';
        (character == wanted && !is_quoted).then_some(place)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{Column, Object, Table};
    use crate::sql::Dialect;

    fn catalog() -> Catalog {
        let mut catalog = Catalog::empty(Dialect::Postgres);
        let mut table = Table::default();
        table.columns.push(Column { name: "name".to_owned(), ..Column::default() });
        for (schema, name) in [("public", "users"), ("old", "users"), ("old", "a.b")] {
            let name = ObjectName::new(ObjectKind::Table, Some(schema), name);
            catalog.objects.insert(name, Object::new(Definition::Table(Box::new(table.clone()))));
        }
        let mood = ObjectName::new(ObjectKind::Enum, Some("public"), "mood");
        catalog.objects.insert(mood, Object::new(Definition::Enum(vec!["sad".to_owned()])));
        catalog
    }

    #[test]
    fn names_are_found_as_they_are_written() {
        let catalog = catalog();
        for (name, written) in [
            ("users", "users"),
            ("public.users", "users"),
            ("old.users", "old.users"),
            ("users.name", "users.name"),
            ("old.users.name", "old.users.name"),
            ("old.\"a.b\"", "old.\"a.b\""),
            ("\"a.b\".name", "old.\"a.b\".name"),
            ("mood.sad", "mood.sad"),
        ] {
            assert_eq!(find(&catalog, name).map(|named| named.to_string()), Ok(written.to_owned()), "{name}");
        }
    }

    #[test]
    fn what_is_no_name_is_told() {
        let catalog = catalog();
        assert_eq!(find(&catalog, "people"), Err(NameError::Nothing("people".to_owned())));
        for name in ["", "a..b", "\"a", "\"a\"b"] {
            assert_eq!(find(&catalog, name), Err(NameError::Malformed(name.to_owned())));
        }
    }
}
