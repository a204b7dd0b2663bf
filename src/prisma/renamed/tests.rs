//! What the names tell, and what they must not.

use super::*;

#[test]
fn a_table_is_called_as_its_model() {
    for (table, model) in [
        ("user", "User"),
        ("users", "User"),
        ("user_accounts", "UserAccount"),
        ("Categories", "Category"),
        ("boxes", "Box"),
    ] {
        assert!(is_called_as_table(table, model), "{table} {model}");
    }
    for (table, model) in [("people", "Person"), ("user", "Users"), ("users2", "User")] {
        assert!(!is_called_as_table(table, model), "{table} {model}");
    }
}

#[test]
fn a_column_is_called_as_its_field() {
    assert!(is_called("first_name", "firstName") && is_called("FirstName", "first_name"));
    assert!(!is_called("first_names", "firstName"));
}
