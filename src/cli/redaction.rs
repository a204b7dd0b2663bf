//! URLs that were typed where none is expected: what is told of them leaves out what may be a password.

/// A text for people or scripts, in which the process's arguments may be quoted.
pub fn without_typed_urls(text: &str) -> String {
    let arguments = std::env::args_os().map(|argument| argument.to_string_lossy().into_owned());
    arguments.fold(text.to_owned(), |text, argument| without_url(&text, &argument))
}

fn without_url(text: &str, argument: &str) -> String {
    let value = match argument.split_once('=') {
        Some((option, value)) if option.starts_with('-') => value,
        _ => argument,
    };
    // Also without the slashes: `postgres:SECRET@host`.
    let without_slashes = || {
        value
            .split_once(':')
            .filter(|(scheme, rest)| is_scheme(scheme) && rest.contains('@') && !rest.starts_with("//"))
    };
    let with_slashes = value.split_once("://").filter(|(_, rest)| may_hold_a_password(rest));
    let Some((_, rest)) = with_slashes.or_else(without_slashes) else {
        return text.to_owned();
    };
    let in_json = serde_json::Value::from(rest).to_string();
    text.replace(rest, "…").replace(in_json.trim_matches('"'), "…")
}

fn is_scheme(text: &str) -> bool {
    let database = text.split('+').next().unwrap_or_default().to_ascii_lowercase();
    ["postgres", "postgresql", "pg"].contains(&database.as_str())
}

fn may_hold_a_password(rest: &str) -> bool {
    rest.rsplit_once('@').is_some_and(|(user, _)| user.contains(':'))
        || rest.to_ascii_lowercase().contains("password=")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_hold_a_password_is_left_out() {
        let url = "postgres://u:p\"w@h/d";
        assert_eq!(without_url("no revision `postgres://u:p\"w@h/d`", url), "no revision `postgres://…`");
        assert_eq!(without_url(r#"{"m":"`postgres://u:p\"w@h/d`"}"#, url), r#"{"m":"`postgres://…`"}"#);
        assert_eq!(without_url("no `postgres:SECRET@h`", "postgres:SECRET@h"), "no `postgres:…`");
        assert_eq!(without_url("got pg://?password=x", "--onto=pg://?password=x"), "got pg://…");
    }

    #[test]
    fn everything_else_is_told() {
        for argument in ["", "head", "a:b", "postgres://u@h/d", "sqlite://a:b.db", "-m=text"] {
            assert_eq!(without_url("postgres://u@h/d and -m=text", argument), "postgres://u@h/d and -m=text");
        }
    }
}
