//! `status` and `log` as people read them, on SQLite, whose words are the same everywhere; and as JSON on both.

use crate::support::{Project, on_each_database};

on_each_database!(the_log_has_every_event_as_json, status_has_every_key_in_every_state);

fn the_log_has_every_event_as_json(project: &Project) {
    project.tables(&[("a", ""), ("b", "a")]);
    project.takes(&["upgrade"], &["a", "b"], &["b"]);
    project.takes(&["downgrade", "a"], &["b"], &["a"]);
    project.revision("b", "a", "SELECT nothing;", "");
    project.refused(&["upgrade"], 1);
    let events = project.json(&["log"]).json();
    let events = events.as_array().expect("a list");
    let told: Vec<String> = events
        .iter()
        .map(|event| {
            ["operation", "revision", "outcome"].map(|key| event[key].as_str().expect(key)).join(" ")
        })
        .collect();
    assert_eq!(told, ["upgrade b failed", "downgrade b done", "upgrade b done", "upgrade a done"]);
    for event in events {
        assert!(event["actor"].as_str().is_some_and(|actor| actor.starts_with("tester")), "{event}");
        assert!(event["happened_at"].is_string(), "{event}");
        assert_eq!(event["duration_ms"].is_number(), event["outcome"] == "done", "{event}");
    }
    assert_eq!(project.json(&["log", "-N", "1"]).json().as_array().map(Vec::len), Some(1));
}

fn status_has_every_key_in_every_state(project: &Project) {
    let assert_state = |state: &str, exit: i32| {
        let ran = project.run(&["status", "--json"]);
        let status = ran.json();
        assert_eq!((&status["state"], ran.status), (&state.into(), exit), "{ran:?}");
        for key in ["heads", "pending", "missing", "edited", "failed"] {
            assert!(status[key].is_array(), "{state}: {key}");
        }
        let screen = project.run(&["status"]);
        assert_eq!(screen.status, exit, "{state}");
        assert!(screen.stdout.lines().count() < 24, "{state}: one screen");
    };
    project.tables(&[("a", "")]);
    assert_state("empty", 3);
    project.database.execute("CREATE TABLE t_x (id INTEGER)");
    assert_state("unmanaged", 3);
    project.takes(&["upgrade"], &["a"], &["a"]);
    assert_state("up_to_date", 0);
    let many: Vec<String> = (0..40).map(|number| format!("n{number:02}")).collect();
    for id in &many {
        project.table(id, "a", &[]);
    }
    assert_state("pending", 3);
}
