//! What a schema object is called.

use std::fmt;

use serde::{Serialize, Serializer};

/// The kinds of objects, in the order in which they are best written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ObjectKind {
    /// A namespace of PostgreSQL.
    Schema,
    /// A PostgreSQL extension.
    Extension,
    /// A collation.
    Collation,
    /// An enum type.
    Enum,
    /// A domain.
    Domain,
    /// A composite type.
    CompositeType,
    /// A range type.
    RangeType,
    /// A sequence that no identity column owns.
    Sequence,
    /// A function.
    Function,
    /// A procedure.
    Procedure,
    /// An aggregate function.
    Aggregate,
    /// An operator.
    Operator,
    /// A cast.
    Cast,
    /// A dictionary of PostgreSQL's text search.
    TextSearchDictionary,
    /// A configuration of PostgreSQL's text search.
    TextSearchConfiguration,
    /// A foreign data wrapper.
    ForeignDataWrapper,
    /// A foreign server.
    ForeignServer,
    /// A table, partitioned or not.
    Table,
    /// A table whose rows a foreign server has.
    ForeignTable,
    /// A SQLite virtual table.
    VirtualTable,
    /// A column of a table.
    Column,
    /// A constraint of a table.
    Constraint,
    /// An index that no constraint owns.
    Index,
    /// Extended statistics.
    Statistics,
    /// A view.
    View,
    /// A materialized view.
    MaterializedView,
    /// A trigger of a table or view.
    Trigger,
    /// A rewrite rule of a table or view.
    Rule,
    /// A row security policy of a table.
    Policy,
    /// A publication of logical replication.
    Publication,
    /// An event trigger.
    EventTrigger,
    /// An object of a kind that is only told apart, not written; its name begins with the kind.
    Unmodelled,
    /// What belongs to another object and is made by a statement of its own, as the comment on the index behind a
    /// constraint; its name says what it is.
    Detail,
}

impl ObjectKind {
    /// All kinds of objects, in their order.
    pub const ALL: [Self; 33] = [
        Self::Schema,
        Self::Extension,
        Self::Collation,
        Self::Enum,
        Self::Domain,
        Self::CompositeType,
        Self::RangeType,
        Self::Sequence,
        Self::Function,
        Self::Procedure,
        Self::Aggregate,
        Self::Operator,
        Self::Cast,
        Self::TextSearchDictionary,
        Self::TextSearchConfiguration,
        Self::ForeignDataWrapper,
        Self::ForeignServer,
        Self::Table,
        Self::ForeignTable,
        Self::VirtualTable,
        Self::Column,
        Self::Constraint,
        Self::Index,
        Self::Statistics,
        Self::View,
        Self::MaterializedView,
        Self::Trigger,
        Self::Rule,
        Self::Policy,
        Self::Publication,
        Self::EventTrigger,
        Self::Unmodelled,
        Self::Detail,
    ];

    /// The kinds of relations, which have parts: columns, constraints, indexes, triggers, rules, policies.
    pub const RELATIONS: [Self; 5] =
        [Self::Table, Self::ForeignTable, Self::VirtualTable, Self::View, Self::MaterializedView];

    /// The words for it in output; in upper case they are those of `COMMENT ON`, where the kind has comments.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Schema => "schema",
            Self::Extension => "extension",
            Self::Enum | Self::CompositeType | Self::RangeType => "type",
            Self::Domain => "domain",
            Self::Sequence => "sequence",
            Self::Function => "function",
            Self::Procedure => "procedure",
            Self::Aggregate => "aggregate",
            Self::Collation => "collation",
            Self::Operator => "operator",
            Self::Cast => "cast",
            Self::TextSearchDictionary => "text search dictionary",
            Self::TextSearchConfiguration => "text search configuration",
            Self::ForeignDataWrapper => "foreign data wrapper",
            Self::ForeignServer => "server",
            Self::Table => "table",
            Self::ForeignTable => "foreign table",
            Self::Statistics => "statistics",
            Self::Publication => "publication",
            Self::EventTrigger => "event trigger",
            Self::Unmodelled => "unmodelled object",
            Self::Detail => "detail",
            Self::VirtualTable => "virtual table",
            Self::Column => "column",
            Self::Constraint => "constraint",
            Self::Index => "index",
            Self::View => "view",
            Self::MaterializedView => "materialized view",
            Self::Trigger => "trigger",
            Self::Rule => "rule",
            Self::Policy => "policy",
        }
    }
}

impl Serialize for ObjectKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// The identity of an object in its database.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct ObjectName {
    /// The kind of object.
    pub kind: ObjectKind,
    /// The schema that holds it; none in SQLite, and for schemas and extensions themselves.
    pub schema: Option<String>,
    /// The table or view that a column, constraint, index, trigger, rule or policy belongs to.
    pub relation: Option<String>,
    /// Its own name, unquoted.
    pub name: String,
    /// The types of a routine's arguments or an operator's operands, which belong to its identity.
    pub arguments: Option<String>,
}

impl ObjectName {
    /// The name of something that stands directly in a schema, or in no schema.
    #[must_use]
    pub fn new(kind: ObjectKind, schema: Option<&str>, name: &str) -> Self {
        let schema = schema.map(str::to_owned);
        Self { kind, schema, relation: None, name: name.to_owned(), arguments: None }
    }

    /// The name of a function, procedure or aggregate; `arguments` are its input types, as `oidvectortypes`
    /// writes them.
    #[must_use]
    pub fn routine(kind: ObjectKind, schema: &str, name: &str, arguments: &str) -> Self {
        Self { arguments: Some(arguments.to_owned()), ..Self::new(kind, Some(schema), name) }
    }

