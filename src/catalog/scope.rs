//! Which objects of a schema are looked at.

use std::collections::BTreeSet;

use super::sql::qualified_column;
use super::{Catalog, Definition, Object, ObjectKind, ObjectName};

/// Objects that no comparison looks at, by patterns: a kind where only objects of one kind are meant, and a name with
/// `*` and `?`, as in `public.spatial_ref_sys`, `cron.*`, `index public.*_tmp`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ignore(Vec<Pattern>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Pattern {
    /// One of [`ObjectKind::name`]; none for all kinds.
    kind: Option<&'static str>,
    name: String,
}

/// Why a pattern of `ignore` cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IgnoreError {
    /// It names nothing.
    #[error("`{0}` names no object")]
    NoName(String),
    /// What stands before the name is no kind of object.
    #[error("`{0}` is no kind of object")]
    UnknownKind(String),
    /// Columns are parts of their tables, whose rows need them.
    #[error("`{0}`: a column cannot be ignored, only its table")]
    Column(String),
}

impl Ignore {
    /// Reads the patterns of what is to be ignored, as the configuration has them.
    ///
    /// # Errors
    /// [`IgnoreError`] of the first that cannot be used.
    pub fn new(patterns: &[String]) -> Result<Self, IgnoreError> {
        patterns.iter().map(|pattern| Pattern::read(pattern)).collect::<Result<_, _>>().map(Self)
    }

    /// Whether `ignore` names nothing, so that every object counts.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether an object, or the table or view that it is a part of, is ignored.
    #[must_use]
    pub fn covers(&self, name: &ObjectName) -> bool {
        let relations = name.relation.as_ref().map(|relation| {
            ObjectKind::RELATIONS.map(|kind| ObjectName::new(kind, name.schema.as_deref(), relation))
        });
        let covers = |name: &ObjectName| self.0.iter().any(|pattern| pattern.matches(name));
        covers(name) || relations.into_iter().flatten().any(|relation| covers(&relation))
    }
}

/// How the names begin of what is told as it stands, without a kind before it.
const TOLD: [&str; 16] = [
    "absence of ",
    "change of ",
    "clustered index of ",
    "comment on ",
    "connection limit of ",
    "default acl ",
    "dependency of ",
    "hidden options of ",
    "member of operator family",
    "members of extension ",
    "owner of ",
    "privileges of ",
    "security label of ",
    "setting ",
    "template status of ",
    "user mapping for ",
];

impl Pattern {
    fn read(text: &str) -> Result<Self, IgnoreError> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let Some((name, kind)) = words.split_last() else {
            return Err(IgnoreError::NoName(text.to_owned()));
        };
        let kind = kind.join(" ");
        if kind.is_empty() {
            return Ok(Self { kind: None, name: (*name).to_owned() });
        }
        match ObjectKind::ALL.into_iter().find(|one| one.name() == kind) {
            Some(ObjectKind::Column) => Err(IgnoreError::Column(text.to_owned())),
            Some(known) => Ok(Self { kind: Some(known.name()), name: (*name).to_owned() }),
            None if TOLD.iter().any(|words| text.starts_with(words)) => {
                Ok(Self { kind: Some(ObjectKind::Unmodelled.name()), name: words.join(" ") })
            }
            None => Err(IgnoreError::UnknownKind(kind)),
        }
    }

    fn matches(&self, name: &ObjectName) -> bool {
        let is_told = matches!(name.kind, ObjectKind::Unmodelled | ObjectKind::Detail);
        let told = ObjectKind::Unmodelled.name();
        self.kind.is_none_or(|kind| kind == name.kind.name() || kind == told && is_told)
            && spellings(name).iter().any(|spelling| fits(&self.name, spelling))
    }
}

