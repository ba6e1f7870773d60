//! What an agent can take and return.

use std::sync::atomic::{AtomicUsize, Ordering};

use agent_runtime::AgentSet;
use agent_runtime::prelude::*;

static SETTLED: AtomicUsize = AtomicUsize::new(0);

#[derive(Default)]
struct Note(String);

impl Transaction for Note {
    async fn begin(_call: &EditorCall) -> Result<Self> {
        Ok(Self::default())
    }

    async fn commit(self, _call: &EditorCall) -> Result<()> {
        SETTLED.fetch_add(self.0.len(), Ordering::SeqCst);
        Ok(())
    }

    fn declare(requirements: &mut Requirements) {
        requirements.item("note");
    }
}

type Remark = Note;

#[editor_agent]
async fn nothing() {}

#[editor_agent]
async fn patterns(Frame(frame): Frame, mut trace: TraceId, _: ProjectHash) -> String {
    trace = TraceId::parse("seen").unwrap_or(trace);
    format!("{frame}{trace}")
}

#[editor_agent]
async fn borrowed(payload: &AgentPayload, headers: &HeaderMap, note: &mut Remark) -> Result<AgentResponse> {
    note.0.push_str("four");
    Ok(AgentResponse::message(format!("{:?} {}", payload.frame, headers.is_empty())))
}

#[editor_agent]
#[allow(clippy::too_many_arguments)]
async fn sixteen(
    Frame(a): Frame,
    Frame(b): Frame,
    Frame(c): Frame,
    Frame(d): Frame,
    e: Option<Frame>,
    f: Option<Frame>,
    g: Result<Frame>,
    _h: Result<Frame>,
    _i: TraceId,
    _j: HeaderMap,
    _k: AgentPayload,
    _l: &AgentPayload,
    _m: &HeaderMap,
    _n: ObjectHashes,
    _o: EditorCall,
    _p: &mut Note,
) -> Json<u64> {
    Json([Some(Frame(a + b + c + d)), e, f, g.ok()].into_iter().flatten().map(|Frame(frame)| frame).sum())
}

/// A failure of the author's own.
struct NoLabels;

impl From<NoLabels> for AgentError {
    fn from(_: NoLabels) -> Self {
        agent_error!("There are no labels.")
    }
}

#[editor_agent]
async fn failing() -> Result<(), NoLabels> {
    Err(NoLabels)
}

/// Agents of the names that the output uses inside.
mod names {
    use agent_runtime::prelude::*;

    #[editor_agent]
    pub(super) async fn act(frame: Frame) -> String {
        format!("act {frame}")
    }

    #[editor_agent]
    pub(super) async fn reply(argument_0: Frame) -> String {
        format!("reply {argument_0}")
    }

    #[editor_agent]
    pub(super) async fn call(answer: &AgentPayload) -> String {
        format!("call {:?}", answer.frame)
    }
}

#[tokio::test]
async fn they_answer_whatever_they_are_called() {
    let agents = agents![names::act, names::reply, names::call];
    assert_eq!(crate::said(agents.clone(), "/act").await, "act 7");
    assert_eq!(crate::said(agents.clone(), "/reply").await, "reply 7");
    assert_eq!(crate::said(agents, "/call").await, "call Some(7)");
}

#[tokio::test]
async fn they_answer() {
    let agents: AgentSet = agents![nothing, patterns, borrowed, sixteen, failing];
    assert_eq!(crate::said(agents.clone(), "/nothing").await, "");
    assert_eq!(crate::said(agents.clone(), "/patterns").await, "7seen");
    assert_eq!(crate::said(agents.clone(), "/borrowed").await, "Some(7) false");
    assert_eq!(SETTLED.load(Ordering::SeqCst), 4);
    let client = agent_runtime::testing::TestClient::new(agents).unwrap();
    let answer = client.call("/sixteen", &agent_runtime::testing::payload().on_frame(1)).await;
    assert_eq!(answer.json().as_i64(), Some(7));
    let answer = client.call("/failing", &agent_runtime::testing::payload()).await;
    assert_eq!((answer.status().as_u16(), answer.message()), (400, Some("There are no labels.")));
}

#[tokio::test]
async fn they_can_be_called_in_a_test_with_values() {
    nothing().await;
    assert_eq!(
        patterns(Frame(3), TraceId::parse("ab").unwrap(), ProjectHash(agent_runtime::uuid::Uuid::nil())).await,
        "3seen"
    );
    let mut note = Note::default();
    let answer = borrowed(&agent_runtime::testing::payload(), &HeaderMap::new(), &mut note).await.unwrap();
    assert_eq!((answer, note.0.as_str()), (AgentResponse::message("None true"), "four"));
}
