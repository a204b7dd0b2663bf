//! PostgreSQL's `standard_conforming_strings`, which this lexer takes to be on: without it a backslash in a plain string
//! hides the quote that follows, and a script is cut elsewhere.

use super::{Dialect, Statement, TokenKind};

const SETTING: &str = "standard_conforming_strings";

impl Statement<'_> {
    /// Whether the statement is a `SET` that switches the setting off.
    pub fn switches_strings_off(&self) -> bool {
        let mut cursor = self.cursor();
        if self.dialect != Dialect::Postgres || !cursor.eat(&["SET"]) {
            return false;
        }
        cursor.eat_any(&["SESSION", "LOCAL"]);
        if !cursor.next().is_some_and(|name| name.unquoted().eq_ignore_ascii_case(SETTING)) {
            return false;
        }
        let value = cursor.nth(1).map(|value| value.unquoted().to_ascii_lowercase()).unwrap_or_default();
        ["off", "of", "false", "no", "n", "f", "0", "fa", "fal", "fals"].contains(&value.as_str())
    }

    /// Whether the statement holds a plain string with a backslash, whose meaning hangs on the setting.
    pub fn depends_on_strings(&self) -> bool {
        self.cursor().any(|lexeme| {
            lexeme.kind == TokenKind::String && lexeme.text.starts_with('\'') && lexeme.text.contains('\\')
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::sql::Dialect::Postgres;
    use crate::sql::tests::statement;

    #[test]
    fn the_setting_is_known_by_its_name_and_value() {
        for sql in [
            "SET standard_conforming_strings = off",
            "set local Standard_Conforming_Strings TO 'false'",
            "SET SESSION \"standard_conforming_strings\" = 0",
        ] {
            assert!(statement(Postgres, sql).switches_strings_off(), "{sql}");
        }
        for sql in ["SET standard_conforming_strings = on", "SET escape_string_warning = off", "RESET ALL"] {
            assert!(!statement(Postgres, sql).switches_strings_off(), "{sql}");
        }
        assert!(statement(Postgres, r"SELECT 'a\b'").depends_on_strings());
        assert!(!statement(Postgres, r"SELECT E'a\b', $$\$$").depends_on_strings());
    }
}