/// How a pattern can name an object: with its schema, and with or without its table and its arguments. `cron.*` names the
/// schema `cron` as well.
fn spellings(name: &ObjectName) -> Vec<String> {
    let schema = name.schema.as_ref().map(|schema| format!("{schema}.")).unwrap_or_default();
    let mut spellings = vec![format!("{schema}{}", name.name)];
    if let Some(relation) = &name.relation {
        spellings.push(format!("{schema}{relation}.{}", name.name));
    }
    if let Some(arguments) = &name.arguments {
        spellings.push(format!("{schema}{}({})", name.name, arguments.replace(' ', "")));
    }
    if name.kind == ObjectKind::Schema {
        spellings.push(format!("{}.", name.name));
    }
    spellings
}

/// Whether a text fits a pattern, in which `*` stands for any text and `?` for one character.
fn fits(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    // Which beginnings of the text fit the beginning of the pattern that has been read.
    let mut fitting = vec![false; text.len() + 1];
    if let Some(empty) = fitting.first_mut() {
        *empty = true;
    }
    for symbol in pattern {
        let mut next = vec![false; text.len() + 1];
        let mut any_before = false;
        for (end, slot) in next.iter_mut().enumerate() {
            any_before |= fitting.get(end).copied().unwrap_or_default();
            let before = end.checked_sub(1);
            let fits_before = before.and_then(|before| fitting.get(before)).copied().unwrap_or_default();
            *slot = match symbol {
                '*' => any_before,
                '?' => fits_before,
                letter => fits_before && before.and_then(|before| text.get(before)) == Some(&letter),
            };
        }
        fitting = next;
    }
    fitting.last().copied().unwrap_or_default()
}

/// What of a schema is looked at.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scope {
    /// Only this schema of PostgreSQL; none for all.
    pub schema: Option<String>,
    /// Which objects are left out.
    pub ignore: Ignore,
}

impl Scope {
    /// Whether all objects of the database are looked at.
    #[must_use]
    pub fn is_everything(&self) -> bool {
        self.schema.is_none() && self.ignore.is_empty()
    }

    fn includes(&self, name: &ObjectName, object: &Object) -> bool {
        let is_of_schema = self.schema.as_ref().is_none_or(|schema| match (&object.definition, name.kind) {
            (Definition::Extension(extension), _) => extension.schema == *schema,
            (_, ObjectKind::Schema) => name.name == *schema,
            _ => name.schema.as_ref() == Some(schema),
        });
        is_of_schema && !self.ignore.covers(name)
    }
}

