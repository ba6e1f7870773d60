//! Label rows of every kind of data, read and saved by the SDK.

use test_support::studio::{python, recorded};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_sdk_reads_and_saves_rows_of_every_kind() {
    let (running, names) = recorded::start_fixtures().await;
    let index = recorded::json("fixtures/index.json");
    // Recorded rows that this SDK cannot read.
    let refused = names.iter().filter(|name| index["rows"][name.as_str()]["sdk_parses_as_is"] == false);
    let refused: Vec<&str> = refused.map(String::as_str).collect();
    let said = tokio::task::block_in_place(|| python::run("rows.py", &[&refused.join(",")], &running));
    assert!(said.ends_with("44 rows\n"), "{said}");
}
