//! Opening a connection, which may take as long as a name server or a server likes, and can be cancelled meanwhile.

use std::ffi::CString;
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use super::super::Control;
use super::connect_error::ConnectError;
use super::libpq::{Beginning, Connection};
use super::notice::NoticeQueue;
use super::parameters::resolves_a_name;

/// How long a wait for a server lasts until the waiter looks up whether to go on.
const LOOKED_UP_AFTER: Duration = Duration::from_millis(20);
const WAITING_FOR_SERVER: &str = "waiting for the server to accept the connection";

/// Opens a connection with libpq's keywords and their values.
///
/// # Errors
/// libpq's or the server's reason, and a [`ConnectError`] without a kind where `control` has cancelled it.
pub(super) fn open(
    parameters: &Arc<[(CString, CString)]>,
    control: &Control,
) -> Result<Connection, ConnectError> {
    control.check().map_err(|_| ConnectError::cancelled())?;
    let begun = if resolves_a_name(parameters, |name| std::env::var(name).ok()) {
        let parameters = Arc::clone(parameters);
        wait_for(control, move || {
            match Connection::begin(&parameters, Arc::new(NoticeQueue::default()), &|| true)? {
                Beginning::Ended(connection) => Some(connection),
                Beginning::TakesLong(connection) => Some(connection.finish()),
            }
        })?
    } else {
        let go_on = || !control.is_cancelled();
        match Connection::begin(parameters, Arc::new(NoticeQueue::default()), &go_on) {
            Some(Beginning::TakesLong(connection)) => {
                control.check().map_err(|_| ConnectError::cancelled())?;
                control.tell(WAITING_FOR_SERVER);
                wait_for(&Control::new(control.cancellation().clone()), || Some(connection.finish()))?
            }
            Some(Beginning::Ended(connection)) => Some(connection),
            None => None,
        }
    };
    let Some(connection) = begun else { return Err(ConnectError::from_libpq("", false)) };
    if connection.is_bad() {
        return Err(ConnectError::from_libpq(&connection.error_message(), connection.needs_password()));
    }
    Ok(connection)
}

/// Waits for `work`, which makes a connection on a thread of its own. Where that is cancelled, it is left to that thread,
/// and ends with it.
fn wait_for(
    control: &Control,
    work: impl FnOnce() -> Option<Connection> + Send + 'static,
) -> Result<Option<Connection>, ConnectError> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || drop(sender.send(work())));
    let mut wait = control.wait();
    loop {
        match receiver.recv_timeout(LOOKED_UP_AFTER) {
            Ok(connection) => return Ok(connection),
            Err(RecvTimeoutError::Timeout) => {
                wait.look(|| WAITING_FOR_SERVER.to_owned()).map_err(|_| ConnectError::cancelled())?;
            }
            Err(RecvTimeoutError::Disconnected) => return Ok(None),
        }
    }
}
