//! The lock-friendly form: the same work in several parts, of which none holds a lock for long that readers and writers
//! wait for.
//!
//! Indexes are built `CONCURRENTLY`, foreign keys and checks are added `NOT VALID` and validated later, a column becomes
//! `NOT NULL` behind a validated check, and a key takes an index that has been built before. After
//! <https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES>.

use std::collections::BTreeMap;

use super::super::{Part, Remark, Statement};
use super::POSTGRES;
use super::fate::{Fate, Fates};
use super::index_as_key::is_taking_over;
use super::locks;
use super::names::Relations;
use super::place::{Kind, Place};
use super::sides::{Sides, constraint_of, rule_of, table_of_part};
use super::stand_in::StandIn;
use crate::catalog::sql::{identifier, options, qualified, relation_of};
use crate::catalog::{
    Constraint, ConstraintRule, Deferrable, Definition, Key, ObjectKind, ObjectName, Table,
};

/// When a piece of a statement runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum When {
    /// With others in a transaction, as soon as what it needs is there.
    Plainly,
    In(Kind),
}

/// The statements in as many parts as it takes, each with the locks that it takes.
pub(super) fn in_parts(sides: &Sides<'_>, fates: &Fates, statements: Vec<Statement>) -> Vec<Part> {
    let mut schedule = Schedule {
        sides,
        fates,
        done: BTreeMap::new(),
        parts_done: BTreeMap::new(),
        names: Relations::of(sides.right),
        held: BTreeMap::new(),
        nullable_later: BTreeMap::new(),
        parts: BTreeMap::new(),
    };
    for statement in statements {
        schedule.add(statement);
    }
    let parts = schedule.parts.into_iter();
    parts.map(|(place, statements)| part(sides, place, statements)).collect()
}

fn part(sides: &Sides<'_>, place: Place, statements: Vec<Statement>) -> Part {
    let statements = statements.into_iter().map(|statement| {
        let locks = Remark::Locks(locks::of(sides, &statement));
        statement.remark(locks)
    });
    Part {
        title: Some(place.kind.title().to_owned()),
        no_transaction: place.kind == Kind::Build,
        statements: statements.collect(),
    }
}

struct Schedule<'s, 'c> {
    sides: &'s Sides<'c>,
    fates: &'s Fates,
    /// Where the last statement about an object stands.
    done: BTreeMap<ObjectName, Place>,
    /// Where the last statement about a column, constraint or index of a table or view stands.
    parts_done: BTreeMap<ObjectName, Place>,
    /// Which names others have on the right side.
    names: Relations<'c>,
    /// Drops of keys that wait until the new one has been built.
    held: BTreeMap<ObjectName, Statement>,
    /// What lets columns of a primary key take NULL that waits until the key has been dropped.
    nullable_later: BTreeMap<ObjectName, Vec<Statement>>,
    parts: BTreeMap<Place, Vec<Statement>>,
}

