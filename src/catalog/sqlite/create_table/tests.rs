use super::*;

fn table(sql: &str) -> (Table, Vec<NamedConstraint>) {
    read(sql).unwrap_or_else(|| panic!("not read: {sql}"))
}

fn definitions(sql: &str) -> Vec<String> {
    table(sql)
        .1
        .into_iter()
        .map(|(name, constraint)| {
            let name = name.map(|name| format!("{name}: ")).unwrap_or_default();
            format!("{name}{}", constraint.definition)
        })
        .collect()
}

#[test]
fn columns_have_types_of_any_words() {
    let (table, _) = table(
        "CREATE TABLE \"t\" ('id' INTEGER, b UNSIGNED BIG INT NOT NULL, c VARCHAR ( 10 , 2 ) DEFAULT 'x,y', d, [e f] \"my type\" COLLATE nocase)",
    );
    let columns: Vec<_> =
        table.columns.iter().map(|column| (column.name.as_str(), column.data_type.as_str())).collect();
    assert_eq!(
        columns,
        [
            ("id", "INTEGER"),
            ("b", "UNSIGNED BIG INT"),
            ("c", "VARCHAR(10,2)"),
            ("d", ""),
            ("e f", "\"my type\"")
        ]
    );
    assert!(!table.columns[1].is_nullable);
    assert_eq!(table.columns[2].default.as_deref(), Some("'x,y'"));
    assert_eq!(table.columns[4].collation.as_deref(), Some("nocase"));
}

#[test]
fn constraints_of_columns_are_those_of_the_table() {
    let of_columns = definitions(
        "CREATE TABLE t (a INTEGER PRIMARY KEY ON CONFLICT REPLACE, b TEXT CONSTRAINT u UNIQUE CHECK (b <> ''), \
         c INT REFERENCES p (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED)",
    );
    let of_table = definitions(
        "CREATE TABLE t (a INTEGER, b TEXT, c INT, PRIMARY KEY (A) ON CONFLICT REPLACE CONSTRAINT u UNIQUE (\"b\") \
         CHECK (b <> ''), FOREIGN KEY (c) REFERENCES p(id) ON UPDATE NO ACTION ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED)",
    );
    assert_eq!(of_columns, of_table);
    assert_eq!(
        of_table,
        [
            "PRIMARY KEY (a) ON CONFLICT REPLACE",
            "u: UNIQUE (b)",
            "CHECK (b <> '')",
            "FOREIGN KEY (c) REFERENCES p (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED",
        ]
    );
}

#[test]
fn the_row_id_is_told_from_other_keys() {
    let key = |sql: &str| match table(sql).1.into_iter().next() {
        Some((_, Constraint { rule: ConstraintRule::PrimaryKey(key), .. })) => key,
        other => panic!("{sql}: {other:?}"),
    };
    assert!(key("CREATE TABLE t (a INTEGER PRIMARY KEY AUTOINCREMENT)").is_autoincrement);
    assert!(key("CREATE TABLE t (a INTEGER, PRIMARY KEY (a AUTOINCREMENT))").is_autoincrement);
    assert!(key("CREATE TABLE t (a INTEGER PRIMARY KEY DESC)").is_with_column);
    assert!(!key("CREATE TABLE t (a INTEGER, PRIMARY KEY (a DESC))").is_with_column);
}

#[test]
fn generated_columns_defaults_and_options_are_read() {
    let (table, _) = table(
        "CREATE TABLE t (a INT DEFAULT (1 + (2)) NOT NULL ON CONFLICT IGNORE, b INT DEFAULT -1, c INT GENERATED ALWAYS AS (a * 2) STORED, \
         d AS (a), e DEFAULT current_timestamp, f INT DEFAULT +3) WITHOUT ROWID, STRICT",
    );
    assert!(table.is_strict && table.is_without_rowid);
    let defaults: Vec<_> = table.columns.iter().map(|column| column.default.as_deref()).collect();
    assert_eq!(defaults, [Some("1 + (2)"), Some("-1"), None, None, Some("current_timestamp"), Some("+3")]);
    let generated =
        |expression: &str, is_stored| Some(Generated { expression: expression.to_owned(), is_stored });
    assert_eq!(table.columns[2].generated, generated("a * 2", true));
    assert_eq!(table.columns[3].generated, generated("a", false));
    assert_eq!(table.columns[0].not_null_conflict.as_deref(), Some("IGNORE"));
}

#[test]
fn what_is_not_understood_is_refused_as_a_whole() {
    for sql in [
        "",
        "CREATE VIEW v AS SELECT 1",
        "CREATE TABLE t",
        "CREATE TABLE t (a INT WHAT (b) FOR)",
        "CREATE TABLE t (a) SOMETHING NEW",
    ] {
        assert_eq!(read(sql), None, "{sql}");
    }
}

#[test]
fn a_comment_at_the_end_of_an_expression_is_left_out() {
    assert_eq!(definitions("CREATE TABLE t (a INT CHECK (a > 0 -- positive\n))"), ["CHECK (a > 0)"]);
    assert_eq!(
        definitions("CREATE TABLE t (a INT CHECK (/* b */(a) > (0 /* c */)))"),
        ["CHECK ((a) > (0 /* c */))"]
    );
}

#[test]
fn hexadecimal_defaults_are_read() {
    let (table, _) =
        read("CREATE TABLE t (a INT DEFAULT 0x1F, b INT DEFAULT -0Xa NOT NULL)").expect("it is read");
    let defaults: Vec<_> = table.columns.iter().map(|column| column.default.as_deref()).collect();
    assert_eq!(defaults, [Some("0x1F"), Some("-0Xa")]);
}
