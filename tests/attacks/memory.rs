//! Decompression bombs in media and responses, sent concurrently. The server is a separate process, so that its memory can be
//! measured; its budget bounds all calls together.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use agent_runtime::uuid::{Uuid, uuid};
use agent_studio::{ClientKey, DataSource, LocalPlatform, ProjectSource, RunningPlatform};
use axum::Router;
use axum::http::header;
use axum::routing::any;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::program::Program;
use test_support::wire::{Connection, Response};

const PROJECT: Uuid = uuid!("8f1d2c3a-0b7e-4a51-9c64-5d1e7a90b2f3");
const DATA: Uuid = uuid!("33333333-aaaa-4bbb-8ccc-000000000003");
const CALLS: usize = 8;

/// Returns the deflate code of this many megabytes of zeros, without its end: 258 bytes in 13 bits.
fn zeros(megabytes: usize) -> Vec<u8> {
    // A block with fixed codes: a literal zero, then copies of 258 bytes.
    let begin = [0, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0].into_iter();
    let again = [1, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0].into_iter().cycle().take(13 * (megabytes * 1_000_000 / 258));
    let (mut bits, mut code) = (begin.chain(again), Vec::new());
    while let Some(first) = bits.next() {
        code.push((1..8).fold(first, |byte, place| byte | bits.next().unwrap_or(0) << place));
    }
    code
}

fn chunk(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let mut chunk = u32::try_from(content.len()).unwrap().to_be_bytes().to_vec();
    chunk.extend(kind);
    chunk.extend(content);
    let crc = !chunk[4..].iter().fold(!0, |crc: u32, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 })
    });
    chunk.extend(crc.to_be_bytes());
    chunk
}

/// Returns a PNG of 10 x 10 pixels whose colour profile decompresses to this many megabytes.
fn profile_bomb(megabytes: usize) -> Vec<u8> {
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    png.extend(chunk(b"IHDR", &[0, 0, 0, 10, 0, 0, 0, 10, 8, 0, 0, 0, 0]));
    png.extend(chunk(b"iCCP", &[&b"bomb\0\0\x78\x01"[..], &zeros(megabytes)].concat()));
    // Ten rows of a filter byte and ten grey pixels, in a stored block.
    let pixels = [&[0x78, 1, 1, 110, 0, 145, 255][..], &[0; 110], &[0, 110, 0, 1]].concat();
    png.extend(chunk(b"IDAT", &pixels));
    png.extend(chunk(b"IEND", b""));
    png
}

/// Returns a GIF of 10,000 x 10,000 pixels in 35 bytes: one pixel on an empty canvas.
fn huge_gif() -> Vec<u8> {
    let canvas = [0x10, 0x27, 0x10, 0x27, 0x80, 0, 0, 0, 0, 0, 255, 255, 255];
    let frame = [b',', 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 0x01, 0, b';'];
    let gif = [&b"GIF89a"[..], &canvas, &frame].concat();
    assert_eq!(gif.len(), 35);
    gif
}

