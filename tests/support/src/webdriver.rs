//! A browser controlled over `WebDriver`: mouse, keyboard and page content.

use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use axum::http::Method;
use serde_json::{Value, json};

use crate::free_port::free_port;
use crate::http_client::send;

/// Timeout of waiting for page content.
const WAIT_TIMEOUT: Duration = Duration::from_secs(20);

pub const ENTER: &str = "\u{e007}";
pub const ESCAPE: &str = "\u{e00c}";
pub const DELETE: &str = "\u{e017}";
pub const LEFT: &str = "\u{e012}";
pub const UP: &str = "\u{e013}";
pub const RIGHT: &str = "\u{e014}";
pub const DOWN: &str = "\u{e015}";
pub const TAB: &str = "\u{e004}";
pub const SHIFT: &str = "\u{e008}";
pub const ALT: &str = "\u{e00a}";
const CONTROL: &str = "\u{e009}";

/// A headless Chromium with its driver, at 1280 × 720. Both are stopped on drop.
pub struct Browser {
    driver: Child,
    base: String,
    session: String,
    _profile: Profile,
}

/// A folder for the browser's profile, removed on drop.
struct Profile(std::path::PathBuf);

impl Drop for Profile {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // A killed driver does not stop its browser, so it is asked to do so.
        let _ = self.end_session();
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

impl Browser {
    /// Starts browser and driver. Panics if `chromium` or `chromedriver` is not on the PATH.
    pub async fn start() -> Self {
        let port = free_port();
        let mut driver = Command::new("chromedriver");
        driver.arg(format!("--port={port}")).stdout(Stdio::null()).stderr(Stdio::null());
        let driver = driver.spawn().expect("chromedriver is not installed");
        let profile = Profile(std::env::temp_dir().join(format!("label-editor-{}-{port}", std::process::id())));
        let base = format!("http://127.0.0.1:{port}");
        let mut browser = Self { driver, base, session: String::new(), _profile: profile };
        browser.wait_for_driver().await;
        let folder = browser._profile.0.to_str().unwrap().to_owned();
        let arguments = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--window-size=1280,720",
            &format!("--user-data-dir={folder}"),
        ];
        let options = json!({ "goog:chromeOptions": { "args": arguments }, "goog:loggingPrefs": { "browser": "ALL" } });
        let body = json!({ "capabilities": { "alwaysMatch": options } });
        let response = send(&browser.base, Method::POST, "/session", &[], body.to_string()).await.json();
        browser.session = response["value"]["sessionId"]
            .as_str()
            .unwrap_or_else(|| panic!("the browser did not start: {response}"))
            .to_owned();
        browser.resize(1280, 720).await;
        browser
    }

    /// Stops the browser and waits for its end, with a blocking client, because `drop` is not async.
    fn end_session(&self) -> std::io::Result<()> {
        let address = self.base.strip_prefix("http://").unwrap_or_default();
        let mut stream = std::net::TcpStream::connect(address)?;
        stream.set_read_timeout(Some(WAIT_TIMEOUT))?;
        let path = format!("/session/{}", self.session);
        write!(stream, "DELETE {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")?;
        // The driver responds when the browser has stopped, and keeps the connection open.
        stream.read(&mut [0; 1024]).map(drop)
    }

