//! Resource exhaustion over TLS: handshakes, streams, headers, time. The server is a separate process, so that its memory can be
//! measured.

use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::calls::post;
use super::frames::{self, CONTINUATION, Connection, DATA, END_HEADERS, END_STREAM, GO_AWAY, HEADERS, RESET, frame};
use crate::program::Program;
use test_support::certificates::{Folder, Pair};

/// Maximum memory of the server, in megabytes. An idle server in a debug build uses about 15, and a thousand unfinished handshakes
/// use 30 more.
const MEMORY: u64 = 150;

/// A server with a certificate, and a client configuration that trusts it.
struct Attacked {
    program: Program,
    pair: Pair,
    _folder: Folder,
}

impl Attacked {
    fn start(variables: &[(&str, &str)]) -> Self {
        let (folder, pair) = (Folder::new(), Pair::new());
        folder.put(&pair);
        let files = folder.variables();
        let files = files.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let program = Program::start(&files.chain(variables.iter().copied()).collect::<Vec<_>>());
        Self { program, pair, _folder: folder }
    }

    async fn connect(&self) -> Connection {
        Connection::open(&self.pair, self.program.address(), &[]).await
    }

    /// Asserts that other clients are served normally.
    async fn assert_serves_others(&self) {
        let url = format!("https://{}/hello", self.program.address());
        for protocol in ["http/1.1", "h2"] {
            let began = Instant::now();
            assert_eq!(post(&self.pair.client(protocol), &url, &[]).await.status().as_u16(), 200);
            assert!(began.elapsed() < Duration::from_secs(10), "{protocol} took {:?}", began.elapsed());
        }
        assert!(self.program.peak_memory() < MEMORY, "{} MB", self.program.peak_memory());
    }
}

/// Waits until the server has closed the connection, and returns the duration.
async fn time_until_closed(stream: &mut TcpStream) {
    let mut read = [0; 1024];
    let time_until_closed = async { while let Ok(1..) = stream.read(&mut read).await {} };
    tokio::time::timeout(Duration::from_secs(40), time_until_closed).await.expect("the connection was kept");
}

/// The beginning of a valid handshake: the header of a record of 512 bytes, and its first bytes.
const PARTIAL_CLIENT_HELLO: &[u8] = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03";

#[tokio::test]
async fn thousand_stalled_handshakes_do_not_block_others() {
    let attacked = Attacked::start(&[("AGENT_READ_TIMEOUT", "4")]);
    let began = Instant::now();
    let mut crowd = Vec::new();
    for n in 0..1000 {
        let mut stream = TcpStream::connect(attacked.program.address()).await.unwrap();
        if n % 2 == 0 {
            stream.write_all(PARTIAL_CLIENT_HELLO).await.unwrap();
        }
        crowd.push(stream);
    }
    attacked.assert_serves_others().await;
    for stream in &mut crowd {
        time_until_closed(stream).await;
    }
    assert!(began.elapsed() >= Duration::from_secs(4) && began.elapsed() < Duration::from_secs(60));
    attacked.assert_serves_others().await;
}

