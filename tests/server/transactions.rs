//! `&mut T`: checked out, lent, and settled exactly once if the agent succeeded.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use agent_runtime::prelude::*;
use agent_runtime::testing::{TestClient, payload};

type Journal = Arc<Mutex<Vec<String>>>;

/// A document whose changes are kept in a journal.
struct Draft {
    text: String,
}

impl LendMut for Draft {
    async fn check_out(_call: &EditorCall) -> Result<Self> {
        Ok(Self { text: String::new() })
    }

    async fn settle(self, call: &EditorCall) -> Result<()> {
        ensure!(self.text != "unsavable", "Somebody else changed the draft.");
        let State(journal) = call.extract::<State<Journal>>().await?;
        journal.lock().unwrap().push(self.text);
        Ok(())
    }

    fn declare(needs: &mut Needs) {
        needs.item("draft (writes)");
    }
}

struct Stamp(u32);

impl LendMut for Stamp {
    async fn check_out(_call: &EditorCall) -> Result<Self> {
        Ok(Self(0))
    }

    async fn settle(self, call: &EditorCall) -> Result<()> {
        let State(journal) = call.extract::<State<Journal>>().await?;
        journal.lock().unwrap().push(format!("stamp {}", self.0));
        Ok(())
    }

    fn declare(needs: &mut Needs) {
        needs.item("stamp");
    }
}

/// What is done is told by the frame.
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
async fn only_success_is_settled_in_order() {
    let journal = Journal::default();
    let client = TestClient::new(Server::new().agents(agents![edit]).state(Arc::clone(&journal))).unwrap();
    for (frame, status, kept) in
        [(0, 200, vec!["written", "stamp 1"]), (1, 400, vec![]), (2, 500, vec![]), (3, 504, vec![]), (4, 400, vec![])]
    {
        let answer = client.call("/edit", &payload().on_frame(frame)).await;
        assert_eq!(answer.status().as_u16(), status, "frame {frame}: {}", answer.text());
        assert_eq!(*journal.lock().unwrap(), kept, "frame {frame}");
        journal.lock().unwrap().clear();
    }
}

#[tokio::test(start_paused = true)]
async fn a_caller_that_goes_away_settles_nothing() {
    let journal = Journal::default();
    let client = TestClient::new(Server::new().agents(agents![edit]).state(Arc::clone(&journal))).unwrap();
    let call = async { client.call("/edit", &payload().on_frame(3)).await };
    assert!(tokio::time::timeout(Duration::from_millis(30), call).await.is_err());
    tokio::time::sleep(Duration::from_millis(150)).await;
    assert!(journal.lock().unwrap().is_empty());
}

#[tokio::test]
async fn an_agent_with_a_draft_is_still_a_function() {
    let (mut draft, mut stamp) = (Draft { text: String::new() }, Stamp(0));
    assert_eq!(edit(Frame(0), &mut draft, &mut stamp).await.unwrap(), "ok");
    assert_eq!((draft.text.as_str(), stamp.0), ("written", 1));
}
