//! One object, written.

use super::super::{Statement, identifier, options, qualified, qualified_column, relation_of, table};
use super::basis::Basis;
use super::column::column_settings;
use super::comment::{column_comment, comment};
use super::types;
use crate::catalog::{
    Column, Constraint, ConstraintRule, Definition, Domain, Firing, Index, Object, ObjectKind, ObjectName,
    Policy, Rule, Table, Trigger, View,
};
use crate::sql::Dialect;

/// The statements that make one object of PostgreSQL, in two parts.
#[derive(Debug, Default)]
pub struct Made {
    /// The statements, once what the object needs is there.
    pub statements: Vec<Statement>,
    /// Those that need indexes of the object's table, once these are there.
    pub at_end: Vec<Statement>,
}

/// Whether [`Writer::create`](super::Writer::create) can write an object; else it is told as a comment.
#[must_use]
pub fn is_written(object: &Object) -> bool {
    match &object.definition {
        // Nothing makes such an index on purpose.
        Definition::Index(index) => index.is_valid || index.attached_to.is_some() || is_of_parent(index),
        Definition::Other(other) => !other.statements.is_empty() || other.granted_on.is_some(),
        _ => true,
    }
}

/// Writes the statements of one object of PostgreSQL.
pub(super) struct Making<'w, 'c> {
    pub(super) basis: &'w Basis<'c>,
    pub(super) object: &'c ObjectName,
    pub(super) made: Made,
}

impl Making<'_, '_> {
    fn add(&mut self, sql: impl Into<String>) {
        self.made.statements.push(Statement::of(self.object, sql));
    }

    fn add_at_end(&mut self, sql: impl Into<String>) {
        self.made.at_end.push(Statement::of(self.object, sql));
    }

    /// Adds the statements that make an object; of a table, the constraints `inline` stand in its own statement. The
    /// schema `public` needs none.
    pub(super) fn object(&mut self, object: &Object, inline: &[&ObjectName]) {
        let name = self.object;
        match &object.definition {
            // Every database has it.
            Definition::Schema if name.name == "public" => {}
            Definition::Schema => {
                self.add(format!("CREATE SCHEMA {}", identifier(Dialect::Postgres, &name.name)))
            }
            Definition::Extension(extension) => self.add(format!(
                "CREATE EXTENSION {} WITH SCHEMA {}",
                identifier(Dialect::Postgres, &name.name),
                identifier(Dialect::Postgres, &extension.schema)
            )),
            Definition::Enum(labels) => self.add(types::create_enum(name, labels)),
            Definition::Domain(domain) => self.domain(name, domain),
            Definition::CompositeType(attributes) => self.add(types::create_composite(name, attributes)),
            Definition::RangeType(range) => self.add(types::create_range(name, range)),
            Definition::Sequence(sequence) => self.add(types::create_sequence(name, sequence)),
            Definition::Routine(routine) => self.add(routine.definition.clone()),
            Definition::Aggregate(aggregate) => self.add(types::create_aggregate(name, aggregate)),
            Definition::Table(table) => self.table(name, table, inline),
            Definition::Verbatim(sql) => self.add(sql.clone()),
            Definition::Constraint(constraint) => self.constraint(name, constraint),
            Definition::Index(index) if !is_written(object) => {
                self.add(commented(&format!("{name} is not valid, and not written:\n{}", index.definition)));
                return;
            }
            Definition::Index(index) => self.index(name, index),
            Definition::View(view) => self.view(name, view),
            Definition::Trigger(trigger) => self.trigger(name, trigger),
            Definition::Rule(rule) => self.rule(name, rule),
            Definition::Policy(policy) => self.add(create_policy(name, policy)),
            // Grants are left out.
            Definition::Other(other) if other.granted_on.is_some() => {}
            Definition::Other(other) if other.statements.is_empty() => {
                self.add(commented(&format!("{name} is not written: revgraph does not know how")));
                return;
            }
            Definition::Other(other) => other.statements.iter().for_each(|sql| self.add(sql.clone())),
        }
        self.comment(name, object);
        for constraint in inline {
            if let Some(object) = self.basis.catalog.objects.get(constraint) {
                self.comment(constraint, object);
            }
        }
    }

