//! Virtual tables: made anew, and filled again where their module lets their content be read and written. The tables
//! that a module keeps its data in are never touched.

use std::collections::BTreeSet;

use super::mention;
use super::mention::fold;
use super::remark;
use super::side::Side;
use crate::alter::{Remark, Statement};
use crate::catalog::sql::identifier;
use crate::catalog::{Definition, ObjectKind, ObjectName};
use crate::sql::{Dialect, Lexer, TokenKind};

/// What `CREATE VIRTUAL TABLE` says.
#[derive(Debug, Clone, PartialEq, Eq)]
struct VirtualTable {
    /// In lower case.
    module: String,
    arguments: Vec<String>,
    /// Where its name stands in the text.
    name: std::ops::Range<usize>,
}

/// Where the texts of a full text search are.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Content {
    /// In tables of its own.
    Own,
    /// Nowhere.
    Nowhere,
    /// In a table or view of this name.
    Of(String),
}

/// What makes a virtual table that the right alone has.
pub(super) fn create(left: &Side<'_>, right: &Side<'_>, name: &ObjectName) -> Vec<Statement> {
    let Some(sql) = text(right, name) else { return Vec::new() };
    let mut statements = vec![Statement::new(name, sql)];
    statements.extend(read(sql).and_then(|table| fill_from_content(left, right, name, &table)));
    statements
}

/// What makes one anew that is other on the right; `called` is a name that nothing has.
pub(super) fn rebuild(
    sides: (&Side<'_>, &Side<'_>),
    (old, new): (&ObjectName, &ObjectName),
    called: &str,
) -> Vec<Statement> {
    let (left, right) = sides;
    let (Some(before), Some(after)) = (text(left, old), text(right, new)) else { return Vec::new() };
    if let (Some(from), Some(to)) = (read(before), read(after)) {
        let columns = copied(&from, &to);
        if let Some(content) = fill_from_content(left, right, new, &to) {
            return vec![drop(left, old), Statement::new(new, after), content];
        }
        // What has the content may go before; a view that has it is perhaps made anew, and fills it afterwards.
        let is_of_view = matches!(content(&to), Content::Of(content) if right.view(&content).is_some());
        if !is_of_view && !columns.is_empty() && has_content(left, &from) && has_content(right, &from) {
            let drop = Statement { remarks: not_copied(old, &from, &to), ..drop_table(old) };
            return copy((drop, old), new, &renamed(after, &to, called), called, &columns);
        }
    }
    vec![drop(left, old), Statement::new(new, after)]
}

/// The statement that drops a virtual table that the left alone has, with what is lost: the rows where its module keeps them
/// itself, and the index of texts that are nowhere else.
pub(super) fn drop(left: &Side<'_>, name: &ObjectName) -> Statement {
    let content = text(left, name).and_then(read).map(|table| content(&table));
    let statement = drop_table(name);
    match content {
        None | Some(Content::Own) => statement.remark(remark::dropped_rows(name)),
        Some(Content::Nowhere) => statement.remark(remark::dropped_index(name)),
        Some(Content::Of(_)) => statement,
    }
}

/// What fills the full text searches of the right that have a view as their content, once the views are there: those that are
/// made, and those whose view, or one that it reads, is another.
pub(super) fn fill_from_views<'c>(
    left: &Side<'_>,
    right: &Side<'c>,
    is_other: impl Fn(&ObjectName) -> bool,
) -> Vec<Statement> {
    let virtual_tables =
        right.relations().map(|(name, _)| name).filter(|name| name.kind == ObjectKind::VirtualTable);
    let filled = virtual_tables.filter_map(|name: &'c ObjectName| {
        let table = read(text(right, name)?)?;
        let Content::Of(content) = content(&table) else { return None };
        let view = right.view(&content)?;
        let shows = |column: &String| {
            mention::mentions(view, column) || mention::tokens(view).any(|(_, text)| text == "*")
        };
        let is_made = text(left, name) != text(right, name);
        let is_due = is_made || stands_on(right, &content, &is_other);
        (is_due && columns(&table).iter().all(shows)).then(|| fill(name, &content))
    });
    filled.collect()
}

/// Whether a view, or a view that it reads, is such a one.
fn stands_on(side: &Side<'_>, view: &str, is_it: &impl Fn(&ObjectName) -> bool) -> bool {
    let (mut waiting, mut seen) = (vec![fold(view)], BTreeSet::new());
    while let Some(name) = waiting.pop() {
        let Some(definition) = side.view(&name).filter(|_| seen.insert(name.clone())) else { continue };
        if side.relation(&name).is_some_and(|(name, _)| is_it(name)) {
            return true;
        }
        waiting.extend(mention::names(definition).into_iter().filter(|name| side.view(name).is_some()));
    }
    false
}

