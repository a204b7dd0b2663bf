//! In what two objects of one kind can differ: an enum for each kind, whose variants carry the values of both sides.
//!
//! The rows of `kinds` say of each attribute what it is called, of which type its value is and where that comes from;
//! `value` says how a value is told. Two values are the same where they are told alike.

mod identity;
mod kinds;
mod names;
mod pair;
mod value;

use std::fmt;

use serde::{Serialize, Serializer};

use super::{Definition, Grants, Object};
use crate::sql::Dialect;

pub use kinds::{
    AggregateAttribute, ColumnAttribute, CompositeTypeAttribute, ConstraintAttribute, DomainAttribute,
    EnumAttribute, ExtensionAttribute, IndexAttribute, OtherAttribute, PolicyAttribute, RangeTypeAttribute,
    RoutineAttribute, RuleAttribute, SequenceAttribute, TableAttribute, TriggerAttribute, VerbatimAttribute,
    ViewAttribute,
};
pub use pair::Pair;
pub use value::{CollationName, ColumnNames, ColumnType, FoldedSql, Labels, Sql, TableName};

/// An attribute in which two objects of one kind differ, with its values.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "the types have documentation")]
pub enum Attribute {
    Extension(ExtensionAttribute),
    Enum(EnumAttribute),
    Domain(DomainAttribute),
    CompositeType(CompositeTypeAttribute),
    RangeType(RangeTypeAttribute),
    Sequence(SequenceAttribute),
    Routine(RoutineAttribute),
    Aggregate(AggregateAttribute),
    Table(TableAttribute),
    Column(ColumnAttribute),
    Verbatim(VerbatimAttribute),
    Constraint(ConstraintAttribute),
    Index(IndexAttribute),
    View(ViewAttribute),
    Trigger(TriggerAttribute),
    Rule(RuleAttribute),
    Policy(PolicyAttribute),
    Other(OtherAttribute),
    /// The statements of two SQLite tables of one name, where it is only one of them that is not understood; none for
    /// the other.
    Form(Pair<Option<String>>),
    /// The comment of an object that is no column.
    Comment(Pair<Option<String>>),
    /// The role that owns it.
    Owner(Pair<Option<String>>),
    /// Who may do what with an object or a column.
    Grants(Pair<Grants>),
    /// The columns that both tables have, in the order of each; SQLite's in lower case.
    ColumnOrder(Pair<Vec<String>>),
}

/// Passes a call on to the attribute of a kind, or to the values of one that all kinds have.
macro_rules! each {
    ($attribute:expr, $of_kind:ident => $of_kinds:expr, $($variant:ident: $pair:ident => $common:expr),+) => {
        match $attribute {
            Attribute::Extension($of_kind) => $of_kinds,
            Attribute::Enum($of_kind) => $of_kinds,
            Attribute::Domain($of_kind) => $of_kinds,
            Attribute::CompositeType($of_kind) => $of_kinds,
            Attribute::RangeType($of_kind) => $of_kinds,
            Attribute::Sequence($of_kind) => $of_kinds,
            Attribute::Routine($of_kind) => $of_kinds,
            Attribute::Aggregate($of_kind) => $of_kinds,
            Attribute::Table($of_kind) => $of_kinds,
            Attribute::Column($of_kind) => $of_kinds,
            Attribute::Verbatim($of_kind) => $of_kinds,
            Attribute::Constraint($of_kind) => $of_kinds,
            Attribute::Index($of_kind) => $of_kinds,
            Attribute::View($of_kind) => $of_kinds,
            Attribute::Trigger($of_kind) => $of_kinds,
            Attribute::Rule($of_kind) => $of_kinds,
            Attribute::Policy($of_kind) => $of_kinds,
            Attribute::Other($of_kind) => $of_kinds,
            $(Attribute::$variant($pair) => $common),+
        }
    };
}

