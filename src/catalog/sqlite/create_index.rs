//! Reads `CREATE INDEX`.

use super::tokens::{Tokens, split_list};
use crate::catalog::sql::identifier;
use crate::catalog::{Index, IndexKey};
use crate::sql::Dialect;

/// The index that a statement makes; none where the statement is not understood.
pub(super) fn read(sql: &str) -> Option<Index> {
    let mut tokens = Tokens::new(sql);
    if !tokens.eat(&["CREATE"]) {
        return None;
    }
    let is_unique = tokens.eat(&["UNIQUE"]);
    if !tokens.eat(&["INDEX"]) {
        return None;
    }
    let name = tokens.qualified_name()?;
    if !tokens.eat(&["ON"]) {
        return None;
    }
    let table = tokens.name()?;
    let list = tokens.parenthesised()?;
    let predicate = if tokens.eat(&["WHERE"]) { Some(tokens.rest().to_owned()) } else { None };
    let mut index = Index {
        is_unique,
        method: None,
        keys: split_list(list).into_iter().map(key).collect(),
        include: Vec::new(),
        nulls_not_distinct: false,
        predicate,
        storage_options: Default::default(),
        tablespace: None,
        is_valid: true,
        is_clustered: false,
        attached_to: None,
        definition: String::new(),
    };
    index.definition = definition(&index, &name, &table);
    Some(index)
}

/// An expression, `COLLATE` and a name, `ASC` or `DESC`.
fn key(sql: &str) -> IndexKey {
    let lexemes: Vec<_> = Tokens::new(sql).collect();
    let mut rest = lexemes.as_slice();
    let mut key = IndexKey::default();
    if let [before @ .., last] = rest
        && (last.is_word("ASC") || last.is_word("DESC"))
    {
        key.is_descending = last.is_word("DESC");
        rest = before;
    }
    if let [before @ .., collate, name] = rest
        && collate.is_word("COLLATE")
        && !before.is_empty()
    {
        key.collation = Some(name.unquoted().into_owned());
        rest = before;
    }
    if let ([first, ..], [.., last]) = (rest, rest) {
        key.expression = sql.get(first.start..last.end).unwrap_or_default().to_owned();
    }
    key
}

fn definition(index: &Index, name: &str, table: &str) -> String {
    let identifier = |name: &str| identifier(Dialect::Sqlite, name);
    let key = |key: &IndexKey| {
        let collation = key.collation.as_deref().map(|name| format!(" COLLATE {}", identifier(name)));
        let order = if key.is_descending { " DESC" } else { "" };
        format!("{}{}{order}", key.expression, collation.unwrap_or_default())
    };
    let keys: Vec<String> = index.keys.iter().map(key).collect();
    let unique = if index.is_unique { "UNIQUE " } else { "" };
    let (name, table, keys) = (identifier(name), identifier(table), keys.join(", "));
    let predicate = index.predicate.as_ref().map(|predicate| format!(" WHERE {predicate}"));
    format!("CREATE {unique}INDEX {name} ON {table} ({keys}){}", predicate.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_an_index_can_have_is_read() {
        let sql = "create unique index \"a b\" on t(x collate NOCASE desc, (y+1), lower(z) asc) where x > 0";
        let index = read(sql).expect("an index");
        assert!(index.is_unique);
        let keys: Vec<_> =
            index.keys.iter().map(|key| (key.expression.as_str(), key.is_descending)).collect();
        assert_eq!(keys, [("x", true), ("(y+1)", false), ("lower(z)", false)]);
        assert_eq!(index.keys[0].collation.as_deref(), Some("NOCASE"));
        assert_eq!(index.predicate.as_deref(), Some("x > 0"));
        assert_eq!(
            index.definition,
            "CREATE UNIQUE INDEX \"a b\" ON t (x COLLATE NOCASE DESC, (y+1), lower(z)) WHERE x > 0"
        );
    }
}
