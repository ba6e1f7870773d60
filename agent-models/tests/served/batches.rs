//! Batches of concurrent requests.

use std::time::Duration;

use agent_models::served::{Batching, InferRequest, ServedModel, Tensor};
use futures_util::future::join_all;
use test_support::scripted_server::{Reply, Server};

use crate::double_server::DoubleServer;

/// A delay that no test waits for: batches are sent because they are full.
const LONG: Duration = Duration::from_secs(3600);

fn request(rows: u16) -> InferRequest {
    let numbers: Vec<f32> = (0..2 * rows).map(|number| f32::from(number + rows)).collect();
    InferRequest::new([Tensor::from_f32("x", [usize::from(rows), 2], &numbers).unwrap()])
}

async fn check(model: &ServedModel, rows: u16) {
    let response = model.infer(request(rows)).await.unwrap();
    let doubled: Vec<f32> = request(rows).inputs()[0].to_f32().unwrap().iter().map(|value| value * 2.0).collect();
    assert_eq!(response.f32("y", &[isize::try_from(rows).unwrap(), 2]).unwrap(), doubled);
}

#[tokio::test]
async fn full_batch_is_one_request() {
    for binary in [true, false] {
        let server = DoubleServer { binary, ..DoubleServer::default() };
        let builder = ServedModel::builder(server.start().await).timeout(LONG);
        let model = builder.batching(Batching::new(6, LONG)).build().unwrap();
        join_all([1, 2, 3].map(|rows| check(&model, rows))).await;
        assert_eq!(*server.shapes.lock().unwrap(), [[6, 2]]);
        // A request of its own that fills a batch does not wait.
        check(&model, 7).await;
    }
}

#[tokio::test]
async fn incomplete_batch_is_sent_after_the_delay() {
    let server = DoubleServer::default();
    let model = ServedModel::builder(server.start().await).batching(Batching::new(100, Duration::from_millis(1)));
    check(&model.build().unwrap(), 2).await;
    assert_eq!(*server.shapes.lock().unwrap(), [[2, 2]]);
}

#[tokio::test]
async fn invalid_request_fails_alone() {
    let server = DoubleServer { binary: true, ..DoubleServer::default() };
    let builder = ServedModel::builder(server.start().await).timeout(LONG).batching(Batching::new(4, LONG));
    let model = builder.build().unwrap();
    let negative = InferRequest::new([Tensor::from_f32("x", [1, 2], &[-1.0, 0.0]).unwrap()]);
    let (rejected, (), ()) = tokio::join!(model.infer(negative), check(&model, 1), check(&model, 2));
    assert_eq!(rejected.unwrap_err().message(), "The model server rejected the request: 400 Bad Request.");
}

#[tokio::test]
async fn abandoned_requests_leave_the_batch() {
    let server = DoubleServer::default();
    let builder = ServedModel::builder(server.start().await).timeout(LONG).batching(Batching::new(4, LONG));
    let model = builder.build().unwrap();
    tokio::select! {
        biased;
        _ = model.infer(request(3)) => panic!("the batch is not full"),
        () = std::future::ready(()) => {}
    }
    tokio::join!(check(&model, 1), check(&model, 3));
    assert_eq!(*server.shapes.lock().unwrap(), [[4, 2]]);
}

#[tokio::test]
async fn batch_that_everybody_left_is_cancelled() {
    // Raw, because the end of the connection is to be seen.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/v2/models/double", listener.local_addr().unwrap());
    let builder = ServedModel::builder(url).timeout(LONG).batching(Batching::new(2, LONG));
    let model = builder.build().unwrap();
    let both = tokio::spawn(async move { tokio::join!(model.infer(request(1)), model.infer(request(1))) });
    let (mut stream, _) = listener.accept().await.unwrap();
    let mut part = [0; 1024];
    assert!(tokio::io::AsyncReadExt::read(&mut stream, &mut part).await.unwrap() > 0);
    both.abort();
    while tokio::io::AsyncReadExt::read(&mut stream, &mut part).await.is_ok_and(|read| read > 0) {}
}

#[tokio::test]
async fn error_reaches_every_call() {
    let server = Server::always(Reply::text(200, "text/html", "<html>")).await;
    let builder = ServedModel::builder(format!("{}/v2/models/double", server.base())).timeout(LONG);
    let model = builder.batching(Batching::new(2, LONG)).build().unwrap();
    let (one, other) = tokio::join!(model.infer(request(1)), model.infer(request(1)));
    for error in [one.unwrap_err(), other.unwrap_err()] {
        assert!(error.message().contains("it is HTML instead of JSON"), "{error}");
    }
}
