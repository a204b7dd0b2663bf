//! Range types of which tables hold values.
//!
//! No `ALTER` reaches a range type, so it is swapped. Its constructors, and those of its multirange type, have its name
//! and stay behind when it is renamed: they are renamed as well.

use super::super::super::{Refusal, Remark, Statement};
use super::super::POSTGRES;
use super::super::sides::Sides;
use super::super::way::{BY_HAND, Way};
use super::names::{free_name, holds_values};
use crate::catalog::sql::{identifier, named, qualified};
use crate::catalog::{Catalog, Column, Definition, ObjectName, RangeType, keeps_values};

/// The way between two range types of one name: made again, or swapped where columns hold values of it.
pub(super) fn way(sides: &Sides<'_>, name: &ObjectName, left: &RangeType, right: &RangeType) -> Way {
    if !holds_values(sides, name) {
        return Way::Renew;
    }
    // Such a function takes values of the type that it belongs to: neither can be made before the other.
    if left.canonical.is_some() || right.canonical.is_some() {
        return Way::Refuse(Refusal {
            object: name.clone(),
            reason: "a range type with a canonical function, of which a table has values, cannot be altered"
                .to_owned(),
            ways_on: vec![BY_HAND.to_owned()],
        });
    }
    Way::Swap
}

/// What the rename of the type does not reach, once the type itself is called `aside`.
pub(super) fn set_aside(sides: &Sides<'_>, name: &ObjectName, aside: &ObjectName) -> Vec<Statement> {
    let Some(range) = range_of(sides.left, name) else { return Vec::new() };
    let subtype = &range.subtype;
    let mut statements = vec![
        rename_function(name, name, &format!("{subtype}, {subtype}"), aside),
        rename_function(name, name, &format!("{subtype}, {subtype}, text"), aside),
    ];
    if let Some(multirange) = &range.multirange {
        let multirange = ObjectName { name: multirange.clone(), ..name.clone() };
        let multirange_aside = free_name(sides, &multirange);
        let (range, new_name) = (qualified(POSTGRES, aside), identifier(POSTGRES, &multirange_aside.name));
        let rename = format!("ALTER TYPE {} RENAME TO {new_name}", qualified(POSTGRES, &multirange));
        statements.push(Statement::new(name, rename));
        for arguments in [String::new(), range.clone(), format!("VARIADIC {range}[]")] {
            statements.push(rename_function(name, &multirange, &arguments, &multirange_aside));
        }
    }
    statements
}

fn rename_function(
    object: &ObjectName,
    function: &ObjectName,
    arguments: &str,
    aside: &ObjectName,
) -> Statement {
    let new_name = identifier(POSTGRES, &aside.name);
    let function = qualified(POSTGRES, function);
    Statement::new(object, format!("ALTER FUNCTION {function}({arguments}) RENAME TO {new_name}"))
}

/// That a column holds ranges which the new type may not take, or take otherwise.
pub(super) fn remark(sides: &Sides<'_>, table: &ObjectName, column: &Column) -> Option<Remark> {
    let beneath = super::beneath(sides.left, &column.data_type);
    let (name, left) = named_range(sides.left, &beneath)?;
    let right = range_of(sides.right, name)?;
    if keeps_values(&left.subtype, &right.subtype) && left.collation == right.collation {
        return None;
    }
    let own = identifier(POSTGRES, &column.name);
    Some(Remark::MayFail {
        object: table.part(crate::catalog::ObjectKind::Column, &column.name),
        what: format!(
            "{}.{own}: ranges of {} that are none of {}",
            named(table),
            left.subtype,
            right.subtype
        ),
        count: Some(format!("SELECT count({own}) FROM {}", qualified(POSTGRES, table))),
    })
}

fn range_of<'c>(catalog: &'c Catalog, name: &ObjectName) -> Option<&'c RangeType> {
    match &catalog.objects.get(name)?.definition {
        Definition::RangeType(range) => Some(range),
        _ => None,
    }
}

/// The range type that a type, as the server writes it, is, is an array of, or is the multirange type of.
fn named_range<'c>(catalog: &'c Catalog, data_type: &str) -> Option<(&'c ObjectName, &'c RangeType)> {
    let element = data_type.trim_end_matches("[]");
    catalog.objects.iter().find_map(|(name, object)| {
        let Definition::RangeType(range) = &object.definition else { return None };
        let is_multirange = range.multirange.as_ref().is_some_and(|multirange| {
            qualified(POSTGRES, &ObjectName { name: multirange.clone(), ..name.clone() }) == element
        });
        (is_multirange || qualified(POSTGRES, name) == element).then_some((name, range))
    })
}
