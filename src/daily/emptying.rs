//! What empties a database object by object. Pure.

use std::collections::BTreeMap;

use crate::catalog::sql::{self, Statement, drop_one};
use crate::catalog::{Catalog, Definition, ObjectKind, ObjectName, Scope};

/// Why an object stays where a database is emptied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stay {
    /// Extensions are installed by hand, and often by somebody else.
    Extension,
    /// It belongs to a role that this one is no member of.
    OthersOwn(String),
    /// The configuration does not look at it.
    OutOfScope,
    /// Something that stays needs it.
    NeededBy(ObjectName),
    /// Something that stays is in this schema.
    HoldsOthers,
    /// No statement drops it.
    NoStatement,
}

impl Stay {
    /// What is said of it; nothing where the user's own configuration says so.
    #[must_use]
    pub fn sentence(&self) -> Option<String> {
        match self {
            Self::Extension => Some("extensions stay".to_owned()),
            Self::OthersOwn(owner) => Some(format!("it belongs to {owner}")),
            Self::NeededBy(other) => Some(format!("{other} needs it")),
            Self::NoStatement => Some("revgraph does not drop such objects".to_owned()),
            Self::OutOfScope | Self::HoldsOthers => None,
        }
    }
}

/// What dropping everything in a database takes, and what is not dropped.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Emptying {
    /// The statements, each before those of the objects that it needs.
    pub drops: Vec<Statement>,
    /// The objects that stay, each with the reason.
    pub stays: BTreeMap<ObjectName, Stay>,
}

/// What empties a database of this schema: all that is in `scope` and belongs to a role of which `is_ours` says so. What
/// stays keeps what it needs. The schema of the bookkeeping tables, which are in no catalog, stays too.
pub fn emptying(
    catalog: &Catalog,
    scope: &Scope,
    bookkeeping: Option<&str>,
    is_ours: &dyn Fn(&str) -> bool,
) -> Emptying {
    let mut stays = stay_by_themselves(catalog, scope, is_ours);
    keep_what_is_needed(catalog, &mut stays);
    for name in catalog.objects.keys().filter(|name| name.kind == ObjectKind::Schema) {
        let holds_others = bookkeeping == Some(name.name.as_str())
            || stays.keys().any(|other| other.schema.as_ref() == Some(&name.name));
        if holds_others {
            stays.entry(name.clone()).or_insert(Stay::HoldsOthers);
        }
    }
    let goes = |name: &ObjectName| !stays.contains_key(name) && !stays.contains_key(relation(catalog, name));
    let drops = sql::drop(catalog, &goes);
    Emptying { drops, stays }
}

/// What stays for its own sake. A part goes with its table.
fn stay_by_themselves(
    catalog: &Catalog,
    scope: &Scope,
    is_ours: &dyn Fn(&str) -> bool,
) -> BTreeMap<ObjectName, Stay> {
    let inside = catalog.clone().within(scope);
    let why = |name: &ObjectName| {
        let object = catalog.objects.get(name)?;
        let other = object.owner.as_deref().filter(|owner| !is_ours(owner));
        match &object.definition {
            _ if !inside.objects.contains_key(name) => Some(Stay::OutOfScope),
            Definition::Extension(_) => Some(Stay::Extension),
            _ if other.is_some() => other.map(|owner| Stay::OthersOwn(owner.to_owned())),
            _ if name.kind == ObjectKind::Schema => None,
            _ => drop_one(catalog.dialect, name).is_none().then_some(Stay::NoStatement),
        }
    };
    let whole = catalog.objects.keys().filter(|name| name.relation.is_none());
    whole.filter_map(|name| Some((name.clone(), why(name)?))).collect()
}

/// Adds what something needs that stays, and what that needs.
fn keep_what_is_needed(catalog: &Catalog, stays: &mut BTreeMap<ObjectName, Stay>) {
    let mut next: Vec<ObjectName> = stays.keys().cloned().collect();
    while let Some(kept) = next.pop() {
        let parts = catalog.objects.keys().filter(|name| name.is_part_of(&kept));
        for user in parts.chain([&kept]) {
            for needed in catalog.dependencies.get(user).into_iter().flatten() {
                let needed = relation(catalog, needed);
                if *needed != kept && catalog.objects.contains_key(needed) && !stays.contains_key(needed) {
                    stays.insert(needed.clone(), Stay::NeededBy(kept.clone()));
                    next.push(needed.clone());
                }
            }
        }
    }
}

/// The table or view of a part, any other object itself.
fn relation<'c>(catalog: &'c Catalog, name: &'c ObjectName) -> &'c ObjectName {
    catalog.relation_of(name).map_or(name, |(relation, _)| relation)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::catalog::{Extension, Ignore, Object};
    use crate::sql::Dialect;

    fn name(kind: ObjectKind, text: &str) -> ObjectName {
        match text.split_once('.') {
            Some((schema, name)) => ObjectName::new(kind, Some(schema), name),
            None => ObjectName::new(kind, None, text),
        }
    }

    fn owned(definition: Definition, owner: &str) -> Object {
        Object { owner: Some(owner.to_owned()), ..Object::new(definition) }
    }

    fn catalog(tables: &[(&str, &str)], needs: &[(&str, &str)]) -> Catalog {
        let mut catalog = Catalog::empty(Dialect::Postgres);
        for schema in ["app", "theirs"] {
            catalog.objects.insert(name(ObjectKind::Schema, schema), owned(Definition::Schema, "me"));
        }
        let hstore = Extension { version: "1".to_owned(), schema: "app".to_owned() };
        catalog
            .objects
            .insert(name(ObjectKind::Extension, "hstore"), Object::new(Definition::Extension(hstore)));
        for (table, owner) in tables {
            let object = owned(Definition::Table(Box::default()), owner);
            catalog.objects.insert(name(ObjectKind::Table, table), object);
        }
        for (one, other) in needs {
            let needed = BTreeSet::from([name(ObjectKind::Table, other)]);
            catalog.dependencies.insert(name(ObjectKind::Table, one), needed);
        }
        catalog
    }

    fn drops(catalog: &Catalog, ignore: &[&str]) -> Vec<String> {
        let ignore: Vec<String> = ignore.iter().map(|pattern| (*pattern).to_owned()).collect();
        let scope = Scope { schema: None, ignore: Ignore::new(&ignore).expect("they can be used") };
        let found = emptying(catalog, &scope, None, &|owner| owner == "me");
        found.drops.into_iter().map(|statement| statement.sql).collect()
    }

    #[test]
    fn what_stays_keeps_what_it_needs_and_its_schema() {
        let tables = [("app.a", "me"), ("app.b", "me"), ("theirs.c", "other")];
        let alone = catalog(&tables, &[("app.b", "app.a")]);
        assert_eq!(drops(&alone, &[]), ["DROP TABLE app.b", "DROP TABLE app.a", "DROP SCHEMA app"]);
        let needed = catalog(&tables, &[("theirs.c", "app.b"), ("app.b", "app.a")]);
        assert_eq!(drops(&needed, &[]), [""; 0]);
        assert_eq!(drops(&alone, &["app.b"]), [""; 0]);
        assert_eq!(drops(&alone, &["app.a"]), ["DROP TABLE app.b"]);
    }

    #[test]
    fn the_schema_of_the_bookkeeping_stays() {
        let catalog = catalog(&[], &[]);
        let found = emptying(&catalog, &Scope::default(), Some("app"), &|_| true);
        let dropped: Vec<&str> = found.drops.iter().map(|statement| statement.sql.as_str()).collect();
        assert_eq!(dropped, ["DROP SCHEMA theirs"]);
    }
}
