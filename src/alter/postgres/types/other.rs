//! Objects that the server itself writes down: what of them can be altered in place.

use super::super::super::{Refusal, Statement};
use super::super::POSTGRES;
use super::super::way::Way;
use crate::catalog::attribute::OtherAttribute;
use crate::catalog::sql::{identifier, named, qualified};
use crate::catalog::{Extension, ObjectKind, ObjectName, Other};

/// The way between two objects of one kind without parts.
pub(super) fn way(name: &ObjectName, left: &Other, right: &Other) -> Way {
    let attributes = OtherAttribute::differing(POSTGRES, left, right);
    if attributes.is_empty() {
        return Way::Equal;
    }
    if name.kind == ObjectKind::Unmodelled {
        return Way::Refuse(Refusal {
            object: name.clone(),
            reason: of_mapping(name).unwrap_or("revgraph cannot alter objects of this kind").to_owned(),
            ways_on: vec!["write the statements by hand, in a revision before this one".to_owned()],
        });
    }
    let statements: Option<Vec<Vec<String>>> = attributes.iter().map(|one| in_place(name, one)).collect();
    match statements {
        Some(statements) => {
            let mut statements: Vec<String> = statements.into_iter().flatten().collect();
            if name.kind == ObjectKind::Publication {
                statements.sort_by_key(|sql| turn_in_publication(name, sql));
            }
            let statements = statements.into_iter().map(|sql| Statement::new(name, sql)).collect();
            Way::Alter { statements, redefines: true }
        }
        None => Way::Renew,
    }
}

/// Why the mapping of a user is not written; none of other objects.
pub(in super::super) fn of_mapping(name: &ObjectName) -> Option<&'static str> {
    let is_mapping = name.kind == ObjectKind::Unmodelled && name.name.starts_with("user mapping for ");
    is_mapping.then_some("the options of user mappings are secrets, and their values are never read")
}

/// The statements that change one property; none where only making the object anew does.
fn in_place(name: &ObjectName, attribute: &OtherAttribute) -> Option<Vec<String>> {
    let (left, right) = (attribute.values.left.as_deref(), attribute.values.right.as_deref());
    match name.kind {
        ObjectKind::ForeignServer => of_server(name, attribute.name, left, right),
        ObjectKind::ForeignDataWrapper => of_wrapper(name, attribute.name, left, right),
        ObjectKind::Publication => of_publication(name, attribute.name, left, right),
        ObjectKind::EventTrigger if attribute.name == "enabled" => {
            let action = right.unwrap_or("ENABLE");
            Some(vec![format!("ALTER EVENT TRIGGER {} {action}", identifier(POSTGRES, &name.name))])
        }
        ObjectKind::Statistics if attribute.name == "statistics target" => Some(vec![format!(
            "ALTER STATISTICS {} SET STATISTICS {}",
            qualified(POSTGRES, name),
            right.unwrap_or("-1")
        )]),
        ObjectKind::TextSearchConfiguration if attribute.name == "mappings" => {
            Some(mappings(name, left.unwrap_or_default(), right.unwrap_or_default()))
        }
        ObjectKind::Operator if matches!(attribute.name, "restriction estimator" | "join estimator") => {
            let option = if attribute.name == "join estimator" { "JOIN" } else { "RESTRICT" };
            Some(vec![format!("ALTER OPERATOR {} SET ({option} = {})", named(name), right.unwrap_or("NONE"))])
        }
        _ => None,
    }
}

fn of_server(
    name: &ObjectName,
    attribute: &str,
    left: Option<&str>,
    right: Option<&str>,
) -> Option<Vec<String>> {
    let words = format!("ALTER SERVER {}", identifier(POSTGRES, &name.name));
    match attribute {
        "version" => Some(vec![format!(
            "{words} VERSION {}",
            right.map_or("NULL".to_owned(), |one| POSTGRES.quote_literal(one))
        )]),
        "options" => Some(vec![format!("{words} {}", option_changes(left, right))]),
        _ => None,
    }
}

