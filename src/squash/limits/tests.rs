use super::*;
use crate::backend::{SequencePosition, TableRows};
use crate::catalog::{Catalog, Column, DataLoss, Grants, Object, Other, Table};

fn name(kind: ObjectKind, name: &str) -> ObjectName {
    ObjectName::new(kind, Some("s"), name)
}

fn public() -> ObjectName {
    ObjectName::new(ObjectKind::Schema, None, "public")
}

fn other_schema() -> ObjectName {
    ObjectName::new(ObjectKind::Schema, None, "s")
}

/// A database with one of everything that a range may find and must leave as it is.
fn before(dialect: Dialect) -> Snapshot {
    let mut one = Snapshot { catalog: Catalog::empty(dialect), contents: Default::default() };
    let columns = vec![Column { name: "a".to_owned(), ..Column::default() }];
    let table = Table { columns, ..Table::default() };
    let objects = &mut one.catalog.objects;
    objects.insert(name(ObjectKind::Table, "t"), Object::new(Definition::Table(Box::new(table))));
    for schema in [public(), other_schema()] {
        objects.insert(schema, Object::new(Definition::Schema));
    }
    for view in ["empty", "full"] {
        // What kind of definition it has does not matter here.
        objects.insert(name(ObjectKind::MaterializedView, view), Object::new(Definition::Schema));
    }
    let rows = TableRows { columns: vec!["a".to_owned()], rows: vec![vec!["1".to_owned()]] };
    one.contents.tables.insert(name(ObjectKind::Table, "t"), rows);
    one.contents.sequences.insert("s.n".to_owned(), SequencePosition { last_value: 7, is_called: true });
    one.contents.unpopulated.insert(name(ObjectKind::MaterializedView, "empty"));
    one.contents.unmodelled.insert("cast".to_owned());
    one
}

/// Each part alone: the range is refused that alters what was there before it, and nothing else.
#[test]
fn what_was_there_before_is_left_as_it_is() {
    type Alter = fn(&mut Snapshot);
    fn object<'s>(one: &'s mut Snapshot, name: &ObjectName) -> &'s mut Object {
        one.catalog.objects.get_mut(name).expect("it is there")
    }
    let refused: [(&str, Alter); 9] = [
        ("row", |one| one.contents.tables.values_mut().for_each(|one| one.rows[0][0] = "2".into())),
        ("more rows", |one| {
            one.contents.tables.values_mut().for_each(|one| one.rows.push(vec!["2".into()]));
        }),
        ("moved", |one| one.contents.sequences.values_mut().for_each(|one| one.last_value = 8)),
        ("unmodelled", |one| one.contents.unmodelled.clear()),
        ("refreshed", |one| one.contents.unpopulated.clear()),
        ("emptied", |one| one.contents.unpopulated.extend([name(ObjectKind::MaterializedView, "full")])),
        ("dropped", |one| drop(one.catalog.objects.remove(&name(ObjectKind::Table, "t")))),
        ("comment", |one| object(one, &other_schema()).comment = Some("x".into())),
        ("owner of public", |one| object(one, &public()).owner = Some("x".into())),
    ];
    let taken: [(&str, Alter); 6] = [
        ("table", |one| {
            let table = Object::new(Definition::Table(Box::default()));
            one.catalog.objects.insert(name(ObjectKind::Table, "u"), table);
        }),
        ("rows of a new table", |one| {
            let rows = TableRows { columns: vec!["a".to_owned()], rows: vec![vec!["1".to_owned()]] };
            one.contents.tables.insert(name(ObjectKind::Table, "u"), rows);
        }),
        ("new sequence", |one| {
            let position = SequencePosition { last_value: 1, is_called: false };
            one.contents.sequences.insert("s.m".to_owned(), position);
        }),
        ("new view without data", |one| {
            one.contents.unpopulated.insert(name(ObjectKind::MaterializedView, "new"));
        }),
        ("comment on public", |one| object(one, &public()).comment = Some("x".into())),
        ("grants on public", |one| {
            object(one, &public()).grants = Grants::from(["GRANT USAGE ON SCHEMA public TO x".to_owned()]);
        }),
    ];
    let is_refused = |alter: Alter| {
        let (old, mut new) = (before(Dialect::Postgres), before(Dialect::Postgres));
        alter(&mut new);
        !changes_to_older(&old, &new).is_empty()
    };
    for (part, alter) in refused {
        assert!(is_refused(alter), "{part}");
    }
    for (part, alter) in taken {
        assert!(!is_refused(alter), "{part}");
    }
}

#[test]
fn a_constraint_is_added_where_the_database_can() {
    let table = name(ObjectKind::Table, "t");
    for (kind, dialect, can) in [
        (ObjectKind::Constraint, Dialect::Postgres, true),
        (ObjectKind::Constraint, Dialect::Sqlite, false),
        (ObjectKind::Column, Dialect::Postgres, false),
        (ObjectKind::Index, Dialect::Sqlite, true),
    ] {
        let difference = Difference {
            object: table.part(kind, "x"),
            change: Change::Added,
            loses_data: DataLoss::default(),
        };
        assert_eq!(can_be_added(dialect, &difference), can, "{kind:?} {dialect}");
    }
    let gone = Difference {
        object: table.part(ObjectKind::Index, "x"),
        change: Change::Removed,
        loses_data: DataLoss::default(),
    };
    assert!(!can_be_added(Dialect::Postgres, &gone));
}

/// What there is now and no statement makes: what was there already is none of the range's.
#[test]
fn what_no_statement_makes_is_named() {
    let virtual_table = ObjectName::new(ObjectKind::VirtualTable, None, "ft");
    let other = |statements: &[&str]| {
        let statements = statements.iter().map(|one| (*one).to_owned()).collect();
        Object::new(Definition::Other(Other { statements, ..Other::default() }))
    };
    let with = |dialect, alter: &dyn Fn(&mut Snapshot)| {
        let (old, mut new) = (before(dialect), before(dialect));
        alter(&mut new);
        unmodelled(&old, &new)
    };
    let cast = |one: &mut Snapshot| one.contents.unmodelled.extend(["new cast".to_owned()]);
    assert_eq!(with(Dialect::Postgres, &cast), ["new cast"]);
    // Of SQLite these are pragmas, which are written.
    assert_eq!(with(Dialect::Sqlite, &cast), [""; 0]);
    assert_eq!(with(Dialect::Postgres, &|_| ()), [""; 0]);
    for (statements, number) in [(&[][..], 1), (&["CREATE CAST …"][..], 0)] {
        let add = |one: &mut Snapshot| {
            drop(one.catalog.objects.insert(name(ObjectKind::Detail, "o"), other(statements)));
        };
        assert_eq!(with(Dialect::Postgres, &add).len(), number, "{statements:?}");
    }
    for (rows, told) in [(vec![vec!["1".to_owned()]], vec!["the rows of virtual table ft"]), (vec![], vec![])]
    {
        let add = |one: &mut Snapshot| {
            one.catalog
                .objects
                .insert(virtual_table.clone(), other(&["CREATE VIRTUAL TABLE ft USING fts5(a)"]));
            let rows = TableRows { columns: vec!["a".to_owned()], rows: rows.clone() };
            one.contents.tables.insert(virtual_table.clone(), rows);
        };
        assert_eq!(with(Dialect::Sqlite, &add), told);
    }
}