impl<'c> Schedule<'_, 'c> {
    fn add(&mut self, statement: Statement) {
        let object = statement.object.clone();
        let mut place = self.start(&object);
        if is_joining(&statement) {
            place = place.max(self.of_ancestors(&object)).max(self.of_parts(&object));
        }
        let names_index = [" REPLICA IDENTITY USING INDEX ", " CLUSTER ON "];
        if names_index.iter().any(|words| statement.sql.contains(words)) {
            place = place.max(self.of_parts(&object));
        }
        if object.kind == ObjectKind::Detail && !object.is_privilege() {
            // It may be said of an index or a constraint, and is not known to need it.
            place = self.parts_done.values().copied().fold(place, Place::max);
        }
        for (when, piece) in self.pieces(statement) {
            place = match when {
                When::Plainly => place.next_plain(),
                When::In(kind) => place.next(kind),
            };
            self.done.insert(piece.object.clone(), place);
            self.parts.entry(place).or_default().push(piece);
        }
        if let Some((relation, _)) = self.sides.right.relation_of(&object) {
            let last = self.parts_done.entry(relation.clone()).or_insert(place);
            *last = place.max(*last);
        }
        self.done.insert(object, place);
    }

    /// Where a table can join its parents at the earliest: behind what is done about theirs, and theirs. In between they have
    /// checks that stand in for NOT NULL, and nothing joins them that lacks one.
    fn of_ancestors(&self, child: &ObjectName) -> Place {
        let Some(table) = self.sides.right.table(child) else { return Place::FIRST };
        let attached = table.partition_of.as_ref().map(|one| &one.parent);
        let parents = table.inherits.iter().chain(attached).filter_map(|one| self.sides.table_named(one));
        let places = parents.map(|parent| self.of_parts(parent).max(self.of_ancestors(parent)));
        places.max().unwrap_or(Place::FIRST)
    }

    /// Where all that is done about the columns, constraints and indexes of a table so far has been done.
    fn of_parts(&self, table: &ObjectName) -> Place {
        self.parts_done.get(table).copied().unwrap_or(Place::FIRST)
    }

    /// Where a statement about an object can stand at the earliest. A table comes with constraints of its own.
    fn start(&self, object: &ObjectName) -> Place {
        let right = self.sides.right;
        let parts = right.parts_of(object).map(|(part, _)| part);
        let parts = parts.filter(|part| self.fates.is_made(object) && part.kind == ObjectKind::Constraint);
        let wholes = parts.chain([object]);
        let needed = wholes.flat_map(|one| right.dependencies.get(one).into_iter().flatten());
        let places = needed.chain([object]).filter_map(|one| self.done.get(one));
        places.max().copied().unwrap_or(Place::FIRST)
    }

    fn pieces(&mut self, statement: Statement) -> Vec<(When, Statement)> {
        if statement.object.kind == ObjectKind::Index {
            let online = self.index(&statement);
            return online.unwrap_or_else(|| vec![(When::Plainly, statement)]);
        }
        let Some((table, definition)) = self.standing_table(&statement.object) else {
            return vec![(When::Plainly, statement)];
        };
        let online = match statement.object.kind {
            ObjectKind::Constraint => self.constraint(table, definition, &statement),
            ObjectKind::Column => self.not_null(table, &statement).or_else(|| self.nullable(&statement)),
            _ => None,
        };
        online.unwrap_or_else(|| vec![(When::Plainly, statement)])
    }

    /// The table of a part, if both sides have it and it stays; as it is on the left side.
    fn standing_table(&self, part: &ObjectName) -> Option<(&'c ObjectName, &'c Table)> {
        let (name, _) = table_of_part(self.sides.right, part)?;
        let (_, definition) = self.sides.tables(name)?;
        (!self.fates.is_away(name)).then_some((name, definition))
    }

    /// Whether nothing that an object reads on the left side is dropped or changed, so that it can wait to be dropped.
    fn can_wait(&self, object: &ObjectName) -> bool {
        let needed = self.sides.left.dependencies.get(object).into_iter().flatten();
        !needed.into_iter().any(|one| {
            self.fates.is_away(one)
                || self.fates.retyped.contains(one)
                || self.fates.get(one) == Some(&Fate::Swapped)
        })
    }

    /// A column takes no NULL any more behind what stands in for that until the rows have been read.
    fn not_null(&self, table: &ObjectName, statement: &Statement) -> Option<Vec<(When, Statement)>> {
        let stand_in = StandIn::of(self.sides, table, &statement.object.name);
        let sets = statement.sql.ends_with(" SET NOT NULL") || statement.sql.ends_with(&stand_in.clause);
        sets.then(|| {
            let validate = Statement { sql: stand_in.validate(), ..statement.clone() };
            let mut pieces = vec![
                (When::Plainly, with_sql(statement, stand_in.add())),
                (When::In(Kind::Validate), validate),
            ];
            pieces.extend(stand_in.drop().into_iter().flat_map(|drop| {
                [statement.sql.clone(), drop].map(|sql| (When::In(Kind::Finish), with_sql(statement, sql)))
            }));
            pieces
        })
    }

    /// A column cannot take NULL before the old key is gone, which waits for the new one.
    fn nullable(&mut self, statement: &Statement) -> Option<Vec<(When, Statement)>> {
        if !statement.sql.ends_with(" DROP NOT NULL") {
            return None;
        }
        let column = &statement.object;
        let is_in = |key: &ObjectName| {
            let needed = self.sides.left.dependencies.get(key);
            needed.is_some_and(|needed| needed.contains(column))
                && matches!(rule_of(self.sides.left, key), Some(ConstraintRule::PrimaryKey(_)))
        };
        let key = self.held.keys().find(|key| is_in(key))?.clone();
        self.nullable_later.entry(key).or_default().push(statement.clone());
        Some(Vec::new())
    }

    /// Whether an index is one of a table or a materialized view that both sides have and that stays, and of no
    /// partitioned table, whose indexes the server does not build concurrently.
    fn is_of_standing_relation(&self, index: &ObjectName) -> bool {
        let catalog =
            if self.sides.right.objects.contains_key(index) { self.sides.right } else { self.sides.left };
        let Some((name, _)) = catalog.relation_of(index) else { return false };
        let (Some(left), Some(_)) = (self.sides.left.objects.get(name), self.sides.right.objects.get(name))
        else {
            return false;
        };
        let is_partitioned =
            matches!(&left.definition, Definition::Table(table) if table.partition_key.is_some());
        !is_partitioned && !self.fates.is_away(name)
    }

    fn index(&self, statement: &Statement) -> Option<Vec<(When, Statement)>> {
        if !self.is_of_standing_relation(&statement.object) {
            return None;
        }
        let name = &statement.object;
        let index = qualified(POSTGRES, name);
        let aside = super::types::free_name(self.sides, name);
        let build = |sql: String| (When::In(Kind::Build), with_sql(statement, sql));
        // What takes its name cannot wait for it.
        let waits = self.can_wait(name) && !self.names.another_has_name_of(name);
        let is_renewed = self.fates.get(name) == Some(&Fate::Renewed);
        if statement.sql.starts_with("DROP INDEX ") && waits {
            return Some(vec![build(match is_renewed {
                true => format!("ALTER INDEX {index} RENAME TO {}", identifier(POSTGRES, &aside.name)),
                false => statement.sql.replacen("DROP INDEX ", "DROP INDEX CONCURRENTLY ", 1),
            })]);
        }
        let concurrently = ["CREATE INDEX ", "CREATE UNIQUE INDEX "].into_iter().find_map(|words| {
            let rest = statement.sql.strip_prefix(words).filter(|rest| !rest.contains(" ON ONLY "))?;
            Some(format!("{words}CONCURRENTLY {rest}"))
        })?;
        let concurrently = Statement { sql: concurrently, ..statement.clone() };
        let mut pieces = vec![(When::In(Kind::Build), concurrently)];
        if is_renewed && waits {
            pieces.push(build(format!("DROP INDEX CONCURRENTLY {}", qualified(POSTGRES, &aside))));
        }
        Some(pieces)
    }

    fn constraint(
        &mut self,
        table: &ObjectName,
        definition: &Table,
        statement: &Statement,
    ) -> Option<Vec<(When, Statement)>> {
        let name = &statement.object;
        let is_drop = statement.sql.contains(" DROP CONSTRAINT ");
        let catalog = if is_drop { self.sides.left } else { self.sides.right };
        let constraint = constraint_of(catalog, name)?;
        let is_add = statement.sql.contains("\n    ADD CONSTRAINT ") && !is_taking_over(statement);
        match &constraint.rule {
            ConstraintRule::PrimaryKey(key) | ConstraintRule::Unique(key) => {
                if definition.partition_key.is_some() || definition.foreign.is_some() {
                    return None;
                }
                if is_drop && self.fates.get(name) == Some(&Fate::Renewed) && self.can_wait(name) {
                    self.held.insert(name.clone(), statement.clone());
                    return Some(Vec::new());
                }
                is_add.then(|| self.key(table, constraint, key, statement))
            }
            ConstraintRule::ForeignKey(_) if definition.partition_key.is_some() => None,
            ConstraintRule::ForeignKey(_) | ConstraintRule::Check { .. }
                if is_add && constraint.is_validated && definition.foreign.is_none() =>
            {
                Some(validated_later(statement))
            }
            _ => None,
        }
    }

    /// A key takes an index that is built before, and is not missed meanwhile.
    fn key(
        &mut self,
        table: &ObjectName,
        constraint: &Constraint,
        key: &Key,
        statement: &Statement,
    ) -> Vec<(When, Statement)> {
        let name = &statement.object;
        let held = self.held.remove(name);
        let own = identifier(POSTGRES, &name.name);
        let index = match held {
            Some(_) => identifier(POSTGRES, &super::types::free_name(self.sides, name).name),
            None => own.clone(),
        };
        let relation = qualified(POSTGRES, table);
        let words = constraint.rule.name();
        let columns = match constraint.rule {
            ConstraintRule::PrimaryKey(_) => self.nullable_before(table, key),
            _ => Vec::new(),
        };
        let mut pieces: Vec<(When, Statement)> = Vec::new();
        let checks: Vec<StandIn> =
            columns.iter().map(|column| StandIn::of(self.sides, table, column)).collect();
        pieces.extend(checks.iter().map(|check| (When::Plainly, with_sql(statement, check.add()))));
        let build = Statement { sql: unique_index(&index, &relation, key), ..statement.clone() };
        pieces.push((When::In(Kind::Build), build));
        pieces.extend(
            checks.iter().map(|check| (When::In(Kind::Validate), with_sql(statement, check.validate()))),
        );
        let finish = |statement: Statement| (When::In(Kind::Finish), statement);
        pieces.extend(held.map(finish));
        let deferrable = match constraint.deferrable {
            Deferrable::No => String::new(),
            other => format!(" {}", other.sql()),
        };
        let add = format!(
            "ALTER TABLE {relation}\n    ADD CONSTRAINT {own} {words} USING INDEX {index}{deferrable}"
        );
        pieces.push(finish(with_sql(statement, add)));
        pieces.extend(self.nullable_later.remove(name).into_iter().flatten().map(finish));
        let drops = checks.iter().filter_map(StandIn::drop);
        pieces.extend(drops.map(|drop| finish(with_sql(statement, drop))));
        pieces
    }

    /// The columns of a key that take NULL on the left side.
    fn nullable_before(&self, table: &ObjectName, key: &Key) -> Vec<String> {
        let Some(left) = self.sides.left.table(table) else { return Vec::new() };
        let nullable = left.columns.iter().filter(|column| column.is_nullable);
        let names = nullable.map(|column| &column.name);
        names.filter(|name| key.columns.contains(&identifier(POSTGRES, name))).cloned().collect()
    }
}

