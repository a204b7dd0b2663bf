//! Words that users of Prisma type by habit: one sentence says what it is called here.

/// What Prisma's commands are called here, or where they still are.
const PRISMA: [(&str, &str, &str); 17] = [
    ("migrate", "deploy", "is `revgraph upgrade` here"),
    ("migrate", "dev", "is `revgraph dev` here"),
    ("migrate", "reset", "is `revgraph reset` here"),
    ("migrate", "status", "is `revgraph status` here"),
    ("migrate", "resolve", "is `revgraph resolve` here"),
    ("migrate", "diff", "is `revgraph diff --sql` here"),
    ("migrate", "", "is `revgraph upgrade`, `dev`, `reset`, `status`, `resolve` and `diff` here"),
    ("db", "push", "is `revgraph push` here"),
    ("db", "pull", "is `revgraph pull --format prisma` here"),
    ("db", "seed", "is `revgraph seed` here"),
    ("db", "execute", "is psql or sqlite3 for rows, and for the schema a revision here: `revgraph revision`"),
    ("db", "", "is `revgraph push`, `pull` and `seed` here"),
    ("generate", "", "makes Prisma's client, and stays Prisma's own: `npx prisma generate`"),
    ("studio", "", "stays Prisma's own: `npx prisma studio`"),
    ("format", "", "stays Prisma's own: `npx prisma format`"),
    ("validate", "", "is `revgraph schema PATH` here: it reads the models, or says what is wrong with them"),
    ("introspect", "", "is `revgraph pull --format prisma` here"),
];

/// What they are called here with an option.
const WITH_OPTIONS: [(&str, &str, &str, &str); 2] = [
    ("db", "push", "--force-reset", "is `revgraph reset`, then `revgraph push` here"),
    ("migrate", "dev", "--create-only", "is `revgraph dev --create-only` here"),
];

/// The sentence for a command line whose first word is none of ours; none where it is nobody's.
pub fn answer(unknown: &str, arguments: &[String]) -> Option<String> {
    let at = arguments.iter().position(|argument| argument == unknown)?;
    let next = arguments.get(at + 1).map_or("", String::as_str);
    let with_option = WITH_OPTIONS.into_iter().find(|(word, second, option, _)| {
        *word == unknown && *second == next && arguments.iter().any(|argument| argument == option)
    });
    if let Some((word, second, option, here)) = with_option {
        return Some(format!("Prisma's `{word} {second} {option}` {here}"));
    }
    let of_word = || PRISMA.into_iter().filter(|(word, ..)| *word == unknown);
    let (word, second, here) = of_word()
        .find(|(_, second, _)| *second == next)
        .or_else(|| of_word().find(|(_, second, _)| second.is_empty()))?;
    let typed = if second.is_empty() { word.to_owned() } else { format!("{word} {second}") };
    Some(format!("Prisma's `{typed}` {here}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(line: &str) -> Option<String> {
        let arguments: Vec<String> = line.split(' ').map(str::to_owned).collect();
        arguments.iter().find_map(|word| answer(word, &arguments))
    }

    #[test]
    fn each_command_of_prisma_has_an_answer() {
        assert_eq!(
            answered("migrate deploy").as_deref(),
            Some("Prisma's `migrate deploy` is `revgraph upgrade` here")
        );
        assert_eq!(answered("--json db push").as_deref(), Some("Prisma's `db push` is `revgraph push` here"));
        assert_eq!(
            answered("db push --force-reset").as_deref(),
            Some("Prisma's `db push --force-reset` is `revgraph reset`, then `revgraph push` here")
        );
        assert!(answered("migrate frobnicate").is_some_and(|told| told.starts_with("Prisma's `migrate` is")));
        assert_eq!(answered("frobnicate"), None);
    }
}