    async fn wait_for_driver(&self) {
        let began = Instant::now();
        let address = self.base.strip_prefix("http://").unwrap();
        while tokio::net::TcpStream::connect(address).await.is_err() {
            assert!(began.elapsed() < WAIT_TIMEOUT, "chromedriver does not accept connections");
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
    }

    async fn command(&self, method: Method, path: &str, body: &Value) -> Value {
        let path = format!("/session/{}{path}", self.session);
        let text = if body.is_null() { String::new() } else { body.to_string() };
        let response = send(&self.base, method, &path, &[], text).await;
        assert!(response.status.is_success(), "{path}: {}", response.text());
        response.json()["value"].take()
    }

    async fn devtools(&self, command: &str, parameters: Value) {
        self.command(Method::POST, "/goog/cdp/execute", &json!({ "cmd": command, "params": parameters })).await;
    }

    /// Emulates a system with `light` or `dark` colours.
    pub async fn prefer_colours(&self, scheme: &str) {
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        self.devtools("Emulation.setEmulatedMedia", features).await;
    }

    pub async fn open(&self, url: &str) {
        self.command(Method::POST, "/url", &json!({ "url": url })).await;
    }

    pub async fn reload(&self) {
        self.command(Method::POST, "/refresh", &json!({})).await;
    }

    /// Runs a script, and returns its result.
    pub async fn run(&self, script: &str) -> Value {
        self.command(Method::POST, "/execute/sync", &json!({ "script": script, "args": [] })).await
    }

    /// Runs a script, and returns the argument of its callback `arguments[0]`.
    pub async fn run_until_called_back(&self, script: &str) -> Value {
        self.command(Method::POST, "/execute/async", &json!({ "script": script, "args": [] })).await
    }

    /// Waits until a script returns a truthy value, and returns it.
    pub async fn until(&self, what: &str, script: &str) -> Value {
        let began = Instant::now();
        loop {
            let value = self.run(script).await;
            if !value.is_null() && value != json!(false) && value != json!("") {
                return value;
            }
            if began.elapsed() > WAIT_TIMEOUT {
                let shown = self.run("return document.body.innerText").await;
                panic!("{what} does not appear. The page shows: {shown}\nThe console: {:?}", self.console().await);
            }
            tokio::time::sleep(Duration::from_millis(40)).await;
        }
    }

    /// Waits until an element contains this text, and returns its text.
    pub async fn until_text(&self, selector: &str, text: &str) -> String {
        let script = format!(
            "const all = [...document.querySelectorAll({0})].filter((one) => one.checkVisibility()); \
             return all.map((one) => one.innerText).find((one) => one.includes({1})) ?? false",
            json!(selector),
            json!(text)
        );
        self.until(&format!("`{text}` in {selector}"), &script).await.as_str().unwrap_or_default().to_owned()
    }

    /// Waits until no such element is visible.
    pub async fn until_gone(&self, selector: &str) {
        let script =
            format!("return ![...document.querySelectorAll({})].some((one) => one.checkVisibility())", json!(selector));
        self.until(&format!("the end of {selector}"), &script).await;
    }

    /// Returns the console log, without entries about agents that do not respond.
    pub async fn console(&self) -> Vec<String> {
        let entries = self.command(Method::POST, "/se/log", &json!({ "type": "browser" })).await;
        let messages = entries.as_array().cloned().unwrap_or_default().into_iter();
        let messages = messages.map(|entry| entry["message"].as_str().unwrap_or_default().to_owned());
        messages.filter(|text| !text.contains("Failed to load resource") && !text.contains("CORS policy")).collect()
    }

    async fn act(&self, actions: Value) {
        self.command(Method::POST, "/actions", &json!({ "actions": actions })).await;
    }

    async fn pointer(&self, steps: Vec<Value>) {
        self.act(
            json!([{ "type": "pointer", "id": "mouse", "parameters": { "pointerType": "mouse" }, "actions": steps }]),
        )
        .await;
    }

    /// Clicks at a position of the window. Button 0 is the left one, 2 the right one.
    pub async fn click_at(&self, (x, y): (i64, i64), button: u8) {
        self.pointer(vec![at(x, y), press(button), release(button)]).await;
    }

    pub async fn shift_click_at(&self, place: (i64, i64)) {
        self.act(json!([{ "type": "key", "id": "keys", "actions": [{ "type": "keyDown", "value": SHIFT }] }])).await;
        self.click_at(place, 0).await;
        self.act(json!([{ "type": "key", "id": "keys", "actions": [{ "type": "keyUp", "value": SHIFT }] }])).await;
    }

    pub async fn drag(&self, from: (i64, i64), to: (i64, i64)) {
        let middle = (i64::midpoint(from.0, to.0), i64::midpoint(from.1, to.1));
        self.pointer(vec![at(from.0, from.1), press(0), at(middle.0, middle.1), at(to.0, to.1), release(0)]).await;
    }

    /// Drags with the left button, and keeps it pressed.
    pub async fn begin_drag(&self, from: (i64, i64), to: (i64, i64)) {
        let middle = (i64::midpoint(from.0, to.0), i64::midpoint(from.1, to.1));
        self.pointer(vec![at(from.0, from.1), press(0), at(middle.0, middle.1), at(to.0, to.1)]).await;
    }

    /// Releases the left button.
    pub async fn end_drag(&self) {
        self.pointer(vec![release(0)]).await;
    }

    /// Resizes the window, in pixels.
    pub async fn resize(&self, width: u32, height: u32) {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.devtools("Emulation.setDeviceMetricsOverride", size).await;
    }

    /// Presses keys in sequence.
    pub async fn press(&self, keys: &[&str]) {
        let steps = keys
            .iter()
            .flat_map(|key| [json!({ "type": "keyDown", "value": key }), json!({ "type": "keyUp", "value": key })]);
        self.act(json!([{ "type": "key", "id": "keys", "actions": steps.collect::<Vec<_>>() }])).await;
    }

    /// Presses a key with Control.
    pub async fn press_with_control(&self, key: &str) {
        self.press_with(CONTROL, key).await;
    }

    /// Presses a key with Shift.
    pub async fn press_with_shift(&self, key: &str) {
        self.press_with(SHIFT, key).await;
    }

    async fn press_with(&self, modifier: &str, key: &str) {
        let step = |kind: &str, value: &str| json!({ "type": kind, "value": value });
        let steps = [step("keyDown", modifier), step("keyDown", key), step("keyUp", key), step("keyUp", modifier)];
        self.act(json!([{ "type": "key", "id": "keys", "actions": steps }])).await;
    }

    /// Presses keys in sequence while another is held.
    pub async fn press_holding(&self, modifier: &str, keys: &[&str]) {
        let step = |kind: &str, value: &str| json!({ "type": kind, "value": value });
        let pressed = keys.iter().flat_map(|key| [step("keyDown", key), step("keyUp", key)]);
        let steps = [step("keyDown", modifier)].into_iter().chain(pressed).chain([step("keyUp", modifier)]);
        self.act(json!([{ "type": "key", "id": "keys", "actions": steps.collect::<Vec<_>>() }])).await;
    }

    /// Clicks in the middle of the first visible element.
    pub async fn click(&self, selector: &str) {
        let script = format!(
            "const one = [...document.querySelectorAll({})].find((one) => one.checkVisibility()); if (!one) return false; \
             one.scrollIntoView({{ block: 'nearest' }}); const box = one.getBoundingClientRect(); \
             return [Math.round(box.x + box.width / 2), Math.round(box.y + box.height / 2)]",
            json!(selector)
        );
        let place = self.until(selector, &script).await;
        self.click_at((place[0].as_i64().unwrap(), place[1].as_i64().unwrap()), 0).await;
    }

    /// Fills in a field, and moves the focus away.
    pub async fn fill(&self, selector: &str, value: &str) {
        let script = format!(
            "const one = document.querySelector({}); if (!one) return false; one.value = {}; \
             one.dispatchEvent(new Event('input', {{ bubbles: true }})); one.dispatchEvent(new Event('change', {{ bubbles: true }})); return true",
            json!(selector),
            json!(value)
        );
        self.until(selector, &script).await;
    }

    /// Returns the colour of the canvas at a position of the window: red, green, blue.
    pub async fn colour_at(&self, (x, y): (i64, i64)) -> [i64; 3] {
        let script = format!(
            "const canvas = document.querySelector('#stage canvas'), box = canvas.getBoundingClientRect(); \
             return [...canvas.getContext('2d').getImageData({x} - box.x, {y} - box.y, 1, 1).data].slice(0, 3)"
        );
        let colour = self.run(&script).await;
        [0, 1, 2].map(|part| colour[part].as_i64().unwrap())
    }
}

fn at(x: i64, y: i64) -> Value {
    json!({ "type": "pointerMove", "x": x, "y": y, "duration": 30 })
}

fn press(button: u8) -> Value {
    json!({ "type": "pointerDown", "button": button })
}

fn release(button: u8) -> Value {
    json!({ "type": "pointerUp", "button": button })
}
