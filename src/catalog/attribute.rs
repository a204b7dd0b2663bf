//! What is compared of each kind of object, as names and texts.

use std::collections::BTreeMap;

use super::{
    Aggregate, Column, CompositeAttribute, Constraint, ConstraintRule, Definition, Domain, Identity, Index,
    IndexKey, Key, Policy, RangeType, Routine, Rule, Sequence, Table, Trigger, View, sqlite,
};
use crate::sql::Dialect;

/// The name of the attribute that tells only where no other does.
pub(super) const DEFINITION: &str = "definition";

/// A property of an object; the value is none where it is absent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Attribute {
    pub(super) name: &'static str,
    pub(super) value: Option<String>,
}

/// Collects the attributes of an object. Two objects of one variant give the same names in the same order.
struct Attributes {
    dialect: Dialect,
    list: Vec<Attribute>,
}

impl Attributes {
    fn add(&mut self, name: &'static str, value: Option<String>) -> &mut Self {
        self.list.push(Attribute { name, value });
        self
    }

    fn text(&mut self, name: &'static str, value: impl ToString) -> &mut Self {
        self.add(name, Some(value.to_string()))
    }

    fn optional(&mut self, name: &'static str, value: Option<impl ToString>) -> &mut Self {
        self.add(name, value.map(|value| value.to_string()))
    }

    fn flag(&mut self, name: &'static str, value: bool) -> &mut Self {
        self.text(name, if value { "yes" } else { "no" })
    }

    /// SQL, in the one spelling by which it is compared.
    fn sql(&mut self, name: &'static str, value: Option<&str>) -> &mut Self {
        self.add(name, value.map(|value| spelling(self.dialect, value)))
    }

    /// SQL in which the case of SQLite's names does not show.
    fn folded_sql(&mut self, name: &'static str, value: Option<&str>) -> &mut Self {
        let dialect = self.dialect;
        self.add(name, value.map(|value| folded_spelling(dialect, value)))
    }

    /// Names of columns, as SQL has them.
    fn columns(&mut self, name: &'static str, columns: &[String]) -> &mut Self {
        let fold = |column: &String| folded_spelling(self.dialect, column);
        self.list(name, &columns.iter().map(fold).collect::<Vec<_>>())
    }

    fn list(&mut self, name: &'static str, values: &[String]) -> &mut Self {
        self.add(name, (!values.is_empty()).then(|| values.join(", ")))
    }

    fn map(&mut self, name: &'static str, values: &BTreeMap<String, String>) -> &mut Self {
        let values: Vec<String> = values.iter().map(|(key, value)| format!("{key}={value}")).collect();
        self.list(name, &values)
    }
}

/// SQL as it is compared: PostgreSQL's own deparsing as it is, SQLite's text by its tokens.
fn spelling(dialect: Dialect, sql: &str) -> String {
    match dialect {
        Dialect::Postgres => sql.to_owned(),
        Dialect::Sqlite => sqlite::spelling(sql),
    }
}

/// The same, with SQLite's names in lower case.
fn folded_spelling(dialect: Dialect, sql: &str) -> String {
    match dialect {
        Dialect::Postgres => sql.to_owned(),
        Dialect::Sqlite => sqlite::folded_spelling(sql),
    }
}

/// A name, or several: in lower case where the database does not tell the case.
fn fold(dialect: Dialect, names: &str) -> String {
    match dialect {
        Dialect::Postgres => names.to_owned(),
        Dialect::Sqlite => names.to_ascii_lowercase(),
    }
}

