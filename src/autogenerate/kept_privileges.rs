//! Who may do what, where the wanted schema says nothing of it: what is there stays so, also where an object is made again.
//! Pure.

use crate::catalog::sql::target_of;
use crate::catalog::{Catalog, Definition, Object, ObjectKind, ObjectName};

/// The wanted schema with the owners and grants of what is there: those of objects and columns of the same names, default
/// privileges, and privileges that stand for themselves as long as there is what they are of.
pub(super) fn with_privileges_of(here: &Catalog, mut wanted: Catalog) -> Catalog {
    for (name, object) in &mut wanted.objects {
        if let Some(old) = here.objects.get(name) {
            take_over(old, object);
        }
    }
    let missing: Vec<(ObjectName, Object)> =
        missing(here, &wanted).map(|(name, object)| (name.clone(), object.clone())).collect();
    for (name, object) in missing {
        if let Some(needed) = here.dependencies.get(&name) {
            wanted.dependencies.insert(name.clone(), needed.clone());
        }
        wanted.objects.insert(name, object);
    }
    wanted
}

/// Whether the wanted schema would have other owners and grants of what is there than that has.
pub(super) fn has_other_privileges(here: &Catalog, wanted: &Catalog) -> bool {
    let mut both = wanted.objects.iter().filter_map(|(name, object)| Some((here.objects.get(name)?, object)));
    both.any(|(old, object)| is_other(old, object)) || missing(here, wanted).next().is_some()
}

fn is_other(old: &Object, object: &Object) -> bool {
    if old.owner != object.owner || old.grants != object.grants {
        return true;
    }
    let (Some(before), Some(table)) = (old.table(), object.table()) else { return false };
    table.columns.iter().any(|column| {
        let former = before.columns.iter().find(|one| one.name == column.name);
        former.is_some_and(|former| former.grants != column.grants)
    })
}

/// The privileges that stand for themselves, which the wanted schema is without though it has what they are of.
fn missing<'c>(here: &'c Catalog, wanted: &'c Catalog) -> impl Iterator<Item = (&'c ObjectName, &'c Object)> {
    here.objects.iter().filter(|(name, object)| {
        name.is_grants() && !wanted.objects.contains_key(*name) && has_object(here, wanted, name, object)
    })
}

/// Gives an object the owner and the grants of another, and those of columns of the same names.
pub(super) fn take_over(old: &Object, object: &mut Object) {
    object.owner.clone_from(&old.owner);
    object.grants.clone_from(&old.grants);
    if let (Definition::Table(old), Definition::Table(table)) = (&old.definition, &mut object.definition) {
        for column in &mut table.columns {
            let former = old.columns.iter().find(|one| one.name == column.name);
            if let Some(former) = former {
                column.grants.clone_from(&former.grants);
            }
        }
    }
}

