//! Texts of libpq's.

use std::ffi::{CStr, c_char};

/// A copy of a C string, bytes that are not UTF-8 replaced; `None` for a null pointer.
///
/// # Safety
/// `text` has to be null or to point to a C string that lives until the function returns.
pub(super) unsafe fn string_from(text: *const c_char) -> Option<String> {
    if text.is_null() {
        return None;
    }
    // SAFETY: not null; the rest is the caller's promise.
    Some(unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned())
}