/// The attributes of an object, without the columns of a table.
pub(super) fn attributes(dialect: Dialect, definition: &Definition) -> Vec<Attribute> {
    let mut to = Attributes { dialect, list: Vec::new() };
    match definition {
        Definition::Schema => {}
        Definition::Extension { version, schema } => {
            to.text("version", version).text("schema", schema);
        }
        Definition::Enum(labels) => {
            let labels: Vec<String> = labels.iter().map(|label| dialect.quote_literal(label)).collect();
            to.list("labels", &labels);
        }
        Definition::Domain(domain) => of_domain(&mut to, domain),
        Definition::CompositeType(attributes) => {
            let attributes: Vec<String> = attributes.iter().map(composite_attribute).collect();
            to.list("attributes", &attributes);
        }
        Definition::RangeType(range) => of_range(&mut to, range),
        Definition::Sequence(sequence) => of_sequence(&mut to, sequence),
        Definition::Routine(routine) => of_routine(&mut to, routine),
        Definition::Aggregate(Aggregate { arguments, clauses }) => {
            to.text("arguments", arguments).map("clauses", clauses);
        }
        Definition::Table(table) => of_table(&mut to, table),
        Definition::Verbatim(definition) => {
            to.sql(DEFINITION, Some(definition));
        }
        Definition::Constraint(constraint) => of_constraint(&mut to, constraint),
        Definition::Index(index) => of_index(&mut to, index),
        Definition::View(view) => of_view(&mut to, view),
        Definition::Trigger(trigger) => of_trigger(&mut to, trigger),
        Definition::Rule(Rule { enabled, definition }) => {
            to.text("enabled", enabled.sql()).sql(DEFINITION, Some(definition));
        }
        Definition::Policy(policy) => of_policy(&mut to, policy),
        Definition::Other(other) => {
            for (name, value) in &other.properties {
                to.add(name, value.clone());
            }
        }
    }
    to.list
}

fn of_domain(to: &mut Attributes, domain: &Domain) {
    to.text("type", &domain.data_type)
        .optional("collation", domain.collation.as_ref())
        .sql("default", domain.default.as_deref())
        .flag("nullable", domain.is_nullable)
        .map("constraints", &domain.constraints);
}

pub(super) fn composite_attribute(attribute: &CompositeAttribute) -> String {
    let name = Dialect::Postgres.quote_identifier(&attribute.name);
    let collation = attribute.collation.as_ref().map(|name| format!(" COLLATE {name}"));
    format!("{name} {}{}", attribute.data_type, collation.unwrap_or_default())
}

fn of_range(to: &mut Attributes, range: &RangeType) {
    to.text("subtype", &range.subtype)
        .text("operator class", &range.operator_class)
        .optional("collation", range.collation.as_ref())
        .optional("canonical function", range.canonical.as_ref())
        .optional("difference function", range.subtype_difference.as_ref())
        .optional("multirange type", range.multirange.as_ref());
}

fn of_sequence(to: &mut Attributes, sequence: &Sequence) {
    to.text("type", &sequence.data_type)
        .text("start", sequence.start)
        .text("increment", sequence.increment)
        .text("minimum", sequence.minimum)
        .text("maximum", sequence.maximum)
        .text("cache", sequence.cache)
        .flag("cycle", sequence.cycles)
        .flag("unlogged", sequence.is_unlogged)
        .optional("owned by", sequence.owned_by.as_ref());
}

fn of_routine(to: &mut Attributes, routine: &Routine) {
    to.text("arguments", &routine.arguments)
        .optional("returns", routine.returns.as_ref())
        .text("language", &routine.language)
        .text("volatility", routine.volatility)
        .flag("strict", routine.is_strict)
        .flag("security definer", routine.is_security_definer)
        .flag("leakproof", routine.is_leakproof)
        .text("parallel", routine.parallel)
        .list("settings", &routine.settings)
        .text("body", &routine.body)
        .text(DEFINITION, &routine.definition);
}

