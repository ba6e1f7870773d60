//! Values for `/metrics`.

use super::world::{Agents, Data, World, encode_image, model};
use agent_runtime::prelude::*;

/// Returns the values of the segmenter in a response of `/metrics`.
async fn scraped(agents: &Agents) -> Vec<(String, f64)> {
    let mut connection = test_support::wire::Connection::open(agents.0.address()).await;
    connection.write("GET /metrics HTTP/1.1\r\nHost: agent.test\r\n\r\n").await;
    let text = connection.response().await.unwrap().body;
    assert!(text.ends_with("# EOF\n"), "{text}");
    let samples = text.lines().filter_map(|line| line.strip_prefix("editor_agent_segmenter_")?.split_once(' '));
    samples.map(|(name, value)| (name.to_owned(), value.parse().unwrap())).collect()
}

#[tokio::test]
async fn metrics_show_hit_rate_and_encode_time() {
    let (world, model) = (World::start().await, model(2));
    let state = model.clone();
    let agents = world.serve(agents![encode_image], |server| server.state(state.clone()).metrics(state)).await;
    let value = |samples: &[(String, f64)], name: &str| {
        samples.iter().find(|(known, _)| known == name).unwrap_or_else(|| panic!("{name} in {samples:?}")).1
    };
    let before = scraped(&agents).await;
    for name in ["cache_hits_total", "cache_misses_total", "cache_bytes", "encode_seconds_total"] {
        assert!(value(&before, name).abs() < f64::EPSILON, "{before:?}");
    }
    for _ in 0..3 {
        assert_eq!(agents.answer("/encode-image", &world.payload(Data::Cat)).await.0, 200);
    }
    let after = scraped(&agents).await;
    for (name, expected) in [
        ("cache_hits_total", 2.0),
        ("cache_disk_hits_total", 0.0),
        ("cache_misses_total", 1.0),
        ("cache_bytes", 4_390_912.0),
        ("encodings_total", 1.0),
        ("encodings_in_advance_total", 0.0),
    ] {
        assert!((value(&after, name) - expected).abs() < f64::EPSILON, "{name} in {after:?}");
    }
    let seconds = value(&after, "encode_seconds_total");
    assert!((seconds - model.cache_counts().encode_time.as_secs_f64()).abs() < 1e-5 && seconds > 0.05, "{seconds}");
}
