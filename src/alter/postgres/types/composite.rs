//! Composite types.

use super::super::super::{Remark, Statement};
use super::super::POSTGRES;
use super::super::sides::Sides;
use super::super::way::Way;
use super::names::columns_of;
use super::narrowed;
use crate::catalog::sql::{identifier, named, qualified};
use crate::catalog::{Catalog, Column, CompositeAttribute, Definition, ObjectKind, ObjectName};

/// The way between two composite types: attributes are added at the end and dropped in place, while what reads them is
/// away. That one gets another type is possible only where no column holds values of the type.
pub(super) fn way(
    sides: &Sides<'_>,
    name: &ObjectName,
    left: &[CompositeAttribute],
    right: &[CompositeAttribute],
) -> Way {
    let changes = actions(left, right);
    let Some(changes) = changes.filter(|_| !sides.is_to_be_swapped(name)) else { return Way::Swap };
    if changes.is_retyping && holds_values(sides, name) {
        return Way::Swap;
    }
    let is_typing_tables =
        sides.dependents_of(name).any(|dependent| matches!(dependent.kind, ObjectKind::Table));
    let ending = if is_typing_tables { " CASCADE" } else { "" };
    let actions =
        changes.actions.iter().map(|action| format!("{action}{ending}")).collect::<Vec<_>>().join(", ");
    let mut statement = Statement::new(name, format!("ALTER TYPE {} {actions}", qualified(POSTGRES, name)));
    for attribute in changes.dropped {
        statement = statement.remark(loss(sides, name, attribute));
    }
    if changes.is_retyping {
        statement = typed_columns(sides, name).fold(statement, Statement::remark);
    }
    Way::Alter { statements: vec![statement], redefines: true }
}

struct Changes<'a> {
    actions: Vec<String>,
    dropped: Vec<&'a CompositeAttribute>,
    is_retyping: bool,
    /// Whether an attribute is no longer what it was for those that read it.
    is_reshaping: bool,
}

/// The actions of `ALTER TYPE`; none where they lead to another order.
fn actions<'a>(left: &'a [CompositeAttribute], right: &[CompositeAttribute]) -> Option<Changes<'a>> {
    let find = |all: &'a [CompositeAttribute], name: &str| all.iter().find(|one| one.name == name);
    let dropped: Vec<_> =
        left.iter().filter(|one| !right.iter().any(|other| other.name == one.name)).collect();
    let kept = left.iter().filter(|one| right.iter().any(|other| other.name == one.name));
    let added: Vec<_> = right.iter().filter(|one| find(left, &one.name).is_none()).collect();
    let reached: Vec<&str> =
        kept.map(|one| one.name.as_str()).chain(added.iter().map(|one| one.name.as_str())).collect();
    if !reached.iter().copied().eq(right.iter().map(|one| one.name.as_str())) {
        return None;
    }
    let retyped: Vec<_> =
        right.iter().filter(|one| find(left, &one.name).is_some_and(|old| old != *one)).collect();
    let own = |one: &CompositeAttribute| identifier(POSTGRES, &one.name);
    let mut actions: Vec<String> = dropped.iter().map(|one| format!("DROP ATTRIBUTE {}", own(one))).collect();
    actions.extend(retyped.iter().map(|one| format!("ALTER ATTRIBUTE {} TYPE {}", own(one), type_of(one))));
    actions.extend(added.iter().map(|one| format!("ADD ATTRIBUTE {} {}", own(one), type_of(one))));
    let (is_retyping, is_reshaping) = (!retyped.is_empty(), !retyped.is_empty() || !dropped.is_empty());
    Some(Changes { actions, dropped, is_retyping, is_reshaping })
}

/// What is said of values in the tables of the type, whose columns get their types with its attributes.
fn typed_columns<'s>(sides: &'s Sides<'_>, name: &ObjectName) -> impl Iterator<Item = Remark> + use<'s> {
    let of_type = qualified(POSTGRES, name);
    let tables = sides.common_tables().filter(move |(_, left, right)| {
        let types = (left.of_type.as_deref(), right.of_type.as_deref());
        types == (Some(of_type.as_str()), Some(of_type.as_str()))
    });
    let columns = tables.flat_map(|(table, left, right)| {
        let pair =
            move |old: &'s Column| Some((table, old, right.columns.iter().find(|new| new.name == old.name)?));
        left.columns.iter().filter_map(pair)
    });
    columns.filter_map(move |(table, old, new)| narrowed::remark(sides, table, old, new))
}

fn type_of(attribute: &CompositeAttribute) -> String {
    let collation = attribute.collation.as_ref().map(|name| format!(" COLLATE {name}"));
    format!("{}{}", attribute.data_type, collation.unwrap_or_default())
}

/// Whether columns hold values of the type, or others that contain some: the server changes the type of no attribute then.
fn holds_values(sides: &Sides<'_>, name: &ObjectName) -> bool {
    sides.dependents_of(name).any(|dependent| match dependent.kind {
        ObjectKind::Column => !is_of_typed_table(sides, name, dependent),
        kind => matches!(kind, ObjectKind::CompositeType | ObjectKind::Domain),
    })
}

/// Whether an attribute of a type that stays goes, or gets another type, so that what reads the type has to be away.
pub(in super::super) fn is_reshaped(sides: &Sides<'_>, name: &ObjectName) -> bool {
    let attributes = |catalog: &'_ crate::catalog::Catalog| match &catalog.objects.get(name)?.definition {
        Definition::CompositeType(attributes) => Some(attributes.clone()),
        _ => None,
    };
    let sides = attributes(sides.left).zip(attributes(sides.right));
    sides.is_some_and(|(left, right)| actions(&left, &right).is_some_and(|changes| changes.is_reshaping))
}

fn is_of_typed_table(sides: &Sides<'_>, name: &ObjectName, column: &ObjectName) -> bool {
    let table = super::super::sides::table_of_part(sides.left, column);
    table.is_some_and(|(_, table)| table.of_type.as_deref() == Some(qualified(POSTGRES, name).as_str()))
}

/// What is lost with the attributes that a type no longer has.
pub(super) fn losses(sides: &Sides<'_>, name: &ObjectName) -> Vec<Remark> {
    let of = |catalog: &'_ Catalog| match &catalog.objects.get(name)?.definition {
        Definition::CompositeType(attributes) => Some(attributes.clone()),
        _ => None,
    };
    let Some((left, right)) = of(sides.left).zip(of(sides.right)) else { return Vec::new() };
    let goes = |one: &&CompositeAttribute| !right.iter().any(|other| other.name == one.name);
    left.iter().filter(goes).map(|attribute| loss(sides, name, attribute)).collect()
}

fn loss(sides: &Sides<'_>, name: &ObjectName, attribute: &CompositeAttribute) -> Remark {
    let own = identifier(POSTGRES, &attribute.name);
    let counts: Vec<String> = columns_of(sides.left, name)
        .map(|(table, column)| {
            let (table, held) = (qualified(POSTGRES, table), identifier(POSTGRES, &column.name));
            match column.data_type.ends_with("[]") {
                true => format!("(SELECT count((e).{own}) FROM {table}, unnest({held}) e)"),
                false => format!("(SELECT count(({held}).{own}) FROM {table})"),
            }
        })
        .collect();
    Remark::Loses {
        object: name.clone(),
        what: format!("the values of {}.{own}", named(name)),
        count: (!counts.is_empty()).then(|| format!("SELECT {}", counts.join(" + "))),
    }
}
