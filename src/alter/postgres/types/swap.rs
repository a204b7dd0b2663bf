//! Types that no statement can alter: the old one is set aside under another name, a new one takes its place, everything
//! of the old one is turned to it, and the old one is dropped.

use super::super::super::{Remark, Statement};
use super::super::POSTGRES;
use super::super::cast::{Cast, cast};
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
    /// The expression of `USING`.
    pub(in super::super) using: String,
    /// Which values may have no place in the new type.
    pub(in super::super) remark: Option<Remark>,
}

/// How the values of a column of a table turn to the new type of its type's name.
pub(in super::super) fn turn(sides: &Sides<'_>, table: &ObjectName, left: &Column, right: &Column) -> Turn {
    let column = identifier(POSTGRES, &left.name);
    let to = &right.data_type;
    let by_text = format!("{column}::text::{to}");
    let using = match of_type(sides.left, &left.data_type).map(|(_, object)| &object.definition) {
        _ if conversion::is_converted(sides, &left.data_type) => format!("{column}::{to}"),
        Some(Definition::Domain(_)) if !is_by_text(sides, left, right) => format!("{column}::{to}"),
        _ => by_text,
    };
    let remark = remark(sides, table, left).or_else(|| range::remark(sides, table, left));
    let remark = remark.or_else(|| super::super::row_type::remark(sides, table, left));
    let remark = remark.or_else(|| narrowed::remark(sides, table, left, right));
    Turn { using, remark }
}

/// Whether no cast leads from the type beneath a domain to the type beneath the other, or the type beneath is
/// swapped too.
fn is_by_text(sides: &Sides<'_>, left: &Column, right: &Column) -> bool {
    let (from, to) =
        (super::beneath(sides.left, &left.data_type), super::beneath(sides.right, &right.data_type));
    cast(&from, &to) == Cast::ByText || of_type(sides.left, &from).is_some()
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
