//! A connection that is cut between revgraph and the server.

use super::*;
use crate::support::cluster::cluster;
use crate::support::proxy::Proxy;

#[test]
fn each_transaction() {
    cut_at_every_message("each");
}

#[test]
fn all_in_one_transaction() {
    cut_at_every_message("all");
}

fn cut_at_every_message(transaction: &str) {
    let project = history(Kind::Postgres, transaction, false);
    let name = project.database.scalar("SELECT current_database()");
    let role = format!("proxied_{name}");
    project.database.execute(&format!("CREATE ROLE {role} SUPERUSER LOGIN PASSWORD 'sesame'"));
    let effort = Effort::new(0, 9);
    let first = std::process::id() as usize % effort.stride;
    let mut cut = 0;
    for message in (first..1_000).step_by(effort.stride) {
        begin_anew(&project);
        let mut neither = true;
        interrupt_both_ways(&project, |command| {
            let proxy = Proxy::start(cluster().port(), message);
            let url = format!("postgresql://{role}:sesame@127.0.0.1:{}/{name}?sslmode=disable", proxy.port);
            command.args(["--url", &url]);
            let ran = ended(&project, command).expect("nobody kills it");
            let was_cut = proxy.passed() > message;
            // At the end revgraph says goodbye, and does not wait for an answer.
            assert!(ran.status == 5 || ran.status == 0, "cut at {message}: {ran:?}");
            assert!(was_cut || ran.status == 0, "not cut at {message}: {ran:?}");
            cut += usize::from(ran.status == 5);
            neither &= ran.status == 0;
            was_cut
        });
        if neither {
            println!("cut {transaction}: {cut} times");
            assert!(cut >= 4, "cut only {cut} times");
            return;
        }
    }
    panic!("the runs never come to their ends");
}
