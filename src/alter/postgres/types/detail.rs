//! What belongs to another object and has a statement of its own: how it is taken away from what stays.

use crate::catalog::Other;

/// The statement that takes a detail away; none where it is not known what there is without it.
pub(in super::super) fn undone(detail: &Other) -> Option<String> {
    if detail.undo.is_some() {
        return detail.undo.clone();
    }
    let statement = detail.statements.first()?;
    if let Some(grant) = statement.strip_prefix("GRANT ") {
        let role = outside_of_names(grant, " TO ")?;
        let (privilege, role) = (grant.get(..role)?, grant.get(role + " TO ".len()..)?);
        let role = role.strip_suffix(" WITH GRANT OPTION").unwrap_or(role);
        return Some(format!("REVOKE {privilege} FROM {role}"));
    }
    let (head, tail) = RESETS.iter().find_map(|(words, reset)| {
        let place = outside_of_names(statement, words)?;
        Some((statement.get(..place)?, reset(statement.get(place + words.len()..)?)?))
    })?;
    // An extension brings its own comment along.
    (!head.starts_with("COMMENT ON EXTENSION ")).then(|| format!("{head}{tail}"))
}

/// What takes the place of the end of a statement, from some words on, by what follows them.
type Reset = fn(&str) -> Option<String>;

const RESETS: [(&str, Reset); 9] = [
    (" IS ", |_| Some(" IS NULL".to_owned())),
    (" CLUSTER ON ", |_| Some(" SET WITHOUT CLUSTER".to_owned())),
    (" SET STATISTICS ", |_| Some(" SET STATISTICS -1".to_owned())),
    (" SET COMPRESSION ", |_| Some(" SET COMPRESSION default".to_owned())),
    (" SET ACCESS METHOD ", |_| Some(" SET ACCESS METHOD heap".to_owned())),
    (" REPLICA IDENTITY ", |_| Some(" REPLICA IDENTITY DEFAULT".to_owned())),
    (" DEPENDS ON EXTENSION ", |extension| Some(format!(" NO DEPENDS ON EXTENSION {extension}"))),
    (" SET (", |options| {
        let names = options.strip_suffix(')')?.split(", ").map(|option| option.split('=').next());
        Some(format!(" RESET ({})", names.collect::<Option<Vec<_>>>()?.join(", ")))
    }),
    (" DISABLE TRIGGER ", |trigger| Some(format!(" ENABLE TRIGGER {trigger}"))),
];

/// Where words stand first that are no part of a quoted name.
fn outside_of_names(statement: &str, words: &str) -> Option<usize> {
    let mut is_name = false;
    let mut places = statement.char_indices().filter(|(_, character)| {
        is_name ^= *character == '"';
        !is_name
    });
    places
        .find(|(place, _)| statement.get(*place..).is_some_and(|rest| rest.starts_with(words)))
        .map(|one| one.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_said_is_taken_back() {
        for (made, expected) in [
            (
                r#"COMMENT ON COLUMN s."a IS b".x IS 'c IS d'"#,
                Some(r#"COMMENT ON COLUMN s."a IS b".x IS NULL"#),
            ),
            ("COMMENT ON EXTENSION e IS 'mine'", None),
            ("ALTER TABLE s.t CLUSTER ON t_pkey", Some("ALTER TABLE s.t SET WITHOUT CLUSTER")),
            (
                "ALTER INDEX s.i ALTER COLUMN 2 SET STATISTICS 9",
                Some("ALTER INDEX s.i ALTER COLUMN 2 SET STATISTICS -1"),
            ),
            (
                "ALTER MATERIALIZED VIEW s.m ALTER COLUMN x SET (n_distinct=5, n_distinct_inherited=3)",
                Some("ALTER MATERIALIZED VIEW s.m ALTER COLUMN x RESET (n_distinct, n_distinct_inherited)"),
            ),
            ("ALTER MATERIALIZED VIEW s.m ALTER COLUMN x SET STORAGE PLAIN", None),
            (
                "ALTER FUNCTION f() DEPENDS ON EXTENSION e",
                Some("ALTER FUNCTION f() NO DEPENDS ON EXTENSION e"),
            ),
            (
                r#"GRANT USAGE ON SEQUENCE "a TO b" TO app WITH GRANT OPTION"#,
                Some(r#"REVOKE USAGE ON SEQUENCE "a TO b" FROM app"#),
            ),
            ("ALTER TABLE s.p1 DISABLE TRIGGER a", Some("ALTER TABLE s.p1 ENABLE TRIGGER a")),
        ] {
            let detail = Other { statements: vec![made.to_owned()], ..Other::default() };
            assert_eq!(undone(&detail).as_deref(), expected);
        }
    }

    #[test]
    fn what_says_itself_how_it_is_undone_is_undone_so() {
        let undo = "COMMENT ON EXTENSION e IS 'its own'".to_owned();
        let made = "COMMENT ON EXTENSION e IS 'mine'".to_owned();
        let detail = Other { statements: vec![made], undo: Some(undo.clone()), ..Other::default() };
        assert_eq!(undone(&detail), Some(undo));
    }
}
