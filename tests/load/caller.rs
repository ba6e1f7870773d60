//! A keep-alive connection that sends calls and waits for their responses.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// The connection, reopened after it was closed.
pub(crate) struct Caller {
    address: SocketAddr,
    stream: Option<TcpStream>,
    buffer: Vec<u8>,
}

/// A response: status and body.
#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) body: String,
}

/// Returns the text of a `POST` request.
pub(crate) fn post(path: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "POST {path} HTTP/1.1\r\nHost: a\r\nOrigin: https://app.encord.com\r\nContent-Type: application/json\r\n\
         Content-Length: {length}\r\n\r\n{body}"
    )
}

impl Caller {
    pub(crate) fn new(address: SocketAddr) -> Self {
        Self { address, stream: None, buffer: Vec::new() }
    }

    async fn stream(&mut self) -> &mut TcpStream {
        if self.stream.is_none() {
            let stream = TcpStream::connect(self.address).await.unwrap();
            stream.set_nodelay(true).unwrap();
            self.buffer.clear();
            self.stream = Some(stream);
        }
        self.stream.as_mut().unwrap()
    }

    /// Sends a request, and disconnects without waiting for the response.
    pub(crate) async fn send_and_disconnect(&mut self, request: &str) {
        self.stream().await.write_all(request.as_bytes()).await.unwrap();
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        self.stream = None;
    }

    /// Sends a request, and reads the response.
    pub(crate) async fn send(&mut self, request: &str) -> Response {
        self.stream().await.write_all(request.as_bytes()).await.unwrap();
        let head_end = loop {
            if let Some(end) = self.buffer.windows(4).position(|four| four == b"\r\n\r\n") {
                break end + 4;
            }
            self.more().await;
        };
        let head = String::from_utf8(self.buffer[..head_end].to_vec()).unwrap();
        let length = head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
        let end = head_end + length.unwrap_or(0_usize);
        while self.buffer.len() < end {
            self.more().await;
        }
        let body = String::from_utf8(self.buffer[head_end..end].to_vec()).unwrap();
        self.buffer.drain(..end);
        Response { status: head.split(' ').nth(1).unwrap().parse().unwrap(), body }
    }

    async fn more(&mut self) {
        let mut part = [0; 4096];
        let read = self.stream.as_mut().unwrap().read(&mut part).await.unwrap();
        assert!(read > 0, "the server closed the connection without a response");
        self.buffer.extend_from_slice(&part[..read]);
    }
}
