//! Connection strings.

use std::ffi::{CStr, c_char};
use std::ptr::{self, NonNull};

use super::string::string_from;

/// A connection string split into keywords and values, without defaults; `None` if it is malformed.
/// libpq's message on that is dropped: it may quote the password.
pub(in super::super) fn parse_conninfo(conninfo: &CStr) -> Option<Vec<(String, String)>> {
    let mut message: *mut c_char = ptr::null_mut();
    // SAFETY: `conninfo` is a C string, and `message` takes a string that is freed just below.
    let options = unsafe { pq_sys::PQconninfoParse(conninfo.as_ptr(), &mut message) };
    // SAFETY: `message` is null or was allocated by PQconninfoParse for the caller to free.
    unsafe { pq_sys::PQfreemem(message.cast()) };
    let first = NonNull::new(options)?;
    let mut parameters = Vec::new();
    let mut option = first;
    // SAFETY: the array ends with an option whose keyword is null, and is freed after its last use.
    unsafe {
        while let Some(keyword) = string_from(option.as_ref().keyword) {
            if let Some(value) = string_from(option.as_ref().val) {
                parameters.push((keyword, value));
            }
            option = option.add(1);
        }
        pq_sys::PQconninfoFree(first.as_ptr());
    }
    Some(parameters)
}
