//! The label editor page in a real browser.
