//! Which column a sequence belongs to, and which role: the server lets a sequence be no other role's than its column's table.

use super::super::super::Statement;
use super::super::POSTGRES;
use super::super::order::Stage;
use super::super::steps::Steps;
use super::sequence::{heir, qualified_of};
use crate::catalog::sql::qualified;
use crate::catalog::{Catalog, Definition, ObjectKind, ObjectName, Sequence};

/// Puts the statements that give a sequence another owner and another column in an order that the server takes: it gives a
/// sequence of a column no other owner, and to a column none whose owner is not its table's.
pub(in super::super) fn hand_over(
    name: &ObjectName,
    left: &Sequence,
    right: &Sequence,
    statements: &mut Vec<Statement>,
) {
    let find = |statements: &[Statement], words: &str| {
        statements.iter().position(|one| one.sql.starts_with("ALTER SEQUENCE ") && one.sql.contains(words))
    };
    if left.owned_by == right.owned_by || find(statements, " OWNER TO ").is_none() {
        return;
    }
    let owned = find(statements, " OWNED BY ").map(|place| statements.remove(place));
    let Some(handed_over) = find(statements, " OWNER TO ") else { return };
    if right.owned_by.is_some() {
        statements.splice(handed_over + 1..handed_over + 1, owned);
    }
    if left.owned_by.is_some() {
        let none = format!("ALTER SEQUENCE {} OWNED BY NONE", qualified(POSTGRES, name));
        statements.insert(handed_over, Statement::new(name, none));
    }
}

/// A sequence is given to a column that comes at the end, and leaves one before that is dropped; its position is read
/// before it goes.
pub(super) fn connect(steps: &mut Steps<'_, '_>) {
    let (sides, fates) = (steps.sides(), steps.fates());
    let sequences = sides.left.objects.keys().filter(|name| name.kind == ObjectKind::Sequence);
    for name in sequences {
        if fates.is_away(name) {
            if let Some(column) = heir(sides, fates, name) {
                let altered = steps.place(sides.right, &column, Stage::Alter);
                steps.before(altered, steps.place(sides.left, name, Stage::Drop));
            }
            continue;
        }
        let old = owner(sides.left, name).and_then(|column| sides.left_column_named(&column));
        let new = owner(sides.right, name).and_then(|column| sides.right_column_named(&column));
        if old != new {
            connect_owners(steps, name, old.as_ref(), new.as_ref());
        }
        let comes = new.as_ref().filter(|new| matches!(sides.columns(new), Some((None, Some(_)))));
        if let Some(column) = comes.filter(|_| old != new) {
            let owned =
                format!("ALTER SEQUENCE {} OWNED BY {}", qualified(POSTGRES, name), qualified_of(column));
            steps.push(name, Stage::AtEnd, vec![Statement::new(name, owned)]);
        }
        let dropped = old.as_ref().and_then(|old| steps.place(sides.left, old, Stage::Drop));
        if dropped.is_some() {
            release(steps, name, dropped, old.filter(|old| Some(old) == new.as_ref()));
        }
    }
}

/// A sequence leaves the column of a table that is handed over before it would be too, and comes to that of another after it has
/// been.
fn connect_owners(
    steps: &mut Steps<'_, '_>,
    name: &ObjectName,
    old: Option<&ObjectName>,
    new: Option<&ObjectName>,
) {
    let sides = steps.sides();
    let handed_over = |column: &ObjectName, catalog: &Catalog| {
        let (table, _) = catalog.relation_of(column)?;
        let owner = |catalog: &Catalog| catalog.objects.get(table)?.owner.clone();
        (owner(sides.left) != owner(sides.right)).then(|| table.clone())
    };
    let (left, right) =
        (old.and_then(|one| handed_over(one, sides.left)), new.and_then(|one| handed_over(one, sides.right)));
    let altered = steps.place(sides.right, name, Stage::Alter);
    let place = |table: &Option<ObjectName>| steps.place(sides.right, table.as_ref()?, Stage::Alter);
    let (is_of_one_table, left, right) = (left == right, place(&left), place(&right));
    // Its table takes it along.
    if is_of_one_table {
        steps.before(altered, left);
        return;
    }
    let detaches = |place: &usize| {
        let mut statements = steps.steps.get(*place).into_iter().flat_map(|step| &step.statements);
        statements.any(|statement| statement.sql.contains(" OWNED BY "))
    };
    let detaching = altered.filter(detaches);
    if left.is_some() && detaching.is_none() {
        release(steps, name, left, None);
    }
    steps.before(detaching, left);
    steps.before(right, altered);
}

fn owner(catalog: &Catalog, name: &ObjectName) -> Option<String> {
    match &catalog.objects.get(name)?.definition {
        Definition::Sequence(sequence) => sequence.owned_by.clone(),
        _ => None,
    }
}

/// A sequence must not go with the column that owns it; one that is made again gets it back.
fn release(
    steps: &mut Steps<'_, '_>,
    name: &ObjectName,
    dropped: Option<usize>,
    renewed: Option<ObjectName>,
) {
    let words = format!("ALTER SEQUENCE {} OWNED BY", qualified(POSTGRES, name));
    let release = steps.push(name, Stage::Release, vec![Statement::new(name, format!("{words} NONE"))]);
    steps.before(Some(release), dropped);
    let sides = steps.sides();
    let stays = |column: &ObjectName| {
        let table = sides.right.relation_of(column).map(|(table, _)| table);
        table.is_some_and(|table| !steps.fates().is_away(table))
    };
    if let Some(column) = renewed.filter(stays) {
        steps.push(
            name,
            Stage::AtEnd,
            vec![Statement::new(name, format!("{words} {}", qualified_of(&column)))],
        );
    }
}
