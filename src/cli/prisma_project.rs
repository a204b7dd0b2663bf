//! What a project that comes from Prisma has beside its migrations: the models, which stay its desired schema.

use std::fs;
use std::path::{Path, PathBuf};

use super::context::Context;
use super::error::{CliError, from_here};
use crate::autogenerate::is_model_path;

/// Files in which Prisma is told where the models are, by their names.
const CONFIGS: [&str; 4] = ["prisma.config.ts", "prisma.config.mts", "prisma.config.js", "package.json"];

/// Names the models in `alembic.toml`, where it names no desired schema: what it now says, for people. `migrations` is
/// the folder of Prisma's migrations.
pub fn name_models(context: &Context, migrations: &Path) -> Result<Option<String>, CliError> {
    let Some(file) = &context.config.file else { return Ok(None) };
    if context.config.desired_schema()?.is_some() {
        return Ok(None);
    }
    let migrations = std::path::absolute(migrations).unwrap_or_else(|_| migrations.to_owned());
    let Some(models) = models_of(&migrations) else { return Ok(None) };
    let path = models.strip_prefix(&context.config.directory).unwrap_or(&models);
    let line = format!("schema = {}", serde_json::json!(path.display().to_string()));
    let failed = |error| CliError::io(&from_here(file), &error);
    let text = fs::read_to_string(file).map_err(failed)?;
    fs::write(file, with_line(&text, &line)).map_err(failed)?;
    Ok(Some(line))
}

/// The models that belong to a folder of migrations: where Prisma's configuration says, else beside it.
fn models_of(migrations: &Path) -> Option<PathBuf> {
    let home = migrations.parent()?;
    let said = home.ancestors().take(4).find_map(|folder| {
        let texts = CONFIGS.iter().filter_map(|name| fs::read_to_string(folder.join(name)).ok());
        texts.into_iter().find_map(|text| said_schema(&text).map(|path| folder.join(path)))
    });
    let beside = [home.join("schema"), home.join("schema.prisma"), home.to_owned()];
    said.into_iter().chain(beside).find(|path| path.exists() && is_model_path(path)).map(|path| tidy(&path))
}

/// A path without `.` in it.
fn tidy(path: &Path) -> PathBuf {
    path.components().filter(|part| *part != std::path::Component::CurDir).collect()
}

/// The text behind the first `schema:` whose value is a path in quotes. Nothing is executed.
fn said_schema(text: &str) -> Option<String> {
    text.match_indices("schema").find_map(|(at, word)| {
        let before = text.get(..at)?.chars().next_back();
        if before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '.') {
            return None;
        }
        let rest = text.get(at + word.len()..)?.trim_start_matches(['"', '\'']).trim_start();
        let value = rest.strip_prefix(':')?.trim_start();
        let (mut value, is_joined) = match value.strip_prefix("path.join(") {
            Some(value) => (value.trim_start(), true),
            None => (value, false),
        };
        let mut parts = Vec::new();
        while let Some(quote) = value.chars().next().filter(|c| matches!(c, '"' | '\'')) {
            let (part, behind) = value.get(1..)?.split_once(quote)?;
            parts.push(part);
            match behind.trim_start().strip_prefix(',').filter(|_| is_joined) {
                Some(next) => value = next.trim_start(),
                None => break,
            }
        }
        Some(parts.join("/")).filter(|path| path.contains("prisma") || path.contains('/'))
    })
}

/// A configuration with one more line among those that are no table's.
fn with_line(text: &str, line: &str) -> String {
    let table = text.lines().scan(0, |at, one| {
        let start = *at;
        *at += one.len() + 1;
        Some((start, one))
    });
    let end = table.into_iter().find(|(_, one)| one.trim_start().starts_with('[')).map(|(start, _)| start);
    let (top, rest) = text.split_at(end.unwrap_or(text.len()));
    let newline = if top.is_empty() || top.ends_with('\n') { "" } else { "\n" };
    format!("{top}{newline}{line}\n{rest}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_configuration_is_read_as_text() {
        let cases = [
            (
                "export default defineConfig({\n  schema: \"src/prisma/schema\",\n})",
                Some("src/prisma/schema"),
            ),
            ("schema: path.join('prisma', 'schema'),", Some("prisma/schema")),
            ("{\"prisma\": {\"schema\": \"db/schema.prisma\"}}", Some("db/schema.prisma")),
            ("schemaless: 'x/y'", None),
        ];
        for (text, path) in cases {
            assert_eq!(said_schema(text).as_deref(), path, "{text}");
        }
    }

    #[test]
    fn the_line_stands_before_the_tables() {
        assert_eq!(
            with_line("url = \"x\"\n\n[env.a]\n", "schema = \"s\""),
            "url = \"x\"\n\nschema = \"s\"\n[env.a]\n"
        );
        assert_eq!(with_line("url = \"x\"", "schema = \"s\""), "url = \"x\"\nschema = \"s\"\n");
    }
}