    fn comment(&mut self, name: &ObjectName, object: &Object) {
        if object.comment.is_some() {
            self.add(comment(name, object.comment.as_deref()));
        }
    }

    fn domain(&mut self, name: &ObjectName, domain: &Domain) {
        self.add(types::create_domain(name, domain));
        for (constraint, definition) in domain.constraints.iter().filter(|(_, one)| !types::is_validated(one))
        {
            let constraint = identifier(Dialect::Postgres, constraint);
            let domain = qualified(Dialect::Postgres, name);
            self.add(format!("ALTER DOMAIN {domain} ADD CONSTRAINT {constraint} {definition}"));
        }
    }

    fn table(&mut self, object: &ObjectName, table: &Table, inline: &[&ObjectName]) {
        let name = qualified(Dialect::Postgres, object);
        let with_serials = self.basis.with_serial_columns(object, table);
        self.add(table::create(self.basis.catalog, object, with_serials.as_ref().unwrap_or(table), inline));
        for column in &table.columns {
            self.column_settings(object, table, column);
        }
        for part in inline {
            self.key_options(part);
            self.validation(object, table, part);
        }
        self.owned_sequences(object, table);
        for late in
            table.columns.iter().filter(|column| !column.is_inherited).filter_map(table::late_not_null)
        {
            self.add_at_end(format!("ALTER TABLE {name} ADD {late}"));
        }
        if let Some(partition) = &table.partition_of {
            let attach =
                format!("ALTER TABLE {} ATTACH PARTITION {name} {}", partition.parent, partition.bound);
            match self.keeps_indexes_from_being_valid(table, &partition.parent) {
                true => self.add_at_end(attach),
                false => self.add(attach),
            }
        }
        if table.row_security.is_enabled {
            self.add(format!("ALTER TABLE {name} ENABLE ROW LEVEL SECURITY"));
        }
        if table.row_security.is_forced {
            self.add(format!("ALTER TABLE {name} FORCE ROW LEVEL SECURITY"));
        }
        if let Some(identity) = &table.replica_identity {
            self.add_at_end(format!("ALTER TABLE {name} REPLICA IDENTITY {identity}"));
        }
    }

    /// Whether a partition has no part in the indexes of its parent, which are not valid then unless they were before: a
    /// foreign table has no indexes.
    fn keeps_indexes_from_being_valid(&self, partition: &Table, parent: &str) -> bool {
        partition.foreign.is_some()
            && self
                .basis
                .catalog
                .objects
                .keys()
                .any(|name| name.kind == ObjectKind::Index && relation_of(Dialect::Postgres, name) == parent)
    }

    /// What an inherited constraint lacks that is validated, and is not in the table that it comes from.
    fn validation(&mut self, name: &ObjectName, table: &Table, part: &ObjectName) {
        let catalog = self.basis.catalog;
        let is_inherited =
            table::constraint(catalog, part).is_some_and(|one| one.is_inherited && one.is_validated);
        let is_late = |parent: &ObjectName| {
            let constraint = parent.part(ObjectKind::Constraint, &part.name);
            table.inherits.contains(&qualified(Dialect::Postgres, parent))
                && table::constraint(catalog, &constraint).is_some_and(|one| !one.is_validated)
        };
        if is_inherited && catalog.objects.keys().any(is_late) {
            let (table, constraint) =
                (qualified(Dialect::Postgres, name), identifier(Dialect::Postgres, &part.name));
            self.add_at_end(format!("ALTER TABLE {table} VALIDATE CONSTRAINT {constraint}"));
        }
    }

    /// What `CREATE TABLE` has no clause for.
    fn column_settings(&mut self, relation: &ObjectName, table: &Table, column: &Column) {
        if column.is_inherited && table.partition_of.is_none() {
            let alter = format!(
                "ALTER TABLE ONLY {} ALTER COLUMN {}",
                qualified(Dialect::Postgres, relation),
                identifier(Dialect::Postgres, &column.name)
            );
            self.inherited_column(table, &alter, column);
        }
        for setting in column_settings(relation, column) {
            self.add(setting);
        }
    }

