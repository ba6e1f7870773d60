//! Label rows of every kind of data on the local platform, read and saved by the Python SDK.

use test_support::rows::RowSet;
use test_support::studio::{python, rows};

async fn read_and_save(set: &RowSet) {
    let running = rows::start(set).await;
    let unreadable: Vec<String> =
        set.texts().into_iter().filter(|texts| !texts.is_read_by_sdk).map(|texts| texts.name).collect();
    let output = tokio::task::block_in_place(|| python::run("rows.py", &[&unreadable.join(",")], &running));
    assert!(output.ends_with(&format!("{} rows\n", set.len())), "{output}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sdk_reads_and_saves_recorded_rows() {
    read_and_save(&RowSet::recorded()).await;
}

#[cfg(feature = "contract")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sdk_reads_and_saves_its_own_test_data() {
    read_and_save(&RowSet::fixtures()).await;
}
