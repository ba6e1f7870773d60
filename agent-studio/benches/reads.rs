//! Benchmark of label row reads: requests per second on one core, for rows of 20 kB.
//!
//! `cargo bench -p agent-studio --bench reads`. The result is the CPU time of the server's own
//! thread, which does not depend on the load of the machine, and the achieved rate.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement fails by panicking, and prints")]

use std::fmt::Write as _;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use agent_platform::auth::{BodyDigest, SshKey, legacy_authorization};
use agent_studio::{DataSource, LocalPlatform, ProjectSource};
use uuid::Uuid;

const SIZE: usize = 20_000;
const CONNECTIONS: usize = 4;
const TIME: Duration = Duration::from_secs(4);

const ONTOLOGY: &str = r##"{"objects": [{"id": "1", "name": "Car", "color": "#D33115", "shape": "bounding_box",
    "featureNodeHash": "a1b2c3d4"}], "classifications": []}"##;

fn key() -> SshKey {
    SshKey::from_seed(&[3; 32]).unwrap()
}

/// Returns the CPU time of this thread.
fn cpu_time() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    Duration::from_nanos(text.split(' ').next().unwrap().parse().unwrap())
}

struct Server {
    address: SocketAddr,
    project: Uuid,
    label_hash: String,
}

/// Starts the server on its own thread, which reports its CPU time on request.
fn serve() -> (Server, mpsc::Sender<mpsc::Sender<Duration>>) {
    let (ready, started) = mpsc::channel();
    let (ask, asked) = mpsc::channel::<mpsc::Sender<Duration>>();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async move {
            let data = DataSource::video("drive.mp4", 160, 120, 1000, 25.0).data_hash(Uuid::from_u128(1));
            let project = ProjectSource::new("Reads", ONTOLOGY).data(data);
            let builder = LocalPlatform::builder().project(project).public_key("x@example.test", key().key_id());
            let running = builder.remembered_calls(1000).start().await.unwrap();
            let data_hash = Uuid::from_u128(1).to_string();
            let mut frame = 0_u64;
            while running.label_row(&running.create_label_row(&data_hash, "main").unwrap()).unwrap().len() < SIZE {
                let add = |row: &mut agent_platform::labels::LabelRow| {
                    row.add("Car").bounding_box(0.1, 0.2, 0.3, 0.4).on(frame).map(drop)
                };
                running.edit_as("x@example.test", &data_hash, add).unwrap();
                frame += 1;
            }
            let label_hash = running.label_hash(&data_hash, "main").unwrap();
            let project = running.project_hashes()[0];
            ready.send(Server { address: running.address(), project, label_hash }).unwrap();
            loop {
                if let Ok(answer) = asked.try_recv() {
                    answer.send(cpu_time()).unwrap();
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        });
    });
    (started.recv().unwrap(), ask)
}

/// Creates a signed read. Requests with different numbers have different bodies, and therefore different signatures.
fn request(server: &Server, number: usize) -> String {
    let body = format!(
        r#"{{"query_type": "labelrow", "query_method": "GET", "values": {{"uid": ["{}"], "payload": {{"multi_request": true, "number": {number}}}}}}}"#,
        server.label_hash
    );
    let signature = legacy_authorization(&key(), &BodyDigest::new(body.as_bytes())).unwrap();
    let mut request = String::new();
    write!(request, "POST /public HTTP/1.1\r\nHost: {}\r\nResourceType: project\r\n", server.address).unwrap();
    write!(request, "ResourceID: {}\r\nAuthorization: {signature}\r\n", server.project).unwrap();
    write!(request, "Content-Length: {}\r\n\r\n{body}", body.len()).unwrap();
    request
}

/// Sends sequential requests until the time is over, and returns the number of responses.
fn ask(address: SocketAddr, requests: &[String], until: Instant) -> usize {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_nodelay(true).unwrap();
    let mut buffer = vec![0; 64 << 10];
    let mut answered = 0;
    for request in requests.iter().cycle() {
        if Instant::now() > until {
            break;
        }
        stream.write_all(request.as_bytes()).unwrap();
        let mut have = 0;
        let mut whole = usize::MAX;
        while have < whole {
            have += stream.read(&mut buffer[have..]).unwrap();
            if whole == usize::MAX
                && let Some(end) = buffer[..have].windows(4).position(|window| window == b"\r\n\r\n")
            {
                let head = std::str::from_utf8(&buffer[..end]).unwrap();
                assert!(head.starts_with("HTTP/1.1 200"), "{head}");
                let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
                whole = end + 4 + length.parse::<usize>().unwrap();
                assert!(whole > SIZE, "{}", String::from_utf8_lossy(&buffer[..have]));
            }
        }
        answered += 1;
    }
    answered
}

#[allow(clippy::cast_precision_loss, reason = "counts are small")]
fn measure(what: &str, server: &Server, asker: &mpsc::Sender<mpsc::Sender<Duration>>, requests: usize) {
    let cpu = || {
        let (sender, receiver) = mpsc::channel();
        asker.send(sender).unwrap();
        receiver.recv().unwrap()
    };
    let requests: Vec<Vec<String>> = (0..CONNECTIONS)
        .map(|connection| (0..requests).map(|number| request(server, connection * requests + number)).collect())
        .collect();
    let (before, began) = (cpu(), Instant::now());
    let answered: usize = std::thread::scope(|scope| {
        let tasks: Vec<_> =
            requests.iter().map(|requests| scope.spawn(|| ask(server.address, requests, began + TIME))).collect();
        tasks.into_iter().map(|task| task.join().unwrap()).sum()
    });
    let (used, took) = (cpu() - before, began.elapsed());
    let each = used.as_secs_f64() / answered as f64;
    println!(
        "{what}: {answered} reads, {:.1} us of processor time each, which is {:.0} a second on one core; reached {:.0} a second",
        each * 1e6,
        1.0 / each,
        answered as f64 / took.as_secs_f64()
    );
}

fn main() {
    let (server, asker) = serve();
    measure("the same read", &server, &asker, 1);
    measure("reads that were not seen before", &server, &asker, 20_000);
}