fn of_table(to: &mut Attributes, table: &Table) {
    let partition = table.partition_of.as_ref();
    to.flag("unlogged", table.is_unlogged)
        .optional("access method", table.access_method.as_ref())
        .optional("tablespace", table.tablespace.as_ref())
        .map("storage options", &table.storage_options)
        .optional("of type", table.of_type.as_ref())
        .list("inherits", &table.inherits)
        .optional("partition key", table.partition_key.as_ref())
        .optional("partition of", partition.map(|partition| &partition.parent))
        .optional("partition bound", partition.map(|partition| &partition.bound))
        .flag("row security", table.row_security.is_enabled)
        .flag("forced row security", table.row_security.is_forced)
        .optional("replica identity", table.replica_identity.as_ref())
        .optional("server", table.foreign.as_ref().map(|foreign| &foreign.server))
        .map("options", table.foreign.as_ref().map_or(&BTreeMap::new(), |foreign| &foreign.options))
        .flag("strict", table.is_strict)
        .flag("without rowid", table.is_without_rowid);
}

/// The attributes of a column.
pub(super) fn of_column(dialect: Dialect, column: &Column) -> Vec<Attribute> {
    let mut to = Attributes { dialect, list: Vec::new() };
    let generated = column.generated.as_ref();
    // SQLite looks for words in a type, in any case.
    let data_type = match dialect {
        Dialect::Postgres => column.data_type.clone(),
        Dialect::Sqlite => column.data_type.to_ascii_uppercase(),
    };
    to.text("type", data_type)
        .flag("nullable", column.is_nullable)
        .sql("default", column.default.as_deref())
        .optional("collation", column.collation.as_ref().map(|name| collation(dialect, name)))
        .folded_sql("generated", generated.map(|generated| generated.expression.as_str()))
        .optional("generated kind", generated.map(|one| if one.is_stored { "stored" } else { "virtual" }))
        .optional("identity", column.identity.as_ref().map(identity))
        .optional("storage", column.storage.as_ref())
        .optional("compression", column.compression.as_ref())
        .optional("statistics", column.statistics)
        .map("options", &column.options)
        .map("foreign options", &column.foreign_options)
        .flag("inherited", column.is_inherited)
        .optional("conflict clause of not null", column.not_null_conflict.as_ref())
        .optional("comment", column.comment.as_ref());
    to.list
}

/// SQLite does not tell the case of a collation's name.
fn collation(dialect: Dialect, name: &str) -> String {
    match dialect {
        Dialect::Postgres => name.to_owned(),
        Dialect::Sqlite => name.to_ascii_uppercase(),
    }
}

fn identity(identity: &Identity) -> String {
    let kind = if identity.is_always { "always" } else { "by default" };
    let mut of = Attributes { dialect: Dialect::Postgres, list: Vec::new() };
    of_sequence(&mut of, &identity.sequence);
    let values = of.list.iter().filter_map(|one| Some(format!(", {} {}", one.name, one.value.as_ref()?)));
    format!("{kind}, sequence {}{}", identity.sequence_name, values.collect::<String>())
}

fn of_constraint(to: &mut Attributes, constraint: &Constraint) {
    let dialect = to.dialect;
    let key = match &constraint.rule {
        ConstraintRule::PrimaryKey(key) | ConstraintRule::Unique(key) => Some(key),
        _ => None,
    };
    let foreign = match &constraint.rule {
        ConstraintRule::ForeignKey(foreign) => Some(foreign),
        _ => None,
    };
    let (expression, no_inherit) = match &constraint.rule {
        ConstraintRule::Check { expression, no_inherit } => (Some(expression.as_str()), *no_inherit),
        ConstraintRule::Exclusion { definition } => (Some(definition.as_str()), false),
        _ => (None, false),
    };
    to.text("rule", constraint.rule.name());
    of_key(to, key);
    let columns = foreign.map(|foreign| foreign.columns.as_slice()).unwrap_or_default();
    let referenced = foreign.map(|foreign| foreign.referenced_columns.as_slice()).unwrap_or_default();
    let table = foreign.map(|foreign| match &foreign.schema {
        Some(schema) => format!("{schema}.{}", foreign.table),
        None => foreign.table.clone(),
    });
    to.columns("columns", columns)
        .optional("referenced table", table.map(|table| fold(dialect, &table)))
        .columns("referenced columns", referenced)
        .optional("on update", foreign.map(|foreign| &foreign.on_update))
        .optional("on delete", foreign.map(|foreign| &foreign.on_delete))
        .optional("match", foreign.map(|foreign| &foreign.match_type))
        .folded_sql("expression", expression)
        .flag("no inherit", no_inherit)
        .text("deferrable", constraint.deferrable.sql())
        .flag("validated", constraint.is_validated)
        .flag("inherited", constraint.is_inherited)
        .flag("named", constraint.is_named)
        .folded_sql(DEFINITION, Some(&constraint.definition));
}