impl Attribute {
    /// The name of the attribute in output, as `default`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        each!(
            self,
            of_kind => of_kind.name(),
            Form: _pair => names::DEFINITION,
            Comment: _pair => names::COMMENT,
            Owner: _pair => names::OWNER,
            Grants: _pair => names::GRANTS,
            ColumnOrder: _pair => names::COLUMN_ORDER
        )
    }

    /// The values of the attribute on both sides as they are shown; none where it is absent.
    pub(super) fn texts(&self, dialect: Dialect) -> Pair<Option<String>> {
        each!(
            self,
            of_kind => of_kind.texts(dialect),
            Form: pair => pair.texts(dialect),
            Comment: pair => pair.texts(dialect),
            Owner: pair => pair.texts(dialect),
            Grants: pair => pair.texts(dialect),
            ColumnOrder: pair => pair.texts(dialect)
        )
    }
}

impl fmt::Display for Attribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Serialize for Attribute {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// The attributes in which two objects differ; the columns of tables, owners and grants are left out.
pub(super) fn of_objects(dialect: Dialect, left: &Object, right: &Object) -> Vec<Attribute> {
    let mut found = of_definitions(dialect, &left.definition, &right.definition);
    let comment = Pair::differing(dialect, left.comment.clone(), right.comment.clone());
    found.extend(comment.map(Attribute::Comment));
    found
}

/// In what the owners and grants of two objects differ.
pub(super) fn of_privileges(dialect: Dialect, left: &Object, right: &Object) -> Vec<Attribute> {
    let owner = Pair::differing(dialect, left.owner.clone(), right.owner.clone()).map(Attribute::Owner);
    owner.into_iter().chain(of_grants(dialect, &left.grants, &right.grants)).collect()
}

/// In what the grants of two objects or columns differ.
pub(super) fn of_grants(dialect: Dialect, left: &Grants, right: &Grants) -> Option<Attribute> {
    Pair::differing(dialect, left.clone(), right.clone()).map(Attribute::Grants)
}

/// In what two columns differ; their names and grants are left out.
pub(super) fn of_columns(dialect: Dialect, left: &super::Column, right: &super::Column) -> Vec<Attribute> {
    ColumnAttribute::differing(dialect, left, right).into_iter().map(Attribute::Column).collect()
}

/// Whether the columns that two tables share stand in another order.
pub(super) fn of_column_order(dialect: Dialect, left: Vec<String>, right: Vec<String>) -> Option<Attribute> {
    Pair::differing(dialect, left, right).map(Attribute::ColumnOrder)
}

fn of_definitions(dialect: Dialect, left: &Definition, right: &Definition) -> Vec<Attribute> {
    /// Each variant of [`Definition`] with the type of its attributes. One that is missing here does not compile.
    macro_rules! of_kinds {
        ($($variant:ident: $attribute:ty),+ $(,)?) => {
            match (left, right) {
                (Definition::Schema, Definition::Schema) => Vec::new(),
                $((Definition::$variant(left), Definition::$variant(right)) => {
                    let found = <$attribute>::differing(dialect, left, right);
                    found.into_iter().map(Attribute::$variant).collect()
                })+
                (Definition::Schema $(| Definition::$variant(_))+, _) => vec![of_forms(left, right)],
            }
        };
    }
    of_kinds! {
        Extension: ExtensionAttribute,
        Enum: EnumAttribute,
        Domain: DomainAttribute,
        CompositeType: CompositeTypeAttribute,
        RangeType: RangeTypeAttribute,
        Sequence: SequenceAttribute,
        Routine: RoutineAttribute,
        Aggregate: AggregateAttribute,
        Table: TableAttribute,
        Verbatim: VerbatimAttribute,
        Constraint: ConstraintAttribute,
        Index: IndexAttribute,
        View: ViewAttribute,
        Trigger: TriggerAttribute,
        Rule: RuleAttribute,
        Policy: PolicyAttribute,
        Other: OtherAttribute,
    }
}

/// Of two tables with one name one is not understood.
fn of_forms(left: &Definition, right: &Definition) -> Attribute {
    let statement = |definition: &Definition| match definition {
        Definition::Verbatim(statement) => Some(statement.clone()),
        _ => None,
    };
    Attribute::Form(Pair { left: statement(left), right: statement(right) })
}
