//! The client of both sides.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use test_support::server_process::BODY;

/// One kept-alive connection that sends one call after the other.
pub(crate) struct Caller {
    stream: TcpStream,
    request: Vec<u8>,
    answer_length: usize,
    buffer: Vec<u8>,
}

impl Caller {
    pub(crate) fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        let length = BODY.len();
        let request = format!(
            "POST /nothing HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{BODY}"
        );
        let mut caller = Self { stream, request: request.into_bytes(), answer_length: 0, buffer: vec![0; 4096] };
        // Every answer of a server is as long as its first: all that differs is a date and an id of fixed length.
        caller.stream.write_all(&caller.request).unwrap();
        std::thread::sleep(Duration::from_millis(100));
        caller.answer_length = caller.stream.read(&mut caller.buffer).unwrap();
        let answer = String::from_utf8_lossy(&caller.buffer[..caller.answer_length]).into_owned();
        assert!(answer.starts_with("HTTP/1.1 200 OK") && answer.ends_with("\r\n\r\nnull"), "{answer}");
        caller
    }

    pub(crate) fn call(&mut self) {
        self.stream.write_all(&self.request).unwrap();
        self.stream.read_exact(&mut self.buffer[..self.answer_length]).unwrap();
    }
}
