//! Domains.

use std::collections::BTreeMap;

use super::super::super::{Remark, Statement};
use super::super::POSTGRES;
use super::super::fate::Fates;
use super::super::sides::Sides;
use super::super::way::Way;
use super::names::{columns_of, is_contained};
use crate::catalog::sql::{identifier, named, qualified};
use crate::catalog::{Catalog, Definition, Domain, ObjectName};

/// The way between two domains: all but the type beneath can be altered in place, as long as no array and no composite type
/// holds values that would have to be checked.
pub(super) fn way(sides: &Sides<'_>, name: &ObjectName, left: &Domain, right: &Domain) -> Way {
    if sides.is_to_be_swapped(name) || left.data_type != right.data_type || left.collation != right.collation
    {
        return Way::Swap;
    }
    let change = Change { sides, name, left, right };
    if change.checks_values() && is_contained(sides, name) {
        return Way::Swap;
    }
    Way::Alter { statements: change.statements(), redefines: true }
}

/// A domain whose constraints or default call what is away for a while: the statements that take these off it, and those
/// that alter it once all is there again. `statements` alter it where nothing is away.
pub(in super::super) fn released(
    sides: &Sides<'_>,
    fates: &Fates,
    name: &ObjectName,
    statements: &[Statement],
) -> (Vec<Statement>, Vec<Statement>) {
    let domain = |catalog: &'_ Catalog| match &catalog.objects.get(name)?.definition {
        Definition::Domain(domain) => Some(domain.clone()),
        _ => None,
    };
    let Some((left, right)) = domain(sides.left).zip(domain(sides.right)) else { return Default::default() };
    let needed = sides.left.dependencies.get(name).into_iter().flatten();
    let away: Vec<&ObjectName> = needed.filter(|needed| fates.is_away(needed)).collect();
    let calls = |sql: &String| away.iter().any(|one| sql.contains(&identifier(POSTGRES, &one.name)));
    let mut bare = left.clone();
    bare.constraints.retain(|_, definition| !calls(definition));
    bare.default = bare.default.filter(|default| !calls(default));
    let release = Change { sides, name, left: &left, right: &bare }.statements();
    let is_other = |statement: &&Statement| {
        !statement.sql.starts_with("ALTER DOMAIN ") || statement.sql.contains(" OWNER TO ")
    };
    let mut altered = Change { sides, name, left: &bare, right: &right }.statements();
    altered.extend(statements.iter().filter(is_other).cloned());
    (release, altered)
}

struct Change<'s, 'c> {
    sides: &'s Sides<'c>,
    name: &'s ObjectName,
    left: &'s Domain,
    right: &'s Domain,
}

impl Change<'_, '_> {
    fn alter(&self, action: &str) -> Statement {
        Statement::new(self.name, format!("ALTER DOMAIN {} {action}", qualified(POSTGRES, self.name)))
    }

    /// Whether the values that there are have to be checked.
    fn checks_values(&self) -> bool {
        let is_checked = |(name, definition): (&String, &String)| {
            self.left.constraints.get(name) != Some(definition) && is_validated(definition)
        };
        self.left.is_nullable && !self.right.is_nullable || self.right.constraints.iter().any(is_checked)
    }

    fn statements(&self) -> Vec<Statement> {
        let renamed = self.renamed();
        let mut statements = Vec::new();
        for (name, definition) in &self.left.constraints {
            let own = identifier(POSTGRES, name);
            if let Some(new) = renamed.get(name) {
                let new = identifier(POSTGRES, new);
                statements.push(self.alter(&format!("RENAME CONSTRAINT {own} TO {new}")));
            } else if !self.right.constraints.get(name).is_some_and(|new| is_kept(definition, new)) {
                statements.push(self.alter(&format!("DROP CONSTRAINT {own}")));
            }
        }
        if self.left.default != self.right.default {
            statements.push(match &self.right.default {
                Some(default) => self.alter(&format!("SET DEFAULT {default}")),
                None => self.alter("DROP DEFAULT"),
            });
        }
        for (name, definition) in &self.right.constraints {
            if !renamed.values().any(|new| *new == name) {
                statements.extend(self.constraint(name, definition));
            }
        }
        statements.extend(self.nullability());
        statements
    }

