//! The client against `MLServer`, over both transports.

use std::time::Duration;

use agent_core::readiness::{Readiness, ReadinessState};
use agent_models::served::{Batching, InferRequest, ServedError, ServedModel, Tensor};
use futures_util::future::join_all;

use crate::mlserver_process::MlServer;

fn request(rows: u16) -> InferRequest {
    let numbers: Vec<f32> = (0..2 * rows).map(f32::from).collect();
    let pixels: Vec<u8> = (0..12 * rows).map(|value| u8::try_from(value % 256).unwrap()).collect();
    let rows = usize::from(rows);
    let x = Tensor::from_f32("x", [rows, 2], &numbers).unwrap();
    InferRequest::new([x, Tensor::from_u8("pixels", [rows, 2, 2, 3], pixels).unwrap()])
}

async fn check(model: &ServedModel, rows: u16) {
    let response = model.infer(request(rows)).await.unwrap();
    let doubled: Vec<f32> = (0..2 * rows).map(|number| 2.0 * f32::from(number)).collect();
    assert_eq!(response.f32("y", &[-1, 2]).unwrap(), doubled);
    let brightest = response.f32("brightest", &[isize::try_from(rows).unwrap(), 3]).unwrap();
    assert_eq!(brightest[..3], [9.0, 10.0, 11.0]);
}

#[tokio::test]
#[ignore = "needs MLServer"]
async fn mlserver_infers_over_both_transports() {
    let server = MlServer::start().await;
    for url in &server.urls("double") {
        let model = ServedModel::builder(url).build().unwrap();
        assert_eq!(model.read().await, ReadinessState::Ready, "{url}");
        check(&model, 3).await;
        let batching = Batching::new(6, Duration::from_secs(5));
        let batched = ServedModel::builder(url).batching(batching).build().unwrap();
        join_all([1, 2, 3].map(|rows| check(&batched, rows))).await;
        let counts = batched.counts();
        assert_eq!((counts.inferences, counts.queued, counts.batches, counts.batch_items), (3, 3, 1, 6), "{url}");
        assert!(counts.request_time > Duration::ZERO && counts.queue_time < 3 * Duration::from_secs(5), "{counts:?}");

        let negative = InferRequest::new([Tensor::from_f32("x", [1, 1], &[-1.0]).unwrap()]);
        let rejected = model.infer(negative).await.unwrap_err();
        assert!(matches!(ServedError::from_agent_error(&rejected), Some(ServedError::Rejected { .. })), "{rejected:?}");
        assert_eq!((model.counts().inferences, model.counts().failures), (2, 1), "{url}");
        let other = ServedModel::builder(url.replace("double", "other")).build().unwrap();
        let unknown = other.infer(request(1)).await.unwrap_err();
        assert_eq!(unknown.message(), "The model server does not have the model `other`.");
        let small = ServedModel::builder(url).max_response_bytes(10).build().unwrap();
        let long = small.infer(request(1)).await.unwrap_err();
        assert!(long.message().contains("larger than the 10 bytes"), "{long}");
    }
}
