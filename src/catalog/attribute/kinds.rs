//! The attributes of each kind of object.

use std::collections::BTreeMap;

use super::super::{
    Aggregate, Column, CompositeAttribute, Constraint, ConstraintRule, Deferrable, Domain, Extension, Firing,
    ForeignKey, Identity, Index, IndexKey, Key, NotNull, Options, Other, Policy, RangeType, Routine, Rule,
    Sequence, Table, Trigger, View,
};
use super::value::{CollationName, ColumnNames, ColumnType, FoldedSql, Labels, Sql, TableName};
use super::{Pair, names};
use crate::sql::Dialect;

/// Options in the order of their names: that in which they were set does not count.
fn sorted(options: &Options) -> BTreeMap<String, String> {
    options.iter().map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// Defines the attributes of a kind. A row is a variant with the type of its value, its name in output, and where its
/// value comes from. An attribute that is called `definition` comes last, and counts only where no other differs.
macro_rules! attributes {
    (
        $(#[$doc:meta])*
        $kind:ident of $subject:ty {
            $($variant:ident($value:ty) $name:literal = |$it:ident| $read:expr;)+
        }
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        #[allow(missing_docs, reason = "each is called after the field that it is read from")]
        pub enum $kind {
            $($variant(Pair<$value>),)+
        }

        const _: () = assert!(names::are_sound(&[$($name),+]));

        impl $kind {
            /// The name of the attribute in output, as `default`.
            #[must_use]
            pub fn name(&self) -> &'static str {
                match self {
                    $(Self::$variant(_) => $name,)+
                }
            }

            /// The texts of its two values, as output shows them; none where a value is absent.
            pub(super) fn texts(&self, dialect: Dialect) -> Pair<Option<String>> {
                match self {
                    $(Self::$variant(pair) => pair.texts(dialect),)+
                }
            }

            /// All of them with the values of two objects, also where these are the same.
            pub(super) fn all(left: &$subject, right: &$subject) -> Vec<Self> {
                vec![$({
                    let read = |$it: &$subject| -> $value { $read };
                    Self::$variant(Pair { left: read(left), right: read(right) })
                }),+]
            }

            /// The attributes in which two objects differ, each with both values. The `definition` counts only where no
            /// other differs.
            #[must_use]
            pub fn differing(dialect: Dialect, left: &$subject, right: &$subject) -> Vec<Self> {
                let mut found = Vec::new();
                for attribute in Self::all(left, right) {
                    let differs = match &attribute {
                        $(Self::$variant(pair) => pair.differs(dialect),)+
                    };
                    if differs && (attribute.name() != names::DEFINITION || found.is_empty()) {
                        found.push(attribute);
                    }
                }
                found
            }
        }
    };
}

attributes! {
    /// In what two extensions can differ.
    ExtensionAttribute of Extension {
        Version(String) "version" = |it| it.version.clone();
        Schema(String) "schema" = |it| it.schema.clone();
    }
}

attributes! {
    /// In what two enum types can differ.
    EnumAttribute of [String] {
        Labels(Labels) "labels" = |it| Labels(it.to_vec());
    }
}

attributes! {
    /// In what two domains can differ.
    DomainAttribute of Domain {
        Type(ColumnType) "type" = |it| ColumnType(it.data_type.clone());
        Collation(Option<String>) "collation" = |it| it.collation.clone();
        Default(Option<Sql>) "default" = |it| it.default.clone().map(Sql);
        Nullable(bool) "nullable" = |it| it.is_nullable;
        Constraints(BTreeMap<String, String>) "constraints" = |it| it.constraints.clone();
    }
}

attributes! {
    /// In what two composite types can differ.
    CompositeTypeAttribute of [CompositeAttribute] {
        Attributes(Vec<CompositeAttribute>) "attributes" = |it| it.to_vec();
    }
}

attributes! {
    /// In what two range types can differ.
    RangeTypeAttribute of RangeType {
        Subtype(String) "subtype" = |it| it.subtype.clone();
        OperatorClass(String) "operator class" = |it| it.operator_class.clone();
        Collation(Option<String>) "collation" = |it| it.collation.clone();
        Canonical(Option<String>) "canonical function" = |it| it.canonical.clone();
        SubtypeDifference(Option<String>) "difference function" = |it| it.subtype_difference.clone();
        Multirange(Option<String>) "multirange type" = |it| it.multirange.clone();
    }
}

attributes! {
    /// In what two sequences can differ.
    SequenceAttribute of Sequence {
        Type(String) "type" = |it| it.data_type.clone();
        Start(i64) "start" = |it| it.start;
        Increment(i64) "increment" = |it| it.increment;
        Minimum(i64) "minimum" = |it| it.minimum;
        Maximum(i64) "maximum" = |it| it.maximum;
        Cache(i64) "cache" = |it| it.cache;
        Cycles(bool) "cycle" = |it| it.cycles;
        Unlogged(bool) "unlogged" = |it| it.is_unlogged;
        OwnedBy(Option<String>) "owned by" = |it| it.owned_by.clone();
    }
}

attributes! {
    /// In what two functions or procedures can differ.
    RoutineAttribute of Routine {
        Arguments(String) "arguments" = |it| it.arguments.clone();
        Returns(Option<String>) "returns" = |it| it.returns.clone();
        Language(String) "language" = |it| it.language.clone();
        Volatility(&'static str) "volatility" = |it| it.volatility;
        Strict(bool) "strict" = |it| it.is_strict;
        SecurityDefiner(bool) "security definer" = |it| it.is_security_definer;
        Leakproof(bool) "leakproof" = |it| it.is_leakproof;
        Parallel(&'static str) "parallel" = |it| it.parallel;
        Cost(String) "cost" = |it| it.cost.clone();
        Rows(String) "rows" = |it| it.rows.clone();
        Settings(Vec<String>) "settings" = |it| it.settings.clone();
        Body(String) "body" = |it| it.body.clone();
        Definition(String) "definition" = |it| it.definition.clone();
    }
}

attributes! {
    /// In what two aggregate functions can differ.
    AggregateAttribute of Aggregate {
        Arguments(String) "arguments" = |it| it.arguments.clone();
        Clauses(BTreeMap<String, String>) "clauses" = |it| it.clauses.clone();
    }
}

attributes! {
    /// In what two tables can differ beside their columns.
    TableAttribute of Table {
        Unlogged(bool) "unlogged" = |it| it.is_unlogged;
        AccessMethod(Option<String>) "access method" = |it| it.access_method.clone();
        Tablespace(Option<String>) "tablespace" = |it| it.tablespace.clone();
        StorageOptions(BTreeMap<String, String>) "storage options" = |it| sorted(&it.storage_options);
        OfType(Option<String>) "of type" = |it| it.of_type.clone();
        Inherits(Vec<String>) "inherits" = |it| it.inherits.clone();
        PartitionKey(Option<String>) "partition key" = |it| it.partition_key.clone();
        PartitionOf(Option<String>) "partition of" = |it| it.partition_of.as_ref().map(|one| one.parent.clone());
        PartitionBound(Option<String>) "partition bound" = |it| it.partition_of.as_ref().map(|one| one.bound.clone());
        RowSecurity(bool) "row security" = |it| it.row_security.is_enabled;
        ForcedRowSecurity(bool) "forced row security" = |it| it.row_security.is_forced;
        ReplicaIdentity(Option<String>) "replica identity" = |it| it.replica_identity.clone();
        Server(Option<String>) "server" = |it| it.foreign.as_ref().map(|foreign| foreign.server.clone());
        Options(Option<BTreeMap<String, String>>) "options" = |it| it.foreign.as_ref().map(|foreign| sorted(&foreign.options));
        Strict(bool) "strict" = |it| it.is_strict;
        WithoutRowid(bool) "without rowid" = |it| it.is_without_rowid;
    }
}

attributes! {
    /// In what two columns can differ.
    ColumnAttribute of Column {
        Type(ColumnType) "type" = |it| ColumnType(it.data_type.clone());
        Nullable(bool) "nullable" = |it| it.is_nullable;
        NotNull(Option<String>) "not null constraint" = |it| it.not_null.as_ref().and_then(NotNull::unusual);
        Default(Option<Sql>) "default" = |it| it.default.clone().map(Sql);
        Collation(Option<CollationName>) "collation" = |it| it.collation.clone().map(CollationName);
        Generated(Option<FoldedSql>) "generated" = |it| it.generated.as_ref().map(|one| FoldedSql(one.expression.clone()));
        GeneratedKind(Option<&'static str>) "generated kind" = |it| it.generated.as_ref().map(|one| if one.is_stored { "stored" } else { "virtual" });
        Identity(Option<Box<Identity>>) "identity" = |it| it.identity.clone().map(Box::new);
        Storage(Option<String>) "storage" = |it| it.storage.clone();
        Compression(Option<String>) "compression" = |it| it.compression.clone();
        Statistics(Option<i32>) "statistics" = |it| it.statistics;
        Options(BTreeMap<String, String>) "options" = |it| sorted(&it.options);
        ForeignOptions(BTreeMap<String, String>) "foreign options" = |it| sorted(&it.foreign_options);
        Inherited(bool) "inherited" = |it| it.is_inherited;
        NotNullConflict(Option<String>) "conflict clause of not null" = |it| it.not_null_conflict.clone();
        Comment(Option<String>) "comment" = |it| it.comment.clone();
    }
}

attributes! {
    /// In what two virtual tables, or two SQLite tables in a form that is not understood, can differ.
    VerbatimAttribute of str {
        Definition(Sql) "definition" = |it| Sql(it.to_owned());
    }
}

attributes! {
    /// In what two constraints can differ.
    ConstraintAttribute of Constraint {
        Rule(&'static str) "rule" = |it| it.rule.name();
        KeyColumns(ColumnNames) "key columns" = |it| ColumnNames(key(it).columns);
        Include(Vec<String>) "included columns" = |it| key(it).include;
        NullsNotDistinct(bool) "nulls not distinct" = |it| key(it).nulls_not_distinct;
        StorageOptions(BTreeMap<String, String>) "storage options" = |it| sorted(&key(it).storage_options);
        Tablespace(Option<String>) "tablespace" = |it| key(it).tablespace;
        PartitionOf(Option<String>) "partition of" = |it| key(it).attached_to;
        OnConflict(Option<String>) "conflict clause" = |it| key(it).on_conflict;
        Autoincrement(bool) "autoincrement" = |it| key(it).is_autoincrement;
        WithColumn(bool) "column constraint" = |it| key(it).is_with_column;
        Columns(Option<ColumnNames>) "columns" = |it| foreign(it).map(|one| ColumnNames(one.columns.clone()));
        ReferencedTable(Option<TableName>) "referenced table" = |it| foreign(it).map(|one| TableName { schema: one.schema.clone(), name: one.table.clone() });
        ReferencedColumns(Option<ColumnNames>) "referenced columns" = |it| foreign(it).map(|one| ColumnNames(one.referenced_columns.clone()));
        OnUpdate(Option<String>) "on update" = |it| foreign(it).map(|one| one.on_update.clone());
        OnDelete(Option<String>) "on delete" = |it| foreign(it).map(|one| one.on_delete.clone());
        Match(Option<String>) "match" = |it| foreign(it).map(|one| one.match_type.clone());
        Expression(Option<FoldedSql>) "expression" = |it| expression(it).map(FoldedSql);
        NoInherit(bool) "no inherit" = |it| matches!(it.rule, ConstraintRule::Check { no_inherit: true, .. });
        Deferrable(Deferrable) "deferrable" = |it| it.deferrable;
        Validated(bool) "validated" = |it| it.is_validated;
        Inherited(bool) "inherited" = |it| it.is_inherited;
        Named(bool) "named" = |it| it.is_named;
        Definition(FoldedSql) "definition" = |it| FoldedSql(it.definition.clone());
    }
}

/// The key that a constraint demands; an empty one where it demands none.
fn key(constraint: &Constraint) -> Key {
    match &constraint.rule {
        ConstraintRule::PrimaryKey(key) | ConstraintRule::Unique(key) => key.clone(),
        _ => Key::default(),
    }
}

fn foreign(constraint: &Constraint) -> Option<&ForeignKey> {
    match &constraint.rule {
        ConstraintRule::ForeignKey(foreign) => Some(foreign),
        _ => None,
    }
}

/// The expression of a check, or the definition of an exclusion constraint.
fn expression(constraint: &Constraint) -> Option<String> {
    match &constraint.rule {
        ConstraintRule::Check { expression, .. } => Some(expression.clone()),
        ConstraintRule::Exclusion { definition } => Some(definition.clone()),
        _ => None,
    }
}

attributes! {
    /// In what two indexes can differ.
    IndexAttribute of Index {
        Unique(bool) "unique" = |it| it.is_unique;
        Method(Option<String>) "method" = |it| it.method.clone();
        Keys(Vec<IndexKey>) "keys" = |it| it.keys.clone();
        Include(Vec<String>) "included columns" = |it| it.include.clone();
        NullsNotDistinct(bool) "nulls not distinct" = |it| it.nulls_not_distinct;
        Predicate(Option<FoldedSql>) "predicate" = |it| it.predicate.clone().map(FoldedSql);
        StorageOptions(BTreeMap<String, String>) "storage options" = |it| sorted(&it.storage_options);
        Tablespace(Option<String>) "tablespace" = |it| it.tablespace.clone();
        Valid(bool) "valid" = |it| it.is_valid;
        Clustered(bool) "clustered" = |it| it.is_clustered;
        PartitionOf(Option<String>) "partition of" = |it| it.attached_to.clone();
        Definition(FoldedSql) "definition" = |it| FoldedSql(it.definition.clone());
    }
}

attributes! {
    /// In what two views can differ.
    ViewAttribute of View {
        Columns(Vec<String>) "columns" = |it| it.columns.clone();
        Query(Sql) "query" = |it| Sql(it.definition.clone());
        Options(BTreeMap<String, String>) "options" = |it| sorted(&it.options);
        ColumnDefaults(BTreeMap<String, String>) "column defaults" = |it| it.column_defaults.clone();
        ColumnComments(BTreeMap<String, String>) "column comments" = |it| it.column_comments.clone();
        Tablespace(Option<String>) "tablespace" = |it| it.tablespace.clone();
    }
}

attributes! {
    /// In what two triggers can differ.
    TriggerAttribute of Trigger {
        Timing(Option<&'static str>) "timing" = |it| it.timing;
        Events(Option<String>) "events" = |it| it.events.clone();
        ForEach(&'static str) "for each" = |it| if it.is_for_each_row { "row" } else { "statement" };
        Function(Option<String>) "function" = |it| it.function.clone();
        Enabled(Firing) "enabled" = |it| it.enabled;
        Definition(Sql) "definition" = |it| Sql(it.definition.clone());
    }
}

attributes! {
    /// In what two rewrite rules can differ.
    RuleAttribute of Rule {
        Enabled(Firing) "enabled" = |it| it.enabled;
        Definition(Sql) "definition" = |it| Sql(it.definition.clone());
    }
}

attributes! {
    /// In what two policies can differ.
    PolicyAttribute of Policy {
        Kind(&'static str) "kind" = |it| if it.is_permissive { "permissive" } else { "restrictive" };
        Command(&'static str) "command" = |it| it.command;
        Roles(Vec<String>) "roles" = |it| it.roles.clone();
        Using(Option<String>) "using" = |it| it.using.clone();
        Check(Option<String>) "with check" = |it| it.check.clone();
    }
}

/// A property in which two objects without parts differ. Which properties there are depends on their kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherAttribute {
    /// The property, one of those that the objects' kind has.
    pub name: &'static str,
    /// The values of the property; none where it is absent.
    pub values: Pair<Option<String>>,
}

impl OtherAttribute {
    /// The name of the property, which is that of the attribute in output.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The values of both sides as they are shown; none where the property is absent.
    pub(super) fn texts(&self, dialect: Dialect) -> Pair<Option<String>> {
        self.values.texts(dialect)
    }

    /// Those in which two objects of one kind differ. The `definition` counts only where no other differs.
    #[must_use]
    pub fn differing(dialect: Dialect, left: &Other, right: &Other) -> Vec<Self> {
        let mut found: Vec<Self> = Vec::new();
        for ((name, left), (_, right)) in left.properties.iter().zip(&right.properties) {
            let values = Pair { left: left.clone(), right: right.clone() };
            if values.differs(dialect) && (*name != names::DEFINITION || found.is_empty()) {
                found.push(Self { name, values });
            }
        }
        found
    }
}
