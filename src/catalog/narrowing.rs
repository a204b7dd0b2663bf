//! Which values of a type, as one schema has it, have no place in a type of another schema.

use super::data_loss::keeps_values;
use super::sql::qualified;
use super::{Catalog, CompositeAttribute, Definition, Domain, RangeType};
use crate::sql::Dialect;

/// One reason for which values of PostgreSQL's type do not become values of another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Narrowing {
    /// A type that is, or is beneath, the one takes not all values of that of the other, or only when rounded.
    Type {
        /// The type of the first schema.
        from: String,
        /// The type of the second.
        to: String,
    },
    /// A composite type, or the rows of a table, have an attribute no more.
    Attribute(String),
    /// An enum lacks labels of the other.
    Labels(Vec<String>),
    /// A domain has a constraint that the other has not: its name and its definition.
    Constraint(String, String),
    /// A domain takes no NULL any more.
    NotNull,
}

impl Narrowing {
    /// Whether values are others when they come back. Else they stay, or nothing is done at all.
    #[must_use]
    pub fn loses(&self) -> bool {
        matches!(self, Self::Type { .. } | Self::Attribute(_))
    }
}

/// Why not every value of `from`, a type of one schema, can be converted to `to`, a type of another, and back; nothing where
/// each can. What is not known is taken for a reason. What domains, composite types, tables, ranges and arrays are made of is
/// looked up in the schema of each.
#[must_use]
pub fn narrowings((left, from): (&Catalog, &str), (right, to): (&Catalog, &str)) -> Vec<Narrowing> {
    let mut found = Vec::new();
    Search { left, right, found: &mut found, within: Vec::new() }.compare(from, to);
    found
}

struct Search<'c, 'f> {
    left: &'c Catalog,
    right: &'c Catalog,
    found: &'f mut Vec<Narrowing>,
    /// The types that are being compared: the rows of a table may hold arrays of them.
    within: Vec<(String, String)>,
}

