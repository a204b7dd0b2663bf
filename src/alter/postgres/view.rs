//! Views, materialized or not.

use std::collections::BTreeMap;

use super::super::Statement;
use super::POSTGRES;
use super::way::Way;
use crate::catalog::sql::{column_comment, identifier, options, qualified};
use crate::catalog::{ObjectKind, ObjectName, Options, View};

/// The way between two views of one name. `CREATE OR REPLACE` keeps grants and what stands on the view, and is taken where
/// the server takes it: no column may be missing or of another type, and new ones come last.
pub(super) fn way(name: &ObjectName, left: &View, right: &View) -> Way {
    let is_replaced = left.definition != right.definition || left.columns != right.columns;
    let is_materialized = name.kind == ObjectKind::MaterializedView;
    if is_replaced && (is_materialized || !right.columns.starts_with(&left.columns)) {
        return Way::Renew;
    }
    let mut statements = Vec::new();
    if is_replaced {
        statements.push(Statement::new(name, replace(name, right)));
    } else {
        statements.extend(option_changes(name, &left.options, &right.options));
    }
    let words = format!("ALTER {} {}", name.kind.name().to_uppercase(), qualified(POSTGRES, name));
    if left.tablespace != right.tablespace {
        let tablespace = right.tablespace.as_deref().unwrap_or("pg_default");
        statements.push(Statement::new(name, format!("{words} SET TABLESPACE {tablespace}")));
    }
    for (column, from, to) in changes(&left.column_defaults, &right.column_defaults) {
        let column = identifier(POSTGRES, column);
        let action = match to {
            Some(default) => format!("SET DEFAULT {default}"),
            None if from.is_some() => "DROP DEFAULT".to_owned(),
            None => continue,
        };
        statements.push(Statement::new(name, format!("{words} ALTER COLUMN {column} {action}")));
    }
    for (column, _, to) in changes(&left.column_comments, &right.column_comments) {
        statements.push(Statement::new(name, column_comment(name, column, to.map(String::as_str))));
    }
    Way::Alter { statements, redefines: is_replaced }
}

/// `CREATE OR REPLACE VIEW`, which sets the options too.
fn replace(name: &ObjectName, view: &View) -> String {
    let options = match view.options.is_empty() {
        true => String::new(),
        false => format!(" WITH ({})", options(&view.options)),
    };
    format!("CREATE OR REPLACE VIEW {}{options} AS\n{}", qualified(POSTGRES, name), view.definition)
}

fn option_changes(name: &ObjectName, left: &Options, right: &Options) -> Vec<Statement> {
    let words = format!("ALTER {} {}", name.kind.name().to_uppercase(), qualified(POSTGRES, name));
    set_and_reset(left, right)
        .into_iter()
        .map(|action| Statement::new(name, format!("{words} {action}")))
        .collect()
}

/// `SET (…)` and `RESET (…)`, as far as there is something to set and to reset.
pub(super) fn set_and_reset(left: &Options, right: &Options) -> Vec<String> {
    let is_new = |(option, value): &(&String, &String)| left.get(*option) != Some(*value);
    let set: Options =
        right.iter().filter(is_new).map(|(option, value)| (option.clone(), value.clone())).collect();
    let reset: Vec<&str> =
        left.keys().filter(|option| !right.contains_key(*option)).map(String::as_str).collect();
    let set = (!set.is_empty()).then(|| format!("SET ({})", options(&set)));
    let reset = (!reset.is_empty()).then(|| format!("RESET ({})", reset.join(", ")));
    set.into_iter().chain(reset).collect()
}

/// The keys whose values differ, with both values.
fn changes<'m>(
    left: &'m BTreeMap<String, String>,
    right: &'m BTreeMap<String, String>,
) -> Vec<(&'m String, Option<&'m String>, Option<&'m String>)> {
    let keys: std::collections::BTreeSet<&String> = left.keys().chain(right.keys()).collect();
    let both = keys.into_iter().map(|key| (key, left.get(key), right.get(key)));
    both.filter(|(_, left, right)| left != right).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(columns: &[&str], options: &[(&str, &str)]) -> View {
        View {
            definition: format!("SELECT {columns:?}"),
            columns: columns.iter().map(|column| (*column).to_owned()).collect(),
            options: options.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
            ..View::default()
        }
    }

    fn sql(left: &View, right: &View) -> Option<Vec<String>> {
        match way(&ObjectName::new(ObjectKind::View, Some("s"), "v"), left, right) {
            Way::Alter { statements, .. } => Some(statements.into_iter().map(|one| one.sql).collect()),
            _ => None,
        }
    }

    #[test]
    fn a_view_is_replaced_where_columns_only_come_at_the_end() {
        let (short, long) = (view(&["a integer"], &[]), view(&["a integer", "b text"], &[]));
        let replaced = sql(&short, &long).unwrap_or_default();
        assert!(replaced.first().is_some_and(|sql| sql.starts_with("CREATE OR REPLACE VIEW s.v AS")));
        assert_eq!(sql(&long, &short), None);
    }

    #[test]
    fn options_alone_are_set() {
        let (without, with) =
            (view(&["a integer"], &[]), view(&["a integer"], &[("security_invoker", "true")]));
        assert_eq!(
            sql(&without, &with),
            Some(vec!["ALTER VIEW s.v SET (security_invoker='true')".to_owned()])
        );
        assert_eq!(sql(&with, &without), Some(vec!["ALTER VIEW s.v RESET (security_invoker)".to_owned()]));
    }
}
