//! The text of a new `alembic.toml`.

/// The text of a new `alembic.toml`: the URL, and every other key as a comment with its default.
#[must_use]
pub fn default_config_text() -> &'static str {
    include_str!("default.toml")
}

/// The text of a new `alembic.toml` with this URL in the place of the default one.
#[must_use]
pub fn config_text(url: &str) -> String {
    let (_, rest) = default_config_text().split_once('\n').unwrap_or_default();
    format!("url = {}\n{rest}", toml::Value::String(url.to_owned()))
}
