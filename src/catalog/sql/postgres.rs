//! The statements of a PostgreSQL schema.

use std::collections::BTreeMap;

use super::order::Step;
use super::{identifier, qualified, relation_of, table};
use crate::catalog::{
    Aggregate, Catalog, CompositeAttribute, Constraint, Definition, Domain, Firing, Index, Object,
    ObjectKind, ObjectName, Policy, RangeType, Rule, Sequence, Table, Trigger, View,
};
use crate::sql::Dialect;

const POSTGRES: Dialect = Dialect::Postgres;

/// The statements, without their semicolons.
pub(super) fn statements(catalog: &Catalog, steps: &[Step<'_>]) -> Vec<String> {
    let mut writer = Writer { catalog, owned: owned(catalog), statements: Vec::new(), at_end: Vec::new() };
    let has_routines =
        catalog.objects.values().any(|object| matches!(object.definition, Definition::Routine(_)));
    if has_routines {
        // A body may mention what is made after it.
        writer.add("SET check_function_bodies = off");
    }
    for step in steps {
        if let Some(object) = catalog.objects.get(step.object) {
            writer.object(step, object);
        }
    }
    writer.statements.append(&mut writer.at_end);
    writer.statements
}

fn owned(catalog: &Catalog) -> BTreeMap<String, Vec<&ObjectName>> {
    let mut owned: BTreeMap<String, Vec<&ObjectName>> = BTreeMap::new();
    for (name, object) in &catalog.objects {
        if let Definition::Sequence(Sequence { owned_by: Some(column), .. }) = &object.definition {
            owned.entry(column.clone()).or_default().push(name);
        }
    }
    owned
}

struct Writer<'c> {
    catalog: &'c Catalog,
    /// The sequences by the column that owns them.
    owned: BTreeMap<String, Vec<&'c ObjectName>>,
    statements: Vec<String>,
    /// What needs indexes of which it is not known when they come.
    at_end: Vec<String>,
}

impl<'c> Writer<'c> {
    fn add(&mut self, statement: impl Into<String>) {
        self.statements.push(statement.into());
    }

    fn object(&mut self, step: &Step<'c>, object: &Object) {
        let name = step.object;
        match &object.definition {
            // Every database has it.
            Definition::Schema if name.name == "public" => {}
            Definition::Schema => self.add(format!("CREATE SCHEMA {}", identifier(POSTGRES, &name.name))),
            Definition::Extension { schema, .. } => self.add(format!(
                "CREATE EXTENSION {} WITH SCHEMA {}",
                identifier(POSTGRES, &name.name),
                identifier(POSTGRES, schema)
            )),
            Definition::Enum(labels) => self.add(create_enum(name, labels)),
            Definition::Domain(domain) => self.domain(name, domain),
            Definition::CompositeType(attributes) => self.add(create_composite(name, attributes)),
            Definition::RangeType(range) => self.add(create_range(name, range)),
            Definition::Sequence(sequence) => self.add(create_sequence(name, sequence)),
            Definition::Routine(routine) => self.add(routine.definition.clone()),
            Definition::Aggregate(aggregate) => self.add(create_aggregate(name, aggregate)),
            Definition::Table(table) => self.table(step, table),
            Definition::Verbatim(sql) => self.add(sql.clone()),
            Definition::Constraint(constraint) => self.constraint(name, constraint),
            // Nothing makes such an index on purpose.
            Definition::Index(index)
                if !index.is_valid && index.attached_to.is_none() && !is_of_parent(index) =>
            {
                self.add(commented(&format!("{name} is not valid, and not written:\n{}", index.definition)));
                return;
            }
            Definition::Index(index) => self.index(name, index),
            Definition::View(view) => self.view(name, view),
            Definition::Trigger(trigger) => self.trigger(name, trigger),
            Definition::Rule(rule) => self.rule(name, rule),
            Definition::Policy(policy) => self.add(create_policy(name, policy)),
            Definition::Other(other) if other.statements.is_empty() => {
                self.add(commented(&format!("{name} is not written: revgraph does not know how")));
                return;
            }
            Definition::Other(other) => self.statements.extend(other.statements.iter().cloned()),
        }
        self.comment(name, object);
        for constraint in &step.inline {
            if let Some(object) = self.catalog.objects.get(constraint) {
                self.comment(constraint, object);
            }
        }
    }