/// Whether a statement makes a table a child of another.
fn is_joining(statement: &Statement) -> bool {
    let sql = &statement.sql;
    sql.starts_with("ALTER TABLE ")
        && (sql.contains(" ATTACH PARTITION ") || sql.contains(" INHERIT ") && !sql.contains(" NO INHERIT "))
}

/// The index that a key is made of.
fn unique_index(index: &str, relation: &str, key: &Key) -> String {
    let mut sql =
        format!("CREATE UNIQUE INDEX CONCURRENTLY {index} ON {relation} ({})", key.columns.join(", "));
    if !key.include.is_empty() {
        sql.push_str(&format!(" INCLUDE ({})", key.include.join(", ")));
    }
    if key.nulls_not_distinct {
        sql.push_str(" NULLS NOT DISTINCT");
    }
    if !key.storage_options.is_empty() {
        sql.push_str(&format!(" WITH ({})", options(&key.storage_options)));
    }
    if let Some(tablespace) = &key.tablespace {
        sql.push_str(&format!(" TABLESPACE {tablespace}"));
    }
    sql
}

/// The same statement with another text, of which nothing is to be said.
fn with_sql(statement: &Statement, sql: String) -> Statement {
    Statement::new(&statement.object, sql)
}

/// A constraint holds for new rows at once, and is validated later.
fn validated_later(statement: &Statement) -> Vec<(When, Statement)> {
    let name = &statement.object;
    let add = with_sql(statement, format!("{} NOT VALID", statement.sql));
    let validate = format!(
        "ALTER TABLE {} VALIDATE CONSTRAINT {}",
        relation_of(POSTGRES, name),
        identifier(POSTGRES, &name.name)
    );
    let validate = Statement { sql: validate, ..statement.clone() };
    vec![(When::Plainly, add), (When::In(Kind::Validate), validate)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_index_of_a_key_is_all_that_the_key_says() {
        let key = Key {
            columns: vec!["a".to_owned(), "b".to_owned()],
            include: vec!["c".to_owned()],
            nulls_not_distinct: true,
            ..Key::default()
        };
        assert_eq!(
            unique_index("k", "s.t", &key),
            "CREATE UNIQUE INDEX CONCURRENTLY k ON s.t (a, b) INCLUDE (c) NULLS NOT DISTINCT"
        );
    }
}