fn drop_table(name: &ObjectName) -> Statement {
    Statement::new(name, format!("DROP TABLE {}", identifier(Dialect::Sqlite, &name.name)))
}

/// What of a virtual table stays behind when its rows are copied: the values of columns that the other has not, and all
/// where that keeps none itself.
fn not_copied(old: &ObjectName, from: &VirtualTable, to: &VirtualTable) -> Vec<Remark> {
    match (content(from), content(to)) {
        (Content::Own, Content::Own) => {}
        (Content::Own, _) => return vec![remark::dropped_rows(old)],
        _ => return Vec::new(),
    }
    let after = columns(to);
    let gone = columns(from).into_iter().filter(|name| !after.iter().any(|other| fold(other) == fold(name)));
    gone.map(|name| remark::values_of(old, &name)).collect()
}

fn copy(
    (drop, old): (Statement, &ObjectName),
    new: &ObjectName,
    create: &str,
    called: &str,
    columns: &[String],
) -> Vec<Statement> {
    let quoted = |name: &str| identifier(Dialect::Sqlite, name);
    let columns = columns.iter().map(|name| quoted(name)).collect::<Vec<_>>().join(", ");
    let (from, to) = (quoted(&old.name), quoted(called));
    vec![
        Statement::new(new, create),
        Statement::new(new, format!("INSERT INTO {to} ({columns})\n    SELECT {columns} FROM {from}")),
        drop,
        Statement::new(new, format!("ALTER TABLE {to} RENAME TO {}", quoted(&new.name))),
    ]
}

/// Whether what a virtual table reads is there: the table or view that has its content, and the columns of that.
fn has_content(side: &Side<'_>, table: &VirtualTable) -> bool {
    let Content::Of(content) = content(table) else { return true };
    match side.table(&content) {
        Some(source) => columns(table).iter().all(|column| source.column(column).is_some()),
        None => side.relation(&content).is_some(),
    }
}

/// The index of a table that is there already.
fn fill_from_content(
    left: &Side<'_>,
    right: &Side<'_>,
    name: &ObjectName,
    table: &VirtualTable,
) -> Option<Statement> {
    let Content::Of(content) = content(table) else { return None };
    left.relation(&content)?;
    let source = right.table(&content)?;
    let columns = columns(table);
    let is_readable = !columns.is_empty() && columns.iter().all(|column| source.column(column).is_some());
    is_readable.then(|| fill(name, &content))
}

/// The statement that makes the index of a full text search anew, of what is in its content.
fn fill(name: &ObjectName, content: &str) -> Statement {
    let own = identifier(Dialect::Sqlite, &name.name);
    let fill = Statement::new(name, format!("INSERT INTO {own} ({own}) VALUES ('rebuild')"));
    fill.remark(Remark::Note(format!("{} is filled from {content}", name.name)))
}

fn text<'c>(side: &Side<'c>, name: &ObjectName) -> Option<&'c str> {
    match &side.relation(&name.name)?.1.definition {
        Definition::Verbatim(sql) => Some(sql),
        _ => None,
    }
}

fn is_full_text_search(table: &VirtualTable) -> bool {
    matches!(table.module.as_str(), "fts3" | "fts4" | "fts5")
}

/// The columns, the key first, whose values can be read from the one and written to the other.
fn copied(from: &VirtualTable, to: &VirtualTable) -> Vec<String> {
    let is_tree = |table: &VirtualTable| matches!(table.module.as_str(), "rtree" | "rtree_i32");
    let (before, after) = (columns(from), columns(to));
    let common: Vec<String> =
        after.iter().filter(|name| before.iter().any(|other| fold(other) == fold(name))).cloned().collect();
    if is_tree(from) && is_tree(to) {
        return if common.len() == after.len() { common } else { Vec::new() };
    }
    let is_readable = is_full_text_search(from) && content(from) != Content::Nowhere;
    if !is_readable || !is_full_text_search(to) || common.is_empty() {
        return Vec::new();
    }
    std::iter::once("rowid".to_owned()).chain(common).collect()
}

/// The columns that its arguments name.
fn columns(table: &VirtualTable) -> Vec<String> {
    let own = table.arguments.iter().filter(|argument| option(argument).is_none());
    let name = |argument: &String| mention::leading_name(argument.trim_start_matches('+').trim_start());
    let columns: Vec<String> = own.map(name).collect();
    // FTS3 and FTS4 have one that is not named.
    let is_unnamed = columns.is_empty() && matches!(table.module.as_str(), "fts3" | "fts4");
    if is_unnamed { vec!["content".to_owned()] } else { columns }
}

fn content(table: &VirtualTable) -> Content {
    let options = table.arguments.iter().filter_map(|argument| option(argument));
    let mut contents = options.filter(|(name, _)| name == "content").map(|(_, value)| value);
    match contents.next().filter(|_| is_full_text_search(table)) {
        None => Content::Own,
        Some(value) if value.is_empty() => Content::Nowhere,
        Some(value) => Content::Of(value),
    }
}

