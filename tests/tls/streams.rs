//! Cancellation of calls: a reset HTTP/2 stream, or a closed HTTP/1.1 connection.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use agent_runtime::prelude::*;

use super::frames::{self, Connection, DATA, END_HEADERS, HEADERS, RESET};
use crate::platform::world::{World, video};
use test_support::certificates::{Folder, Pair};

static BEGUN: AtomicUsize = AtomicUsize::new(0);
static DROPPED: AtomicUsize = AtomicUsize::new(0);

/// Counts dropped agents.
struct Counted;

impl Drop for Counted {
    fn drop(&mut self) {
        DROPPED.fetch_add(1, Ordering::SeqCst);
    }
}

/// Changes the row, and then waits.
#[editor_agent(path = "/slow-box")]
async fn slow_box(frame: Frame, row: &mut LabelRow) -> Result<&'static str> {
    let _counted = Counted;
    row.add("Vehicle").bounding_box(0.1, 0.1, 0.2, 0.2).on(frame)?;
    BEGUN.fetch_add(1, Ordering::SeqCst);
    tokio::time::sleep(Duration::from_millis(600)).await;
    Ok("added")
}

#[editor_agent(path = "/quick")]
async fn quick() -> &'static str {
    "quick"
}

async fn until(counter: &AtomicUsize, count: usize) {
    let began = Instant::now();
    while counter.load(Ordering::SeqCst) < count {
        assert!(began.elapsed() < Duration::from_secs(20), "{} and not {count}", counter.load(Ordering::SeqCst));
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

fn call(stream: u32, body: &[u8]) -> Vec<u8> {
    let head = frames::frame(HEADERS, END_HEADERS, stream, &frames::head("/slow-box"));
    [head, frames::frame(DATA, frames::END_STREAM, stream, body)].concat()
}

#[tokio::test]
async fn reset_stream_cancels_only_its_agent() {
    let (folder, pair, world) = (Folder::new(), Pair::new(), World::start().await);
    folder.put(&pair);
    let server = world.server(agents![slow_box, quick]).port(0).tls(folder.certificate(), folder.key());
    let server = server.start().await.unwrap();
    let body = serde_json::to_vec(&video(0)).unwrap();
    let mut connection = Connection::open(&pair, server.address(), &[]).await;
    connection.write(call(1, &body)).await;
    until(&BEGUN, 1).await;
    connection.write(frames::frame(RESET, 0, 1, &8_u32.to_be_bytes())).await;
    until(&DROPPED, 1).await;
    connection.write(frames::call(3, "/quick")).await;
    assert!(connection.next_of(HEADERS, 3).await.unwrap().is_ok());

    // A closed connection cancels all of its streams.
    connection.write(call(5, &body)).await;
    until(&BEGUN, 2).await;
    drop(connection);
    until(&DROPPED, 2).await;
    tokio::time::sleep(Duration::from_millis(800)).await;
    assert_eq!((world.count("save"), world.objects_of_video()), (0, 2));

    // The row lock is released, and the waiting agent changes the row.
    let mut connection = Connection::open(&pair, server.address(), &[]).await;
    connection.write(call(1, &body)).await;
    assert!(connection.next_of(HEADERS, 1).await.unwrap().is_ok());
    assert_eq!((world.count("save"), world.objects_of_video()), (1, 3));
    server.stop().await;
}

#[tokio::test]
async fn closed_http_1_connection_cancels_agent() {
    #[editor_agent(path = "/endless")]
    async fn endless() {
        static ENDED: AtomicUsize = AtomicUsize::new(0);
        struct Ends;
        impl Drop for Ends {
            fn drop(&mut self) {
                ENDED.fetch_add(1, Ordering::SeqCst);
            }
        }
        let _ends = Ends;
        if ENDED.load(Ordering::SeqCst) == 0 {
            std::future::pending::<()>().await;
        }
    }
    let (folder, pair) = (Folder::new(), Pair::new());
    folder.put(&pair);
    let server = folder.server().agents(agents![endless]).start().await.unwrap();
    let url = format!("{}/endless", server.url());
    let client = pair.client("http/1.1");
    let call = super::calls::post(&client, &url, &[]);
    assert!(tokio::time::timeout(Duration::from_millis(300), call).await.is_err());
    drop(client);
    // After that agent is dropped, the next one completes at once.
    let began = Instant::now();
    loop {
        let client = pair.client("http/1.1");
        let call = super::calls::post(&client, &url, &[]);
        if tokio::time::timeout(Duration::from_millis(300), call).await.is_ok() {
            break;
        }
        assert!(began.elapsed() < Duration::from_secs(20));
    }
    server.stop().await;
}
