//! `IN` over a column of type `character varying`, as somebody wrote it.
//!
//! PostgreSQL writes `status IN ('a', 'b')` down as `(status)::text = ANY ((ARRAY['a'::character varying,
//! 'b'::character varying])::text[])`, and reads that as another expression with the same meaning: a cast of a constructor
//! of an array is one of its elements. Only without the casts does the server make the same of the text again.

use crate::catalog::sql::qualified;
use crate::catalog::{Catalog, Definition, ObjectName};
use crate::sql::{Dialect, Lexer, Token, TokenKind};

/// What the server's text has behind each list that it does not read as it was.
const MARK: &str = "])::text[])";

/// The type of a column or an attribute without its length.
const VARCHAR: &str = "character varying";

/// Writes lists of strings in a statement that makes an object of PostgreSQL, or alters it, as somebody would: `status IN ('a', 'b')`.
pub fn respell_lists(sql: &mut String, catalog: &Catalog, object: &ObjectName) {
    if let Some(respelled) = respelled(sql, &|column| is_varchar(catalog, object, column)) {
        *sql = respelled;
    }
}

/// Whether a name that an object's expressions hold can be nothing but that of a column of this type: of its own table, or where it
/// has none of whatever it needs.
fn is_varchar(catalog: &Catalog, object: &ObjectName, column: &str) -> bool {
    let own = catalog.relation_of(object).map(|(name, _)| name);
    let definition = |name: &ObjectName| catalog.objects.get(name).map(|object| &object.definition);
    let is_view = matches!(definition(object), Some(Definition::View(_)));
    let needed = catalog.dependencies.get(object).into_iter().flatten().filter(|_| is_view);
    let relations = needed.chain(own).chain((!is_view).then_some(object));
    let mut types =
        relations.filter_map(definition).filter_map(|definition| type_of(definition, column)).peekable();
    types.peek().is_some() && types.all(|one| is_plain_varchar(base_type(catalog, one)))
}

/// The type beneath domains.
fn base_type<'c>(catalog: &'c Catalog, data_type: &'c str) -> &'c str {
    let mut domains: Vec<(String, &str)> = Vec::new();
    for (name, object) in &catalog.objects {
        if let Definition::Domain(domain) = &object.definition {
            domains.push((qualified(Dialect::Postgres, name), &domain.data_type));
        }
    }
    let mut base = data_type;
    // None is beneath itself.
    for _ in 0..domains.len() {
        base = domains.iter().find(|(name, _)| name == base).map_or(base, |(_, beneath)| *beneath);
    }
    base
}

/// The type of what has this name in a table, a view or a domain.
fn type_of<'d>(definition: &'d Definition, column: &str) -> Option<&'d str> {
    match definition {
        Definition::Table(table) => {
            let mut columns = table.columns.iter();
            columns.find(|one| one.name == column).map(|one| one.data_type.as_str())
        }
        Definition::View(view) => {
            view.columns.iter().find_map(|one| one.strip_prefix(column)?.strip_prefix(' '))
        }
        Definition::Domain(domain) if column == "VALUE" => Some(&domain.data_type),
        _ => None,
    }
}

fn is_plain_varchar(data_type: &str) -> bool {
    let length = data_type.strip_prefix(VARCHAR);
    length.is_some_and(|length| length.is_empty() || length.starts_with('(') && length.ends_with(')'))
}

/// The statement with such lists as they were written; none where there is none. `is_varchar` tells whether a name is a column of
/// that type.
pub(super) fn respelled(sql: &str, is_varchar: &dyn Fn(&str) -> bool) -> Option<String> {
    if !sql.contains(MARK) {
        return None;
    }
    let tokens: Result<Vec<Token>, _> = Lexer::new(Dialect::Postgres, sql).collect();
    let mut tokens = tokens.ok()?;
    tokens.retain(|token| !token.kind.is_trivia());
    let (mut text, mut written, mut next) = (String::with_capacity(sql.len()), 0, 0);
    while next < tokens.len() {
        let mut reader = Reader { sql, tokens: tokens.get(next..).unwrap_or_default() };
        let Some(found) = reader.comparison().filter(|found| is_varchar(&found.column)) else {
            next += 1;
            continue;
        };
        let after = tokens.len() - reader.tokens.len();
        let (Some(first), Some(last)) = (tokens.get(next), tokens.get(after - 1)) else { break };
        text.push_str(sql.get(written..first.start).unwrap_or_default());
        text.push_str(&found.text());
        (written, next) = (last.end, after);
    }
    (written > 0).then(|| text + sql.get(written..).unwrap_or_default())
}

