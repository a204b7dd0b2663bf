//! A proxy between revgraph and a server, which cuts a connection at a given moment, or leads every connection to one
//! database.

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

    /// A proxy to a port of this machine that asks for `database` whatever database its client asks for, as servers
    /// with a single database do. Its clients must not ask for TLS.
    pub fn to_one_database(server: u16, database: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("it is bound").port();
        let database = database.to_owned();
        thread::spawn(move || {
            for mut client in listener.incoming().flatten() {
                let Ok(mut server) = TcpStream::connect(("127.0.0.1", server)) else { return };
                let Ok(startup) = read_startup(&mut client) else { continue };
                if server.write_all(&with_database(&startup, &database)).is_err() {
                    continue;
                }
                let both = (client.try_clone(), server.try_clone());
                let (Ok(client_again), Ok(server_again)) = both else { return };
                let uncounted = || AtomicUsize::new(0);
                thread::spawn(move || pass_on(client, server, &uncounted(), usize::MAX));
                thread::spawn(move || pass_on(server_again, client_again, &uncounted(), usize::MAX));
            }
        });
        Self { port, passed: Arc::default() }
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

/// The first message of a connection, without its length:
/// <https://www.postgresql.org/docs/current/protocol-message-formats.html#PROTOCOL-MESSAGE-FORMATS-STARTUPMESSAGE>.
fn read_startup(client: &mut TcpStream) -> std::io::Result<Vec<u8>> {
    let mut length = [0; 4];
    client.read_exact(&mut length)?;
    let mut message = vec![0; u32::from_be_bytes(length) as usize - length.len()];
    client.read_exact(&mut message)?;
    Ok(message)
}

/// The message with another value of its parameter `database`. A request to cancel has none and stays as it is.
fn with_database(message: &[u8], database: &str) -> Vec<u8> {
    let (version, parameters) = message.split_at(4);
    let mut changed = version.to_vec();
    let parts: Vec<&[u8]> = parameters.split(|byte| *byte == 0).collect();
    for pair in parts.chunks(2).filter(|pair| !pair[0].is_empty()) {
        let value = if pair[0] == b"database" { database.as_bytes() } else { pair[1] };
        changed.extend([pair[0], b"\0", value, b"\0"].concat());
    }
    changed.push(0);
    if version == [4, 210, 22, 46] {
        changed = message.to_vec();
    }
    [&u32::try_from(changed.len() + 4).expect("it is short").to_be_bytes(), &changed[..]].concat()
}