    /// In what an inherited column differs from those that it is inherited from.
    fn inherited_column(&mut self, table: &Table, alter: &str, column: &Column) {
        let parents =
            self.basis.catalog.objects.iter().filter_map(|(name, object)| match &object.definition {
                Definition::Table(parent) if table.inherits.contains(&qualified(Dialect::Postgres, name)) => {
                    Some(parent)
                }
                _ => None,
            });
        let inherited: Vec<_> =
            parents.flat_map(|parent| &parent.columns).filter(|one| one.name == column.name).collect();
        let has_other_default = inherited.iter().any(|parent| parent.default != column.default);
        let gives_it = |parent: &&Column| {
            !parent.is_nullable && !parent.not_null.as_ref().is_some_and(|one| one.no_inherit)
        };
        let is_more_strict = !column.is_nullable && !inherited.iter().any(gives_it);
        if has_other_default {
            self.add(match &column.default {
                Some(default) => format!("{alter} SET DEFAULT {default}"),
                None => format!("{alter} DROP DEFAULT"),
            });
        }
        if is_more_strict {
            self.more_strict(alter, column);
        }
        let is_late = |column: &Column| column.not_null.as_ref().is_some_and(|one| !one.is_validated);
        let own = column.not_null.as_ref().filter(|one| one.is_validated);
        if let Some(own) = own.filter(|_| inherited.iter().any(|parent| is_late(parent))) {
            let (table, name) =
                (qualified(Dialect::Postgres, self.object), identifier(Dialect::Postgres, &own.name));
            self.add_at_end(format!("ALTER TABLE {table} VALIDATE CONSTRAINT {name}"));
        }
    }

    /// A column of a parent's takes no NULL here.
    fn more_strict(&mut self, alter: &str, column: &Column) {
        let table = qualified(Dialect::Postgres, self.object);
        match &column.not_null {
            Some(one) if !one.is_validated => {
                self.add_at_end(format!(
                    "ALTER TABLE {table} ADD {}",
                    table::named_not_null(&column.name, one)
                ));
            }
            Some(one) if !one.has_usual_name || one.no_inherit => {
                self.add(format!("ALTER TABLE {table} ADD {}", table::named_not_null(&column.name, one)));
            }
            _ => self.add(format!("{alter} SET NOT NULL")),
        }
    }

    /// Parameters of the index of a key.
    fn key_options(&mut self, part: &ObjectName) {
        use crate::catalog::ConstraintRule::{PrimaryKey, Unique};
        let Some(constraint) = table::constraint(self.basis.catalog, part) else { return };
        let (PrimaryKey(key) | Unique(key)) = &constraint.rule else { return };
        let index = qualified(Dialect::Postgres, part);
        if !key.storage_options.is_empty() {
            self.add(format!("ALTER INDEX {index} SET ({})", options(&key.storage_options)));
        }
        if let Some(tablespace) = &key.tablespace {
            self.add(format!("ALTER INDEX {index} SET TABLESPACE {tablespace}"));
        }
    }

    /// Sequences come before tables, so that defaults can use them.
    fn owned_sequences(&mut self, table_name: &ObjectName, table: &Table) {
        for column in &table.columns {
            if self.basis.serials.contains(&table_name.part(ObjectKind::Column, &column.name)) {
                continue;
            }
            let column = qualified_column(table_name, &column.name);
            for sequence in self.basis.owned.get(&column).into_iter().flatten() {
                let sequence = qualified(Dialect::Postgres, sequence);
                self.add(format!("ALTER SEQUENCE {sequence} OWNED BY {column}"));
            }
        }
    }

