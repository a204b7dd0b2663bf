//! A proxy between revgraph and a server, which cuts a connection at a given moment.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Takes connections and passes on what either side sends.
pub struct Proxy {
    pub port: u16,
    passed: Arc<AtomicUsize>,
}

impl Proxy {
    /// A proxy to a port of this machine. What either side sends is counted from 0; number `cut` does not arrive, and
    /// from then on nobody hears of the other.
    pub fn start(server: u16, cut: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("it is bound").port();
        let passed = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&passed);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let Ok(server) = TcpStream::connect(("127.0.0.1", server)) else { return };
                let both = (client.try_clone(), server.try_clone());
                let (Ok(client_again), Ok(server_again)) = both else { return };
                let counters = (Arc::clone(&counter), Arc::clone(&counter));
                thread::spawn(move || pass_on(client, server, &counters.0, cut));
                thread::spawn(move || pass_on(server_again, client_again, &counters.1, cut));
            }
        });
        Self { port, passed }
    }

    /// How often either side has sent something.
    pub fn passed(&self) -> usize {
        self.passed.load(Ordering::SeqCst)
    }
}

fn pass_on(mut from: TcpStream, mut to: TcpStream, passed: &AtomicUsize, cut: usize) {
    let mut data = vec![0; 1 << 16];
    while let Ok(size @ 1..) = from.read(&mut data) {
        if passed.fetch_add(1, Ordering::SeqCst) >= cut || to.write_all(&data[..size]).is_err() {
            break;
        }
    }
    let _ = from.shutdown(Shutdown::Both);
    let _ = to.shutdown(Shutdown::Both);
}
