//! Reloading of renewed certificates.

use std::time::{Duration, Instant};

use agent_runtime::RunningServer;
use agent_runtime::prelude::*;

use super::calls::post;
use crate::program::Program;
use test_support::certificates::{Folder, Pair, shown};

/// Longer than the interval between checks of the files, also on a busy machine.
const RELOAD_TIMEOUT: Duration = Duration::from_secs(20);

#[editor_agent]
async fn hello() -> &'static str {
    "hello"
}

async fn start(folder: &Folder) -> RunningServer {
    folder.server().agents(agents![hello]).start().await.unwrap()
}

/// Waits until new connections get the second certificate.
async fn wait_for_second_certificate(server: &RunningServer, pairs: &[&Pair]) {
    let began = Instant::now();
    while shown(server.address(), pairs).await != Some(1) {
        assert!(began.elapsed() < RELOAD_TIMEOUT, "new connections get the old certificate");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test]
async fn new_connections_get_new_certificate() {
    let (folder, old, new) = (Folder::new(), Pair::new(), Pair::new());
    folder.put(&old);
    let server = start(&folder).await;
    let clients = [old.client("h2"), old.client("http/1.1")];
    let url = format!("{}/hello", server.url());
    for client in &clients {
        assert_eq!(post(client, &url, &[]).await.status().as_u16(), 200);
    }
    assert_eq!(shown(server.address(), &[&old, &new]).await, Some(0));
    folder.put(&new);
    wait_for_second_certificate(&server, &[&old, &new]).await;
    for client in &clients {
        // They trust only the old certificate, so they use the existing connection.
        assert_eq!(post(client, &url, &[]).await.status().as_u16(), 200);
    }
    assert_eq!(post(&new.client("h2"), &url, &[]).await.status().as_u16(), 200);
    server.stop().await;
}

/// Kubernetes swaps files in this way: the files are links into a folder that is a link, which is replaced.
#[cfg(unix)]
#[tokio::test]
async fn detects_swapped_links() {
    use std::os::unix::fs::symlink;

    let (folder, old, new) = (Folder::new(), Pair::new(), Pair::new());
    for (name, pair) in [("first", &old), ("second", &new)] {
        std::fs::create_dir(folder.path(name)).unwrap();
        std::fs::write(folder.path(name).join("cert.pem"), pair.certificate_pem()).unwrap();
        std::fs::write(folder.path(name).join("key.pem"), pair.key_pem()).unwrap();
    }
    symlink("first", folder.path("data")).unwrap();
    symlink("data/cert.pem", folder.certificate()).unwrap();
    symlink("data/key.pem", folder.key()).unwrap();
    let server = start(&folder).await;
    assert_eq!(shown(server.address(), &[&old, &new]).await, Some(0));
    symlink("second", folder.path("next")).unwrap();
    std::fs::rename(folder.path("next"), folder.path("data")).unwrap();
    wait_for_second_certificate(&server, &[&old, &new]).await;
    server.stop().await;
}

#[tokio::test]
async fn keeps_old_certificate_if_new_pair_is_invalid() {
    let (folder, old, new) = (Folder::new(), Pair::new(), Pair::new());
    folder.put(&old);
    let [certificate, key] = folder.variables();
    let program = Program::start(&[(&certificate.0, &certificate.1), (&key.0, &key.1)]);
    let kept = async || assert_eq!(shown(program.address(), &[&old, &new]).await, Some(0));

    // An incomplete renewal: a certificate without its key.
    std::fs::write(folder.certificate(), new.certificate_pem()).unwrap();
    program.logged(&["WARN", "the old one is kept", "is not that of the certificate"]);
    kept().await;
    let half = new.key_pem()[..100].to_owned();
    std::fs::write(folder.key(), &half).unwrap();
    program.logged(&["WARN", "the old one is kept", "no private key"]);
    std::fs::remove_file(folder.key()).unwrap();
    program.logged(&["WARN", "the old one is kept", "cannot read"]);
    kept().await;
    // A repeated error is logged once.
    let count = program.log().matches("the old one is kept").count();
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert_eq!(program.log().matches("the old one is kept").count(), count, "{}", program.log());

    std::fs::write(folder.key(), new.key_pem()).unwrap();
    program.logged(&["INFO", "new connections get the new certificate"]);
    assert_eq!(shown(program.address(), &[&old, &new]).await, Some(1));
    let key: String = half.lines().nth(1).unwrap().chars().take(20).collect();
    assert!(!program.log().contains(&key), "{}", program.log());
}