/// An argument `name = value`.
fn option(argument: &str) -> Option<(String, String)> {
    let (name, value) = argument.split_once('=')?;
    let is_name = mention::tokens(name).count() == 1;
    let value = value.trim();
    let unquoted = ['\'', '"', '`'].iter().find_map(|quote| {
        let inside = value.strip_prefix(*quote)?.strip_suffix(*quote)?;
        Some(inside.replace(&quote.to_string().repeat(2), &quote.to_string()))
    });
    let value = unquoted.unwrap_or_else(|| value.to_owned());
    is_name.then(|| (fold(name.trim()), value))
}

fn read(sql: &str) -> Option<VirtualTable> {
    let tokens = Lexer::new(Dialect::Sqlite, sql).map_while(Result::ok);
    let mut tokens = tokens.filter(|token| !token.kind.is_trivia()).peekable();
    let mut name = None;
    // `CREATE VIRTUAL TABLE name USING`, the name perhaps with a schema before it.
    for token in tokens.by_ref() {
        if token.kind == TokenKind::Word && sql.get(token.range())?.eq_ignore_ascii_case("USING") {
            break;
        }
        name = Some(token.range());
    }
    let module = tokens.next()?;
    let module = mention::name(module.kind, sql.get(module.range())?)?;
    let arguments = tokens.next().filter(|token| token.kind == TokenKind::OpenParenthesis);
    let arguments = arguments.and_then(|open| sql.get(open.end..)).map(arguments_in).unwrap_or_default();
    Some(VirtualTable { module: fold(&module), arguments, name: name? })
}

/// What stands between commas, up to the parenthesis that closes.
fn arguments_in(sql: &str) -> Vec<String> {
    let (mut depth, mut start) = (0_usize, 0);
    let mut arguments = Vec::new();
    let mut push = |range: std::ops::Range<usize>| {
        let argument = sql.get(range).unwrap_or_default().trim();
        if !argument.is_empty() {
            arguments.push(argument.to_owned());
        }
    };
    for token in Lexer::new(Dialect::Sqlite, sql).map_while(Result::ok) {
        match (token.kind, depth) {
            (TokenKind::CloseParenthesis, 0) => {
                push(start..token.start);
                break;
            }
            (TokenKind::OpenParenthesis, _) => depth += 1,
            (TokenKind::CloseParenthesis, _) => depth -= 1,
            (TokenKind::Symbol, 0) if sql.get(token.range()) == Some(",") => {
                push(start..token.start);
                start = token.end;
            }
            _ => {}
        }
    }
    arguments
}

/// The statement with another name.
fn renamed(sql: &str, table: &VirtualTable, called: &str) -> String {
    let before = sql.get(..table.name.start).unwrap_or_default();
    let after = sql.get(table.name.end..).unwrap_or_default();
    format!("{before}{}{after}", identifier(Dialect::Sqlite, called))
}

/// What the modules of SQLite append to the name of a virtual table for the tables that they keep its data in.
const SHADOWS: [&str; 12] = [
    "config", "content", "data", "docsize", "idx", "node", "parent", "rowid", "segdir", "segments", "stat",
    "vocab",
];

/// Whether a name could be that of a table in which the module of a virtual table keeps its data.
pub(super) fn may_be_shadow(side: &Side<'_>, name: &str) -> bool {
    let name = fold(name);
    let owner = SHADOWS.iter().find_map(|suffix| name.strip_suffix(suffix)?.strip_suffix('_'));
    let owner = owner.and_then(|owner| side.relation(owner));
    owner.is_some_and(|(name, _)| name.kind == ObjectKind::VirtualTable)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_are_read() {
        let sql = "CREATE VIRTUAL TABLE \"my docs\" USING fts5(title, body UNINDEXED, content='d', tokenize = 'porter a,b')";
        let table = read(sql).expect("it is one");
        assert_eq!((table.module.as_str(), table.arguments.len()), ("fts5", 4));
        assert_eq!(columns(&table), ["title", "body"]);
        assert_eq!(content(&table), Content::Of("d".to_owned()));
        assert!(renamed(sql, &table, "x").starts_with("CREATE VIRTUAL TABLE x USING fts5(title"));
        let tree = read("CREATE VIRTUAL TABLE r USING rtree(id, x0, x1, +name TEXT)").expect("it is one");
        assert_eq!(columns(&tree), ["id", "x0", "x1", "name"]);
        let plain = read("CREATE VIRTUAL TABLE f USING fts4").expect("it is one");
        assert_eq!(columns(&plain), ["content"]);
        let own = read("CREATE VIRTUAL TABLE f USING fts5(a, content='')").expect("it is one");
        assert_eq!(content(&own), Content::Nowhere);
    }
}
