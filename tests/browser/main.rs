//! End-to-end tests of the label editor page in a browser, with agents on other origins and a local platform. `chromium` and `chromedriver` must be installed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod accessibility;
mod agent_list;
mod attributes;
mod attribution;
#[cfg(unix)]
mod dev_status;
mod drawing;
mod editing;
mod editor;
mod findings;
mod keyboard;
mod keyboard_drawing;
mod masks;
mod media;
mod pictures;
mod prompts;
mod repeating;
mod scenes;
mod shapes;
mod speed;
mod states;
mod timeline;
mod triggering;
mod view;
use test_support::webdriver;
