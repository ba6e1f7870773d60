//! A model server that doubles numbers, written from the specification of the protocol, independently of the client.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// The server. It stops with the test's runtime.
#[derive(Clone, Default)]
pub(crate) struct DoubleServer {
    pub(crate) binary: bool,
    /// The shape of the input `x` of each request.
    pub(crate) shapes: Arc<Mutex<Vec<Vec<usize>>>>,
}

impl DoubleServer {
    /// Starts the server. Returns the URL of its model.
    pub(crate) async fn start(&self) -> String {
        let extensions = if self.binary { json!(["binary_tensor_data"]) } else { json!([]) };
        let server = json!({"name": "test", "version": "1", "extensions": extensions}).to_string();
        let tensor = |name: &str| json!({"name": name, "datatype": "FP32", "shape": [-1, 2]});
        let model = json!({"name": "double", "inputs": [tensor("x")], "outputs": [tensor("y")]}).to_string();
        let router = Router::new()
            .route("/v2", get(async move || server))
            .route("/v2/models/double", get(async move || model))
            .route("/v2/models/double/ready", get(async || StatusCode::OK))
            .route("/v2/models/double/infer", post(infer))
            .with_state(self.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/v2/models/double", listener.local_addr().unwrap());
        tokio::spawn(axum::serve(listener, router).into_future());
        url
    }
}

/// Doubles the input `x`. Rejects negative numbers.
async fn infer(State(server): State<DoubleServer>, headers: HeaderMap, body: Bytes) -> Response {
    let length = headers.get("inference-header-content-length");
    let length = length.map_or(body.len(), |length| length.to_str().unwrap().parse().unwrap());
    let request: Value = serde_json::from_slice(&body[..length]).unwrap();
    let input = &request["inputs"][0];
    assert_eq!((&input["name"], &input["datatype"]), (&json!("x"), &json!("FP32")));
    let shape: Vec<usize> = serde_json::from_value(input["shape"].clone()).unwrap();
    let values: Vec<f32> = if server.binary {
        assert_eq!(input["parameters"]["binary_data_size"], body.len() - length);
        body[length..].chunks(4).map(|word| f32::from_le_bytes(word.try_into().unwrap())).collect()
    } else {
        serde_json::from_value(input["data"].clone()).unwrap()
    };
    server.shapes.lock().unwrap().push(shape.clone());
    if values.iter().any(|value| *value < 0.0) {
        return (StatusCode::BAD_REQUEST, json!({"error": "negative"}).to_string()).into_response();
    }
    let doubled: Vec<f32> = values.iter().map(|value| value * 2.0).collect();
    let mut output = json!({"name": "y", "datatype": "FP32", "shape": shape});
    if !server.binary {
        output["data"] = json!(doubled);
        return json!({"model_name": "double", "outputs": [output]}).to_string().into_response();
    }
    assert_eq!(request["parameters"]["binary_data_output"], true);
    output["parameters"] = json!({"binary_data_size": 4 * doubled.len()});
    let mut response = json!({"model_name": "double", "outputs": [output]}).to_string().into_bytes();
    let length = response.len().to_string();
    response.extend(doubled.iter().flat_map(|value| value.to_le_bytes()));
    ([("inference-header-content-length", length)], response).into_response()
}
