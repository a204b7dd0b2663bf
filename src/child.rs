//! Programs that work for revgraph, and end with the work.

use std::io::{self, Read};
#[cfg(feature = "cli")]
use std::process::ChildStdin;
use std::process::{Child, ChildStderr, ChildStdout, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use crate::cancellation::{Cancellation, Cancelled};

/// How long a wait for a program lasts until the waiter looks up whether to go on.
pub const LOOKED_UP_AFTER: Duration = Duration::from_millis(20);

/// A running program with all that it has started itself, such as the command behind a shell. Dropping it ends them.
#[derive(Debug)]
pub struct Family {
    child: Child,
    has_ended: bool,
}

impl Family {
    /// Starts a program, on Unix in a process group of its own: what a terminal sends on Ctrl-C reaches revgraph alone,
    /// which ends the whole group.
    ///
    /// # Errors
    /// The operating system's.
    pub fn start(command: &mut Command) -> io::Result<Self> {
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(command, 0);
        Ok(Self { child: command.spawn()?, has_ended: false })
    }

    /// The pipe to the child's standard input; none where it was taken before.
    #[cfg(feature = "cli")]
    pub fn stdin(&mut self) -> Option<ChildStdin> {
        self.child.stdin.take()
    }

    /// The pipe from the program's standard output, where that is piped; none once it has been taken.
    pub fn stdout(&mut self) -> Option<ChildStdout> {
        self.child.stdout.take()
    }

    /// The pipe from the program's standard error, where that is piped; none once it has been taken.
    pub fn stderr(&mut self) -> Option<ChildStderr> {
        self.child.stderr.take()
    }

    /// How the program has ended, where it has.
    ///
    /// # Errors
    /// The operating system's.
    pub fn ended(&mut self) -> io::Result<Option<ExitStatus>> {
        let status = self.child.try_wait()?;
        self.has_ended |= status.is_some();
        Ok(status)
    }

    /// Waits for the end of the child. Where the work is cancelled the child is ended.
    ///
    /// # Errors
    /// [`ChildError`]; the program has been ended where the work was cancelled.
    pub fn wait(&mut self, cancellation: &Cancellation) -> Result<ExitStatus, ChildError> {
        loop {
            if let Some(status) = self.ended()? {
                return Ok(status);
            }
            if let Err(cancelled) = cancellation.sleep(LOOKED_UP_AFTER) {
                self.end();
                return Err(cancelled.into());
            }
        }
    }

    /// Ends the child and what it has started, at once and without asking.
    pub fn end(&mut self) {
        if self.has_ended {
            // Its number may be another process's by now.
            return;
        }
        #[cfg(unix)]
        if let Ok(group) = i32::try_from(self.child.id()) {
            use nix::sys::signal::{Signal, killpg};
            // Where there is nobody left, there is nobody to end.
            let _ = killpg(nix::unistd::Pid::from_raw(group), Signal::SIGKILL);
        }
        let _ = self.child.kill();
        self.has_ended = self.child.wait().is_ok();
    }
}

impl Drop for Family {
    fn drop(&mut self) {
        self.end();
    }
}

/// Why a program did not run to its end.
#[derive(Debug, thiserror::Error)]
pub enum ChildError {
    /// The program cannot be run, or not be waited for.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The work was cancelled.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

/// Runs a program without input to its end; what it has said.
///
/// # Errors
/// [`ChildError`].
pub fn output_of(command: &mut Command, cancellation: &Cancellation) -> Result<Output, ChildError> {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut family = Family::start(command)?;
    let (sender, said) = mpsc::channel();
    let pipes: [Option<Box<dyn Read + Send>>; 2] =
        [family.stdout().map(|pipe| Box::new(pipe) as _), family.stderr().map(|pipe| Box::new(pipe) as _)];
    for (index, pipe) in pipes.into_iter().enumerate() {
        let sender = sender.clone();
        thread::spawn(move || {
            let mut bytes = Vec::new();
            let read = pipe.map_or(Ok(0), |mut pipe| pipe.read_to_end(&mut bytes));
            // Nobody listens where the work was cancelled.
            let _ = sender.send((index, read.map(|_| bytes)));
        });
    }
    drop(sender);
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    loop {
        match said.recv_timeout(LOOKED_UP_AFTER) {
            Ok((0, bytes)) => stdout = bytes?,
            Ok((_, bytes)) => stderr = bytes?,
            Err(RecvTimeoutError::Timeout) => cancellation.check()?,
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    Ok(Output { status: family.wait(cancellation)?, stdout, stderr })
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::time::Instant;

    #[test]
    fn what_is_cancelled_ends_with_all_that_it_has_started() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut command = Command::new("sh");
        // The second one goes on where only the shell is ended.
        command.args(["-c", "(sleep 1; touch late) & touch begun; sleep 60"]).current_dir(folder.path());
        let cancellation = Cancellation::default();
        let cancelled = cancellation.clone();
        let begun = folder.path().join("begun");
        let canceller = thread::spawn(move || {
            while !begun.exists() {
                thread::sleep(Duration::from_millis(5));
            }
            cancelled.cancel();
        });
        let started = Instant::now();
        assert!(matches!(output_of(&mut command, &cancellation), Err(ChildError::Cancelled(_))));
        canceller.join().expect("it does not panic");
        assert!(started.elapsed() < Duration::from_secs(30));
        thread::sleep(Duration::from_millis(1_500));
        assert!(!folder.path().join("late").exists());
    }

    #[test]
    fn what_a_program_says_is_had_to_the_last_byte() {
        let mut command = Command::new("sh");
        // More than a pipe holds, with pauses, on both.
        command.args(["-c", "for i in 1 2 3; do head -c 70000 /dev/zero; head -c 70000 /dev/zero >&2; sleep 0.05; done; exit 3"]);
        let output = output_of(&mut command, &Cancellation::default()).expect("it runs");
        assert_eq!((output.stdout.len(), output.stderr.len()), (210_000, 210_000));
        assert_eq!(output.status.code(), Some(3));
    }
}