    /// The name of a part of this table or view: `name`, unquoted, of an object of `kind`.
    #[must_use]
    pub fn part(&self, kind: ObjectKind, name: &str) -> Self {
        Self {
            kind,
            schema: self.schema.clone(),
            relation: Some(self.name.clone()),
            name: name.to_owned(),
            arguments: None,
        }
    }

    /// Whether the object stands for privileges of objects that have none in the model.
    #[must_use]
    pub fn is_privilege(&self) -> bool {
        matches!(self.kind, ObjectKind::Unmodelled | ObjectKind::Detail)
            && self.name.starts_with("privileges of ")
    }

    /// Whether the object belongs to a PostgreSQL database as a whole, and to no schema of it: privileges of objects that will be
    /// made, settings and comment of the database. A script can leave them; they are also what others keep.
    #[must_use]
    pub fn is_of_database(&self) -> bool {
        let begins = |words: &str| self.kind == ObjectKind::Unmodelled && self.name.starts_with(words);
        self.is_property_of_database() || begins("default acl ")
    }

    /// Whether the object is a setting of a PostgreSQL database, its comment or the like, which stay with its name, or a change
    /// of what came with the server: these are in no dump of what it holds.
    #[must_use]
    pub fn is_property_of_database(&self) -> bool {
        const WORDS: [&str; 8] = [
            "absence of ",
            "change of ",
            "setting ",
            "comment on the database",
            "connection limit of the database",
            "owner of ",
            "privileges of the database",
            "template status of the database",
        ];
        self.kind == ObjectKind::Unmodelled && WORDS.into_iter().any(|words| self.name.starts_with(words))
    }

    /// Whether the object is the owner of a database, which is known only of one that was made for the work: of any other nobody
    /// can say whether a script has chosen it.
    #[must_use]
    pub fn is_owner_of_database(&self) -> bool {
        self.kind == ObjectKind::Unmodelled && self.name == "owner of the database"
    }

    /// Whether the object tells that a script has written settings of its scratch database. This has from its beginning the
    /// settings of the database that it stands for, so that one which is written again differs in nothing else.
    #[must_use]
    pub fn is_writing_of_settings(&self) -> bool {
        self.kind == ObjectKind::Unmodelled && self.name == "change of settings of the database"
    }

    /// Whether the object is what a PostgreSQL extension is made of, which comes with the extension and which no statement makes.
    #[must_use]
    pub fn is_members_of_extension(&self) -> bool {
        self.kind == ObjectKind::Detail && self.name.starts_with("members of extension ")
    }

    /// Whether the object is nothing but grants: [privileges](Self::is_privilege), or those of objects that will be made.
    #[must_use]
    pub fn is_grants(&self) -> bool {
        self.is_privilege() || self.is_of_database() && !self.is_property_of_database()
    }

    /// Whether the object is a part of `relation`: one of its columns, constraints, indexes and so on.
    #[must_use]
    pub fn is_part_of(&self, relation: &Self) -> bool {
        self.schema == relation.schema && self.relation.as_deref() == Some(relation.name.as_str())
    }
}

impl fmt::Display for ObjectName {
    /// As in `column public.account.email` or `function public.total(integer)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !matches!(self.kind, ObjectKind::Unmodelled | ObjectKind::Detail) {
            write!(f, "{} ", self.kind.name())?;
        }
        for part in [&self.schema, &self.relation].into_iter().flatten() {
            write!(f, "{part}.")?;
        }
        f.write_str(&self.name)?;
        self.arguments.as_ref().map_or(Ok(()), |arguments| write!(f, "({arguments})"))
    }
}

/// The longest name that PostgreSQL keeps, in bytes.
const LONGEST_NAME: usize = 63;

/// A name of these parts and a label, as PostgreSQL makes those that nobody has given (`makeObjectName` of its
/// `indexcmds.c`): the longer one of the parts is cut until the whole fits.
pub(super) fn made_name(parts: &[&str], label: &str) -> String {
    let mut lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
    let most = LONGEST_NAME.saturating_sub(label.len() + parts.len());
    while lengths.iter().sum::<usize>() > most {
        // Of parts that are as long as each other the last one is cut.
        let Some(longest) = lengths.iter_mut().max() else { break };
        *longest -= 1;
    }
    let cut = parts.iter().zip(lengths).map(|(part, length)| {
        let end = (0..=length).rev().find(|end| part.is_char_boundary(*end));
        end.and_then(|end| part.get(..end)).unwrap_or_default()
    });
    let pieces: Vec<&str> = cut.chain([label]).collect();
    pieces.join("_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_the_server_makes_are_cut_where_they_are_longest() {
        assert_eq!(made_name(&["t", "c"], "not_null"), "t_c_not_null");
        assert_eq!(made_name(&["d"], "not_null"), "d_not_null");
        let (long, longer) = ("a".repeat(40), "b".repeat(63));
        assert_eq!(made_name(&[&long, "c"], "not_null"), format!("{long}_c_not_null"));
        let both = format!("{}_{}_not_null", "a".repeat(27), "b".repeat(26));
        assert_eq!((made_name(&[&long, &longer], "not_null"), both.len()), (both.clone(), 63));
        // A character is whole or gone.
        let umlauts = "ü".repeat(31);
        assert_eq!(made_name(&[&umlauts, "c"], "not_null"), format!("{}_c_not_null", "ü".repeat(26)));
    }
}
