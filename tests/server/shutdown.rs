//! Graceful shutdown: no new connections, running calls finish, late ones get a response.

use std::time::{Duration, Instant};

use agent_runtime::prelude::*;

use test_support::wire::{Connection, PAYLOAD};

#[editor_agent(path = "/shutdown/brief")]
async fn brief() -> &'static str {
    tokio::time::sleep(Duration::from_millis(300)).await;
    "finished"
}

#[editor_agent(path = "/shutdown/endless")]
async fn endless() {
    std::future::pending::<()>().await;
}

#[tokio::test]
async fn shutdown_answers_running_calls_and_closes_idle_connections() {
    let server = Server::new()
        .agents(agents![brief, endless])
        .port(0)
        .shutdown_grace(Duration::from_millis(800))
        .start()
        .await
        .unwrap();
    let address = server.address();
    let (mut finishes, mut is_cut, mut idle) =
        (Connection::open(address).await, Connection::open(address).await, Connection::open(address).await);
    finishes.post("/shutdown/brief", &[], PAYLOAD).await;
    is_cut.post("/shutdown/endless", &[("Origin", "https://app.encord.com")], PAYLOAD).await;
    tokio::time::sleep(Duration::from_millis(50)).await;

    let start = Instant::now();
    let stopped = tokio::spawn(server.stop());
    assert!(idle.response().await.is_none());
    let response = finishes.response().await.unwrap();
    assert_eq!((response.status, response.message().as_str()), (200, "finished"));
    let response = is_cut.response().await.unwrap();
    assert_eq!((response.status, response.header("retry-after")), (503, Some("1")));
    assert_eq!(response.header("access-control-allow-origin"), Some("https://app.encord.com"));
    assert!(response.message().contains("stopping"), "{}", response.body);
    stopped.await.unwrap();
    assert!(start.elapsed() >= Duration::from_millis(800));
    assert!(tokio::net::TcpStream::connect(address).await.is_err());
}

/// The program stopped by a signal.
#[cfg(unix)]
mod program {
    use super::*;
    use std::io::{BufRead, BufReader, Read};
    use std::process::{Child, Command, Stdio};

    fn start() -> (Child, BufReader<std::process::ChildStdout>, std::net::SocketAddr) {
        let mut program = Command::new(env!("CARGO_BIN_EXE_smallest-agent"))
            .env("PORT", "0")
            .env("RUST_LOG", "off")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(program.stdout.take().unwrap());
        let mut first_line = String::new();
        output.read_line(&mut first_line).unwrap();
        let address = first_line.trim().rsplit("http://").next().unwrap().parse().unwrap();
        (program, output, address)
    }

    #[tokio::test]
    async fn signals_stop_the_program_and_are_logged() {
        for signal in ["TERM", "INT"] {
            let (mut program, mut output, address) = start();
            let mut connection = Connection::open(address).await;
            connection.post("/nothing", &[], PAYLOAD).await;
            assert_eq!(connection.response().await.unwrap().body, "null");
            let signalled = Command::new("kill").args(["-s", signal, &program.id().to_string()]).status().unwrap();
            assert!(signalled.success());
            assert!(program.wait().unwrap().success());
            let mut log = String::new();
            output.read_to_string(&mut log).unwrap();
            assert!(log.contains("stopping.") && log.ends_with("Stopped.\n"), "{log}");
        }
    }
}
