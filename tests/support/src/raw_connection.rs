//! A connection that sends raw bytes, for requests that an HTTP client cannot send.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use crate::raw_response::Answer;

/// Read timeout.
const READ_TIMEOUT: Duration = Duration::from_secs(30);

pub struct Connection {
    stream: TcpStream,
    reader: BufReader<TcpStream>,
}

/// Sends one request on a new connection. The response to `HEAD` has no body.
pub fn exchange(address: &str, method: &str, request: Vec<u8>) -> Answer {
    let mut connection = Connection::open(address);
    let mut writer = connection.stream.try_clone().unwrap();
    // On a thread, because a server can respond before it has read the request, and then stop reading.
    let sending = std::thread::spawn(move || writer.write_all(&request));
    let answer = connection.receive(method);
    let _ = connection.stream.shutdown(Shutdown::Both);
    let _ = sending.join();
    answer
}

impl Connection {
    pub fn open(address: &str) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(READ_TIMEOUT)).unwrap();
        let reader = BufReader::new(stream.try_clone().unwrap());
        Self { stream, reader }
    }

    /// Sends a request, and returns its response. The connection stays open.
    pub fn ask(&mut self, method: &str, request: &[u8]) -> Answer {
        self.stream.write_all(request).unwrap();
        self.receive(method)
    }

    fn receive(&mut self, method: &str) -> Answer {
        let (status, headers) = loop {
            let (status, headers) = self.head();
            // 100 is not the final response.
            if status >= 200 {
                break (status, headers);
            }
        };
        let mut answer = Answer { status, headers, text: String::new() };
        if method != "HEAD" {
            let length = answer.header("content-length").expect("an answer says how long it is");
            let mut body = vec![0; length.parse().expect("a length is a number")];
            self.reader.read_exact(&mut body).unwrap();
            answer.text = String::from_utf8(body).expect("an answer is text");
        }
        answer
    }

    fn head(&mut self) -> (u16, Vec<(String, String)>) {
        let first = self.line();
        let status = first.strip_prefix("HTTP/1.1 ").and_then(|rest| rest.get(..3)?.parse().ok());
        let status = status.unwrap_or_else(|| panic!("`{first}` starts no answer"));
        let mut headers = Vec::new();
        loop {
            let line = self.line();
            if line.is_empty() {
                return (status, headers);
            }
            let (name, value) = line.split_once(':').unwrap_or_else(|| panic!("`{line}` is no header"));
            headers.push((name.to_owned(), value.trim().to_owned()));
        }
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.reader.read_line(&mut line).unwrap();
        line.trim_end_matches(['\r', '\n']).to_owned()
    }
}