fn of_wrapper(
    name: &ObjectName,
    attribute: &str,
    left: Option<&str>,
    right: Option<&str>,
) -> Option<Vec<String>> {
    let words = format!("ALTER FOREIGN DATA WRAPPER {}", identifier(POSTGRES, &name.name));
    let function = |word: &str| right.map_or(format!("NO {word}"), |function| format!("{word} {function}"));
    match attribute {
        "handler" => Some(vec![format!("{words} {}", function("HANDLER"))]),
        "validator" => Some(vec![format!("{words} {}", function("VALIDATOR"))]),
        "options" => Some(vec![format!("{words} {}", option_changes(left, right))]),
        _ => None,
    }
}

fn of_publication(
    name: &ObjectName,
    attribute: &str,
    left: Option<&str>,
    right: Option<&str>,
) -> Option<Vec<String>> {
    let words = format!("ALTER PUBLICATION {}", identifier(POSTGRES, &name.name));
    match attribute {
        "operations" => {
            let operations = POSTGRES.quote_literal(right.unwrap_or_default());
            Some(vec![format!("{words} SET (publish = {operations})")])
        }
        "via partition root" => {
            Some(vec![format!("{words} SET (publish_via_partition_root = {})", right.unwrap_or("false"))])
        }
        "tables" | "schemas" => {
            let kind = if attribute == "tables" { "TABLE" } else { "TABLES IN SCHEMA" };
            let (left, right) = (elements(left), elements(right));
            let gone = left.iter().filter(|one| !right.contains(one));
            let come = right.iter().filter(|one| !left.contains(one));
            let mut statements: Vec<String> =
                gone.map(|one| format!("{words} DROP {kind} {}", relation_alone(one))).collect();
            statements.extend(come.map(|one| format!("{words} ADD {kind} {one}")));
            Some(statements)
        }
        _ => None,
    }
}

/// What leaves a publication makes way for what comes: lists of columns and whole schemas cannot be in it together.
fn turn_in_publication(name: &ObjectName, sql: &str) -> usize {
    let words = format!("ALTER PUBLICATION {} ", identifier(POSTGRES, &name.name));
    let action = sql.strip_prefix(&words).unwrap_or(sql);
    ["DROP ", "SET ", "ADD TABLE "].iter().position(|one| action.starts_with(one)).unwrap_or(3)
}

/// The elements of a list as the server writes it; commas within parentheses and quotes do not count.
fn elements(list: Option<&str>) -> Vec<&str> {
    let list = list.unwrap_or_default();
    let (mut depth, mut quote, mut start) = (0_u32, None, 0);
    let mut elements = Vec::new();
    for (place, character) in list.char_indices() {
        match (quote, character) {
            (Some(open), close) if open == close => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(character),
            (None, '(') => depth += 1,
            (None, ')') => depth = depth.saturating_sub(1),
            (None, ',') if depth == 0 => {
                elements.extend(list.get(start..place).map(str::trim));
                start = place + 1;
            }
            _ => {}
        }
    }
    elements.extend(list.get(start..).map(str::trim).filter(|rest| !rest.is_empty()));
    elements
}

/// The table of a publication without its columns and condition, which `DROP TABLE` does not take.
fn relation_alone(element: &str) -> &str {
    let ends = [" (", " WHERE "].into_iter().filter_map(|words| element.find(words));
    ends.min().and_then(|end| element.get(..end)).unwrap_or(element)
}

/// The options of a clause as the server writes it, `OPTIONS (name 'value', …)`.
fn options(clause: Option<&str>) -> Vec<(&str, &str)> {
    let inside = clause.and_then(|clause| clause.strip_prefix("OPTIONS (")?.strip_suffix(')'));
    elements(inside).into_iter().filter_map(|option| option.split_once(' ')).collect()
}