fn of_key(to: &mut Attributes, key: Option<&Key>) {
    let absent = Key::default();
    let key = key.unwrap_or(&absent);
    to.columns("key columns", &key.columns)
        .list("included columns", &key.include)
        .flag("nulls not distinct", key.nulls_not_distinct)
        .map("storage options", &key.storage_options)
        .optional("tablespace", key.tablespace.as_ref())
        .optional("conflict clause", key.on_conflict.as_ref())
        .flag("autoincrement", key.is_autoincrement)
        .flag("column constraint", key.is_with_column);
}

fn of_index(to: &mut Attributes, index: &Index) {
    let dialect = to.dialect;
    let keys: Vec<String> = index.keys.iter().map(|key| index_key(dialect, key)).collect();
    to.flag("unique", index.is_unique)
        .optional("method", index.method.as_ref())
        .list("keys", &keys)
        .list("included columns", &index.include)
        .flag("nulls not distinct", index.nulls_not_distinct)
        .folded_sql("predicate", index.predicate.as_deref())
        .map("storage options", &index.storage_options)
        .optional("tablespace", index.tablespace.as_ref())
        .flag("valid", index.is_valid)
        .flag("clustered", index.is_clustered)
        .optional("partition of", index.attached_to.as_ref())
        .folded_sql(DEFINITION, Some(&index.definition));
}

fn index_key(dialect: Dialect, key: &IndexKey) -> String {
    let mut text = folded_spelling(dialect, &key.expression);
    if let Some(name) = &key.collation {
        text.push_str(&format!(" COLLATE {}", collation(dialect, name)));
    }
    if let Some(class) = &key.operator_class {
        text.push_str(&format!(" {class}"));
    }
    if key.is_descending {
        text.push_str(" DESC");
    }
    // PostgreSQL's default is last, and first with DESC. SQLite knows no other than its own.
    match (key.nulls_first, key.is_descending) {
        (true, false) => text.push_str(" NULLS FIRST"),
        (false, true) if dialect == Dialect::Postgres => text.push_str(" NULLS LAST"),
        _ => {}
    }
    text
}

fn of_view(to: &mut Attributes, view: &View) {
    to.list("columns", &view.columns)
        .sql("query", Some(&view.definition))
        .map("options", &view.options)
        .map("column defaults", &view.column_defaults)
        .map("column comments", &view.column_comments)
        .optional("tablespace", view.tablespace.as_ref());
}

fn of_trigger(to: &mut Attributes, trigger: &Trigger) {
    to.optional("timing", trigger.timing)
        .optional("events", trigger.events.as_ref())
        .text("for each", if trigger.is_for_each_row { "row" } else { "statement" })
        .optional("function", trigger.function.as_ref())
        .text("enabled", trigger.enabled.sql())
        .sql(DEFINITION, Some(&trigger.definition));
}

fn of_policy(to: &mut Attributes, policy: &Policy) {
    to.text("kind", if policy.is_permissive { "permissive" } else { "restrictive" })
        .text("command", policy.command)
        .list("roles", &policy.roles)
        .optional("using", policy.using.as_ref())
        .optional("with check", policy.check.as_ref());
}
