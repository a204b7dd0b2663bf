//! `pg_ctl stop -m immediate` during a run.

use std::process::Stdio;

use super::*;
use crate::support::Database;
use crate::support::cluster::Cluster;

#[test]
fn the_server_is_stopped_at_a_random_time() {
    let cluster = Cluster::own();
    let effort = Effort::new(2, 1);
    for transaction in ["each", "all"] {
        let project = Project::with(|_| Database::on(cluster));
        write_history(&project, transaction, true);
        let mut failed = 0;
        for _ in 0..effort.rounds {
            interrupt_both_ways(&project, |command| {
                command.stdout(Stdio::piped()).stderr(Stdio::piped());
                let child = command.spawn().expect("the binary can be run");
                std::thread::sleep(random_moment(Duration::from_millis(200)));
                cluster.crash();
                let ran = Ran::new(&child.wait_with_output().expect("it ends"), &project.path(""));
                cluster.start_again();
                assert!(matches!(ran.status, 0 | 5), "{ran:?}");
                failed += usize::from(ran.status != 0);
                ran.status != 0
            });
        }
        println!("server stopped {transaction}: {failed} of {} runs failed", effort.rounds * 2);
    }
}