    fn domain(&mut self, name: &ObjectName, domain: &Domain) {
        self.add(create_domain(name, domain));
        for (constraint, definition) in domain.constraints.iter().filter(|(_, one)| !is_validated(one)) {
            let constraint = identifier(POSTGRES, constraint);
            let domain = qualified(POSTGRES, name);
            self.add(format!("ALTER DOMAIN {domain} ADD CONSTRAINT {constraint} {definition}"));
        }
    }

    fn comment(&mut self, name: &ObjectName, object: &Object) {
        let Some(comment) = &object.comment else { return };
        let kind = name.kind.name().to_uppercase();
        let target = match (&object.definition, &name.relation) {
            (Definition::Index(_), _) => qualified(POSTGRES, name),
            (_, Some(_)) => {
                format!("{} ON {}", identifier(POSTGRES, &name.name), relation_of(POSTGRES, name))
            }
            (Definition::Aggregate(aggregate), None) => {
                format!("{}({})", qualified(POSTGRES, name), aggregate_arguments(aggregate))
            }
            (_, None) => {
                let arguments = name.arguments.as_ref().map(|arguments| format!("({arguments})"));
                format!("{}{}", qualified(POSTGRES, name), arguments.unwrap_or_default())
            }
        };
        self.add(format!("COMMENT ON {kind} {target} IS {}", POSTGRES.quote_literal(comment)));
    }

    fn column_comment(&mut self, relation: &ObjectName, column: &str, comment: &str) {
        let column = format!("{}.{}", qualified(POSTGRES, relation), identifier(POSTGRES, column));
        self.add(format!("COMMENT ON COLUMN {column} IS {}", POSTGRES.quote_literal(comment)));
    }

    fn table(&mut self, step: &Step<'c>, table: &Table) {
        let name = qualified(POSTGRES, step.object);
        self.add(table::create(self.catalog, step.object, table, &step.inline));
        for column in &table.columns {
            self.column_settings(step.object, table, &name, &column.name);
        }
        for part in &step.inline {
            self.key_options(part);
        }
        self.owned_sequences(step.object, table);
        if let Some(partition) = &table.partition_of {
            self.add(format!("ALTER TABLE {} ATTACH PARTITION {name} {}", partition.parent, partition.bound));
        }
        if table.row_security.is_enabled {
            self.add(format!("ALTER TABLE {name} ENABLE ROW LEVEL SECURITY"));
        }
        if table.row_security.is_forced {
            self.add(format!("ALTER TABLE {name} FORCE ROW LEVEL SECURITY"));
        }
        if let Some(identity) = &table.replica_identity {
            self.at_end.push(format!("ALTER TABLE {name} REPLICA IDENTITY {identity}"));
        }
    }

    /// What `CREATE TABLE` has no clause for.
    fn column_settings(&mut self, relation: &ObjectName, table: &Table, name: &str, column: &str) {
        let Some(column) = table.columns.iter().find(|one| one.name == column) else { return };
        let alter = format!("ALTER TABLE ONLY {name} ALTER COLUMN {}", identifier(POSTGRES, &column.name));
        if column.is_inherited && table.partition_of.is_none() {
            self.inherited_column(table, &alter, column);
        }
        if let Some(storage) = &column.storage {
            self.add(format!("{alter} SET STORAGE {storage}"));
        }
        if let Some(target) = column.statistics {
            self.add(format!("{alter} SET STATISTICS {target}"));
        }
        if !column.options.is_empty() {
            self.add(format!("{alter} SET ({})", options(&column.options)));
        }
        if !column.foreign_options.is_empty() {
            let options = table::foreign_options(&column.foreign_options);
            self.add(format!("{} {options}", alter.replacen("ALTER TABLE", "ALTER FOREIGN TABLE", 1)));
        }
        if let Some(comment) = &column.comment {
            self.column_comment(relation, &column.name, comment);
        }
    }

