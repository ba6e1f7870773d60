//! Server-side request forgery with signed URLs: private addresses get no request, and errors reveal nothing about them.

use std::time::{Duration, Instant};

use agent_runtime::agent_platform::client::{Domain, LabelRowFilter};
use agent_runtime::prelude::*;
use agent_runtime::testing::TestClient;
use agent_studio::Effect;
use tokio::net::TcpListener;

use crate::platform::world::{World, image};

#[editor_agent]
async fn read(asset: Asset) -> String {
    format!("{} bytes", asset.length())
}

#[tokio::test]
async fn never_requests_private_addresses_in_any_spelling() {
    let canary = TcpListener::bind("0.0.0.0:0").await.unwrap();
    let port = canary.local_addr().unwrap().port();
    let world = World::start().await;
    // The platform's own host is allowed, so it has a name that none of the URLs has.
    let domain = Domain::parse(&world.platform().url().replace("127.0.0.1", "localhost")).unwrap();
    let server = Server::new().agents(agents![read]).platform(world.builder().domain(domain).build().unwrap());
    let client = TestClient::new(server).unwrap();
    let uuid = backing_item(&world).await;
    for host in [
        "127.0.0.1",
        "127.1",
        "127.0.0.2",
        "127.0.0.1.",
        "0177.0.0.1",
        "0x7f.0.0.1",
        "0x7f000001",
        "2130706433",
        "017700000001",
        "0.0.0.0",
        "0",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[0:0:0:0:0:ffff:7f00:0001]",
        "[::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "\u{ff11}\u{ff12}\u{ff17}.0.0.1",
        "localhost.",
        "LOCALHOST@127.0.0.1",
        "storage.googleapis.com@127.0.0.1",
        "169.254.169.254",
        "[fe80::1]",
        "[fd00:ec2::254]",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "100.100.100.200",
    ] {
        let began = Instant::now();
        let item = serde_json::json!({
            "uuid": uuid, "parent": "99999999-aaaa-4bbb-8ccc-000000000008", "itemType": "image", "name": "image.jpg",
            "signedUrl": format!("http://{host}:{port}/latest/meta-data?signature=s3cret"),
        });
        world.fault("storage item", Effect::answer(200, item.to_string()), 1);
        let response = client.call("/read", &image(0)).await;
        // The call and the data are valid: the operator finds the cause in the log. Not every machine resolves a name with a
        // trailing dot.
        let (status, message) = (response.status().as_u16(), response.message().unwrap());
        let is_told = status == 500 && message.contains("Please report trace");
        assert!(is_told || (host == "localhost." && status == 503), "{host}: {}", response.text());
        assert!(!response.text().contains("s3cret") && !response.text().contains("meta-data"), "{}", response.text());
        assert!(began.elapsed() < Duration::from_secs(15), "{host}");
    }
    for url in ["file:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1:9/", "data:,x", "//x", "", "http://"] {
        let item = serde_json::json!({
            "uuid": uuid, "parent": "99999999-aaaa-4bbb-8ccc-000000000008", "itemType": "image", "name": "image.jpg",
            "signedUrl": url,
        });
        world.fault("storage item", Effect::answer(200, item.to_string()), 1);
        let response = client.call("/read", &image(0)).await;
        assert!(response.status().as_u16() >= 500 && response.message().is_some(), "{url}: {}", response.text());
    }
    let asked = tokio::time::timeout(Duration::from_millis(50), canary.accept()).await;
    assert!(asked.is_err(), "a request reached this machine");
}

async fn backing_item(world: &World) -> String {
    let (platform, payload) = (world.builder().build().unwrap(), image(0));
    let filter = LabelRowFilter::default().data_hashes([payload.data_hash]);
    let rows = platform.list_label_rows(payload.project_hash, &filter).await.unwrap();
    rows[0].backing_item_uuid.unwrap().to_string()
}
