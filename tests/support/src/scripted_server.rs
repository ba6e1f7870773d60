//! A server on loopback that responds according to a script, and records its requests.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A received request.
#[derive(Debug, Clone)]
pub struct Request {
    pub method: String,
    pub target: String,
    /// Header names in lower case, and values.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// Number of the connection, from 0.
    pub connection: usize,
}

impl Request {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|header| header.0 == name).map(|header| header.1.as_str())
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// The server's response to a request.
#[derive(Debug, Clone)]
pub enum Reply {
    Answer {
        status: u16,
        headers: Vec<(String, String)>,
        body: Vec<u8>,
    },
    /// Closes the connection without a response.
    Close,
    /// Responds with 200 and keep-alive, then closes the connection.
    Last {
        body: Vec<u8>,
    },
    /// Keeps the connection open and never responds.
    Hang,
    /// Declares a longer body than it sends, then closes the connection.
    CutOff {
        status: u16,
        body: Vec<u8>,
    },
    /// Declares a body of `announced` bytes, and closes the connection after `body`.
    Part {
        status: u16,
        headers: Vec<(String, String)>,
        announced: usize,
        body: Vec<u8>,
    },
    /// Declares no length: the body ends with the connection.
    Unannounced {
        body: Vec<u8>,
    },
    /// Sends the body in parts, with this pause in between.
    Drip {
        body: Vec<u8>,
        pause: Duration,
    },
}

impl Reply {
    pub fn json(status: u16, body: &serde_json::Value) -> Self {
        Self::text(status, "application/json", &body.to_string())
    }

    pub fn text(status: u16, content_type: &str, body: &str) -> Self {
        let headers = vec![("Content-Type".to_owned(), content_type.to_owned())];
        Self::Answer { status, headers, body: body.into() }
    }

    pub fn empty(status: u16) -> Self {
        Self::Answer { status, headers: Vec::new(), body: Vec::new() }
    }

    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        if let Self::Answer { headers, .. } | Self::Part { headers, .. } = &mut self {
            headers.push((name.to_owned(), value.to_owned()));
        }
        self
    }
}

type Script = dyn FnMut(&Request, usize) -> Reply + Send;

/// The server. It stops with the test's runtime.
pub struct Server {
    address: SocketAddr,
    requests: Arc<Mutex<Vec<Request>>>,
    script: Arc<Mutex<Box<Script>>>,
}

impl Server {
    /// Starts a server. `script` returns the response to a request and its number, from 0.
    pub async fn start(script: impl FnMut(&Request, usize) -> Reply + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Self {
            address: listener.local_addr().unwrap(),
            requests: Arc::default(),
            script: Arc::new(Mutex::new(Box::new(script))),
        };
        let (requests, script) = (Arc::clone(&server.requests), Arc::clone(&server.script));
        tokio::spawn(async move {
            for connection in 0.. {
                let Ok((stream, _)) = listener.accept().await else { return };
                tokio::spawn(serve(stream, connection, Arc::clone(&requests), Arc::clone(&script)));
            }
        });
        server
    }

    /// Starts a server that always sends the same response.
    pub async fn always(reply: Reply) -> Self {
        Self::start(move |_, _| reply.clone()).await
    }

    /// Replaces the script, and clears the recorded requests.
    pub fn restart(&self, script: impl FnMut(&Request, usize) -> Reply + Send + 'static) {
        *self.script.lock().unwrap() = Box::new(script);
        self.requests.lock().unwrap().clear();
    }

    pub fn base(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }
}

/// Returns the address of a port on which nothing listens.
pub async fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

async fn serve(
    mut stream: TcpStream,
    connection: usize,
    requests: Arc<Mutex<Vec<Request>>>,
    script: Arc<Mutex<Box<Script>>>,
) {
    let mut buffer = Vec::new();
    while let Some(request) = read_request(&mut stream, &mut buffer, connection).await {
        let number = {
            let mut requests = requests.lock().unwrap();
            requests.push(request.clone());
            requests.len() - 1
        };
        let reply = (script.lock().unwrap())(&request, number);
        if !send(&mut stream, reply).await {
            return;
        }
    }
}

/// Sends a response. Returns `true` if the connection stays open.
async fn send(stream: &mut TcpStream, reply: Reply) -> bool {
    match reply {
        Reply::Close => false,
        Reply::Last { body } => {
            let head = format!("HTTP/1.1 200 X\r\nContent-Length: {}\r\n\r\n", body.len());
            let _ = stream.write_all(&[head.as_bytes(), &body].concat()).await;
            false
        }
        Reply::Hang => {
            tokio::time::sleep(Duration::from_secs(60)).await;
            false
        }
        Reply::Answer { status, headers, body } => {
            let mut head = format!("HTTP/1.1 {status} X\r\n");
            for (name, value) in headers {
                head.push_str(&format!("{name}: {value}\r\n"));
            }
            // Responses with these statuses have no body, so they declare no length.
            let bodiless = matches!(status, 204 | 304);
            if !bodiless {
                head.push_str(&format!("Content-Length: {}\r\n", body.len()));
            }
            head.push_str("\r\n");
            let body = if bodiless { &[][..] } else { &body };
            stream.write_all(&[head.as_bytes(), body].concat()).await.is_ok()
        }
        Reply::CutOff { status, body } => {
            let head = format!("HTTP/1.1 {status} X\r\nContent-Length: {}\r\n\r\n", body.len() + 1000);
            let _ = stream.write_all(&[head.as_bytes(), &body].concat()).await;
            false
        }
        Reply::Part { status, headers, announced, body } => {
            let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
            let head = format!("HTTP/1.1 {status} X\r\nContent-Length: {announced}\r\n{headers}\r\n");
            let _ = stream.write_all(&[head.as_bytes(), &body].concat()).await;
            false
        }
        Reply::Unannounced { body } => {
            let _ = stream.write_all(&[b"HTTP/1.1 200 X\r\nConnection: close\r\n\r\n", &body[..]].concat()).await;
            false
        }
        Reply::Drip { body, pause } => {
            let head = format!("HTTP/1.1 200 X\r\nContent-Length: {}\r\n\r\n", body.len());
            let _ = stream.write_all(head.as_bytes()).await;
            for byte in body {
                tokio::time::sleep(pause).await;
                if stream.write_all(&[byte]).await.is_err() {
                    return false;
                }
            }
            true
        }
    }
}

async fn read_request(stream: &mut TcpStream, buffer: &mut Vec<u8>, connection: usize) -> Option<Request> {
    let head = loop {
        if let Some(end) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
            let head = buffer[..end].to_vec();
            buffer.drain(..end + 4);
            break String::from_utf8(head).unwrap();
        }
        more(stream, buffer).await?;
    };
    let mut lines = head.lines();
    let mut first = lines.next()?.split(' ');
    let (method, target) = (first.next()?.to_owned(), first.next()?.to_owned());
    let headers: Vec<_> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let length =
        headers.iter().find(|header| header.0 == "content-length").map_or(0, |header| header.1.parse().unwrap());
    while buffer.len() < length {
        more(stream, buffer).await?;
    }
    let body = buffer.drain(..length).collect();
    Some(Request { method, target, headers, body, connection })
}

async fn more(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<()> {
    let read = stream.read_buf(buffer).await.ok()?;
    (read > 0).then_some(())
}
