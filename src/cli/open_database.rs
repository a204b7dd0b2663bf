//! A command's connection to the database, until the process ends.

use std::mem::ManuallyDrop;
use std::ops::{Deref, DerefMut};

use crate::backend::Backend;

/// Closed where it has to be; else it ends with the process: SQLite frees what it knows of a schema of ten thousand
/// tables for longer than a command takes that finds nothing to do.
pub struct OpenDatabase(ManuallyDrop<Box<dyn Backend>>);

impl OpenDatabase {
    /// The connection of a command, which stays open until the process ends.
    pub fn new(backend: Box<dyn Backend>) -> Self {
        Self(ManuallyDrop::new(backend))
    }

    /// Closes the connection now, as where the database itself is to go.
    pub fn close(self) {
        let mut this = ManuallyDrop::new(self);
        // SAFETY: nothing uses it after this; `this` is not dropped.
        unsafe { ManuallyDrop::drop(&mut this.0) };
    }
}

impl Deref for OpenDatabase {
    type Target = Box<dyn Backend>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl DerefMut for OpenDatabase {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.0
    }
}

impl Drop for OpenDatabase {
    fn drop(&mut self) {
        if self.0.must_be_closed() {
            // SAFETY: nothing uses it after this.
            unsafe { ManuallyDrop::drop(&mut self.0) };
        }
    }
}