/// Whether there will be what some privileges are of; those of a column of a view need it too.
fn has_object(here: &Catalog, wanted: &Catalog, name: &ObjectName, object: &Object) -> bool {
    let needed = here.dependencies.get(name).into_iter().flatten();
    let part = target_of(object).map_or("", |target| target.part.as_str());
    let column =
        part.trim().trim_start_matches('(').trim_end_matches(')').trim_matches('"').replace("\"\"", "\"");
    let column = format!("{column} ");
    needed.into_iter().all(|one| match wanted.objects.get(one).map(|object| &object.definition) {
        Some(Definition::View(view)) if !part.is_empty() => {
            view.columns.iter().any(|own| own.starts_with(&column))
        }
        Some(_) => true,
        None => one.kind == ObjectKind::Column,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{Column, GrantTarget, Grants, Other, Table, View};
    use crate::sql::Dialect;

    fn name(kind: ObjectKind, name: &str) -> ObjectName {
        let schema = (kind != ObjectKind::Unmodelled).then_some("public");
        ObjectName::new(kind, schema, name)
    }

    fn grants(grant: &str) -> Grants {
        [grant.to_owned()].into()
    }

    fn with_view(catalog: &mut Catalog, column: &str) {
        let view = View { columns: vec![format!("{column} text")], ..View::default() };
        catalog.objects.insert(name(ObjectKind::View, "v"), Object::new(Definition::View(view)));
    }

    /// What is there: a table of somebody's, and a column of a view that somebody may change.
    fn here() -> Catalog {
        let mut here = Catalog::empty(Dialect::Postgres);
        let column = Column { name: "a".to_owned(), grants: grants("UPDATE TO x"), ..Column::default() };
        let table = Table { columns: vec![column], ..Table::default() };
        let mut object = Object::new(Definition::Table(Box::new(table)));
        object.owner = Some("me".to_owned());
        object.grants = grants("SELECT TO x");
        here.objects.insert(name(ObjectKind::Table, "t"), object);
        with_view(&mut here, "b");
        let target = GrantTarget { part: " (b)".to_owned(), ..GrantTarget::default() };
        let other = Other { granted_on: Some(target), ..Other::default() };
        let privileges = name(ObjectKind::Unmodelled, "privileges of column public.v.b");
        here.objects.insert(privileges.clone(), Object::new(Definition::Other(other)));
        here.dependencies.insert(privileges, [name(ObjectKind::View, "v")].into());
        here
    }

    #[test]
    fn owners_and_grants_stay() {
        let mut wanted = Catalog::empty(Dialect::Postgres);
        let column = |name: &str| Column { name: name.to_owned(), ..Column::default() };
        let table = Table { columns: vec![column("b"), column("a")], ..Table::default() };
        wanted.objects.insert(name(ObjectKind::Table, "t"), Object::new(Definition::Table(Box::new(table))));
        with_view(&mut wanted, "b");
        let kept = with_privileges_of(&here(), wanted);
        let object = &kept.objects[&name(ObjectKind::Table, "t")];
        assert_eq!((object.owner.as_deref(), &object.grants), (Some("me"), &grants("SELECT TO x")));
        let Definition::Table(table) = &object.definition else { panic!("it is a table") };
        let of_columns: Vec<&Grants> = table.columns.iter().map(|one| &one.grants).collect();
        assert_eq!(of_columns, [&Grants::new(), &grants("UPDATE TO x")]);
        assert_eq!(kept.objects.len(), 3);
    }

    #[test]
    fn it_is_known_what_would_be_other() {
        let here = here();
        let without = |leave: &dyn Fn(&mut Catalog)| {
            let mut wanted = here.clone();
            leave(&mut wanted);
            has_other_privileges(&here, &wanted)
        };
        let table = name(ObjectKind::Table, "t");
        fn object<'c>(catalog: &'c mut Catalog, table: &ObjectName) -> &'c mut Object {
            catalog.objects.get_mut(table).expect("it is there")
        }
        assert!(!without(&|_| {}));
        assert!(!without(&|wanted| drop(wanted.objects.remove(&table))));
        assert!(without(&|wanted| object(wanted, &table).owner = Some("you".to_owned())));
        assert!(without(&|wanted| object(wanted, &table).grants = Grants::new()));
        assert!(without(&|wanted| {
            let Definition::Table(table) = &mut object(wanted, &table).definition else {
                panic!("it is a table")
            };
            table.columns.iter_mut().for_each(|column| column.grants = Grants::new());
        }));
        let privileges = name(ObjectKind::Unmodelled, "privileges of column public.v.b");
        assert!(without(&|wanted| drop(wanted.objects.remove(&privileges))));
    }

    #[test]
    fn privileges_of_what_goes_go() {
        let mut wanted = Catalog::empty(Dialect::Postgres);
        with_view(&mut wanted, "bb");
        assert_eq!(with_privileges_of(&here(), wanted).objects.len(), 1);
        assert_eq!(with_privileges_of(&here(), Catalog::empty(Dialect::Postgres)).objects.len(), 0);
    }
}
