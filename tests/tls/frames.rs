//! An HTTP/2 client that writes raw frames, including invalid ones.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

use test_support::certificates::Pair;
use test_support::wire::PAYLOAD;

pub(crate) const DATA: u8 = 0;
pub(crate) const HEADERS: u8 = 1;
pub(crate) const RESET: u8 = 3;
pub(crate) const SETTINGS: u8 = 4;
pub(crate) const PING: u8 = 6;
pub(crate) const GO_AWAY: u8 = 7;
pub(crate) const CONTINUATION: u8 = 9;

pub(crate) const END_STREAM: u8 = 1;
pub(crate) const END_HEADERS: u8 = 4;

/// An HTTP/2 connection.
pub(crate) struct Connection {
    stream: TlsStream<TcpStream>,
    unread: Vec<u8>,
}

/// A received frame.
#[derive(Debug, Clone)]
pub(crate) struct Frame {
    pub(crate) kind: u8,
    pub(crate) flags: u8,
    pub(crate) stream: u32,
    pub(crate) payload: Vec<u8>,
}

/// Encodes a frame.
pub(crate) fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

/// Encodes the header block of a `POST` without compression (RFC 7541, section 6.2.2).
pub(crate) fn head(path: &str) -> Vec<u8> {
    let text = |text: &str| [&[u8::try_from(text.len()).unwrap()], text.as_bytes()].concat();
    // `:method POST` and `:scheme https` are in the static table, as are the names `:path`, `:authority` and `content-type`.
    [&[0x83, 0x87, 0x04][..], &text(path), &[0x01], &text("agents.test"), &[0x0f, 0x10], &text("application/json")]
        .concat()
}

/// Encodes the frames of a complete call.
pub(crate) fn call(stream: u32, path: &str) -> Vec<u8> {
    let head = frame(HEADERS, END_HEADERS, stream, &head(path));
    [head, frame(DATA, END_STREAM, stream, PAYLOAD.as_bytes())].concat()
}

impl Connection {
    /// Connects and sends the preface with these settings: pairs of identifier and value.
    pub(crate) async fn open(pair: &Pair, address: SocketAddr, settings: &[(u16, u32)]) -> Self {
        let mut connection = Self { stream: pair.connect(address, "h2").await.unwrap(), unread: Vec::new() };
        connection.send_preface(settings).await;
        connection
    }

    /// Sends the preface on an open connection.
    pub(crate) async fn on(pair: &Pair, stream: TcpStream) -> Self {
        let mut connection = Self { stream: pair.handshake(stream, "h2").await.unwrap(), unread: Vec::new() };
        connection.send_preface(&[]).await;
        connection
    }

    async fn send_preface(&mut self, settings: &[(u16, u32)]) {
        let settings: Vec<u8> =
            settings.iter().flat_map(|(id, value)| [&id.to_be_bytes()[..], &value.to_be_bytes()].concat()).collect();
        self.write([&b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"[..], &frame(SETTINGS, 0, 0, &settings)].concat()).await;
    }

    pub(crate) async fn write(&mut self, bytes: impl AsRef<[u8]>) {
        // The server may close the connection before everything is written.
        let _ = self.stream.write_all(bytes.as_ref()).await;
        let _ = self.stream.flush().await;
    }

    /// Returns the next frame; `None` if the connection is closed. Answers pings, which a graceful shutdown waits for.
    pub(crate) async fn next(&mut self) -> Option<Frame> {
        while self.unread.len() < 9 || self.unread.len() < 9 + length(&self.unread) {
            self.read_more().await?;
        }
        let payload = self.unread[9..9 + length(&self.unread)].to_vec();
        let stream = u32::from_be_bytes(self.unread[5..9].try_into().unwrap());
        let frame = Frame { kind: self.unread[3], flags: self.unread[4], stream, payload };
        self.unread.drain(..9 + length(&self.unread));
        if (frame.kind, frame.flags) == (PING, 0) {
            self.write(self::frame(PING, 1, 0, &frame.payload)).await;
        }
        Some(frame)
    }

    /// Returns the next frame of this kind on this stream; `None` if the connection is closed before.
    pub(crate) async fn next_of(&mut self, kind: u8, stream: u32) -> Option<Frame> {
        loop {
            let frame = self.next().await?;
            if (frame.kind, frame.stream) == (kind, stream) {
                return Some(frame);
            }
        }
    }

    /// Returns all frames until the connection is closed.
    pub(crate) async fn rest(&mut self) -> Vec<Frame> {
        let mut frames = Vec::new();
        while let Some(frame) = self.next().await {
            frames.push(frame);
        }
        frames
    }

    async fn read_more(&mut self) -> Option<()> {
        let mut buffer = [0; 4096];
        let read = tokio::time::timeout(Duration::from_secs(30), self.stream.read(&mut buffer))
            .await
            .expect("the server neither responded nor closed the connection");
        let read = read.ok().filter(|read| *read > 0)?;
        self.unread.extend_from_slice(&buffer[..read]);
        Some(())
    }
}

impl Frame {
    /// Returns whether a response head begins with `:status 200`, after updates of the table size.
    pub(crate) fn is_ok(&self) -> bool {
        self.payload.iter().find(|byte| **byte & 0xe0 != 0x20) == Some(&0x88)
    }
}

fn length(frame: &[u8]) -> usize {
    usize::from(frame[0]) << 16 | usize::from(frame[1]) << 8 | usize::from(frame[2])
}
