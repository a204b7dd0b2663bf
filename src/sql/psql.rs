//! What psql would make of a statement: its own variables are put in place of `:name`, `:'name'`, `:"name"` and
//! `:{?name}` outside of quotes, also where the colon is that of an array's slice.

use super::{Lexer, Statement, Token, TokenKind};

impl Statement<'_> {
    /// The statement as psql sends it on unchanged: a backslash before the colons that it would read as a variable's.
    /// <https://www.postgresql.org/docs/current/app-psql.html#APP-PSQL-INTERPOLATION>
    pub fn for_psql(&self) -> String {
        let mut text = String::with_capacity(self.body.len());
        let tokens: Vec<Token> =
            Lexer::over(self.dialect, self.script, self.body()).map_while(Result::ok).collect();
        let mut index = 0;
        while let Some(token) = tokens.get(index) {
            let written = self.script.get(token.range()).unwrap_or_default();
            let next = self.script.get(token.end..self.body.end).unwrap_or_default();
            if token.kind == TokenKind::Symbol && written == ":" {
                // psql reads casts and assignments first.
                if next.starts_with([':', '=']) {
                    text.push_str(written);
                    text.push_str(next.get(..1).unwrap_or_default());
                    index += 2;
                    continue;
                }
                let is_variable =
                    next.starts_with(|c: char| c.is_alphanumeric() || "_'\"{".contains(c) || !c.is_ascii());
                text.push_str(if is_variable { "\\:" } else { ":" });
            } else {
                text.push_str(written);
            }
            index += 1;
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use crate::sql::Dialect::Postgres;
    use crate::sql::tests::statement;

    #[test]
    fn only_what_psql_would_replace_is_escaped() {
        for (sql, escaped) in [
            ("SELECT a[lo:PORT]", "SELECT a[lo\\:PORT]"),
            (
                "SELECT a[1:2], a[:n], :'x', :\"x\", :{?x}",
                "SELECT a[1\\:2], a[\\:n], \\:'x', \\:\"x\", \\:{?x}",
            ),
            ("SELECT x::text, f(a := 1), y :: int", "SELECT x::text, f(a := 1), y :: int"),
            ("SELECT ':x', $$ :y $$ /* :z */ -- :z", "SELECT ':x', $$ :y $$"),
            ("SELECT a[: 2], E'\\':x'", "SELECT a[: 2], E'\\':x'"),
        ] {
            assert_eq!(statement(Postgres, sql).for_psql(), escaped, "{sql}");
        }
    }
}