    /// In what an inherited column differs from those that it is inherited from.
    fn inherited_column(&mut self, table: &Table, alter: &str, column: &crate::catalog::Column) {
        let parents = self.catalog.objects.iter().filter_map(|(name, object)| match &object.definition {
            Definition::Table(parent) if table.inherits.contains(&qualified(POSTGRES, name)) => Some(parent),
            _ => None,
        });
        let inherited: Vec<_> =
            parents.flat_map(|parent| &parent.columns).filter(|one| one.name == column.name).collect();
        let has_other_default = inherited.iter().any(|parent| parent.default != column.default);
        let is_more_strict = !column.is_nullable && inherited.iter().all(|parent| parent.is_nullable);
        if has_other_default {
            self.add(match &column.default {
                Some(default) => format!("{alter} SET DEFAULT {default}"),
                None => format!("{alter} DROP DEFAULT"),
            });
        }
        if is_more_strict {
            self.add(format!("{alter} SET NOT NULL"));
        }
    }

    /// Parameters of the index of a key.
    fn key_options(&mut self, part: &ObjectName) {
        use crate::catalog::ConstraintRule::{PrimaryKey, Unique};
        let Some(constraint) = table::constraint(self.catalog, part) else { return };
        let (PrimaryKey(key) | Unique(key)) = &constraint.rule else { return };
        let index = qualified(POSTGRES, part);
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
            let column = super::qualified_column(table_name, &column.name);
            for sequence in self.owned.remove(&column).unwrap_or_default() {
                let sequence = qualified(POSTGRES, sequence);
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
        let is_made_here = match self.catalog.objects.get(&relation).map(|object| &object.definition) {
            Some(Definition::Table(table)) => table::is_made_here(table, constraint),
            _ => true,
        };
        if is_made_here {
            let named = table::named(POSTGRES, name, constraint);
            self.add(format!("ALTER TABLE {}\n    ADD {named}", relation_of(POSTGRES, name)));
            self.key_options(name);
        }
    }

    fn index(&mut self, name: &ObjectName, index: &Index) {
        self.add(index.definition.clone());
        if let Some(parent) = &index.attached_to {
            let name = qualified(POSTGRES, name);
            self.add(format!("ALTER INDEX {parent} ATTACH PARTITION {name}"));
        }
        if index.is_clustered {
            let table = relation_of(POSTGRES, name);
            self.at_end.push(format!("ALTER TABLE {table} CLUSTER ON {}", identifier(POSTGRES, &name.name)));
        }
    }

    fn view(&mut self, name: &ObjectName, view: &View) {
        let kind = name.kind.name().to_uppercase();
        let qualified_name = qualified(POSTGRES, name);
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
            let column = identifier(POSTGRES, column);
            self.add(format!("ALTER VIEW {qualified_name} ALTER COLUMN {column} SET DEFAULT {default}"));
        }
        for (column, comment) in &view.column_comments {
            self.column_comment(name, column, comment);
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
            let (table, name) = (relation_of(POSTGRES, name), identifier(POSTGRES, &name.name));
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

/// `name='value', …`
pub(super) fn options(options: &BTreeMap<String, String>) -> String {
    let option = |(name, value): (&String, &String)| format!("{name}={}", POSTGRES.quote_literal(value));
    options.iter().map(option).collect::<Vec<_>>().join(", ")
}

fn create_enum(name: &ObjectName, labels: &[String]) -> String {
    let labels: Vec<String> = labels.iter().map(|label| POSTGRES.quote_literal(label)).collect();
    format!("CREATE TYPE {} AS ENUM (\n    {}\n)", qualified(POSTGRES, name), labels.join(",\n    "))
}

fn create_domain(name: &ObjectName, domain: &Domain) -> String {
    let mut text = format!("CREATE DOMAIN {} AS {}", qualified(POSTGRES, name), domain.data_type);
    if let Some(collation) = &domain.collation {
        text.push_str(&format!(" COLLATE {collation}"));
    }
    if let Some(default) = &domain.default {
        text.push_str(&format!(" DEFAULT {default}"));
    }
    if !domain.is_nullable {
        text.push_str(" NOT NULL");
    }
    for (name, definition) in domain.constraints.iter().filter(|(_, one)| is_validated(one)) {
        text.push_str(&format!("\n    CONSTRAINT {} {definition}", identifier(POSTGRES, name)));
    }
    text
}

/// Whether a domain's constraint can be made with it.
fn is_validated(definition: &str) -> bool {
    !definition.ends_with(" NOT VALID")
}

fn create_composite(name: &ObjectName, attributes: &[CompositeAttribute]) -> String {
    let attribute = |attribute: &CompositeAttribute| {
        let collation = attribute.collation.as_ref().map(|name| format!(" COLLATE {name}"));
        let name = identifier(POSTGRES, &attribute.name);
        format!("{name} {}{}", attribute.data_type, collation.unwrap_or_default())
    };
    let attributes: Vec<String> = attributes.iter().map(attribute).collect();
    format!("CREATE TYPE {} AS (\n    {}\n)", qualified(POSTGRES, name), attributes.join(",\n    "))
}

fn create_range(name: &ObjectName, range: &RangeType) -> String {
    let multirange = range.multirange.as_ref().map(|multirange| {
        let name = ObjectName { name: multirange.clone(), ..name.clone() };
        qualified(POSTGRES, &name)
    });
    let clauses = [
        ("SUBTYPE", Some(&range.subtype)),
        ("SUBTYPE_OPCLASS", Some(&range.operator_class)),
        ("COLLATION", range.collation.as_ref()),
        ("CANONICAL", range.canonical.as_ref()),
        ("SUBTYPE_DIFF", range.subtype_difference.as_ref()),
        ("MULTIRANGE_TYPE_NAME", multirange.as_ref()),
    ];
    let clauses = clauses.into_iter().filter_map(|(clause, value)| Some(format!("{clause} = {}", value?)));
    let clauses: Vec<String> = clauses.collect();
    format!("CREATE TYPE {} AS RANGE (\n    {}\n)", qualified(POSTGRES, name), clauses.join(",\n    "))
}

fn create_sequence(name: &ObjectName, sequence: &Sequence) -> String {
    let unlogged = if sequence.is_unlogged { "UNLOGGED " } else { "" };
    let mut text = format!("CREATE {unlogged}SEQUENCE {}", qualified(POSTGRES, name));
    if sequence.data_type != "bigint" {
        text.push_str(&format!(" AS {}", sequence.data_type));
    }
    for option in table::sequence_options(sequence) {
        text.push_str(&format!(" {option}"));
    }
    text
}

fn aggregate_arguments(aggregate: &Aggregate) -> &str {
    if aggregate.arguments.is_empty() { "*" } else { &aggregate.arguments }
}

fn create_aggregate(name: &ObjectName, aggregate: &Aggregate) -> String {
    let clause = |(name, value): (&String, &String)| match value.as_str() {
        "" => name.clone(),
        value => format!("{name} = {value}"),
    };
    let clauses: Vec<String> = aggregate.clauses.iter().map(clause).collect();
    let (name, arguments) = (qualified(POSTGRES, name), aggregate_arguments(aggregate));
    format!("CREATE AGGREGATE {name}({arguments}) (\n    {}\n)", clauses.join(",\n    "))
}

fn create_policy(name: &ObjectName, policy: &Policy) -> String {
    let mut text =
        format!("CREATE POLICY {} ON {}", identifier(POSTGRES, &name.name), relation_of(POSTGRES, name));
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
