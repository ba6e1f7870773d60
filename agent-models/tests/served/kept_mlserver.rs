//! Inputs that are sent once, against the runtime for `MLServer` in `examples/deploy/model-server`.

use agent_models::served::{InferRequest, ServedError, ServedModel, Tensor};
use tokio::join;

use crate::counting_proxy::CountingProxy;
use crate::mlserver_process::MlServer;

/// Length of the side of the images: 120,000 bytes each, of which the model's server keeps three.
const SIDE: usize = 200;

fn image(seed: u8) -> Tensor {
    let pixels: Vec<u8> = (0..3 * SIDE * SIDE).map(|index| u8::try_from(index % 251).unwrap() ^ seed).collect();
    Tensor::from_u8("image", [1, SIDE, SIDE, 3], pixels).unwrap().sent_once()
}

fn request(image: &Tensor, row: f32) -> InferRequest {
    InferRequest::new([image.clone(), Tensor::from_f32("x", [2], &[row, 3.0]).unwrap()])
}

/// Checks the model's result.
async fn check(model: &ServedModel, image: &Tensor, row: u8) {
    let response = model.infer(request(image, f32::from(row))).await.unwrap();
    let start = 3 * (usize::from(row) * SIDE + 3);
    let pixel: Vec<f32> = image.data()[start..start + 3].iter().map(|value| f32::from(*value)).collect();
    assert_eq!(response.f32("pixel", &[3, 1]).unwrap(), pixel);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs MLServer"]
async fn mlserver_gets_each_image_once() {
    let server = MlServer::start().await;
    for (index, scheme) in ["http", "grpc"].into_iter().enumerate() {
        let proxy = CountingProxy::start(server.ports[index]).await;
        let url = format!("{scheme}://127.0.0.1:{}/v2/models/kept", proxy.port);
        let model = ServedModel::builder(&url).build().unwrap();
        let seed = 10 * u8::try_from(index).unwrap();
        let first = image(seed);
        // Two prompts at once on an image that the server does not have.
        join!(check(&model, &first, 1), check(&model, &first, 2));
        let both = proxy.take();
        assert!(both > 2 * 3 * SIDE * SIDE, "{both}");
        for row in 3..13 {
            check(&model, &first, row).await;
        }
        let ten = proxy.take();
        println!("{scheme}: {both} bytes for two first prompts, {ten} for ten more");
        assert!(ten < 10_000, "{ten}");
        let counts = model.counts();
        assert_eq!((counts.bytes_saved, counts.tensors_missing), (10 * 120_000, 0));

        // Three other images evict the first one, which is sent again.
        for other in 1..4 {
            check(&model, &image(seed + other), 1).await;
        }
        proxy.take();
        check(&model, &first, 20).await;
        let evicted = proxy.take();
        assert!((120_000..1_000_000).contains(&evicted), "{evicted}");
        assert_eq!(model.counts().tensors_missing, 1);
        check(&model, &first, 21).await;
        assert!(proxy.take() < 1_000);

        // An error of the model is that of a request with the image.
        let error = model.infer(request(&first, -1.0)).await.unwrap_err();
        assert!(error.chain().contains("negative"), "{}", error.chain());
        assert!(matches!(ServedError::from_agent_error(&error), Some(ServedError::Rejected { .. })));
        // Another client knows nothing of it, and its first request has the image.
        check(&ServedModel::builder(&url).build().unwrap(), &first, 5).await;
        assert!(proxy.take() > 120_000);
    }
}
