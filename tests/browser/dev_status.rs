//! The panel that shows the state of `agent-studio dev`. A script stands in for cargo.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use test_support::free_port::free_port;
use test_support::scripted_cargo::{SCRIPTED_CARGO, write_script};

use crate::webdriver::Browser;

/// `agent-studio dev` in a crate of scripts. It is stopped, and the crate removed, on drop.
struct Dev {
    folder: PathBuf,
    process: Child,
    url: String,
}

impl Dev {
    fn start() -> Self {
        let folder = std::env::temp_dir().join(format!("agent-dev-status-{}", std::process::id()));
        write_script(&folder.join("bin/cargo"), SCRIPTED_CARGO);
        write_source(&folder, &working("1"));
        let mut command = Command::new(env!("CARGO_BIN_EXE_dev-studio"));
        command.args(["dev", "--port", "0", "--agents-port", &free_port().to_string()]);
        command.current_dir(folder.join("crate")).env("CARGO", folder.join("bin/cargo"));
        let mut process = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let url = lines.find_map(|line| Some(line.unwrap().split_once("Label editor on ")?.1.to_owned())).unwrap();
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        Self { folder, process, url }
    }

    fn edit(&self, script: &str) {
        write_source(&self.folder, script);
    }
}

impl Drop for Dev {
    fn drop(&mut self) {
        // As ctrl-c does: a killed program leaves its agents behind.
        let interrupted = Command::new("kill").args(["-INT", &self.process.id().to_string()]).status();
        if !interrupted.is_ok_and(|status| status.success()) {
            let _ = self.process.kill();
        }
        let _ = self.process.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn write_source(folder: &std::path::Path, script: &str) {
    std::fs::create_dir_all(folder.join("crate/src")).unwrap();
    std::fs::write(folder.join("crate/src/main.rs"), format!("#!/bin/sh\n{script}\n")).unwrap();
}

/// A program that serves an agent. Versions differ in their text.
fn working(version: &str) -> String {
    format!("# {version}\nexec '{}'", env!("CARGO_BIN_EXE_smallest-agent"))
}

#[tokio::test(flavor = "multi_thread")]
async fn shows_compiler_error_until_fixed_and_sends_again() {
    let dev = Dev::start();
    let browser = Browser::start().await;
    browser.open(&dev.url).await;
    browser.until_text("#dev-status", "the agents are ready").await;
    browser
        .until("the first data", "return document.querySelector('#stage canvas')?.dataset.complete === 'true'")
        .await;
    browser.press(&["a"]).await;
    browser.click(".agent-menu [data-agent='/nothing']").await;
    browser.until_text(".toast.good", "nothing").await;
    // Nothing has changed since the call.
    assert!(!browser.until_text("#dev-status", "the agents are ready").await.contains("Send again"));

    dev.edit("# MISTAKE");
    let errors = browser.until_text("#dev-status .errors", "a mistake").await;
    assert!(errors.contains("src/main.rs:2:1") && errors.contains("error: a mistake"), "{errors}");
    browser.until_text("#dev-status [role=status]", "1 error in the build; the previous version is running").await;

    dev.edit(&working("2"));
    browser.until_text("#dev-status button", "Send again: nothing").await;
    browser.until_gone("#dev-status .errors").await;
    browser.click("#dev-status button").await;
    let calls = "const { state } = await import('/page/modules/state.js'); \
                 return state.calls.filter((call) => call.answer?.status === 200).length === 2";
    browser.until("the second call", &format!("return (async () => {{ {calls} }})()")).await;
}