async fn platform(name: &str, file: Vec<u8>) -> RunningPlatform {
    let data = DataSource::image(name, 10, 10).data_hash(DATA).bytes(file);
    let project = ProjectSource::new("Bombs", r#"{"objects": [], "classifications": []}"#).project_hash(PROJECT);
    LocalPlatform::builder().project(project.data(data)).start().await.unwrap()
}

fn server(platform: &RunningPlatform, more: &[(&str, &str)]) -> Program {
    let settings = [("AGENT_MEMORY_BUDGET", "1000000000"), ("AGENT_TIMEOUT", "120"), ("AGENT_FILE_CACHE", "0")];
    Program::start_at(platform, &[&settings[..], more].concat())
}

fn payload() -> String {
    format!(r#"{{"projectHash": "{PROJECT}", "dataHash": "{DATA}", "frame": 0}}"#)
}

async fn calls(address: SocketAddr, path: &'static str) -> Vec<Response> {
    let mut calls = JoinSet::new();
    for _ in 0..CALLS {
        calls.spawn(async move {
            let mut connection = Connection::open(address).await;
            connection.post(path, &[], &payload()).await;
            connection.response().await.unwrap()
        });
    }
    calls.join_all().await
}

async fn metric(address: SocketAddr, name: &str) -> u64 {
    let mut connection = Connection::open(address).await;
    connection.write("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n").await;
    let metrics = connection.response().await.unwrap().body;
    let line = metrics.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_else(|| panic!("{name}: {metrics}"));
    line.trim().parse().unwrap()
}

#[tokio::test]
async fn concurrent_decoding_shares_budget() {
    let platform = platform("huge.gif", huge_gif()).await;
    let program = server(&platform, &[]);
    for response in calls(program.address(), "/pixels").await {
        let decoded = response.status == 200 && response.message() == "10000 x 10000";
        let busy = response.status == 503
            && response.message().contains("no memory left")
            && response.header("retry-after").is_some();
        assert!(decoded || busy, "{response:?}");
    }
    println!("{CALLS} GIFs of 10,000 x 10,000: {} MB at the peak", program.peak_memory());
    // One image takes 800 MB.
    assert!(program.peak_memory() < 1100, "{} MB", program.peak_memory());
    assert!(metric(program.address(), "editor_agent_memory_budget_waits_total").await >= 1);
    let free = metric(program.address(), "editor_agent_memory_budget_free_bytes").await;
    assert_eq!(free, metric(program.address(), "editor_agent_memory_budget_total_bytes").await);
}

#[tokio::test]
async fn rejects_image_larger_than_budget() {
    let platform = platform("huge.gif", huge_gif()).await;
    let program = server(&platform, &[("AGENT_MEMORY_BUDGET", "500000000")]);
    for response in calls(program.address(), "/pixels").await {
        assert_eq!(response.status, 413, "{response:?}");
        assert!(response.message().contains("everything together may take 500 MB"), "{response:?}");
    }
    assert!(program.peak_memory() < 100, "{} MB", program.peak_memory());
}

#[tokio::test]
async fn abandoned_calls_keep_budget_until_work_ends() {
    let platform = platform("huge.gif", huge_gif()).await;
    let program = server(&platform, &[("AGENT_CONCURRENCY", "2")]);
    let (free, total) = ("editor_agent_memory_budget_free_bytes", "editor_agent_memory_budget_total_bytes");
    let total = metric(program.address(), total).await;
    let mut in_use = 0;
    for _ in 0..10 {
        let mut connection = Connection::open(program.address()).await;
        connection.post("/pixels", &[], &payload()).await;
        // Waits until decoding has started, then disconnects.
        let began = Instant::now();
        while began.elapsed() < Duration::from_secs(2) {
            if metric(program.address(), free).await < total {
                in_use += 1;
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
    assert!(in_use > 0, "no image was decoded");
    println!("ten abandoned calls: {} MB at the peak", program.peak_memory());
    assert!(program.peak_memory() < 1100, "{} MB", program.peak_memory());
    // The work ends and releases its memory.
    let began = Instant::now();
    while metric(program.address(), free).await < total {
        assert!(began.elapsed() < Duration::from_secs(60), "memory was not released");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(program.peak_memory() < 1100, "{} MB", program.peak_memory());
}

#[tokio::test]
async fn bounds_decompressed_colour_profiles() {
    for (megabytes, status) in [(400, 200), (900, 413)] {
        let file = profile_bomb(megabytes);
        println!("a profile of {megabytes} MB in {} bytes", file.len());
        let platform = platform("profile.png", file).await;
        let program = server(&platform, &[]);
        for response in calls(program.address(), "/pixels").await {
            assert_eq!(response.status, status, "{response:?}");
            assert!(status == 200 || response.message().contains("carries a colour profile of"), "{response:?}");
        }
        println!("{CALLS} profile bombs: {} MB at the peak", program.peak_memory());
        assert!(program.peak_memory() < 200, "{megabytes} MB: {} MB", program.peak_memory());
    }
}

#[tokio::test]
async fn bounds_decompressed_responses() {
    let gzip = [&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255][..], &zeros(400)].concat();
    assert!(gzip.len() < 3_000_000);
    let response = move || {
        let gzip = gzip.clone();
        async move { ([(header::CONTENT_TYPE, "application/json"), (header::CONTENT_ENCODING, "gzip")], gzip) }
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(any(response))).await });

    let key = ClientKey::random().unwrap().openssh().unwrap();
    let place = [("ENCORD_SSH_KEY", key.as_str()), ("ENCORD_DOMAIN", url.as_str())];
    let program = Program::start(&[&place[..], &[("AGENT_MEMORY_BUDGET", "200000000")]].concat());
    for response in calls(program.address(), "/title").await {
        let (status, message) = (response.status, response.message());
        let too_large = status == 502 && message == "The platform's response is larger than this agent reads.";
        let busy = status == 503 && message.contains("no memory left") && response.header("retry-after").is_some();
        assert!(too_large || busy, "{response:?}");
    }
    println!("{CALLS} gzip bombs: {} MB at the peak", program.peak_memory());
    assert!(program.peak_memory() < 350, "{} MB", program.peak_memory());
}
