//! The log shows calls, retries and warnings, and no secret. This test has a binary of its own, because the logger is
//! global to the process.

use std::io::Write;
use std::sync::{Arc, Mutex};

use agent_platform::auth::Credentials;
use uuid::Uuid;

use test_support::client;
use test_support::keys;
use test_support::scripted_server::{Reply, Server};

const TOKEN: &str = "made-up-bearer-token";
const SIGNED: &str = "X-Signature=made-up-signature";

/// A log that the test can read.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn logs_calls_without_secrets() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_ansi(false)
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let keys = [("ENCORD_SSH_KEY", keys::PLAIN), ("ENCORD_SSH_KEY_FILE", "/not/read")];
    Credentials::from_variables(|name| keys.iter().find(|pair| pair.0 == name).map(|pair| pair.1.to_owned())).unwrap();
    let server = Server::always(Reply::empty(500)).await;
    let bearer = client::builder(&server).credentials(Credentials::bearer(TOKEN).unwrap()).build().unwrap();
    for platform in [client::platform(&server), bearer] {
        platform.user_projects(None).await.unwrap_err();
        platform.project(Uuid::nil()).await.unwrap_err();
        platform.download(&format!("{}/file.mp4?{SIGNED}", server.base())).await.unwrap_err();
    }
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    for words in ["/public/user", "GET a file from http://127.0.0.1", "retrying", "both set", "trace="] {
        assert!(log.contains(words), "{words} is missing in {log}");
    }
    for secret in keys::SECRETS.iter().chain(&[TOKEN, "made-up-signature", "file.mp4"]) {
        assert!(!log.contains(secret), "{secret} in {log}");
    }
}
