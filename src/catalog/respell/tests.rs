use super::*;
use crate::catalog::{Constraint, Deferrable, Table};

fn check(expression: &str) -> Object {
    Object::new(Definition::Constraint(Constraint {
        is_named: true,
        rule: ConstraintRule::Check { expression: expression.to_owned(), no_inherit: false },
        deferrable: Deferrable::No,
        is_validated: true,
        is_inherited: false,
        definition: format!("CHECK ({expression})"),
    }))
}

fn with_check(expression: &str) -> (Catalog, ObjectName) {
    let table = ObjectName::new(ObjectKind::Table, Some("s"), "t");
    let constraint = table.part(ObjectKind::Constraint, "c");
    let mut catalog = Catalog::empty(Dialect::Postgres);
    catalog.objects.insert(table, Object::new(Definition::Table(Box::<Table>::default())));
    catalog.objects.insert(constraint.clone(), check(expression));
    (catalog, constraint)
}

/// Whether two texts are found to mean the same on a server that makes `server` of a text.
fn is_same(left: &str, right: &str, server: impl Fn(&str) -> Option<String>) -> bool {
    let ((lefts, name), (rights, _)) = (with_check(left), with_check(right));
    let mut respelling = Respelling::between(&lefts, &rights);
    let mut rounds = 0;
    while let Some(pending) = Some(respelling.pending()).filter(|pending| !pending.is_empty()) {
        rounds += 1;
        assert!(rounds <= MOST_ROUNDS);
        let read = |origin| {
            let catalog = respelling.to_load(&pending, origin);
            assert_eq!(catalog.objects.len(), 2, "with its table");
            let Definition::Constraint(constraint) = &catalog.objects[&name].definition else { panic!() };
            let expression = constraint.definition.strip_prefix("CHECK (")?.strip_suffix(')')?;
            server(expression).map(|text| check(&text))
        };
        let (left, right) = (read(Origin::Left), read(Origin::Right));
        respelling.note(&name, left.as_ref(), right.as_ref());
    }
    respelling.finish().is_some_and(|catalog| catalog == lefts)
}

#[test]
fn texts_mean_the_same_where_the_server_makes_one_of_both() {
    let server = |text: &str| Some(if text == "a" { "b" } else { text }.to_owned());
    assert!(is_same("a", "b", server));
    assert!(is_same("b", "a", server));
    assert!(!is_same("a", "c", server));
    assert!(!is_same("b", "c", server));
}

#[test]
fn it_takes_as_many_rounds_as_it_takes() {
    let shorter = |text: &str| Some(text.strip_prefix("xx").map_or(text, |_| &text[1..]).to_owned());
    assert!(is_same("xxxx", "x", shorter));
    let longer = |text: &str| Some(format!("({text})"));
    assert!(is_same("((a))", "a", longer));
    assert!(!is_same("b", "a", longer));
}

#[test]
fn what_the_server_refuses_is_another() {
    assert!(!is_same("a", "b", |text| (text == "b").then(|| "b".to_owned())));
}

#[test]
fn nothing_is_read_where_nothing_differs() {
    let ((left, _), (right, _)) = (with_check("a"), with_check("a"));
    assert!(Respelling::between(&left, &right).pending().is_empty());
    assert!(Respelling::between(&Catalog::empty(Dialect::Postgres), &right).pending().is_empty());
}
