//! What a statement of a schema's file is about.

use super::super::{ObjectKind, ObjectName};
use crate::sql::{Dialect, Statement, Token, TokenKind};

/// Words between `CREATE` and the kind of what is made.
const MODIFIERS: [&str; 11] = [
    "OR",
    "REPLACE",
    "TEMP",
    "TEMPORARY",
    "UNLOGGED",
    "GLOBAL",
    "LOCAL",
    "UNIQUE",
    "CONSTRAINT",
    "RECURSIVE",
    "TRUSTED",
];
/// Words between the kind and the name.
const FILLERS: [&str; 6] = ["CONCURRENTLY", "IF", "NOT", "EXISTS", "ONLY", "CURRENT"];

/// The object that a statement makes, alters or comments on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Subject {
    /// `CREATE`; anything else adds to what is made elsewhere.
    pub(super) is_definition: bool,
    /// The kinds that the word can stand for: a type is an enum, a composite type or a range.
    pub(super) kinds: &'static [ObjectKind],
    schema: Option<String>,
    /// Of a part its table or view.
    relation: Option<String>,
    name: String,
}

impl Subject {
    /// Whether it is that object; of one that the statement names without a schema, in whichever.
    pub(super) fn is(&self, dialect: Dialect, object: &ObjectName) -> bool {
        self.kinds.contains(&object.kind)
            && dialect.is_same_name(&self.name, &object.name)
            && self.has_schema_of(dialect, object)
            && match (&self.relation, &object.relation) {
                (Some(own), Some(other)) => dialect.is_same_name(own, other),
                (None, None) => true,
                // A comment on an index does not say its table.
                (None, Some(_)) => !self.is_definition,
                (Some(_), None) => false,
            }
    }

    /// Whether the subject is a part of that table or view, such as a column or an index.
    pub(super) fn is_part_of(&self, dialect: Dialect, relation: &ObjectName) -> bool {
        let own = self.relation.as_deref();
        ObjectKind::RELATIONS.contains(&relation.kind)
            && own.is_some_and(|own| dialect.is_same_name(own, &relation.name))
            && self.has_schema_of(dialect, relation)
    }

    fn has_schema_of(&self, dialect: Dialect, object: &ObjectName) -> bool {
        let schemas = self.schema.as_deref().zip(object.schema.as_deref());
        schemas.is_none_or(|(own, other)| dialect.is_same_name(own, other))
    }
}

/// What a statement is about; none of one that makes, alters or comments on nothing that is known here, or that says
/// only whose something is.
pub(super) fn subject(dialect: Dialect, script: &str, statement: &Statement<'_>) -> Option<Subject> {
    let tokens: Vec<Token> = statement.tokens().filter(|token| !token.kind.is_trivia()).collect();
    let mut words = Words { dialect, script, tokens: &tokens };
    if words.eat("CREATE") {
        while words.eat_any(&MODIFIERS) {}
        return words.object(true);
    }
    let is_of_owner = words.clone().any("OWNER");
    if words.eat("ALTER") && !is_of_owner {
        return words.object(false);
    }
    if words.eat("COMMENT") && words.eat("ON") {
        return words.object(false);
    }
    None
}

/// The tokens that are left of a statement.
#[derive(Clone)]
struct Words<'s> {
    dialect: Dialect,
    script: &'s str,
    tokens: &'s [Token],
}