    /// Constraints that have another name on the right, by the old one.
    fn renamed(&self) -> BTreeMap<&String, &String> {
        let (left, right) = (&self.left.constraints, &self.right.constraints);
        let mut coming: Vec<_> = right.iter().filter(|(name, _)| !left.contains_key(*name)).collect();
        let mut renamed = BTreeMap::new();
        for (old, definition) in left.iter().filter(|(name, _)| !right.contains_key(*name)) {
            if let Some(place) = coming.iter().position(|(_, other)| *other == definition) {
                renamed.insert(old, coming.remove(place).0);
            }
        }
        renamed
    }

    /// What leads to a constraint of the right side.
    fn constraint(&self, name: &str, definition: &str) -> Option<Statement> {
        let own = identifier(POSTGRES, name);
        match self.left.constraints.get(name) {
            Some(old) if old == definition => None,
            Some(old) if is_kept(old, definition) => {
                Some(self.checked(self.alter(&format!("VALIDATE CONSTRAINT {own}")), name, definition))
            }
            _ => {
                let statement = self.alter(&format!("ADD CONSTRAINT {own} {definition}"));
                Some(if is_validated(definition) {
                    self.checked(statement, name, definition)
                } else {
                    statement
                })
            }
        }
    }

    fn checked(&self, statement: Statement, constraint: &str, definition: &str) -> Statement {
        let expression = definition.strip_prefix("CHECK ").unwrap_or(definition);
        statement.remark(Remark::MayFail {
            object: self.name.clone(),
            what: format!("{}: values that {constraint} does not allow", named(self.name)),
            count: self.count(&|column| format!("NOT {}", with_value(expression, column))),
        })
    }

    fn nullability(&self) -> Option<Statement> {
        match (self.left.is_nullable, self.right.is_nullable) {
            (true, false) => Some(self.alter("SET NOT NULL").remark(Remark::MayFail {
                object: self.name.clone(),
                what: format!("{}: NULL in columns of it", named(self.name)),
                count: self.count(&|column| format!("{column} IS NULL")),
            })),
            (false, true) => Some(self.alter("DROP NOT NULL")),
            _ => None,
        }
    }

    /// A query of how many values of columns fulfil a condition; none where no column is of the domain.
    fn count(&self, condition: &dyn Fn(&str) -> String) -> Option<String> {
        let counts: Vec<String> = columns_of(self.sides.left, self.name)
            .map(|(table, column)| {
                let condition = condition(&identifier(POSTGRES, &column.name));
                format!("(SELECT count(*) FROM {} WHERE {condition})", qualified(POSTGRES, table))
            })
            .collect();
        (!counts.is_empty()).then(|| format!("SELECT {}", counts.join(" + ")))
    }
}

/// Whether a constraint need not be dropped on the way to another of its name: it is the same, but for having been
/// validated.
fn is_kept(left: &str, right: &str) -> bool {
    left == right || left.strip_suffix(" NOT VALID") == Some(right)
}

fn is_validated(definition: &str) -> bool {
    !definition.ends_with(" NOT VALID")
}

/// An expression of a domain's constraint with a column in the place of `VALUE`.
pub(super) fn with_value(expression: &str, column: &str) -> String {
    let mut text = String::new();
    // Between quotes it is something else.
    for (place, piece) in expression.split('\'').enumerate() {
        if place > 0 {
            text.push('\'');
        }
        text.push_str(&if place % 2 == 0 { piece.replace("VALUE", column) } else { piece.to_owned() });
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_value_is_the_column() {
        assert_eq!(with_value("((VALUE > 0) OR (VALUE = 'VALUE'))", "c"), "((c > 0) OR (c = 'VALUE'))");
    }

    #[test]
    fn a_constraint_that_is_only_validated_is_kept() {
        assert!(is_kept("CHECK ((VALUE > 0)) NOT VALID", "CHECK ((VALUE > 0))"));
        assert!(!is_kept("CHECK ((VALUE > 0))", "CHECK ((VALUE > 0)) NOT VALID"));
    }
}
