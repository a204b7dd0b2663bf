//! Where a project keeps its Prisma models and migrations, by what Prisma's own configuration says. It is read as text;
//! nothing in it is executed.

use std::path::{Component, Path, PathBuf};

use crate::regular_file;

/// The files in which Prisma is told, by their names.
const CONFIGS: [&str; 6] = [
    "prisma.config.ts",
    "prisma.config.mts",
    "prisma.config.cts",
    "prisma.config.js",
    "prisma.config.mjs",
    "prisma.config.cjs",
];
/// Where they are from Prisma 6 on, too, relative to the folder of a project.
const HIDDEN_CONFIGS: [&str; 2] = [".config/prisma.ts", ".config/prisma.js"];
/// How many folders above are looked at: a package of a monorepo is a few below its top.
const LEVELS: usize = 5;
/// Where models are that nothing names, relative to the folder of a project.
const USUAL: [&str; 3] = ["prisma/schema.prisma", "schema.prisma", "prisma/schema"];

/// Where Prisma keeps models and migrations, as `package.json` or `prisma.config.ts` says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PrismaProject {
    /// The models: a file or a folder. It need not exist.
    pub schema: Option<PathBuf>,
    /// The folder of the migrations. It need not exist.
    pub migrations: Option<PathBuf>,
}

impl PrismaProject {
    /// What is said in `folder`, else in the nearest one above that has such a file.
    #[must_use]
    pub fn said(folder: &Path) -> Self {
        folder.ancestors().take(LEVELS).find_map(said_in).unwrap_or_default()
    }

    /// The models of a project in `folder`: those that are named, else where they usually are. What there is not is no
    /// answer.
    #[must_use]
    pub fn models(folder: &Path) -> Option<PathBuf> {
        let usual = USUAL.into_iter().map(|place| folder.join(place));
        Self::said(folder).schema.into_iter().chain(usual).find(|path| path.exists())
    }
}

fn said_in(folder: &Path) -> Option<PrismaProject> {
    let of_text = |text: &str| {
        let tokens = tokens(text);
        PrismaProject { schema: value(&tokens, "schema"), migrations: migrations(&tokens) }
    };
    let read = |name: &str| regular_file::read_to_string(folder.join(name)).ok();
    let package = || {
        let package: serde_json::Value = serde_json::from_str(&read("package.json")?).ok()?;
        let schema = package.get("prisma")?.get("schema")?.as_str()?;
        Some(PrismaProject { schema: Some(PathBuf::from(schema)), migrations: None })
    };
    let configs = CONFIGS.into_iter().chain(HIDDEN_CONFIGS);
    let found = configs.filter_map(read).map(|text| of_text(&text)).next().or_else(package)?;
    let below = |path: PathBuf| tidy(&folder.join(path));
    Some(PrismaProject { schema: found.schema.map(below), migrations: found.migrations.map(below) })
}

/// A path without `.` and, as far as that can be told, without `..`.
fn tidy(path: &Path) -> PathBuf {
    let mut tidy = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if matches!(tidy.components().next_back(), Some(Component::Normal(_))) => {
                tidy.pop();
            }
            part => tidy.push(part),
        }
    }
    tidy
}

/// A piece of JavaScript.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    /// A name, with dots: `path.join`.
    Word(String),
    /// A text in quotes; of a template, one without expressions.
    Text(String),
    /// Anything else.
    Mark(char),
}

/// The pieces of a text, without its comments. What is no JavaScript gives some pieces, too.
fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if matches!(first, '"' | '\'' | '`') {
            let (text, length) = quoted(rest, first);
            tokens.push(Token::Text(text));
            length
        } else if first.is_alphanumeric() || matches!(first, '_' | '$') {
            let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | '.');
            let length = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
            tokens.push(Token::Word(rest.get(..length).unwrap_or_default().to_owned()));
            length
        } else {
            if !first.is_whitespace() {
                tokens.push(Token::Mark(first));
            }
            first.len_utf8()
        };
        rest = rest.get(length..).unwrap_or_default();
    }
    tokens
}

/// The text in quotes at the beginning, and how many bytes it takes.
fn quoted(text: &str, quote: char) -> (String, usize) {
    let (mut value, mut is_escaped) = (String::new(), false);
    for (at, c) in text.char_indices().skip(1) {
        if is_escaped || (c != quote && c != '\\') {
            value.push(c);
            is_escaped = false;
        } else if c == '\\' {
            is_escaped = true;
        } else {
            return (value, at + c.len_utf8());
        }
    }
    (value, text.len())
}

