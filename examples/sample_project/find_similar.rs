//! Tests of `find_similar` on the sample project, with the built-in model and with a model server.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use agent_runtime::Server;
use agent_runtime::agent_platform::labels::{BoundingBox, LabelRow};
use agent_runtime::axum::Router;
use agent_runtime::axum::body::Bytes;
use agent_runtime::axum::http::{HeaderMap, StatusCode};
use agent_runtime::axum::routing::{get, post};
use agent_runtime::media::{Limits, RgbImage, decode};
use serde_json::{Value, json};
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;

use super::SampleProject;
use super::ground_truth::{objects, photograph, right};
use crate::find_similar::{Appearance, Model, ModelServer};

/// Boxed coins in `coins.png`.
const COINS: [&str; 3] = ["LWoqTDgv", "Gmbib0Vs", "xthpB3jq"];
/// Boxed coins in `gravel.jpg`: two of silver and one of bronze.
const GRAVEL: [&str; 3] = ["eciMWgJQ", "WAaAt/H7", "3Q9UEqVQ"];

fn boxes(row: &LabelRow) -> Vec<BoundingBox> {
    row.objects_of_class("Coin").map(|coin| coin.at(0).unwrap().coordinates().unwrap()).collect()
}

#[tokio::test]
async fn boxes_other_coins_once() {
    for (title, prompts, most_wrong, most_missing) in [("coins.png", COINS, 0, 1), ("gravel.jpg", GRAVEL, 5, 3)] {
        let sample = SampleProject::start(Server::new()).await;
        let before = sample.row(title);
        let payload = sample.payload(title, 0, &prompts);
        let answer = sample.call("/find-similar", &payload).await;
        assert_eq!(answer.status, 200, "{}", answer.message);
        let row = sample.row(title);
        let known: Vec<_> = before.objects().map(|object| object.hash().clone()).collect();
        let added: Vec<_> = row.objects().filter(|object| !known.iter().any(|hash| hash == object.hash())).collect();
        assert!(
            answer.message.starts_with(&format!("Boxed {} more of Coin, the least sure to 0.", added.len())),
            "{answer:?}"
        );
        for coin in &added {
            let placed = coin.at(0).unwrap();
            assert_eq!((coin.class().unwrap().name(), placed.is_manual()), ("Coin", false));
            assert!((0.5..1.0).contains(&placed.confidence()), "{}", placed.confidence());
        }
        let new: Vec<BoundingBox> = added.iter().map(|coin| coin.at(0).unwrap().coordinates().unwrap()).collect();
        let there = objects("coins.json").into_iter().filter(|coin| coin.file_name == title);
        let there: Vec<BoundingBox> = there.map(|coin| coin.around).collect();
        let without: Vec<BoundingBox> =
            there.iter().filter(|coin| right(&boxes(&before), &[**coin]) == 0).copied().collect();
        let (is_right, wanted) = (right(&new, &without), without.len());
        println!("{title}: {} added, {is_right} of {wanted} right: {}", new.len(), answer.message);
        assert!(
            new.len() - is_right <= most_wrong && wanted - is_right <= most_missing,
            "{is_right} of {wanted}, {new:?}"
        );
        let again = sample.call("/find-similar", &payload).await;
        assert_eq!(again.message, "No similar objects found on this frame.");
        assert_eq!(boxes(&sample.row(title)), boxes(&row));
    }
}

#[tokio::test]
async fn requires_selection() {
    let sample = SampleProject::start(Server::new()).await;
    let cases: [(&str, &[&str], &str); 3] = [
        ("coins.png", &[], "Select one or more boxes around objects to find."),
        ("astronaut.jpg", &["meEdYEqs", "uUtVVwJt"], "Select boxes of one class: these are Face and Item box."),
        ("gravel.jpg", &["ZN6a2MIW"], "The selected boxes are too small relative to the frame."),
    ];
    for (title, selected, complaint) in cases {
        let answer = sample.call("/find-similar", &sample.payload(title, 0, selected)).await;
        assert_eq!((answer.status, answer.message.as_str()), (400, complaint));
    }
}

/// A mock server of the Open Inference Protocol with the built-in model. It is written from the protocol's
/// specification, independently of the client.
#[derive(Clone, Default)]
struct Inference {
    binary: bool,
    datatype: &'static str,
    /// Size in bytes and image of each request.
    seen: Arc<Mutex<Vec<(usize, RgbImage)>>>,
}