impl<'s> Words<'s> {
    fn text(&self, token: &Token) -> &'s str {
        self.script.get(token.range()).unwrap_or_default()
    }

    fn eat(&mut self, word: &str) -> bool {
        let Some((first, rest)) = self.tokens.split_first() else { return false };
        let is_it = first.kind == TokenKind::Word && self.text(first).eq_ignore_ascii_case(word);
        if is_it {
            self.tokens = rest;
        }
        is_it
    }

    fn eat_any(&mut self, words: &[&str]) -> bool {
        words.iter().any(|word| self.eat(word))
    }

    fn any(&self, word: &str) -> bool {
        let is_it =
            |token: &Token| token.kind == TokenKind::Word && self.text(token).eq_ignore_ascii_case(word);
        self.tokens.iter().any(is_it)
    }

    /// Leaves out what stands before a word, and the word.
    fn skip_behind(&mut self, word: &str) -> Option<()> {
        while !self.tokens.is_empty() {
            if self.eat(word) {
                return Some(());
            }
            self.tokens = self.tokens.get(1..)?;
        }
        None
    }

    /// A name with what it is qualified with.
    fn path(&mut self) -> Option<Vec<String>> {
        let mut path = vec![self.name()?];
        while let [dot, ..] = self.tokens
            && dot.kind == TokenKind::Symbol
            && self.text(dot) == "."
        {
            self.tokens = self.tokens.get(1..)?;
            path.push(self.name()?);
        }
        Some(path)
    }

    fn name(&mut self) -> Option<String> {
        let (first, rest) = self.tokens.split_first()?;
        let text = self.text(first);
        let name = match first.kind {
            TokenKind::Word if self.dialect == Dialect::Postgres => text.to_lowercase(),
            TokenKind::Word => text.to_owned(),
            TokenKind::QuotedIdentifier => unquoted(text)?,
            TokenKind::String if self.dialect == Dialect::Sqlite => unquoted(text)?,
            _ => return None,
        };
        self.tokens = rest;
        Some(name)
    }

    /// The kind and name of an object.
    fn object(&mut self, is_definition: bool) -> Option<Subject> {
        let kinds = self.kind()?;
        while self.eat_any(&FILLERS) {}
        let mut path = self.path()?;
        let mut name = path.pop()?;
        let mut relation = None;
        if kinds == [ObjectKind::Column] {
            relation = Some(path.pop()?);
        } else if is_part(kinds) && (is_definition || kinds != [ObjectKind::Index]) {
            let before = if kinds == [ObjectKind::Rule] && is_definition { "TO" } else { "ON" };
            self.skip_behind(before)?;
            while self.eat_any(&FILLERS) {}
            let mut of = self.path()?;
            relation = of.pop();
            path = of;
        }
        if kinds == [ObjectKind::Index] && is_definition && relation.is_none() {
            name.clear();
        }
        Some(Subject { is_definition, kinds, schema: path.pop(), relation, name })
    }

    fn kind(&mut self) -> Option<&'static [ObjectKind]> {
        let two: [(&str, &str, &'static [ObjectKind]); 3] = [
            ("MATERIALIZED", "VIEW", &[ObjectKind::MaterializedView]),
            ("FOREIGN", "TABLE", &[ObjectKind::ForeignTable]),
            ("VIRTUAL", "TABLE", &[ObjectKind::VirtualTable]),
        ];
        for (first, second, kinds) in two {
            let mut ahead = self.clone();
            if ahead.eat(first) && ahead.eat(second) {
                *self = ahead;
                return Some(kinds);
            }
        }
        let one: [(&str, &'static [ObjectKind]); 16] = [
            ("TABLE", &[ObjectKind::Table]),
            ("VIEW", &[ObjectKind::View]),
            ("INDEX", &[ObjectKind::Index]),
            ("TRIGGER", &[ObjectKind::Trigger]),
            ("POLICY", &[ObjectKind::Policy]),
            ("RULE", &[ObjectKind::Rule]),
            ("COLUMN", &[ObjectKind::Column]),
            ("SEQUENCE", &[ObjectKind::Sequence]),
            ("TYPE", &[ObjectKind::Enum, ObjectKind::CompositeType, ObjectKind::RangeType]),
            ("DOMAIN", &[ObjectKind::Domain]),
            ("SCHEMA", &[ObjectKind::Schema]),
            ("EXTENSION", &[ObjectKind::Extension]),
            ("FUNCTION", &[ObjectKind::Function]),
            ("PROCEDURE", &[ObjectKind::Procedure]),
            ("AGGREGATE", &[ObjectKind::Aggregate]),
            ("STATISTICS", &[ObjectKind::Statistics]),
        ];
        one.into_iter().find(|(word, _)| self.eat(word)).map(|(_, kinds)| kinds)
    }
}

fn is_part(kinds: &[ObjectKind]) -> bool {
    let parts = [ObjectKind::Index, ObjectKind::Trigger, ObjectKind::Policy, ObjectKind::Rule];
    kinds.iter().all(|kind| parts.contains(kind))
}

/// What stands in quotes of any kind.
fn unquoted(text: &str) -> Option<String> {
    let open = text.chars().next()?;
    let close = if open == '[' { ']' } else { open };
    let inside = text.strip_prefix(open)?.strip_suffix(close)?;
    let twice: String = [close, close].iter().collect();
    Some(inside.replace(&twice, &close.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::split;

    fn of(dialect: Dialect, sql: &str) -> Option<String> {
        let statements = split(dialect, sql).unwrap();
        let subject = subject(dialect, sql, statements.first()?)?;
        let kind = subject.kinds.first()?.name();
        let parts = [subject.schema, subject.relation, Some(subject.name)];
        let sign = if subject.is_definition { "" } else { "~" };
        Some(format!("{sign}{kind} {}", parts.into_iter().flatten().collect::<Vec<_>>().join(".")))
    }

    #[test]
    fn statements_say_what_they_are_about() {
        for (sql, subject) in [
            ("create unlogged table if not exists Shop.Users (id int);", "table shop.users"),
            ("CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS \"A b\" ON ONLY s.t (a)", "index s.t.A b"),
            ("CREATE OR REPLACE VIEW v AS SELECT 1", "view v"),
            ("CREATE MATERIALIZED VIEW v AS SELECT 1", "materialized view v"),
            ("CREATE TRIGGER x BEFORE UPDATE OF a ON t FOR EACH ROW EXECUTE FUNCTION f()", "trigger t.x"),
            ("CREATE RULE r AS ON INSERT TO t DO NOTHING", "rule t.r"),
            ("CREATE POLICY p ON s.t USING (true)", "policy s.t.p"),
            ("CREATE TYPE mood AS ENUM ('a')", "type mood"),
            ("ALTER TABLE IF EXISTS ONLY s.t ADD CONSTRAINT x CHECK (true)", "~table s.t"),
            ("COMMENT ON COLUMN s.t.c IS 'x'", "~column s.t.c"),
            ("COMMENT ON INDEX s.i IS 'x'", "~index s.i"),
            ("COMMENT ON POLICY p ON t IS 'x'", "~policy t.p"),
        ] {
            assert_eq!(of(Dialect::Postgres, sql).as_deref(), Some(subject), "{sql}");
        }
        for sql in [
            "ALTER TABLE t OWNER TO me",
            "GRANT SELECT ON t TO me",
            "INSERT INTO t VALUES (1)",
            "CREATE ROLE x",
        ] {
            assert_eq!(of(Dialect::Postgres, sql), None, "{sql}");
        }
        for (sql, subject) in [
            ("CREATE TABLE [my t] (a)", "table my t"),
            ("CREATE TRIGGER `x` AFTER INSERT ON T BEGIN SELECT 1; END", "trigger T.x"),
            ("CREATE VIRTUAL TABLE 'f' USING fts5(a)", "virtual table f"),
        ] {
            assert_eq!(of(Dialect::Sqlite, sql).as_deref(), Some(subject), "{sql}");
        }
    }
}
