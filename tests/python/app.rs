//! The recorded Python agents as a running app.

use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, SocketAddr};
use std::process::{Child, Stdio};

use serde_json::Value;
use test_support::free_port::free_port;
use test_support::recordings;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// The app, served by uvicorn until it is dropped.
pub(crate) struct App {
    process: Child,
    address: SocketAddr,
}

impl App {
    /// Starts the app at a platform, with the text of a private key. The app checks the key.
    pub(crate) fn start(platform: &str, key: &str) -> Self {
        Self::start_on(free_port(), platform, key)
    }

    /// Like [`start`](Self::start), on a port of this machine.
    pub(crate) fn start_on(port: u16, platform: &str, key: &str) -> Self {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let mut process = test_support::studio::python::interpreter()
            .args(["-m", "uvicorn", "agent_app:app", "--log-level", "info", "--host", "127.0.0.1", "--port"])
            .arg(address.port().to_string())
            .arg("--app-dir")
            .arg(recordings::path("tools"))
            .env("ENCORD_DOMAIN", platform)
            .env("ENCORD_SSH_KEY", key)
            .env("CHECK_KEY", "1")
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the interpreter starts");
        // Uvicorn says when it listens.
        let mut lines = BufReader::new(process.stderr.take().unwrap()).lines();
        let ready = lines.by_ref().map_while(Result::ok).any(|line| line.contains("Uvicorn running"));
        assert!(ready, "the app has not started: {:?}", process.try_wait());
        std::thread::spawn(move || lines.for_each(drop));
        Self { process, address }
    }

    /// Returns the base URL.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Calls a route as the label editor would: status and body.
    pub(crate) async fn call(&self, route: &str, body: &Value) -> (u64, Value) {
        let body = body.to_string();
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        let head = format!(
            "POST {route} HTTP/1.1\r\nHost: app\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {}",
            body.len()
        );
        stream.write_all(format!("{head}\r\n\r\n{body}").as_bytes()).await.unwrap();
        let mut all = String::new();
        stream.read_to_string(&mut all).await.unwrap();
        let (head, body) = all.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, serde_json::from_str(body).unwrap_or_else(|_| body.into()))
    }
}

impl Drop for App {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
