//! The bound of a partition as a condition on rows.

/// The bound of a partition for all rows that no other takes.
pub(super) const DEFAULT: &str = "DEFAULT";

/// The condition of the rows that a partition takes, by the key of the partitioned table, as `RANGE (day)`, and the bound,
/// as `FOR VALUES FROM (1) TO (2)`. `whole` is the partitioned table as SQL names it, where a database can be asked which
/// rows a remainder is for. None of what no condition is known for: keys with a collation or an operator class of their
/// own, and the partition for all other rows.
pub(super) fn condition(key: &str, bound: &str, whole: Option<&str>) -> Option<String> {
    let (strategy, keys) = key.split_once(" (")?;
    let keys = pieces(keys.strip_suffix(')')?)?;
    if keys.iter().any(|key| has_words(key)) {
        return None;
    }
    let bound = bound.strip_prefix("FOR VALUES ")?;
    match strategy {
        "LIST" => list(keys.first()?, bound.strip_prefix("IN (")?.strip_suffix(')')?),
        "RANGE" => {
            let (from, to) = bound.strip_prefix("FROM (")?.strip_suffix(')')?.split_once(") TO (")?;
            range(&keys, &pieces(from)?, &pieces(to)?)
        }
        "HASH" => {
            let bound = bound.strip_prefix("WITH (modulus ")?.strip_suffix(')')?;
            let (modulus, remainder) = bound.split_once(", remainder ")?;
            let whole = whole?.replace('\'', "''");
            let keys = keys.join(", ");
            Some(format!("satisfies_hash_partition('{whole}'::regclass, {modulus}, {remainder}, {keys})"))
        }
        _ => None,
    }
}

fn list(key: &str, values: &str) -> Option<String> {
    let values = pieces(values)?;
    let (nulls, others): (Vec<&str>, Vec<&str>) = values.into_iter().partition(|value| *value == "NULL");
    let is_in = format!("{key} IN ({})", others.join(", "));
    Some(match (nulls.is_empty(), others.is_empty()) {
        (true, _) => is_in,
        (false, true) => format!("{key} IS NULL"),
        (false, false) => format!("{is_in} OR {key} IS NULL"),
    })
}

fn range(keys: &[&str], from: &[&str], to: &[&str]) -> Option<String> {
    if keys.len() != from.len() || keys.len() != to.len() {
        return None;
    }
    let mut parts: Vec<String> = keys.iter().map(|key| format!("{key} IS NOT NULL")).collect();
    parts.extend(limit(keys, from, [">=", ">=", ">"]));
    parts.extend(limit(keys, to, ["<", "<", "<="]));
    Some(parts.join(" AND "))
}

/// The comparison of keys with a bound; none where that is unlimited. The operators are those before a bound of values
/// alone, one that ends in `MINVALUE`, and one that ends in `MAXVALUE`.
fn limit(keys: &[&str], values: &[&str], [plain, minimum, maximum]: [&str; 3]) -> Option<String> {
    let unlimited = values.iter().position(|value| matches!(*value, "MINVALUE" | "MAXVALUE"));
    let operator = match unlimited.and_then(|place| values.get(place)) {
        None => plain,
        Some(&"MINVALUE") => minimum,
        Some(_) => maximum,
    };
    let length = unlimited.unwrap_or(values.len());
    let row = |items: &[&str]| match items {
        [] => None,
        [one] => Some((*one).to_owned()),
        several => Some(format!("({})", several.join(", "))),
    };
    let (keys, values) = (row(keys.get(..length)?)?, row(values.get(..length)?)?);
    Some(format!("{keys} {operator} {values}"))
}

/// Cuts at the commas that stand in no parentheses and quotes; none where these do not end.
fn pieces(list: &str) -> Option<Vec<&str>> {
    let mut pieces = Vec::new();
    let (mut start, mut end) = (0, None);
    let mut nesting = Nesting::default();
    for (place, character) in list.char_indices() {
        nesting.pass(character);
        if character == ',' && nesting.is_outside() {
            pieces.push(list.get(start..place)?.trim());
            start = place + 1;
        }
        end = Some(place + character.len_utf8());
    }
    pieces.push(list.get(start..end?)?.trim());
    nesting.is_outside().then_some(pieces)
}

/// Whether there are several words, as a key and its operator class.
fn has_words(key: &str) -> bool {
    let mut nesting = Nesting::default();
    key.chars().any(|character| {
        nesting.pass(character);
        character.is_whitespace() && nesting.is_outside()
    })
}

/// Where a text that the server has written stands in parentheses and quotes.
#[derive(Default)]
struct Nesting {
    depth: usize,
    quote: Option<char>,
}

impl Nesting {
    /// A doubled quote ends and begins.
    fn pass(&mut self, character: char) {
        match (self.quote, character) {
            (Some(quote), _) if quote == character => self.quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => self.quote = Some(character),
            (None, '(') => self.depth += 1,
            (None, ')') => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
    }

    fn is_outside(&self) -> bool {
        self.depth == 0 && self.quote.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::condition;

    #[test]
    fn bounds_are_conditions() {
        for (key, bound, expected) in [
            ("LIST (k)", "FOR VALUES IN (1, 2)", "k IN (1, 2)"),
            ("LIST (k)", "FOR VALUES IN (NULL)", "k IS NULL"),
            (
                "LIST (lower(k))",
                "FOR VALUES IN ('a,b', NULL, 'it''s')",
                "lower(k) IN ('a,b', 'it''s') OR lower(k) IS NULL",
            ),
            (
                "RANGE (\"a b\")",
                "FOR VALUES FROM (1) TO (5)",
                "\"a b\" IS NOT NULL AND \"a b\" >= 1 AND \"a b\" < 5",
            ),
            (
                "RANGE (d)",
                "FOR VALUES FROM (MINVALUE) TO ('2020-01-01')",
                "d IS NOT NULL AND d < '2020-01-01'",
            ),
            ("RANGE (d)", "FOR VALUES FROM (MINVALUE) TO (MAXVALUE)", "d IS NOT NULL"),
            (
                "RANGE (a, ((b + 1)))",
                "FOR VALUES FROM (1, MINVALUE) TO (7, MAXVALUE)",
                "a IS NOT NULL AND ((b + 1)) IS NOT NULL AND a >= 1 AND a <= 7",
            ),
            (
                "RANGE (a, b)",
                "FOR VALUES FROM (1, MAXVALUE) TO (7, 'x')",
                "a IS NOT NULL AND b IS NOT NULL AND a > 1 AND (a, b) < (7, 'x')",
            ),
            (
                "HASH (a, b)",
                "FOR VALUES WITH (modulus 4, remainder 1)",
                "satisfies_hash_partition('s.\"it''s\"'::regclass, 4, 1, a, b)",
            ),
        ] {
            assert_eq!(condition(key, bound, Some("s.\"it's\"")).as_deref(), Some(expected));
        }
    }

    #[test]
    fn what_the_operators_of_the_key_decide_is_no_condition() {
        for (key, bound) in [
            ("LIST (k COLLATE \"C\")", "FOR VALUES IN ('a')"),
            ("RANGE (k text_pattern_ops)", "FOR VALUES FROM ('a') TO ('b')"),
            ("LIST (k)", "DEFAULT"),
            ("HASH (k)", "FOR VALUES WITH (modulus 4, remainder 1)"),
        ] {
            assert_eq!(condition(key, bound, None), None, "{key}");
        }
    }
}
