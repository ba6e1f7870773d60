//! Exhausted file descriptors and failed file writes.

use std::time::{Duration, Instant};

use crate::platform::world::{World, clip, image, video};
use crate::program::Program;
use test_support::wire::{Connection, Response};

async fn call(connection: &mut Connection, path: &str, payload: &impl serde::Serialize) -> Response {
    connection.post(path, &[("X-Cloud-Trace-Context", "files/1")], &serde_json::to_string(payload).unwrap()).await;
    connection.response().await.unwrap()
}

#[tokio::test]
async fn logs_missing_file_descriptors_and_recovers() {
    let world = World::start().await;
    let program = Program::start_after("ulimit -n 48 &&", world.platform(), &[("AGENT_READ_TIMEOUT", "60")]);
    let mut first = Connection::open(program.address()).await;
    assert_eq!(call(&mut first, "/hello", &video(0)).await.status, 200);
    let mut crowd = Vec::new();
    for _ in 0..60 {
        crowd.push(Connection::open(program.address()).await);
    }
    program.logged(&["WARN", "cannot accept a connection", "Too many open files"]);
    // Open connections are served; the response says that the platform is unreachable.
    assert_eq!(call(&mut first, "/hello", &video(0)).await.status, 200);
    let response = call(&mut first, "/title", &video(0)).await;
    assert_eq!(response.status, 503, "{}", response.body);
    assert!(
        response.message().contains("cannot be reached") && response.header("retry-after").is_some(),
        "{}",
        response.body
    );
    let line = program.logged(&["failed", r#"trace="files""#]);
    assert!(line.contains("Too many open files"), "{line}");

    drop(crowd);
    let began = Instant::now();
    loop {
        let mut connection = Connection::open(program.address()).await;
        let response = call(&mut connection, "/mark", &video(0)).await;
        if response.status == 200 {
            break;
        }
        assert!(began.elapsed() < Duration::from_secs(30), "{}", response.body);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(world.objects_of_video(), 3);
}

#[tokio::test]
async fn failed_file_write_fails_only_its_call() {
    let folder = std::env::temp_dir().join(format!("agent-tests-{}-full", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let missing = folder.join("missing");
    // Simulates a full disk without privileges: a file size limit of 4096 bytes, or twice that, depending on the shell; and a missing
    // folder.
    for (shell, folder, payload, cause) in [
        ("trap '' XFSZ; ulimit -f 8;", &folder, clip(0), "File too large"),
        ("", &missing, image(0), "No such file or directory"),
    ] {
        let world = World::start().await;
        let settings = [("TMPDIR", folder.to_str().unwrap())];
        let program = Program::start_after(shell, world.platform(), &settings);
        let mut connection = Connection::open(program.address()).await;
        let response = call(&mut connection, "/file", &payload).await;
        assert_eq!(response.status, 500, "{}", response.body);
        assert_eq!(response.message(), "Something went wrong in the agent. Please report trace files.");
        let line = program.logged(&["failed", r#"trace="files""#]);
        assert!(line.contains(cause), "{line}");
        let left = std::fs::read_dir(folder).map_or(0, Iterator::count);
        assert_eq!(left, 0, "{cause}: files remain in {}", folder.display());
        let response = call(&mut connection, "/mark", &video(0)).await;
        assert_eq!((response.status, world.objects_of_video()), (200, 3), "{}", response.body);
    }
    std::fs::remove_dir_all(folder).unwrap();
}

#[cfg(unix)]
#[tokio::test]
async fn restart_removes_files_of_killed_process() {
    let folder = std::env::temp_dir().join(format!("agent-tests-{}-stale", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let settings = [("TMPDIR", folder.to_str().unwrap()), ("AGENT_TIMEOUT", "30")];
    let left = || std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect::<Vec<_>>();
    let world = World::start().await;
    let program = Program::start_at(world.platform(), &settings);
    let mut connection = Connection::open(program.address()).await;
    connection.post("/holds", &[], &serde_json::to_string(&clip(0)).unwrap()).await;
    let began = Instant::now();
    while left().is_empty() {
        assert!(began.elapsed() < Duration::from_secs(30), "no download started");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let file = left().remove(0);
    // As old as a file of an earlier run; it is kept while its process is alive.
    let age = || {
        let old = std::time::SystemTime::now() - Duration::from_secs(3600);
        std::fs::File::options().write(true).open(&file).unwrap().set_modified(old).unwrap();
    };
    age();
    let other = Program::start_at(world.platform(), &settings);
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(file.exists(), "a file in use was removed");
    drop((program, other));
    assert!(file.exists(), "the file was removed before the restart");
    // The download may have written to it since.
    age();
    let _restarted = Program::start_at(world.platform(), &settings);
    let began = Instant::now();
    while file.exists() {
        assert!(began.elapsed() < Duration::from_secs(30), "the stale file was not removed");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    std::fs::remove_dir_all(folder).unwrap();
}
