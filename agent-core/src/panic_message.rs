//! The text of a panic.

use std::any::Any;

/// Returns the message of a panic's payload; `(no text)` for a payload that is not text.
#[must_use]
pub fn panic_message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("(no text)")
}