    /// A constraint that could not be made with its table.
    fn constraint(&mut self, name: &ObjectName, constraint: &Constraint) {
        let relation = ObjectName::new(
            ObjectKind::Table,
            name.schema.as_deref(),
            name.relation.as_deref().unwrap_or_default(),
        );
        let is_made_here = match self.basis.catalog.objects.get(&relation).map(|object| &object.definition) {
            Some(Definition::Table(table)) => table::is_made_here(table, constraint),
            _ => true,
        };
        if is_made_here {
            let named = table::named_constraint(Dialect::Postgres, name, constraint);
            let only = if self.basis.partitions.lack_part_of(name, constraint) { "ONLY " } else { "" };
            self.add(format!("ALTER TABLE {only}{}\n    ADD {named}", relation_of(Dialect::Postgres, name)));
            self.key_options(name);
            if let ConstraintRule::PrimaryKey(key) | ConstraintRule::Unique(key) = &constraint.rule
                && let Some(parent) = &key.attached_to
            {
                self.add(format!(
                    "ALTER INDEX {parent} ATTACH PARTITION {}",
                    qualified(Dialect::Postgres, name)
                ));
            }
        }
    }

    fn index(&mut self, name: &ObjectName, index: &Index) {
        self.add(index.definition.clone());
        if let Some(parent) = &index.attached_to {
            let name = qualified(Dialect::Postgres, name);
            self.add(format!("ALTER INDEX {parent} ATTACH PARTITION {name}"));
        }
        if index.is_clustered {
            let table = relation_of(Dialect::Postgres, name);
            self.add_at_end(format!(
                "ALTER TABLE {table} CLUSTER ON {}",
                identifier(Dialect::Postgres, &name.name)
            ));
        }
    }

    fn view(&mut self, name: &ObjectName, view: &View) {
        let kind = name.kind.name().to_uppercase();
        let qualified_name = qualified(Dialect::Postgres, name);
        let options = if view.options.is_empty() {
            String::new()
        } else {
            format!(" WITH ({})", options(&view.options))
        };
        let tablespace = view.tablespace.as_ref().map(|tablespace| format!(" TABLESPACE {tablespace}"));
        self.add(format!(
            "CREATE {kind} {qualified_name}{options}{} AS\n{}",
            tablespace.unwrap_or_default(),
            view.definition
        ));
        for (column, default) in &view.column_defaults {
            let column = identifier(Dialect::Postgres, column);
            self.add(format!("ALTER VIEW {qualified_name} ALTER COLUMN {column} SET DEFAULT {default}"));
        }
        for (column, comment) in &view.column_comments {
            self.add(column_comment(name, column, Some(comment)));
        }
    }

    fn trigger(&mut self, name: &ObjectName, trigger: &Trigger) {
        self.add(trigger.definition.clone());
        self.firing(name, "TRIGGER", trigger.enabled);
    }

    fn rule(&mut self, name: &ObjectName, rule: &Rule) {
        self.add(rule.definition.clone());
        self.firing(name, "RULE", rule.enabled);
    }

    fn firing(&mut self, name: &ObjectName, kind: &str, firing: Firing) {
        if firing != Firing::Origin {
            let (table, name) =
                (relation_of(Dialect::Postgres, name), identifier(Dialect::Postgres, &name.name));
            self.add(format!("ALTER TABLE {table} {} {kind} {name}", firing.sql()));
        }
    }
}

fn commented(text: &str) -> String {
    text.lines().map(|line| format!("-- {line}")).collect::<Vec<_>>().join("\n")
}

/// Whether it is the index of a partitioned table alone, which becomes valid with those of the partitions.
fn is_of_parent(index: &Index) -> bool {
    index.definition.contains(" ON ONLY ")
}

fn create_policy(name: &ObjectName, policy: &Policy) -> String {
    let mut text = format!(
        "CREATE POLICY {} ON {}",
        identifier(Dialect::Postgres, &name.name),
        relation_of(Dialect::Postgres, name)
    );
    if !policy.is_permissive {
        text.push_str(" AS RESTRICTIVE");
    }
    text.push_str(&format!(" FOR {} TO {}", policy.command, policy.roles.join(", ")));
    if let Some(using) = &policy.using {
        text.push_str(&format!("\n    USING ({using})"));
    }
    if let Some(check) = &policy.check {
        text.push_str(&format!("\n    WITH CHECK ({check})"));
    }
    text
}
