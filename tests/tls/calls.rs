//! Calls with and without TLS.

use agent_runtime::prelude::*;
use reqwest::{Client, Response, Version};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::frames::{self, Connection as Http2, HEADERS, RESET};
use test_support::certificates::{Folder, Pair};
use test_support::wire::{Connection, PAYLOAD};

#[editor_agent]
async fn greet(frame: Frame) -> String {
    format!("Frame {frame}")
}

pub(crate) async fn post(client: &Client, url: &str, headers: &[(&str, &str)]) -> Response {
    let mut request = client.post(url).header("content-type", "application/json").body(PAYLOAD);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.send().await.unwrap()
}

#[tokio::test]
async fn http_1_and_2_get_same_responses() {
    let (folder, pair) = (Folder::new(), Pair::new());
    folder.put(&pair);
    let server = folder.server().agents(agents![greet]).start().await.unwrap();
    let url = server.url();
    assert_eq!(url, format!("https://{}", server.address()));
    for (protocol, version) in [("http/1.1", Version::HTTP_11), ("h2", Version::HTTP_2)] {
        let client = pair.client(protocol);
        let origin = ("origin", "https://app.encord.com");
        for _ in 0..3 {
            let response = post(&client, &format!("{url}/greet"), &[origin]).await;
            assert_eq!((response.status().as_u16(), response.version()), (200, version));
            assert_eq!(response.headers()["access-control-allow-origin"], "https://app.encord.com");
            assert!(response.headers().contains_key("x-cloud-trace-context"));
            assert_eq!(response.text().await.unwrap(), r#"{"message":"Frame 0"}"#);
        }
        for (path, status) in [("/nowhere", 404), ("/healthz", 405)] {
            assert_eq!(post(&client, &format!("{url}{path}"), &[]).await.status().as_u16(), status);
        }
        // The page shows URLs with the scheme, and for HTTP/2 with the host of `:authority`.
        let page = client.get(&url).header("accept", "text/html").send().await.unwrap().text().await.unwrap();
        assert!(page.contains(&format!("<code>{url}/greet</code>")), "{page}");
        // With TLS, the certificate guarantees the host name, so DNS rebinding is impossible.
        let own = ("origin", url.as_str());
        assert_eq!(post(&client, &format!("{url}/greet"), &[own]).await.status().as_u16(), 200);
        let lying = [("origin", "http://evil.test"), ("host", "evil.test")];
        let client = pair.client("http/1.1");
        assert_eq!(post(&client, &format!("{url}/greet"), &lying).await.status().as_u16(), 200);
    }
    server.stop().await;
}

#[tokio::test]
async fn chunked_bodies_close_http_1_connections_only() {
    let (folder, pair) = (Folder::new(), Pair::new());
    folder.put(&pair);
    let server = folder.server().agents(agents![greet]).start().await.unwrap();
    let head =
        "POST /greet HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
    let request = format!("{head}{:x}\r\n{PAYLOAD}\r\n0\r\n\r\n", PAYLOAD.len());
    let mut http1 = pair.connect(server.address(), "http/1.1").await.unwrap();
    http1.write_all(request.as_bytes()).await.unwrap();
    let mut response = String::new();
    http1.read_to_string(&mut response).await.unwrap();
    assert!(response.contains("Frame 0") && response.contains("connection: close"), "{response}");

    // Manually written frames have no content length: the connection stays open.
    let mut http2 = Http2::open(&pair, server.address(), &[]).await;
    for stream in [1, 3, 5] {
        http2.write(frames::call(stream, "/greet")).await;
        assert!(http2.next_of(HEADERS, stream).await.unwrap().is_ok());
    }
    // In HTTP/2, connection headers are a stream error (RFC 9113, section 8.2.2).
    let forbidden = [frames::head("/greet"), b"\0\x11transfer-encoding\x07chunked".to_vec()].concat();
    http2.write(frames::frame(HEADERS, frames::END_HEADERS | frames::END_STREAM, 7, &forbidden)).await;
    assert!(http2.next_of(RESET, 7).await.is_some());
    server.stop().await;
}

#[tokio::test]
async fn closes_connections_without_tls() {
    let (folder, pair) = (Folder::new(), Pair::new());
    folder.put(&pair);
    let server = folder.server().agents(agents![greet]).start().await.unwrap();
    for sent in
        ["GET / HTTP/1.1\r\nHost: a\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "\0\0\0\0\0\0\0\0", "SSH-2.0-x\r\n"]
    {
        let mut connection = Connection::open(server.address()).await;
        connection.write(sent).await;
        let ended = tokio::time::timeout(std::time::Duration::from_secs(5), connection.response()).await;
        assert!(matches!(ended, Ok(None)), "{sent:?}: {ended:?}");
    }
    assert_eq!(post(&pair.client("h2"), &format!("{}/greet", server.url()), &[]).await.status().as_u16(), 200);
    server.stop().await;
}

#[tokio::test]
async fn accepts_every_key_type_and_format() {
    for pair in Pair::of_each_kind() {
        let folder = Folder::new();
        folder.put(&pair);
        let server = folder.server().agents(agents![greet]).start().await.unwrap();
        assert!(pair.connect(server.address(), "h2").await.is_ok());
        server.stop().await;
    }
    let (folder, pair) = (Folder::new(), Pair::new());
    folder.put(&pair);
    // A chain may follow the certificate, and text may surround both.
    let chain = format!("subject=agents.test\n{}issuer\n{}", pair.certificate_pem(), Pair::new().certificate_pem());
    std::fs::write(folder.certificate(), chain).unwrap();
    std::fs::write(folder.key(), format!("Bag Attributes\n{}", pair.sec1_pem())).unwrap();
    let server = folder.server().agents(agents![greet]).start().await.unwrap();
    assert!(pair.connect(server.address(), "h2").await.is_ok());
    server.stop().await;
}