#[tokio::test]
async fn handshakes_count_as_connections_and_time_out() {
    let attacked = Attacked::start(&[("AGENT_READ_TIMEOUT", "2"), ("AGENT_CONNECTIONS", "20")]);
    let address = attacked.program.address();
    let began = Instant::now();
    let mut crowd = tokio::task::JoinSet::new();
    for _ in 0..20 {
        crowd.spawn(async move {
            let mut stream = TcpStream::connect(address).await.unwrap();
            // One byte every 100 ms: no idle timeout applies, but the total timeout does.
            for byte in PARTIAL_CLIENT_HELLO.iter().chain(&[0; 100]) {
                if stream.write_all(&[*byte]).await.is_err() {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        });
    }
    tokio::time::sleep(Duration::from_millis(300)).await;
    // All connections are in use: a new client waits until one is closed, and is then served.
    let url = format!("https://{address}/hello");
    assert_eq!(post(&attacked.pair.client("h2"), &url, &[]).await.status().as_u16(), 200);
    assert!(began.elapsed() >= Duration::from_millis(1500) && began.elapsed() < Duration::from_secs(20));
    crowd.abort_all();
}

#[tokio::test]
async fn rapid_stream_resets_do_not_affect_others() {
    let attacked = Attacked::start(&[("RUST_LOG", "error")]);
    let mut connection = attacked.connect().await;
    let mut last = 1;
    for _ in 0..200 {
        let mut burst = Vec::new();
        for _ in 0..100 {
            burst.extend(frames::call(last, "/stuck"));
            burst.extend(frame(RESET, 0, last, &8_u32.to_be_bytes()));
            last += 2;
        }
        connection.write(burst).await;
    }
    attacked.assert_serves_others().await;
    // Streams that are reset before they are handled close the connection (CVE-2023-44487); others complete.
    connection.write(frames::call(last, "/hello")).await;
    let answered = connection.next_of(HEADERS, last).await;
    assert!(answered.is_none_or(|response| response.is_ok()));
    attacked.assert_serves_others().await;
}

#[tokio::test]
async fn refuses_streams_above_limit_without_taking_permits() {
    let attacked = Attacked::start(&[("AGENT_CONCURRENCY", "500"), ("RUST_LOG", "error")]);
    let mut connection = attacked.connect().await;
    let burst: Vec<u8> = (0..400).flat_map(|n| frames::call(2 * n + 1, "/stuck")).collect();
    connection.write(burst).await;
    attacked.assert_serves_others().await;
    // `stuck` times out after half a second with 504.
    let (mut answered, mut rejected) = (0, 0);
    while answered + rejected < 400 {
        let Some(frame) = connection.next().await else { break };
        match frame.kind {
            HEADERS => answered += 1,
            // REFUSED_STREAM, or an error for too many invalid streams.
            RESET if frame.payload == 7_u32.to_be_bytes() => rejected += 1,
            GO_AWAY => break,
            _ => {}
        }
    }
    assert!(answered <= 100 && rejected > 0, "{answered} responses, {rejected} refused");
    attacked.assert_serves_others().await;
}

#[tokio::test]
async fn bounds_header_lists() {
    let attacked = Attacked::start(&[]);
    let long = |name: u8, length: usize| {
        // A header without compression, whose value length is an integer with a 7-bit prefix (RFC 7541, section 5.1).
        let mut header = vec![0, 1, name, 0x7f];
        let mut left = length - 127;
        while left >= 128 {
            header.push(u8::try_from(left % 128).unwrap() | 0x80);
            left /= 128;
        }
        header.push(u8::try_from(left).unwrap());
        header.extend(std::iter::repeat_n(b'x', length));
        header
    };
    for (count, is_taken) in [(3, true), (8, false), (200, false)] {
        let mut connection = attacked.connect().await;
        let mut block = frames::head("/hello");
        for n in 0..count {
            block.extend(long(b'a' + n % 26, 15_000));
        }
        let mut pieces = block.chunks(16_000).peekable();
        let mut flags = END_STREAM;
        let mut kind = HEADERS;
        while let Some(piece) = pieces.next() {
            let end = if pieces.peek().is_none() { END_HEADERS } else { 0 };
            connection.write(frame(kind, flags | end, 1, piece)).await;
            (kind, flags) = (CONTINUATION, 0);
        }
        // 400 because the body is missing, 431, or the end of the stream or of the connection.
        let (mut response, mut time_until_closed) = (None, false);
        while response.is_none() && !time_until_closed {
            match connection.next().await {
                Some(frame) if frame.kind == HEADERS => response = Some(frame),
                Some(frame) => time_until_closed = matches!(frame.kind, RESET | GO_AWAY),
                None => time_until_closed = true,
            }
        }
        let text = match response {
            Some(_) => connection.next_of(DATA, 1).await.map(|frame| String::from_utf8(frame.payload).unwrap()),
            None => None,
        };
        let read = text.as_ref().is_some_and(|text| text.contains("no body"));
        assert_eq!(read, is_taken, "{count} headers of 15000 bytes: {text:?}");
    }
    attacked.assert_serves_others().await;
}

#[tokio::test]
async fn bounds_decompressed_headers() {
    let attacked = Attacked::start(&[]);
    let mut connection = attacked.connect().await;
    // One header of 4000 bytes is added to the dynamic table, and referenced 8000 times with one byte: 32 MB per stream.
    let stored = [&[0x40, 1, b'a', 0x7f, 0xa1, 0x1e][..], &[b'x'; 4000]].concat();
    let block = [frames::head("/hello"), stored, vec![0xbe; 5]].concat();
    connection.write(frame(HEADERS, END_HEADERS | END_STREAM, 1, &block)).await;
    let response = connection.next_of(DATA, 1).await.unwrap();
    assert!(String::from_utf8_lossy(&response.payload).contains("no body"), "{response:?}");
    for n in 1..20 {
        let block = [frames::head("/hello"), vec![0xbe; 8000]].concat();
        connection.write(frame(HEADERS, END_HEADERS | END_STREAM, 2 * n + 1, &block)).await;
    }
    let answered = connection.next_of(DATA, 3).await;
    assert!(answered.is_none_or(|frame| !String::from_utf8_lossy(&frame.payload).contains("no body")));
    attacked.assert_serves_others().await;
}

#[tokio::test]
async fn times_out_endless_heads() {
    let attacked = Attacked::start(&[("AGENT_READ_TIMEOUT", "1")]);
    let began = Instant::now();
    let mut connection = attacked.connect().await;
    connection.write(frame(HEADERS, END_STREAM, 1, &frames::head("/hello"))).await;
    // A continuation frame every 50 ms, without an end of the header block.
    for _ in 0..60 {
        connection.write(frame(CONTINUATION, 0, 1, &[])).await;
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    connection.rest().await;
    assert!(began.elapsed() < Duration::from_secs(15));
    attacked.assert_serves_others().await;
}

#[tokio::test]
async fn times_out_slow_bodies_and_releases_permits() {
    let attacked = Attacked::start(&[("AGENT_READ_TIMEOUT", "1"), ("AGENT_CONCURRENCY", "60")]);
    let mut connection = attacked.connect().await;
    for n in 0..50 {
        connection.write(frame(HEADERS, END_HEADERS, 2 * n + 1, &frames::head("/hello"))).await;
    }
    let began = Instant::now();
    for _ in 0..30 {
        let drip: Vec<u8> = (0..50).flat_map(|n| frame(DATA, 0, 2 * n + 1, b"{")).collect();
        connection.write(drip).await;
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let response = connection.next_of(DATA, 1).await.unwrap();
    assert!(String::from_utf8_lossy(&response.payload).contains("did not arrive in time"), "{response:?}");
    assert!(began.elapsed() < Duration::from_secs(15));
    attacked.assert_serves_others().await;
}

#[tokio::test]
async fn times_out_client_with_closed_window() {
    let attacked = Attacked::start(&[("AGENT_READ_TIMEOUT", "2")]);
    // The window of every stream is 0 (RFC 9113, section 6.5.2): only response heads can be sent.
    let mut connection = Connection::open(&attacked.pair, attacked.program.address(), &[(4, 0)]).await;
    let burst: Vec<u8> = (0..100).flat_map(|n| frames::call(2 * n + 1, "/hello")).collect();
    connection.write(burst).await;
    let began = Instant::now();
    let frames = connection.rest().await;
    assert!(frames.iter().any(|frame| frame.kind == HEADERS) && !frames.iter().any(|frame| frame.kind == DATA));
    assert!(began.elapsed() < Duration::from_secs(20));
    attacked.assert_serves_others().await;
}
