//! What is shown and asked where there is a terminal.

use crate::support::terminal::on_a_terminal;
use crate::support::{Project, on_each_database};

on_each_database!(a_detected_revision_is_stamped_where_the_user_agrees, a_bar_shows_how_far_a_rehearsal_is);

fn a_detected_revision_is_stamped_where_the_user_agrees(project: &Project) {
    project.tables(&[("a", ""), ("b", "a")]);
    project.database.execute("CREATE TABLE t_a (id INTEGER PRIMARY KEY)");
    let (said, status) = on_a_terminal(project, &["stamp", "--detect"], "n\n");
    assert_eq!((status, project.database.version_rows()), (0, Vec::new()), "{said}");
    // The terminal may break the line within the name.
    assert!(said.contains("Stamp the database ") && said.contains(" a?"), "{said}");
    let (said, status) = on_a_terminal(project, &["stamp", "--detect"], "y\n");
    assert_eq!((status, project.database.version_rows()), (0, vec!["a".to_owned()]), "{said}");
}

fn a_bar_shows_how_far_a_rehearsal_is(project: &Project) {
    project.tables(&[("a", ""), ("b", "a")]).revision("c", "b", "CREATE TABLE t_c (x INTEGER);", "SELECT 1;");
    let (said, status) = on_a_terminal(project, &["verify"], "");
    assert_eq!(status, 4, "{said}");
    assert!(said.contains("/3 ") && said.contains("broken: c"), "{said}");
    let (quiet, _) = on_a_terminal(project, &["verify", "--quiet"], "");
    assert!(!quiet.contains("/3 "), "{quiet}");
}
