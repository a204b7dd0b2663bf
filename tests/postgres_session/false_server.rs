//! A server of a few lines, for what a real one cannot be made to say.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

use super::Parameters;

/// A server that speaks just enough of the
/// [protocol](https://www.postgresql.org/docs/current/protocol-message-formats.html).
pub struct FalseServer {
    pub port: u16,
}

/// The connection of one client of a [`FalseServer`].
pub struct FalseClient(TcpStream);

impl FalseServer {
    /// `serve` is called for each client that has sent its startup message.
    pub fn start(serve: impl Fn(&mut FalseClient) + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut client = FalseClient(stream.unwrap());
                if client.read_startup().is_ok() {
                    serve(&mut client);
                    // Until the client hangs up, it may still read.
                    let _ = client.0.read(&mut [0]);
                }
            }
        });
        Self { port }
    }

    pub fn parameters(&self, more: &[(&str, &str)]) -> Parameters {
        let port = self.port.to_string();
        [
            ("host", "127.0.0.1"),
            ("port", &port),
            ("user", "u"),
            ("sslmode", "disable"),
            ("gssencmode", "disable"),
        ]
        .iter()
        .filter(|(keyword, _)| !more.iter().any(|(other, _)| other == keyword))
        .chain(more)
        .map(|(keyword, value)| (keyword.to_string(), value.to_string()))
        .collect()
    }
}

impl FalseClient {
    fn read_startup(&mut self) -> std::io::Result<Vec<u8>> {
        let mut length = [0; 4];
        self.0.read_exact(&mut length)?;
        let mut body = vec![0; u32::from_be_bytes(length) as usize - 4];
        self.0.read_exact(&mut body)?;
        Ok(body)
    }

    /// The body of the client's next message; empty when there is none.
    pub fn receive(&mut self) -> Vec<u8> {
        let mut kind = [0];
        self.0.read_exact(&mut kind).and_then(|()| self.read_startup()).unwrap_or_default()
    }

    pub fn send(&mut self, kind: u8, body: &[u8]) {
        let length = u32::try_from(body.len() + 4).unwrap().to_be_bytes();
        self.0.write_all(&[&[kind][..], &length, body].concat()).unwrap();
    }

    pub fn send_fields(&mut self, kind: u8, fields: &[(u8, &str)]) {
        let mut body: Vec<u8> =
            fields.iter().flat_map(|(code, text)| [&[*code][..], text.as_bytes(), b"\0"].concat()).collect();
        body.push(0);
        self.send(kind, &body);
    }

    pub fn send_error(&mut self, severity: &str, sqlstate: &str, message: &str) {
        self.send_fields(b'E', &[(b'S', severity), (b'V', "FATAL"), (b'C', sqlstate), (b'M', message)]);
    }

    /// AuthenticationOk, BackendKeyData, ReadyForQuery.
    pub fn accept(&mut self) {
        self.send(b'R', &0_i32.to_be_bytes());
        self.send(b'K', &[4711_i32.to_be_bytes(), [0; 4]].concat());
        self.send(b'Z', b"I");
    }
}
