//! Unreachable platform: DNS, port, TLS, network.

use std::time::{Duration, Instant};

use agent_runtime::agent_platform::client::{BuildError, Domain, PlatformClient};
use agent_runtime::prelude::*;
use agent_runtime::testing::TestClient;
use tokio::net::TcpListener;

use crate::platform::world::{World, no_retry, unknown_credentials, video};

#[editor_agent]
async fn title(info: LabelRowInfo) -> Option<String> {
    info.data_title.clone()
}

#[tokio::test]
async fn reports_unreachable_platform() {
    let world = World::start().await;
    let plain = world.platform().address();
    // Accepts connections and never responds.
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let silent = silent.local_addr().map(|address| (silent, address)).unwrap();
    for (what, domain, status, says) in [
        ("unknown host", "http://platform.invalid".to_owned(), 503, "cannot be reached"),
        ("closed port", "http://127.0.0.1:1".to_owned(), 503, "cannot be reached"),
        ("no TLS on the port", format!("https://{plain}"), 503, "cannot be reached"),
        ("no response", format!("http://{}", silent.1), 504, "did not answer in time"),
        ("no handshake", format!("https://{}", silent.1), 503, "cannot be reached"),
    ] {
        let platform = PlatformClient::builder()
            .credentials(unknown_credentials())
            .domain(Domain::parse(&domain).unwrap())
            .connect_timeout(Duration::from_millis(700))
            .read_timeout(Duration::from_secs(3))
            .call_timeout(Duration::from_secs(10))
            .retry(no_retry());
        let platform = match platform.build() {
            Ok(platform) => platform,
            // A machine without certificate authorities gets an error at start-up.
            Err(BuildError::Tls(_)) => continue,
            Err(error) => panic!("{what}: {error}"),
        };
        let client = TestClient::new(Server::new().agents(agents![title]).platform(platform)).unwrap();
        let began = Instant::now();
        let response = client.call("/title", &video(0)).await;
        assert_eq!(response.status().as_u16(), status, "{what}: {}", response.text());
        assert!(response.message().unwrap().contains(says), "{what}: {}", response.text());
        assert_eq!(response.headers().contains_key("retry-after"), status == 503, "{what}");
        assert!(began.elapsed() < Duration::from_secs(20), "{what}: {:?}", began.elapsed());
    }
}