fn option_changes(left: Option<&str>, right: Option<&str>) -> String {
    let (left, right) = (options(left), options(right));
    let find = |all: &[(&str, &str)], name: &str| {
        all.iter().find(|(one, _)| *one == name).map(|(_, value)| (*value).to_owned())
    };
    let mut changes = Vec::new();
    for (name, value) in &right {
        match find(&left, name) {
            None => changes.push(format!("ADD {name} {value}")),
            Some(old) if old != *value => changes.push(format!("SET {name} {value}")),
            Some(_) => {}
        }
    }
    let gone = left.iter().filter(|(name, _)| find(&right, name).is_none());
    changes.extend(gone.map(|(name, _)| format!("DROP {name}")));
    format!("OPTIONS ({})", changes.join(", "))
}

/// The statements that lead from some mappings of a text search configuration, `asciiword WITH simple, …`, to others.
fn mappings(name: &ObjectName, left: &str, right: &str) -> Vec<String> {
    let words = format!("ALTER TEXT SEARCH CONFIGURATION {}", qualified(POSTGRES, name));
    let (left, right) = (by_token(left), by_token(right));
    let find = |all: &[(String, String)], token: &str| {
        all.iter().find(|(one, _)| one == token).map(|(_, to)| to.clone())
    };
    let mut statements = Vec::new();
    for (token, _) in left.iter().filter(|(token, _)| find(&right, token).is_none()) {
        statements.push(format!("{words} DROP MAPPING FOR {token}"));
    }
    for (token, dictionaries) in &right {
        match find(&left, token) {
            None => statements.push(format!("{words} ADD MAPPING FOR {token} WITH {dictionaries}")),
            Some(old) if old != *dictionaries => {
                statements.push(format!("{words} ALTER MAPPING FOR {token} WITH {dictionaries}"));
            }
            Some(_) => {}
        }
    }
    statements
}

/// Mappings by token type. A list of dictionaries has commas too.
fn by_token(mappings: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    for element in elements(Some(mappings)) {
        match (element.split_once(" WITH "), found.last_mut()) {
            (Some((token, dictionary)), _) => found.push((token.to_owned(), dictionary.to_owned())),
            (None, Some((_, dictionaries))) => dictionaries.push_str(&format!(", {element}")),
            (None, None) => {}
        }
    }
    found
}

/// The way between two installations of an extension.
pub(super) fn extension(name: &ObjectName, left: &Extension, right: &Extension) -> Way {
    let words = format!("ALTER EXTENSION {}", identifier(POSTGRES, &name.name));
    let mut statements = Vec::new();
    if left.schema != right.schema {
        statements.push(Statement::new(
            name,
            format!("{words} SET SCHEMA {}", identifier(POSTGRES, &right.schema)),
        ));
    }
    if left.version != right.version {
        let version = POSTGRES.quote_literal(&right.version);
        statements.push(Statement::new(name, format!("{words} UPDATE TO {version}")));
    }
    Way::settings(statements)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_added_set_and_dropped() {
        let changes =
            option_changes(Some("OPTIONS (host 'a, b', port '1')"), Some("OPTIONS (host 'c', user 'd')"));
        assert_eq!(changes, "OPTIONS (SET host 'c', ADD user 'd', DROP port)");
    }

    #[test]
    fn mappings_are_told_by_token() {
        let name = ObjectName::new(ObjectKind::TextSearchConfiguration, Some("s"), "c");
        assert_eq!(
            mappings(
                &name,
                "word WITH simple, asciiword WITH a, b, numword WITH x",
                "asciiword WITH b, word WITH simple, int WITH c"
            ),
            [
                "ALTER TEXT SEARCH CONFIGURATION s.c DROP MAPPING FOR numword",
                "ALTER TEXT SEARCH CONFIGURATION s.c ALTER MAPPING FOR asciiword WITH b",
                "ALTER TEXT SEARCH CONFIGURATION s.c ADD MAPPING FOR int WITH c",
            ]
        );
    }

    #[test]
    fn a_table_leaves_a_publication_without_its_columns() {
        assert_eq!(
            elements(Some("public.a, public.b (x, y) WHERE (x > 1)")),
            ["public.a", "public.b (x, y) WHERE (x > 1)"]
        );
        assert_eq!(relation_alone("public.b (x, y) WHERE (x > 1)"), "public.b");
        assert_eq!(relation_alone("public.b WHERE (x > 1)"), "public.b");
    }
}
