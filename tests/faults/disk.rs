//! A disk without space.

use super::*;

#[cfg(feature = "sqlite")]
mod sqlite {
    use super::*;
    use crate::support::fault::Fault;

    #[test]
    fn no_file_takes_more_data() {
        for transaction in ["each", "all"] {
            let project = history(Kind::Sqlite, transaction, false);
            let effort = Effort::new(0, 29);
            let first = std::process::id() as usize % effort.stride;
            let mut failed = 0;
            for call in (first..5_000).step_by(effort.stride) {
                begin_anew(&project);
                let mut neither = true;
                interrupt_both_ways(&project, |command| {
                    Fault::Full(call).put_into(command);
                    let ran = ended(&project, command).expect("nobody kills it");
                    assert!(matches!(ran.status, 0 | 1), "{ran:?}");
                    if ran.status == 1 {
                        let error = ran.error();
                        let message = error["message"].as_str().expect("a message");
                        assert!(message.contains("full") || message.contains("disk I/O error"), "{error}");
                        if error["kind"] == "step" {
                            let told = ran.stderr.lines().filter(|line| line.contains("graded ")).count();
                            assert_eq!(error["completed"], told, "{ran:?}");
                        }
                        if error["kind"] == "step" && message.contains("full") {
                            assert!(
                                error["hints"][0].as_str().is_some_and(|hint| hint.contains("make room")),
                                "{error}"
                            );
                        }
                        failed += 1;
                    }
                    neither &= ran.status == 0;
                    ran.status != 0
                });
                if neither {
                    break;
                }
            }
            println!("full disk {transaction}: {failed} times");
            assert!(failed >= 4, "failed only {failed} times");
        }
    }
}

/// Without root there is no small disk for a server; a limit on the size of its files takes the same way through it.
#[cfg(feature = "postgres")]
#[test]
fn a_file_of_the_server_takes_no_more_data() {
    use crate::support::Database;
    use crate::support::cluster::Cluster;

    let cluster = Cluster::own();
    let project = Project::with(|_| Database::on(cluster));
    write_history(&project, "each", false);
    let much = "CREATE TABLE t_m (id INTEGER PRIMARY KEY, text TEXT);\n\
                CREATE TABLE much AS SELECT repeat('x', 1000) AS text FROM generate_series(1, 25000);\nDROP TABLE much;\n\
                INSERT INTO t_m VALUES (1, 'one'), (2, 'two');\nCREATE INDEX i_m ON t_m (text);";
    project.revision("m", "b, c", much, "DROP INDEX i_m;\nDROP TABLE t_m;");
    // A segment of the log has 16 MiB, and has to find room.
    cluster.limit_files(Some(17 << 20));
    let ran = project.run(&["upgrade", "--json"]);
    assert_eq!(ran.status, 1, "{ran:?}");
    let error = ran.error();
    assert_eq!((&error["revision"], &error["statement_number"]), (&"m".into(), &2.into()), "{error}");
    assert_agreement(&project);
    project.assert_applied(&["a", "b", "c", "x"]);
    cluster.limit_files(None);
    finish(&project, &UPGRADE, &["a", "b", "c", "m", "x", "z"]);
    finish(&project, &DOWNGRADE, &[]);
}
