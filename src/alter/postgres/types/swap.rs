//! Types that no statement can alter: the old one is set aside under another name, a new one takes its place, everything
//! of the old one is turned to it, and the old one is dropped.

use super::super::super::{Remark, Statement};
use super::super::POSTGRES;
use super::super::cast::{Cast, cast, into_array, out_of_array};
use super::super::fate::{Fate, Fates};
use super::super::order::Stage;
use super::super::sides::Sides;
use super::super::steps::Steps;
use super::names::{free_name, of_type};
use super::{composite, conversion, labels, narrowed, range};
use crate::catalog::sql::{identifier, named, qualified};
use crate::catalog::{Column, Definition, ObjectKind, ObjectName};

/// Adds the steps of types that are swapped: the new one, and at the end the drop of the old one.
pub(super) fn add(steps: &mut Steps<'_, '_>) {
    let (sides, fates) = (steps.sides(), steps.fates());
    let swapped: Vec<&ObjectName> = swapped(fates).collect();
    for name in &swapped {
        let aside = free_name(sides, name);
        let kind = name.kind.name().to_uppercase();
        let rename = format!(
            "ALTER {kind} {} RENAME TO {}",
            qualified(POSTGRES, name),
            identifier(POSTGRES, &aside.name)
        );
        let mut rename = Statement::new(name, rename);
        if sides.is_to_be_swapped(name) && !sides.hints.one_part {
            rename = rename.remark(Remark::Note(
                "a new type, as a label cannot be used by the transaction that adds it: tables with columns of it are \
                 written anew, which --online avoids by a revision of its own"
                    .to_owned(),
            ));
        }
        let mut statements = vec![rename];
        statements.extend(range::set_aside(sides, name, &aside));
        statements.extend(steps.create_statements(name).0);
        statements.extend(conversion::begin(sides, name, &aside));
        steps.push(name, Stage::Create, statements);
        let mut end = conversion::end(sides, name, &aside);
        let drop = Statement::new(name, format!("DROP {kind} {}", qualified(POSTGRES, &aside)));
        end.push(composite::losses(sides, name).into_iter().fold(drop, Statement::remark));
        steps.push(name, Stage::AtEnd, end);
    }
    for name in swapped {
        let end = steps.place(sides.left, name, Stage::AtEnd);
        for dependent in sides.dependents_of(name) {
            for stage in [Stage::Drop, Stage::Alter] {
                steps.before(steps.place(sides.left, dependent, stage), end);
            }
            if fates.get(dependent) == Some(&Fate::Swapped) {
                steps.before(steps.place(sides.left, dependent, Stage::AtEnd), end);
            }
        }
    }
}

fn swapped(fates: &Fates) -> impl Iterator<Item = &ObjectName> {
    fates.fates.iter().filter(|(_, fate)| **fate == Fate::Swapped).map(|(name, _)| name)
}

/// How a column's values become those of the type that has taken the name of their own.
pub(in super::super) struct Turn {
    /// The expression of `USING`; nothing where the server assigns the values, and refuses those that are too long where a
    /// cast would cut them.
    pub(in super::super) using: Option<String>,
    /// Which values may have no place in the new type.
    pub(in super::super) remark: Option<Remark>,
}

/// How the values of a column of a table turn to the new type of its type's name.
pub(in super::super) fn turn(sides: &Sides<'_>, table: &ObjectName, left: &Column, right: &Column) -> Turn {
    let column = identifier(POSTGRES, &left.name);
    let to = &right.data_type;
    let by_text = format!("{column}::text::{to}");
    let using = match of_type(sides.left, &left.data_type).map(|(_, object)| &object.definition) {
        _ if conversion::is_converted(sides, &left.data_type) => Some(format!("{column}::{to}")),
        Some(Definition::Domain(_)) => match cast_beneath(sides, left, right) {
            Cast::Assignment => None,
            Cast::Explicit => Some(format!("{column}::{to}")),
            Cast::ByText => Some(by_text),
            Cast::IntoArray => Some(into_array(&column, to)),
            Cast::OutOfArray => Some(out_of_array(&column, to)),
        },
        _ => Some(by_text),
    };
    let remark = remark(sides, table, left).or_else(|| range::remark(sides, table, left));
    let remark = remark.or_else(|| super::super::row_type::remark(sides, table, left));
    let remark = remark.or_else(|| narrowed::remark(sides, table, left, right));
    Turn { using, remark }
}

/// How a value of a domain becomes one of the domain that takes its name: as those of the types beneath, and by its text where
/// the type beneath is swapped too.
fn cast_beneath(sides: &Sides<'_>, left: &Column, right: &Column) -> Cast {
    let (from, to) =
        (super::beneath(sides.left, &left.data_type), super::beneath(sides.right, &right.data_type));
    match of_type(sides.left, &from) {
        Some(_) => Cast::ByText,
        None => cast(&from, &to),
    }
}

/// That rows hold a label that goes.
fn remark(sides: &Sides<'_>, table: &ObjectName, column: &Column) -> Option<Remark> {
    let beneath = super::beneath(sides.left, &column.data_type);
    let (name, _) = of_type(sides.left, &beneath)?;
    let (left, right) = (labels::labels_of(sides.left, name)?, labels::labels_of(sides.right, name)?);
    let gone: Vec<String> = left
        .iter()
        .filter(|label| !right.contains(label))
        .map(|label| POSTGRES.quote_literal(label))
        .collect();
    if gone.is_empty() {
        return None;
    }
    let own = identifier(POSTGRES, &column.name);
    let list = gone.join(", ");
    let condition = match column.data_type.ends_with("[]") || beneath.ends_with("[]") {
        true => format!("{own}::text[] && ARRAY[{list}]"),
        false => format!("{own}::text IN ({list})"),
    };
    Some(Remark::MayFail {
        object: table.part(ObjectKind::Column, &column.name),
        what: format!("{}.{own}: rows with {list}", named(table)),
        count: Some(format!("SELECT count(*) FROM {} WHERE {condition}", qualified(POSTGRES, table))),
    })
}
