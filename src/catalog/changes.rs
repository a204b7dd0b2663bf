//! A schema that is followed from one description to the next.

use std::collections::{BTreeMap, BTreeSet};

use super::{Catalog, CompareOptions, Difference, Object, ObjectKind, ObjectName, compare};

/// Objects that may have changed, as they are now; none for those that are gone.
pub type Changes = BTreeMap<ObjectName, Option<Object>>;

/// The schema as it was at a moment, by what has changed since.
#[derive(Debug, Clone, Default)]
pub struct Past(Changes);

impl Catalog {
    /// Makes changes to the catalog; `pasts` keep what the changed objects were. The dependencies stay as they are.
    pub fn apply(&mut self, changes: Changes, pasts: &mut [&mut Past]) {
        for (name, object) in changes {
            if self.objects.get(&name) == object.as_ref() {
                continue;
            }
            for past in pasts.iter_mut() {
                past.0.entry(name.clone()).or_insert_with(|| self.objects.get(&name).cloned());
            }
            match object {
                Some(object) => self.objects.insert(name, object),
                None => self.objects.remove(&name),
            };
        }
    }

    /// What leads from this catalog to `other`: each object that is new or another there, and none for each that is
    /// gone. Dependencies are not compared.
    #[must_use]
    pub fn changes_to(&self, other: &Self) -> Changes {
        let mut changes = Changes::new();
        for (name, object) in &other.objects {
            if self.objects.get(name) != Some(object) {
                changes.insert(name.clone(), Some(object.clone()));
            }
        }
        let gone = self.objects.keys().filter(|name| !other.objects.contains_key(*name));
        changes.extend(gone.map(|name| (name.clone(), None)));
        changes
    }
}

impl Past {
    /// What sets `now`, to which the changes were applied, apart from this moment. Costs as much as what has changed.
    #[must_use]
    pub fn differences(&self, now: &Catalog, options: &CompareOptions) -> Vec<Difference> {
        let [left, right] = self.sides(now);
        compare(&left, &right, options)
    }

    /// What has changed, as it was at this moment and as it is in `now`, with the tables and views of parts.
    #[must_use]
    pub fn sides(&self, now: &Catalog) -> [Catalog; 2] {
        let (mut left, mut right) = (Catalog::empty(now.dialect), Catalog::empty(now.dialect));
        let relations: BTreeSet<ObjectName> = self.0.keys().flat_map(relations_of).collect();
        for name in self.0.keys().chain(&relations) {
            let now = now.objects.get(name);
            let then = self.0.get(name).map_or(now, Option::as_ref);
            left.objects.extend(then.map(|object| (name.clone(), object.clone())));
            right.objects.extend(now.map(|object| (name.clone(), object.clone())));
        }
        [left, right]
    }
}

/// The names that the table or view of a part can have.
fn relations_of(part: &ObjectName) -> Vec<ObjectName> {
    let Some(relation) = &part.relation else { return Vec::new() };
    ObjectKind::RELATIONS
        .iter()
        .map(|kind| ObjectName::new(*kind, part.schema.as_deref(), relation))
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::catalog::{Definition, Firing, Rule, Table};
    use crate::sql::Dialect;

    /// A table or a rule of it, in one of three states.
    fn changes() -> impl Strategy<Value = Changes> {
        let object = (0..3_usize, any::<bool>(), 0..3_usize).prop_map(|(table, is_rule, state)| {
            let table = ObjectName::new(ObjectKind::Table, None, &format!("t{table}"));
            if is_rule {
                let rule = Rule { enabled: Firing::Origin, definition: state.to_string() };
                let name = table.part(ObjectKind::Rule, "r");
                return (name, (state > 0).then(|| Object::new(Definition::Rule(rule))));
            }
            let definition = Table { is_strict: state == 1, ..Table::default() };
            (table, (state > 0).then(|| Object::new(Definition::Table(Box::new(definition)))))
        });
        prop::collection::btree_map(any::<u8>(), object, 0..8)
            .prop_map(|changes| changes.into_values().collect())
    }

    proptest! {
        #[test]
        fn differences_are_those_of_a_comparison(steps in prop::collection::vec(changes(), 1..6)) {
            let mut now = Catalog::empty(Dialect::Sqlite);
            let mut moments: Vec<(Catalog, Past)> = Vec::new();
            for changes in steps {
                moments.push((now.clone(), Past::default()));
                let mut pasts: Vec<&mut Past> = moments.iter_mut().map(|(_, past)| past).collect();
                now.apply(changes, &mut pasts);
                for (then, past) in &moments {
                    let options = CompareOptions::default();
                    prop_assert_eq!(past.differences(&now, &options), compare(then, &now, &options));
                }
            }
        }

        #[test]
        fn changes_lead_from_one_to_the_other(one in changes(), other in changes()) {
            let mut catalogs = [Catalog::empty(Dialect::Sqlite), Catalog::empty(Dialect::Sqlite)];
            catalogs[0].apply(one, &mut []);
            catalogs[1].apply(other, &mut []);
            let [mut left, right] = catalogs;
            left.apply(left.changes_to(&right), &mut []);
            prop_assert_eq!(left, right);
        }
    }
}
