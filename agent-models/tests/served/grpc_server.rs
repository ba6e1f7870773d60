//! A gRPC server on loopback that responds according to a script, on the frames of HTTP/2.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use h2::server::SendResponse;
use h2::{Reason, RecvStream};
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response};
use tokio::net::{TcpListener, TcpStream};

/// The server's response to a call.
#[derive(Debug, Clone)]
pub(crate) enum Reply {
    /// Data, and trailers.
    Data(Vec<u8>, Vec<(&'static str, &'static str)>),
    /// Headers with this HTTP status that end the stream.
    Headers(u16, Vec<(&'static str, &'static str)>),
    /// Resets the stream.
    Reset(Reason),
    /// Data without an end.
    Endless,
    /// No response.
    Hang,
}

/// A call that the server received.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) path: String,
    /// The message, without its prefix.
    pub(crate) message: Bytes,
}

type Script = dyn FnMut(&Call, usize) -> Reply + Send;

/// The server. It stops with the test's runtime.
#[derive(Clone)]
pub(crate) struct GrpcServer {
    pub(crate) url: String,
    calls: Arc<Mutex<Vec<Call>>>,
    /// Number of streams that the client reset.
    resets: Arc<Mutex<usize>>,
    script: Arc<Mutex<Box<Script>>>,
}

impl GrpcServer {
    /// Starts a server. `script` returns the response to a call and its number, from 0.
    pub(crate) async fn start(script: impl FnMut(&Call, usize) -> Reply + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Self {
            url: format!("grpc://{}/v2/models/sam", listener.local_addr().unwrap()),
            calls: Arc::default(),
            resets: Arc::default(),
            script: Arc::new(Mutex::new(Box::new(script))),
        };
        let accepting = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(accepting.clone().serve(stream));
            }
        });
        server
    }

    /// Starts a server that always sends the same response.
    pub(crate) async fn always(reply: Reply) -> Self {
        Self::start(move |_, _| reply.clone()).await
    }

    pub(crate) fn calls(&self) -> Vec<Call> {
        self.calls.lock().unwrap().clone()
    }

    /// Waits until the client has reset a stream.
    pub(crate) async fn wait_for_reset(&self) {
        while *self.resets.lock().unwrap() == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    async fn serve(self, stream: TcpStream) {
        let mut connection = h2::server::handshake(stream).await.unwrap();
        while let Some(Ok((request, respond))) = connection.accept().await {
            let server = self.clone();
            tokio::spawn(async move { server.respond(request, respond).await });
        }
    }

    async fn respond(&self, request: Request<RecvStream>, mut respond: SendResponse<Bytes>) {
        let path = request.uri().path().to_owned();
        assert_eq!(request.headers()["te"], "trailers");
        assert_eq!(request.headers()["content-type"], "application/grpc");
        let (mut body, mut message) = (request.into_body(), Vec::new());
        while let Some(Ok(part)) = body.data().await {
            let _ = body.flow_control().release_capacity(part.len());
            message.extend_from_slice(&part);
        }
        let call = Call { path, message: Bytes::from(message.split_off(5)) };
        let number = {
            let mut calls = self.calls.lock().unwrap();
            calls.push(call.clone());
            calls.len() - 1
        };
        let reply = (self.script.lock().unwrap())(&call, number);
        let head = |status: u16| Response::builder().status(status).header("content-type", "application/grpc");
        match reply {
            Reply::Data(data, trailers) => {
                let mut stream = respond.send_response(head(200).body(()).unwrap(), false).unwrap();
                stream.send_data(data.into(), false).unwrap();
                let _ = stream.send_trailers(headers(&trailers));
            }
            Reply::Headers(status, fields) => {
                let mut response = head(status).body(()).unwrap();
                response.headers_mut().extend(headers(&fields));
                respond.send_response(response, true).unwrap();
            }
            Reply::Reset(reason) => respond.send_reset(reason),
            Reply::Endless => {
                let mut stream = respond.send_response(head(200).body(()).unwrap(), false).unwrap();
                while stream.send_data(Bytes::from_static(&[0; 1024]), false).is_ok() {
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
                *self.resets.lock().unwrap() += 1;
            }
            Reply::Hang => {
                let _ = std::future::poll_fn(|context| respond.poll_reset(context)).await;
                *self.resets.lock().unwrap() += 1;
            }
        }
    }
}

fn headers(fields: &[(&'static str, &'static str)]) -> HeaderMap {
    let parsed =
        |(name, value): &(&'static str, &'static str)| (HeaderName::from_static(name), HeaderValue::from_static(value));
    fields.iter().map(parsed).collect()
}

/// Returns a message with its prefix.
pub(crate) fn framed(message: &[u8]) -> Vec<u8> {
    let length = u32::try_from(message.len()).unwrap();
    [&[0], &length.to_be_bytes()[..], message].concat()
}

/// Returns a field of a message whose value has a length.
pub(crate) fn field(tag: u8, value: &[u8]) -> Vec<u8> {
    [&[tag << 3 | 2, u8::try_from(value.len()).unwrap()], value].concat()
}

/// Returns an output of the datatype `FP32` with one element.
pub(crate) fn output(name: &str, value: f32) -> Vec<u8> {
    let contents = field(6, &value.to_le_bytes());
    field(5, &[field(1, name.as_bytes()), field(2, b"FP32"), field(3, &[1]), field(5, &contents)].concat())
}