impl Catalog {
    /// What of it is in a scope. The sequences that a table owns go with it.
    #[must_use]
    pub fn within(mut self, scope: &Scope) -> Self {
        if scope.is_everything() {
            return self;
        }
        let mut gone_columns = BTreeSet::new();
        for (name, object) in &self.objects {
            if let Definition::Table(table) = &object.definition
                && !scope.includes(name, object)
            {
                gone_columns.extend(table.columns.iter().map(|column| qualified_column(name, &column.name)));
            }
        }
        self.objects.retain(|name, object| {
            let owner = match &object.definition {
                Definition::Sequence(sequence) => sequence.owned_by.as_ref(),
                _ => None,
            };
            scope.includes(name, object) && !owner.is_some_and(|column| gone_columns.contains(column))
        });
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{Column, Sequence, Table};
    use crate::sql::Dialect;

    fn ignore(patterns: &[&str]) -> Ignore {
        let patterns: Vec<String> = patterns.iter().map(|pattern| (*pattern).to_owned()).collect();
        Ignore::new(&patterns).expect("they can be used")
    }

    #[test]
    fn what_is_told_without_a_kind_is_named_as_it_is_told() {
        let setting = ObjectName::new(ObjectKind::Unmodelled, None, "setting work_mem of the database");
        let comment = ObjectName::new(ObjectKind::Detail, None, "comment on index public.i");
        let mapping = ObjectName::new(ObjectKind::Unmodelled, None, "user mapping for ann on server far");
        let table = ObjectName::new(ObjectKind::Table, Some("public"), "setting work_mem of the database");
        for (pattern, object, is_covered) in [
            ("setting work_mem of the database", &setting, true),
            ("setting * of the database", &setting, true),
            ("setting log_*", &setting, false),
            ("setting?work_mem?of?the?database", &setting, true),
            ("setting work_mem of the database", &table, false),
            ("comment on index public.*", &comment, true),
            ("user mapping for * on server far", &mapping, true),
        ] {
            assert_eq!(ignore(&[pattern]).covers(object), is_covered, "{pattern} {object}");
        }
    }

    #[test]
    fn patterns_name_objects() {
        let name = |kind, schema: &str, name: &str| ObjectName::new(kind, Some(schema), name);
        let table = name(ObjectKind::Table, "public", "spatial_ref_sys");
        let index = table.part(ObjectKind::Index, "a_tmp");
        let function = ObjectName::routine(ObjectKind::Function, "s", "f", "integer, text");
        for (pattern, object, is_covered) in [
            ("public.spatial_ref_sys", &table, true),
            ("public.spatial_ref_sys", &index, true),
            ("spatial_ref_sys", &table, false),
            ("table public.spatial_ref_sys", &index, true),
            ("view public.spatial_ref_sys", &table, false),
            ("index public.*_tmp", &index, true),
            ("index public.*_tmp", &table, false),
            ("public.spatial_ref_sys.a_tmp", &index, true),
            ("public.*_tmp?", &index, false),
            ("*", &table, true),
            ("cron.*", &name(ObjectKind::Function, "cron", "job"), true),
            ("cron.*", &ObjectName::new(ObjectKind::Schema, None, "cron"), true),
            ("cron.*", &ObjectName::new(ObjectKind::Schema, None, "cronies"), false),
            ("function s.f", &function, true),
            ("s.f(integer,text)", &function, true),
            ("s.f(*)", &function, true),
            ("materialized view s.*", &name(ObjectKind::MaterializedView, "s", "m"), true),
        ] {
            assert_eq!(ignore(&[pattern]).covers(object), is_covered, "{pattern} {object}");
        }
    }

    #[test]
    fn what_cannot_be_used_is_told() {
        let error = |pattern: &str| Ignore::new(&[pattern.to_owned()]).expect_err("it cannot be used");
        assert_eq!(error(" "), IgnoreError::NoName(" ".to_owned()));
        assert_eq!(error("tabel public.x"), IgnoreError::UnknownKind("tabel".to_owned()));
        assert!(matches!(error("column public.t.x"), IgnoreError::Column(_)));
    }

    #[test]
    fn a_scope_takes_owned_sequences_along() {
        let mut catalog = Catalog::empty(Dialect::Postgres);
        for schema in ["a", "b"] {
            let table = ObjectName::new(ObjectKind::Table, Some(schema), "t");
            let columns = vec![Column { name: "id".to_owned(), ..Column::default() }];
            let definition = Definition::Table(Box::new(Table { columns, ..Table::default() }));
            catalog.objects.insert(table, Object::new(definition));
            let sequence = Sequence {
                data_type: "bigint".to_owned(),
                start: 1,
                increment: 1,
                minimum: 1,
                maximum: 1,
                cache: 1,
                cycles: false,
                is_unlogged: false,
                owned_by: Some(format!("{schema}.t.id")),
            };
            let name = ObjectName::new(ObjectKind::Sequence, Some(schema), "t_id_seq");
            catalog.objects.insert(name, Object::new(Definition::Sequence(sequence)));
            let schema = ObjectName::new(ObjectKind::Schema, None, schema);
            catalog.objects.insert(schema, Object::new(Definition::Schema));
        }
        let names = |scope: &Scope| {
            let within = catalog.clone().within(scope);
            within.objects.keys().map(ToString::to_string).collect::<Vec<_>>()
        };
        let only = Scope { schema: Some("a".to_owned()), ignore: Ignore::default() };
        assert_eq!(names(&only), ["schema a", "sequence a.t_id_seq", "table a.t"]);
        let without = Scope { schema: None, ignore: ignore(&["a.t", "schema a"]) };
        assert_eq!(names(&without), ["schema b", "sequence b.t_id_seq", "table b.t"]);
    }
}
