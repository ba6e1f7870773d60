//! The label editor page in a real browser, used as a person uses it: with agents on other origins, and the platform behind
//! it. `chromium` and `chromedriver` must be installed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod attribution;
mod drawing;
mod editing;
mod editor;
mod keyboard;
mod media;
mod pictures;
mod speed;
mod states;
mod triggering;
mod webdriver;
