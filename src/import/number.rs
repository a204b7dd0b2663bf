//! Numbers at the beginning of names.

/// The digits that a name begins with, and what follows the `_` behind them: `001_init.sql`.
pub(super) fn number_and_rest(name: &str) -> Option<(&str, &str)> {
    let (digits, rest) = name.split_once('_')?;
    is_number(digits).then_some((digits, rest))
}

/// Whether a text is ASCII digits, at least one, and nothing else.
pub(super) fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}
