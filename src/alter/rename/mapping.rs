//! What is called otherwise on the right, and how the left would look there.

use std::collections::BTreeMap;

use crate::alter::Rename;
use crate::catalog::sql::{identifier, qualified_column};
use crate::catalog::{Catalog, Constraint, ConstraintRule, ForeignKey, Index, Key, ObjectKind, ObjectName};
use crate::sql::{Dialect, Lexer, Token, TokenKind, unquoted_name};

/// The renames of relations and columns, to be looked up: what the left's are called on the right.
pub struct Mapping<'c> {
    dialect: Dialect,
    left: &'c Catalog,
    /// What relations of the left are called on the right, by their names on the left; those alone that are called
    /// otherwise.
    relations: BTreeMap<ObjectName, ObjectName>,
    /// What columns of the left are called on the right, by their names on the left.
    columns: BTreeMap<ObjectName, String>,
}

impl<'c> Mapping<'c> {
    /// The mapping of those renames that are of relations and columns; labels of enums are left out.
    #[must_use]
    pub fn of(left: &'c Catalog, renames: &[Rename]) -> Self {
        let mut mapping =
            Self { dialect: left.dialect, left, relations: BTreeMap::new(), columns: BTreeMap::new() };
        for rename in renames.iter().filter(|rename| rename.label.is_none()) {
            if rename.from.kind == ObjectKind::Column {
                mapping.columns.insert(mapping.folded(&rename.from), rename.to.name.clone());
            } else if ObjectKind::RELATIONS.contains(&rename.from.kind) {
                mapping.relations.insert(mapping.folded(&rename.from), rename.to.clone());
            }
        }
        mapping
    }

    /// The name as it is looked up.
    fn folded(&self, name: &ObjectName) -> ObjectName {
        match self.dialect {
            Dialect::Postgres => name.clone(),
            Dialect::Sqlite => ObjectName {
                relation: name.relation.as_deref().map(str::to_ascii_lowercase),
                name: name.name.to_ascii_lowercase(),
                ..name.clone()
            },
        }
    }

    /// What a relation of the left is called on the right.
    #[must_use]
    pub fn relation(&self, name: &ObjectName) -> ObjectName {
        self.relations.get(&self.folded(name)).unwrap_or(name).clone()
    }

    /// What a column of a relation of the left is called on the right.
    #[must_use]
    pub fn column(&self, relation: &ObjectName, column: &str) -> String {
        let name = self.folded(&relation.part(ObjectKind::Column, column));
        self.columns.get(&name).cloned().unwrap_or_else(|| column.to_owned())
    }

    /// The relation that a part of the left belongs to.
    fn relation_of(&self, part: &ObjectName) -> Option<&'c ObjectName> {
        let relation = part.relation.as_deref()?;
        ObjectKind::RELATIONS.into_iter().find_map(|kind| {
            let name = ObjectName::new(kind, part.schema.as_deref(), relation);
            Some(self.left.objects.get_key_value(&name)?.0)
        })
    }

    /// SQL of a relation's own, with the names that its columns have on the right.
    pub(super) fn expression(&self, relation: &ObjectName, sql: &str) -> String {
        let renamed = self.columns.keys().any(|name| name.is_part_of(&self.folded(relation)));
        if !renamed {
            return sql.to_owned();
        }
        let tokens = Lexer::new(self.dialect, sql).map_while(Result::ok);
        let piece = |token: Token| {
            let text = sql.get(token.range()).unwrap_or_default();
            let name = match token.kind {
                TokenKind::Word => text.to_owned(),
                TokenKind::QuotedIdentifier => unquoted_name(text).into_owned(),
                _ => return text.to_owned(),
            };
            let other = self.column(relation, &name);
            if other == name { text.to_owned() } else { identifier(self.dialect, &other) }
        };
        tokens.map(piece).collect()
    }

    /// A constraint as it would be on the right, without the text that is made of the rest.
    pub(super) fn constraint(&self, name: &ObjectName, constraint: &Constraint) -> Constraint {
        let mut constraint = Constraint { definition: String::new(), ..constraint.clone() };
        let Some(relation) = self.relation_of(name) else { return constraint };
        match &mut constraint.rule {
            ConstraintRule::PrimaryKey(key) | ConstraintRule::Unique(key) => self.key(relation, key),
            ConstraintRule::ForeignKey(key) => self.foreign_key(relation, key),
            ConstraintRule::Check { expression: sql, .. } | ConstraintRule::Exclusion { definition: sql } => {
                *sql = self.expression(relation, sql);
            }
        }
        constraint
    }

    fn key(&self, relation: &ObjectName, key: &mut Key) {
        for column in key.columns.iter_mut().chain(&mut key.include) {
            *column = self.expression(relation, column);
        }
    }

    fn foreign_key(&self, relation: &ObjectName, key: &mut ForeignKey) {
        for column in &mut key.columns {
            *column = self.expression(relation, column);
        }
        let referenced = ObjectName::new(ObjectKind::Table, key.schema.as_deref(), &key.table);
        for column in &mut key.referenced_columns {
            *column = self.expression(&referenced, column);
        }
        let right = self.relation(&referenced);
        key.schema = right.schema;
        key.table = right.name;
    }

    /// An index as it would be on the right, without the text that is made of the rest.
    pub(super) fn index(&self, name: &ObjectName, index: &Index) -> Index {
        let mut index = Index { definition: String::new(), ..index.clone() };
        let Some(relation) = self.relation_of(name) else { return index };
        for key in &mut index.keys {
            key.expression = self.expression(relation, &key.expression);
        }
        for column in &mut index.include {
            *column = self.expression(relation, column);
        }
        index.predicate = index.predicate.map(|predicate| self.expression(relation, &predicate));
        index
    }

    /// A column of PostgreSQL that is written with its schema and table, as it would be on the right.
    pub(super) fn owner(&self, owner: &str) -> String {
        let columns = self.left.objects.iter().filter_map(|(name, object)| Some((name, object.table()?)));
        let mut columns =
            columns.flat_map(|(name, table)| table.columns.iter().map(move |column| (name, column)));
        match columns.find(|(name, column)| qualified_column(name, &column.name) == owner) {
            Some((name, column)) => qualified_column(&self.relation(name), &self.column(name, &column.name)),
            None => owner.to_owned(),
        }
    }
}
