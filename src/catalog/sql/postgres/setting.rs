//! Settings by which the server reads literals: a text has to mean the same whatever a database or a role is set to.

/// What lets a routine's body mention what is made after it.
pub const UNCHECKED_BODIES: &str = "SET check_function_bodies = off";
/// Without it `{NULL}` holds a text.
const NULLS_IN_ARRAYS: &str = "SET array_nulls = on";
/// Without it what is no whole document is none of XML's.
const CONTENT_OF_XML: &str = "SET xmloption = content";

/// The statements that have to stand before these texts, where a setting that is no default would have one of them mean
/// something else, or nothing. What only looks like a literal costs a statement that does no harm.
#[must_use]
pub fn settings_for(texts: &[&str]) -> Vec<&'static str> {
    let has = |found: &dyn Fn(&str) -> bool| texts.iter().any(|text| found(text));
    // So the server writes arrays, whose delimiter is the type's.
    let has_nulls = |text: &str| ["{NULL", ",NULL", ";NULL"].iter().any(|written| text.contains(written));
    let mentions_xml =
        |text: &str| text.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == "xml");
    // The literals of rows do not tell their types.
    let has_xml = |text: &str| text.contains("'::xml") || text.contains("INSERT INTO ") && mentions_xml(text);
    let nulls = has(&has_nulls).then_some(NULLS_IN_ARRAYS);
    nulls.into_iter().chain(has(&has_xml).then_some(CONTENT_OF_XML)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_say_what_they_depend_on() {
        let both = [
            "ALTER TABLE t ALTER a SET DEFAULT '{1,NULL}'::integer[]",
            "CREATE TABLE t (x xml);\nINSERT INTO t VALUES ('a')",
        ];
        assert_eq!(settings_for(&both), [NULLS_IN_ARRAYS, CONTENT_OF_XML]);
        assert_eq!(settings_for(&["'<a/>'::xml"]), [CONTENT_OF_XML]);
        let neither = "INSERT INTO t VALUES (1, NULL, '{\"NULL\",x}', 'xmlish', 'an_xml')";
        assert_eq!(settings_for(&[neither, "CREATE TABLE u (x xml)"]), [""; 0]);
    }
}