/// A column compared with the elements of an array.
struct Comparison<'s> {
    /// Its name, unquoted, without what qualifies it.
    column: String,
    /// As it is written.
    operand: String,
    is_negated: bool,
    /// String constants.
    elements: Vec<&'s str>,
}

impl Comparison<'_> {
    fn text(&self) -> String {
        let Self { operand, is_negated, elements, .. } = self;
        // A list of one element would be no list.
        if elements.len() == 1 {
            let comparison = if *is_negated { "<> ALL" } else { "= ANY" };
            return format!("{operand} {comparison} (ARRAY[{}::character varying])", elements.concat());
        }
        format!("{operand} {}IN ({})", if *is_negated { "NOT " } else { "" }, elements.join(", "))
    }
}

struct Reader<'s, 't> {
    sql: &'s str,
    tokens: &'t [Token],
}

impl<'s> Reader<'s, '_> {
    fn next(&mut self) -> Option<(TokenKind, &'s str)> {
        let (first, rest) = self.tokens.split_first()?;
        self.tokens = rest;
        Some((first.kind, self.sql.get(first.range())?))
    }

    /// Passes over these tokens.
    fn skip(&mut self, texts: &[&str]) -> Option<()> {
        texts.iter().try_for_each(|text| (self.next()?.1 == *text).then_some(()))
    }

    /// `(column)::text = ANY ((ARRAY['…'::character varying, …])::text[])`, or `<> ALL`.
    fn comparison(&mut self) -> Option<Comparison<'s>> {
        self.skip(&["("])?;
        let (column, operand) = self.column()?;
        self.skip(&[":", ":", "text"])?;
        let is_negated = match self.next()?.1 {
            "=" => false,
            "<" => true,
            _ => return None,
        };
        self.skip(if is_negated { &[">", "ALL"] } else { &["ANY"] })?;
        self.skip(&["(", "(", "ARRAY", "["])?;
        let mut elements = Vec::new();
        loop {
            let (kind, text) = self.next()?;
            elements.push((kind == TokenKind::String).then_some(text)?);
            self.skip(&[":", ":", "character", "varying"])?;
            match self.next()?.1 {
                "," => {}
                "]" => break,
                _ => return None,
            }
        }
        self.skip(&[")", ":", ":", "text", "[", "]", ")"])?;
        Some(Comparison { column, operand, is_negated, elements })
    }

    /// A name, qualified or not, up to the parenthesis behind it.
    fn column(&mut self) -> Option<(String, String)> {
        let mut operand = String::new();
        loop {
            let (kind, text) = self.next()?;
            operand.push_str(text);
            let name = match kind {
                TokenKind::Word => text.to_owned(),
                TokenKind::QuotedIdentifier => text.trim_matches('"').replace("\"\"", "\""),
                _ => return None,
            };
            match self.next()?.1 {
                ")" => return Some((name, operand)),
                "." => operand.push('.'),
                _ => return None,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(sql: &str) -> String {
        respelled(sql, &|name| ["status", "My \"state"].contains(&name)).unwrap_or_else(|| "-".to_owned())
    }

    #[test]
    fn lists_are_as_they_were_written() {
        let list = "ARRAY['a'::character varying, 'it''s, b'::character varying]";
        let check = |what: &str| format!("CHECK (({what}))");
        assert_eq!(
            of(&check(&format!("(status)::text = ANY (({list})::text[])"))),
            "CHECK ((status IN ('a', 'it''s, b')))"
        );
        assert_eq!(
            of(&check(&format!("(x > 0) OR ((t.\"My \"\"state\")::text <> ALL (({list})::text[]))"))),
            "CHECK (((x > 0) OR (t.\"My \"\"state\" NOT IN ('a', 'it''s, b'))))"
        );
        let one = "(status)::text = ANY ((ARRAY['a'::character varying])::text[])";
        assert_eq!(of(one), "status = ANY (ARRAY['a'::character varying])");
        assert_eq!(of(&format!("{one} AND {one}")).matches("status = ANY").count(), 2);
    }

    #[test]
    fn what_is_something_else_stays() {
        for sql in [
            "(name)::text = ANY ((ARRAY['a'::character varying])::text[])",
            "(lower(status))::text = ANY ((ARRAY['a'::character varying])::text[])",
            "(status)::text = ANY ((ARRAY['a'::character varying(3)])::text[])",
            "(status)::text = ANY ((ARRAY['a'::bpchar])::text[])",
            "(status)::text ~ ANY ((ARRAY['a'::character varying])::text[])",
            "(status)::text < ANY ((ARRAY['a'::character varying])::text[])",
            "'(status)::text = ANY ((ARRAY[''a''::character varying])::text[])'",
            "(status)::text = ANY (ARRAY['a'::text])",
        ] {
            assert_eq!(of(sql), "-", "{sql}");
        }
    }
}