/// The path that is the value of the first property of this name.
fn value(tokens: &[Token], name: &str) -> Option<PathBuf> {
    properties(tokens, name).find_map(path)
}

/// `migrations: { path: "…" }`
fn migrations(tokens: &[Token]) -> Option<PathBuf> {
    properties(tokens, "migrations").find_map(|behind| {
        let inside = behind.strip_prefix(&[Token::Mark('{')])?;
        let end = inside.iter().position(|token| *token == Token::Mark('}'))?;
        value(inside.get(..end)?, "path")
    })
}

/// What follows each `name:`.
fn properties<'t>(tokens: &'t [Token], name: &'t str) -> impl Iterator<Item = &'t [Token]> {
    tokens.iter().enumerate().filter_map(move |(at, token)| {
        let is_it = matches!(token, Token::Word(found) | Token::Text(found) if found == name);
        let behind = tokens.get(at + 1..)?;
        behind.strip_prefix(&[Token::Mark(':')]).filter(|_| is_it)
    })
}

/// A path at the beginning of an expression: a text, or texts that are joined to one. The folder that the program is in
/// adds nothing.
fn path(tokens: &[Token]) -> Option<PathBuf> {
    let [first, rest @ ..] = tokens else { return None };
    match first {
        Token::Text(text) if !text.contains("${") => Some(PathBuf::from(text)),
        Token::Word(function) if matches!(function.rsplit('.').next(), Some("join" | "resolve")) => {
            let mut joined = PathBuf::new();
            for token in rest.strip_prefix(&[Token::Mark('(')])? {
                match token {
                    Token::Text(text) if !text.contains("${") => joined.push(text),
                    Token::Word(word) if word.ends_with("dirname") || word == "process.cwd" => {}
                    Token::Mark(',' | '(') => {}
                    Token::Mark(')') if joined.as_os_str().is_empty() => {}
                    Token::Mark(')') => return Some(joined),
                    _ => return None,
                }
            }
            None
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn said(text: &str) -> (Option<String>, Option<String>) {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("prisma.config.ts"), text).unwrap();
        let package = folder.path().join("packages/db");
        let said = PrismaProject::said(&package);
        let below = |path: PathBuf| path.strip_prefix(folder.path()).unwrap().display().to_string();
        (said.schema.map(below), said.migrations.map(below))
    }

    #[test]
    fn the_configuration_is_read_as_text() {
        let config = "import 'dotenv/config'\nimport path from 'node:path'\n\nexport default defineConfig({\n  // schema: 'old/schema',\n  schema: './src/schema',\n  migrations: { path: \"src/migrations\", seed: 'tsx seed.ts' },\n  datasource: { url: env('DATABASE_URL') },\n})\n";
        assert_eq!(said(config), (Some("src/schema".to_owned()), Some("src/migrations".to_owned())));
        let schema = |text: &str| said(text).0;
        for text in [
            "x = {schema: path.join('db', 'models')}",
            "x = {\"schema\": join(__dirname, 'db', `models`)}",
            "x = {schema /* here */ : path.resolve(import.meta.dirname, \"db/models\")}",
            "x = {schema: path.join(process.cwd(), 'x', '..', 'db/models'), // the end",
        ] {
            assert_eq!(schema(text).as_deref(), Some("db/models"), "{text}");
        }
        for text in
            ["schemaless: 'x/y'", "schema: `${base}/x`", "schema: where()", "schema:", "// schema: 'x'"]
        {
            assert_eq!(schema(text), None, "{text}");
        }
    }

    #[test]
    fn a_package_says_its_schema_in_its_own_key() {
        let folder = tempfile::tempdir().unwrap();
        let package = folder.path().join("package.json");
        fs::write(&package, "{\"$schema\": \"https://x/y\", \"prisma\": {\"schema\": \"db/schema.prisma\"}}")
            .unwrap();
        assert_eq!(PrismaProject::said(folder.path()).schema, Some(folder.path().join("db/schema.prisma")));
        fs::write(&package, "{\"schema\": \"x/y\"}").unwrap();
        assert_eq!(PrismaProject::said(folder.path()), PrismaProject::default());
    }
}