impl Inference {
    async fn start(self) -> String {
        let extensions = if self.binary { json!(["binary_tensor_data", "classification"]) } else { json!([]) };
        let server = json!({"name": "test", "version": "1", "extensions": extensions});
        let tensor =
            |name: &str, datatype: &str, shape: &[i64]| json!({"name": name, "datatype": datatype, "shape": shape});
        let shape: &[i64] = if self.datatype == "BYTES" { &[1] } else { &[-1, -1, 3] };
        let inputs = [tensor("image", self.datatype, shape), tensor("prompts", "FP32", &[-1, 4])];
        let outputs = [tensor("boxes", "FP32", &[-1, 4]), tensor("scores", "FP32", &[-1])];
        let model =
            json!({"name": "similar", "versions": ["1"], "platform": "rust", "inputs": inputs, "outputs": outputs});
        let infer = async move |headers: HeaderMap, body: Bytes| self.infer(&headers, &body).await.to_string();
        let router = Router::new()
            .route("/v2", get(async move || server.to_string()))
            .route("/v2/models/similar", get(async move || model.to_string()))
            .route("/v2/models/similar/infer", post(infer));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/v2/models/similar", listener.local_addr().unwrap());
        let router = router.layer(agent_runtime::axum::extract::DefaultBodyLimit::disable());
        tokio::spawn(agent_runtime::axum::serve(listener, router).into_future());
        url
    }

    async fn infer(&self, headers: &HeaderMap, body: &Bytes) -> Value {
        let json_bytes =
            headers.get("inference-header-content-length").map(|length| length.to_str().unwrap().parse().unwrap());
        let (header, mut rest) = body.split_at(json_bytes.unwrap_or(body.len()));
        let request: Value = serde_json::from_slice(header).unwrap();
        let input =
            |name: &str| request["inputs"].as_array().unwrap().iter().find(|tensor| tensor["name"] == name).unwrap();
        let image = input("image");
        let mut bytes: Vec<u8> = match image["parameters"]["binary_data_size"].as_u64() {
            Some(size) => rest.split_off(..usize::try_from(size).unwrap()).unwrap().to_vec(),
            None => serde_json::from_value(image["data"].clone()).unwrap(),
        };
        let prompts: Vec<f64> = match input("prompts")["parameters"]["binary_data_size"].as_u64() {
            Some(size) => {
                let bytes = rest.split_off(..usize::try_from(size).unwrap()).unwrap();
                bytes.as_chunks().0.iter().map(|number| f64::from(f32::from_le_bytes(*number))).collect()
            }
            None => serde_json::from_value(input("prompts")["data"].clone()).unwrap(),
        };
        assert!(rest.is_empty() && image["datatype"] == self.datatype);
        let pixels = if self.datatype == "BYTES" {
            let length = u32::from_le_bytes(bytes[..4].try_into().unwrap());
            assert_eq!((length as usize, &image["shape"]), (bytes.len() - 4, &json!([1])));
            decode(&bytes.split_off(4), &Limits::default()).unwrap()
        } else {
            let [height, width, 3] = serde_json::from_value::<[u32; 3]>(image["shape"].clone()).unwrap() else {
                panic!("{image}")
            };
            RgbImage::from_raw(width, height, bytes).unwrap()
        };
        self.seen.lock().unwrap().push((body.len(), pixels.clone()));
        assert_eq!(input("prompts")["shape"], json!([prompts.len() / 4, 4]));
        let prompts = prompts.as_chunks().0.iter().map(|[x, y, width, height]| BoundingBox {
            x: *x,
            y: *y,
            width: *width,
            height: *height,
        });
        let found = Appearance.find(Arc::new(pixels), prompts.collect()).await.unwrap();
        let shapes =
            found.iter().flat_map(|found| [found.shape.x, found.shape.y, found.shape.width, found.shape.height]);
        let scores: Vec<f64> = found.iter().map(|found| found.confidence).collect();
        let boxes =
            json!({"name": "boxes", "datatype": "FP32", "shape": [found.len(), 4], "data": shapes.collect::<Vec<_>>()});
        let scores = json!({"name": "scores", "datatype": "FP32", "shape": [found.len()], "data": scores});
        json!({"model_name": "similar", "model_version": "1", "outputs": [scores, boxes]})
    }
}

async fn with_model(url: &str, timeout: Duration) -> SampleProject {
    let model: Arc<dyn Model> = Arc::new(ModelServer::new(url, timeout).unwrap());
    SampleProject::start(Server::new().state(model)).await
}

