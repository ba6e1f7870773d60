//! Stopping: nothing new, what runs is finished, what does not finish is answered.

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
    assert!(idle.answer().await.is_none());
    let answer = finishes.answer().await.unwrap();
    assert_eq!((answer.status, answer.message().as_str()), (200, "finished"));
    let answer = is_cut.answer().await.unwrap();
    assert_eq!((answer.status, answer.header("retry-after")), (503, Some("1")));
    assert_eq!(answer.header("access-control-allow-origin"), Some("https://app.encord.com"));
    assert!(answer.message().contains("stopping"), "{}", answer.body);
    stopped.await.unwrap();
    assert!(start.elapsed() >= Duration::from_millis(800) && start.elapsed() < Duration::from_secs(5));
    assert!(tokio::net::TcpStream::connect(address).await.is_err());
}

/// The program as an operator stops it.
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
    async fn signals_stop_it_and_it_says_so() {
        for signal in ["TERM", "INT"] {
            let (mut program, mut output, address) = start();
            let mut connection = Connection::open(address).await;
            connection.post("/nothing", &[], PAYLOAD).await;
            assert_eq!(connection.answer().await.unwrap().body, "null");
            let told = Command::new("kill").args(["-s", signal, &program.id().to_string()]).status().unwrap();
            assert!(told.success());
            assert!(program.wait().unwrap().success());
            let mut said = String::new();
            output.read_to_string(&mut said).unwrap();
            assert!(said.contains("stopping.") && said.ends_with("Stopped.\n"), "{said}");
        }
    }
}