/// What a name of a type stands for.
enum Made<'c> {
    Domain(&'c Domain),
    Enum(&'c [String]),
    /// The names and types of its parts.
    Parts(Vec<(&'c str, &'c str)>),
    Range(&'c RangeType),
}

impl Search<'_, '_> {
    fn compare(&mut self, from: &str, to: &str) {
        let pair = (from.to_owned(), to.to_owned());
        if self.within.contains(&pair) {
            return;
        }
        self.within.push(pair);
        self.compare_anew(from, to);
        self.within.pop();
    }

    fn compare_anew(&mut self, from: &str, to: &str) {
        if let (Some(from), Some(to)) = (from.strip_suffix("[]"), to.strip_suffix("[]")) {
            return self.compare(from, to);
        }
        let (old, new) = (made_of(self.left, from), made_of(self.right, to));
        match (old, new) {
            (Some(Made::Domain(old)), Some(Made::Domain(new))) => {
                self.compare(&old.data_type, &new.data_type);
                self.constraints(Some(old), new);
            }
            (Some(Made::Domain(old)), _) => self.compare(&old.data_type, to),
            (_, Some(Made::Domain(new))) => {
                self.compare(from, &new.data_type);
                self.constraints(None, new);
            }
            (Some(Made::Parts(old)), Some(Made::Parts(new))) => {
                for (name, data_type) in old {
                    match new.iter().find(|(other, _)| *other == name) {
                        Some((_, other)) => self.compare(data_type, other),
                        None => self.found.push(Narrowing::Attribute(name.to_owned())),
                    }
                }
            }
            (Some(Made::Enum(old)), Some(Made::Enum(new))) => {
                let gone: Vec<String> = old.iter().filter(|label| !new.contains(label)).cloned().collect();
                self.found.extend((!gone.is_empty()).then_some(Narrowing::Labels(gone)));
            }
            (Some(Made::Range(old)), Some(Made::Range(new))) => self.compare(&old.subtype, &new.subtype),
            _ if keeps_values(from, to) => {}
            _ => self.found.push(Narrowing::Type { from: from.to_owned(), to: to.to_owned() }),
        }
    }

    fn constraints(&mut self, old: Option<&Domain>, new: &Domain) {
        let is_old = |definition: &String| {
            old.is_some_and(|old| old.constraints.values().any(|one| one == definition))
        };
        let added = new.constraints.iter().filter(|(_, definition)| !is_old(definition));
        self.found
            .extend(added.map(|(name, definition)| Narrowing::Constraint(name.clone(), definition.clone())));
        if !new.is_nullable && old.is_none_or(|old| old.is_nullable) {
            self.found.push(Narrowing::NotNull);
        }
    }
}

fn made_of<'c>(catalog: &'c Catalog, name: &str) -> Option<Made<'c>> {
    // The server's own types have no schema before their names.
    if !name.contains('.') {
        return None;
    }
    catalog.objects.iter().find_map(|(object_name, object)| {
        let is_it = || qualified(Dialect::Postgres, object_name) == name;
        match &object.definition {
            Definition::Domain(domain) if is_it() => Some(Made::Domain(domain)),
            Definition::Enum(labels) if is_it() => Some(Made::Enum(labels)),
            Definition::CompositeType(attributes) if is_it() => {
                let part = |one: &'c CompositeAttribute| (one.name.as_str(), one.data_type.as_str());
                Some(Made::Parts(attributes.iter().map(part).collect()))
            }
            Definition::Table(table) if is_it() => {
                let parts = table.columns.iter().map(|one| (one.name.as_str(), one.data_type.as_str()));
                Some(Made::Parts(parts.collect()))
            }
            Definition::RangeType(range) => {
                let is_multirange = range.multirange.as_ref().is_some_and(|multirange| {
                    let named = super::ObjectName { name: multirange.clone(), ..object_name.clone() };
                    qualified(Dialect::Postgres, &named) == name
                });
                (is_multirange || is_it()).then_some(Made::Range(range))
            }
            _ => None,
        }
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::{Object, ObjectKind, ObjectName};
    use super::*;

    fn with(types: &[(&str, Definition)]) -> Catalog {
        let mut catalog = Catalog::empty(Dialect::Postgres);
        for (name, definition) in types {
            let kind = match definition {
                Definition::Domain(_) => ObjectKind::Domain,
                Definition::Enum(_) => ObjectKind::Enum,
                Definition::CompositeType(_) => ObjectKind::CompositeType,
                _ => ObjectKind::RangeType,
            };
            let name = ObjectName::new(kind, Some("public"), name);
            catalog.objects.insert(name, Object::new(definition.clone()));
        }
        catalog
    }

    fn domain(data_type: &str, checks: &[&str]) -> Definition {
        let constraints: BTreeMap<String, String> =
            checks.iter().map(|check| (format!("named_{check}"), format!("CHECK ({check})"))).collect();
        let data_type = data_type.to_owned();
        Definition::Domain(Domain { data_type, is_nullable: true, constraints, ..Domain::default() })
    }

    fn composite(attributes: &[(&str, &str)]) -> Definition {
        let attribute = |(name, data_type): &(&str, &str)| CompositeAttribute {
            name: (*name).to_owned(),
            data_type: (*data_type).to_owned(),
            collation: None,
        };
        Definition::CompositeType(attributes.iter().map(attribute).collect())
    }

    fn range(subtype: &str) -> Definition {
        let multirange = Some("m".to_owned());
        Definition::RangeType(RangeType { subtype: subtype.to_owned(), multirange, ..RangeType::default() })
    }

    fn narrower(from: &str, to: &str) -> Vec<Narrowing> {
        vec![Narrowing::Type { from: from.to_owned(), to: to.to_owned() }]
    }

    #[test]
    fn what_types_are_made_of_is_compared() {
        let left = with(&[
            ("d", domain("numeric(8,2)", &[])),
            ("over", domain("public.d[]", &[])),
            ("c", composite(&[("x", "public.d"), ("y", "text")])),
            ("r", range("numeric")),
        ]);
        let right = with(&[
            ("d", domain("bigint", &[])),
            ("over", domain("public.d[]", &[])),
            ("c", composite(&[("y", "text"), ("x", "public.d")])),
            ("r", range("integer")),
        ]);
        for name in ["public.d", "public.d[]", "public.over", "public.over[]", "public.c", "public.c[]"] {
            assert_eq!(
                narrowings((&left, name), (&right, name)),
                narrower("numeric(8,2)", "bigint"),
                "{name}"
            );
            assert_eq!(narrowings((&left, name), (&left, name)), [], "{name}");
        }
        for name in ["public.r", "public.m", "public.m[]"] {
            assert_eq!(narrowings((&left, name), (&right, name)), narrower("numeric", "integer"), "{name}");
        }
        assert_eq!(narrowings((&right, "public.d"), (&left, "numeric")), []);
        assert_eq!(narrowings((&left, "numeric(8,2)"), (&left, "public.d")), []);
        assert_eq!(narrowings((&left, "citext"), (&right, "citext")), []);
    }

    #[test]
    fn constraints_and_attributes_tell_whether_values_go() {
        let left = with(&[
            ("d", domain("integer", &["VALUE > 0"])),
            ("c", composite(&[("x", "text"), ("y", "text")])),
        ]);
        let right = with(&[
            ("d", domain("integer", &["VALUE > 0", "VALUE < 9"])),
            ("c", composite(&[("y", "text")])),
        ]);
        let of = |name: &str| narrowings((&left, name), (&right, name));
        let check = Narrowing::Constraint("named_VALUE < 9".to_owned(), "CHECK (VALUE < 9)".to_owned());
        assert_eq!(of("public.d[]"), std::slice::from_ref(&check));
        assert_eq!(of("public.c"), [Narrowing::Attribute("x".to_owned())]);
        assert!(!check.loses() && of("public.c").iter().all(Narrowing::loses));
        assert_eq!(narrowings((&right, "public.d"), (&left, "public.d")), []);
    }

    #[test]
    fn labels_that_go_are_told_wherever_they_are() {
        let labels = |labels: &[&str]| Definition::Enum(labels.iter().map(|one| (*one).to_owned()).collect());
        let around =
            [("c", composite(&[("m", "public.e[]"), ("n", "integer")])), ("d", domain("public.c", &[]))];
        let with_labels = |own: &[&str]| with(&[&around[..], &[("e", labels(own))]].concat());
        let (left, right) = (with_labels(&["sad", "ok"]), with_labels(&["ok", "fine"]));
        for name in ["public.e", "public.c", "public.d[]"] {
            let found = narrowings((&left, name), (&right, name));
            assert_eq!(found, [Narrowing::Labels(vec!["sad".to_owned()])], "{name}");
            assert!(!found.iter().any(Narrowing::loses));
        }
        let wider = with_labels(&["ok", "sad", "fine"]);
        assert_eq!(narrowings((&left, "public.d"), (&wider, "public.d")), []);
    }
}