#[tokio::test]
async fn model_server_gets_image_in_its_format() {
    let alone = SampleProject::start(Server::new()).await;
    alone.call("/find-similar", &alone.payload("coins.png", 0, &COINS)).await;
    let wanted = boxes(&alone.row("coins.png"));
    let pixels = photograph("coins.png");
    let bytes = pixels.as_raw().len();
    // A number in JSON takes up to four bytes.
    for (binary, datatype, most) in
        [(true, "UINT8", bytes + 1000), (false, "UINT8", 4 * bytes + 1000), (true, "BYTES", bytes / 2)]
    {
        let server = Inference { binary, datatype, ..Inference::default() };
        let seen = Arc::clone(&server.seen);
        let sample = with_model(&server.start().await, Duration::from_secs(60)).await;
        let answer = sample.call("/find-similar", &sample.payload("coins.png", 0, &COINS)).await;
        assert_eq!(answer.status, 200, "{}", answer.message);
        let seen = seen.lock().unwrap();
        let [(size, image)] = &seen[..] else { panic!("{} requests", seen.len()) };
        assert!(*size <= most, "{size}");
        let found = boxes(&sample.row("coins.png"));
        if datatype == "UINT8" {
            assert!(*image == *pixels, "exactly the pixels of the frame");
            let same = |(one, other): (&BoundingBox, &BoundingBox)| one.intersection_over_union(other) > 0.999_9;
            assert!(found.len() == wanted.len() && found.iter().zip(&wanted).all(same), "{found:?} {wanted:?}");
        } else {
            assert!(right(&found, &wanted) + 1 >= wanted.len(), "a JPEG is not quite the same");
        }
    }
}

#[tokio::test]
async fn reports_errors_of_model_server() {
    let dead = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let other = Inference { binary: false, datatype: "INT64", ..Inference::default() }.start().await;
    let failing =
        Router::new().fallback(async || (StatusCode::BAD_REQUEST, json!({"error": "secret path"}).to_string()));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let refusing = format!("http://{}/v2/models/similar", listener.local_addr().unwrap());
    tokio::spawn(agent_runtime::axum::serve(listener, failing).into_future());
    let cases = [
        (
            format!("http://{dead}/v2/models/similar"),
            503,
            "The model server cannot be reached. Please try again in a moment.",
        ),
        (refusing, 502, "The model server rejected the request: 400 Bad Request."),
        (other, 502, "The model on the server does not have the inputs that find_similar requires."),
    ];
    for (url, status, message) in cases {
        let sample = with_model(&url, Duration::from_secs(5)).await;
        let before = boxes(&sample.row("coins.png"));
        let answer = sample.call("/find-similar", &sample.payload("coins.png", 0, &COINS)).await;
        assert_eq!((answer.status, answer.message.as_str()), (status, message));
        assert_eq!(boxes(&sample.row("coins.png")), before);
    }
    assert!(ModelServer::new("http://localhost:8000", Duration::from_secs(5)).is_err());
}

/// Starts a server that returns metadata but no results. The channel gets the time at which each connection with an
/// image is closed.
async fn stuck() -> (String, tokio::sync::mpsc::UnboundedReceiver<Instant>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/v2/models/similar", listener.local_addr().unwrap());
    let (closed, when_closed) = tokio::sync::mpsc::unbounded_channel();
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let closed = closed.clone();
            tokio::spawn(async move {
                let (mut request, mut part) = (Vec::new(), vec![0; 65_536]);
                while let Ok(1..) =
                    stream.read(&mut part).await.inspect(|read| request.extend_from_slice(&part[..*read]))
                {
                    if request.starts_with(b"GET") && request.ends_with(b"\r\n\r\n") {
                        let body = json!({"extensions": ["binary_tensor_data"], "inputs": [
                            {"name": "image", "datatype": "UINT8"}, {"name": "prompts", "datatype": "FP32"}]})
                        .to_string();
                        let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len());
                        tokio::io::AsyncWriteExt::write_all(&mut stream, answer.as_bytes()).await.unwrap();
                        request.clear();
                    }
                }
                if request.starts_with(b"POST /v2/models/similar/infer ") {
                    let _ = closed.send(Instant::now());
                }
            });
        }
    });
    (url, when_closed)
}

#[tokio::test]
async fn times_out_slow_model_server() {
    let (url, mut closed) = stuck().await;
    let sample = with_model(&url, Duration::from_secs(1)).await;
    let answer = sample.call("/find-similar", &sample.payload("coins.png", 0, &COINS)).await;
    assert_eq!((answer.status, answer.message.as_str()), (504, "The model server did not respond within 1 s."));
    tokio::time::timeout(Duration::from_secs(5), closed.recv()).await.unwrap().unwrap();
}

#[tokio::test]
async fn cancels_request_when_client_disconnects() {
    let (url, mut closed) = stuck().await;
    let sample = with_model(&url, Duration::from_secs(50)).await;
    let payload = sample.payload("coins.png", 0, &COINS);
    let call = tokio::time::timeout(Duration::from_secs(2), sample.call("/find-similar", &payload));
    assert!(call.await.is_err(), "it is still waiting for the model");
    let left = Instant::now();
    let when = tokio::time::timeout(Duration::from_secs(5), closed.recv()).await.unwrap().unwrap();
    assert!(when.saturating_duration_since(left) < Duration::from_secs(2));
    assert_eq!(boxes(&sample.row("coins.png")).len(), 3);
}
