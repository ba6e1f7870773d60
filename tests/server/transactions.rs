//! `&mut T` parameters: transactions that are committed once if the agent succeeds.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use agent_runtime::prelude::*;
use agent_runtime::testing::{TestClient, payload};

type Journal = Arc<Mutex<Vec<String>>>;

/// A document that logs its commits to a journal.
struct Draft {
    text: String,
}

impl Transaction for Draft {
    async fn begin(_call: &EditorCall) -> Result<Self> {
        Ok(Self { text: String::new() })
    }

    async fn commit(self, call: &EditorCall) -> Result<()> {
        ensure!(self.text != "unsavable", "Somebody else changed the draft.");
        let State(journal) = call.extract::<State<Journal>>().await?;
        journal.lock().unwrap().push(self.text);
        Ok(())
    }

    fn declare(requirements: &mut Requirements) {
        requirements.item("draft (writes)");
    }
}

struct Stamp(u32);

impl Transaction for Stamp {
    async fn begin(_call: &EditorCall) -> Result<Self> {
        Ok(Self(0))
    }

    async fn commit(self, call: &EditorCall) -> Result<()> {
        let State(journal) = call.extract::<State<Journal>>().await?;
        journal.lock().unwrap().push(format!("stamp {}", self.0));
        Ok(())
    }

    fn declare(requirements: &mut Requirements) {
        requirements.item("stamp");
    }
}

/// Edits the draft, with the outcome that belongs to the frame.
#[editor_agent(timeout = "100ms")]
async fn edit(Frame(frame): Frame, draft: &mut Draft, stamp: &mut Stamp) -> Result<&'static str> {
    draft.text.push_str("written");
    stamp.0 += 1;
    match frame {
        0 => Ok("ok"),
        1 => bail!("No."),
        2 => panic!("bug"),
        3 => {
            tokio::time::sleep(Duration::from_secs(5)).await;
            Ok("late")
        }
        _ => {
            draft.text = "unsavable".to_owned();
            Ok("ok")
        }
    }
}

#[tokio::test(start_paused = true)]
async fn commits_in_order_only_after_success() {
    let journal = Journal::default();
    let client = TestClient::new(Server::new().agents(agents![edit]).state(Arc::clone(&journal))).unwrap();
    for (frame, status, kept) in
        [(0, 200, vec!["written", "stamp 1"]), (1, 400, vec![]), (2, 500, vec![]), (3, 504, vec![]), (4, 400, vec![])]
    {
        let response = client.call("/edit", &payload().on_frame(frame)).await;
        assert_eq!(response.status().as_u16(), status, "frame {frame}: {}", response.text());
        assert_eq!(*journal.lock().unwrap(), kept, "frame {frame}");
        journal.lock().unwrap().clear();
    }
}

#[tokio::test(start_paused = true)]
async fn disconnected_caller_commits_nothing() {
    let journal = Journal::default();
    let client = TestClient::new(Server::new().agents(agents![edit]).state(Arc::clone(&journal))).unwrap();
    let call = async { client.call("/edit", &payload().on_frame(3)).await };
    assert!(tokio::time::timeout(Duration::from_millis(30), call).await.is_err());
    tokio::time::sleep(Duration::from_millis(150)).await;
    assert!(journal.lock().unwrap().is_empty());
}

#[tokio::test]
async fn agent_with_transactions_is_callable_as_a_function() {
    let (mut draft, mut stamp) = (Draft { text: String::new() }, Stamp(0));
    assert_eq!(edit(Frame(0), &mut draft, &mut stamp).await.unwrap(), "ok");
    assert_eq!((draft.text.as_str(), stamp.0), ("written", 1));
}
