//! Handlers of notifications, and decisions.

//# handler_without_notification
use agent_runtime::{on_notification, Notification, StageWorkAvailable};
#[on_notification]
async fn work() {} //~ [work]

//# handler_with_other_first_parameter
use agent_runtime::{on_notification, Notification, StageWorkAvailable};
#[on_notification]
async fn work(client: PlatformClient) {} //~ [PlatformClient]

//# handler_with_event_alone
use agent_runtime::{on_notification, Notification, StageWorkAvailable};
#[on_notification]
async fn work(work: StageWorkAvailable) {} //~ [StageWorkAvailable]

//# handler_with_misspelled_event
use agent_runtime::{on_notification, Notification, StageWorkAvailable};
#[on_notification]
async fn work(work: Notification<StageWorkAvailible>) {} //~ [StageWorkAvailible] rust

//# handler_with_own_event
use agent_runtime::{on_notification, Notification};
struct TaskDone;
#[on_notification]
async fn work(work: Notification<TaskDone>) {} //~ [Notification<TaskDone>]

//# handler_without_event
use agent_runtime::{on_notification, Notification};
#[on_notification]
async fn work(work: Notification) {} //~ [Notification] rust

//# handler_by_reference
use agent_runtime::{on_notification, Notification, StageWorkAvailable};
#[on_notification]
async fn work(work: &Notification<StageWorkAvailable>) {} //~ [&Notification<StageWorkAvailable>]

//# handler_with_frame
use agent_runtime::{on_notification, Notification, StageWorkAvailable};
#[on_notification]
async fn work(work: Notification<StageWorkAvailable>, frame: Frame) {} //~ [Frame]

//# handler_with_row
use agent_runtime::{on_notification, Notification, StageWorkAvailable};
#[on_notification]
async fn work(work: Notification<StageWorkAvailable>, row: &mut LabelRow) {} //~ [&mut LabelRow]

//# handler_with_row_by_value
use agent_runtime::{on_notification, Notification, StageWorkAvailable};
#[on_notification]
async fn work(work: Notification<StageWorkAvailable>, row: LabelRow) {} //~ [LabelRow]

//# handler_with_second_notification
use agent_runtime::{on_notification, Notification, StageWorkAvailable, TaskSubmitted};
#[on_notification]
async fn work(work: Notification<StageWorkAvailable>, task: Notification<TaskSubmitted>) {} //~ [Notification<TaskSubmitted>]

//# handler_not_async
use agent_runtime::{on_notification, Notification, StageWorkAvailable};
#[on_notification]
fn work(work: Notification<StageWorkAvailable>) {} //~ [fn]

//# handler_with_message
use agent_runtime::{on_notification, Notification, StageWorkAvailable};
#[on_notification]
async fn work(work: Notification<StageWorkAvailable>) -> Result<String> { Ok(String::new()) } //~ [Result<String>]

//# handler_with_key_of_agents
use agent_runtime::{on_notification, Notification, StageWorkAvailable};
#[on_notification(branch = "main")] //~ [branch]
async fn work(work: Notification<StageWorkAvailable>) {}

//# handler_with_event_as_key
use agent_runtime::{on_notification, Notification, StageWorkAvailable};
#[on_notification(event = "stage")] //~ [event]
async fn work(work: Notification<StageWorkAvailable>) {}

//# handler_with_event_as_argument
use agent_runtime::{on_notification, Notification, StageWorkAvailable};
#[on_notification(StageWorkAvailable)] //~ [StageWorkAvailable]
async fn work(work: Notification<StageWorkAvailable>) {}

//# handler_in_agents
use agent_runtime::{on_notification, Notification, StageWorkAvailable};
#[on_notification]
async fn work(work: Notification<StageWorkAvailable>) {}
fn serve() { Server::new().agents(agents![work]); } //~ [work]

//# agent_as_handler
use agent_runtime::handlers;
#[editor_agent]
async fn work() {}
fn serve() { Server::new().on_notification(handlers![work]); } //~ [work]

//# handler_as_value
use agent_runtime::{on_notification, Notification, StageWorkAvailable};
#[on_notification]
async fn work(work: Notification<StageWorkAvailable>) {}
fn serve() { Server::new().on_notification(work); } //~ [work]

//# handler_with_rc_across_await
use agent_runtime::{on_notification, Notification, StageWorkAvailable};
async fn wait() {}
#[on_notification]
async fn work(work: Notification<StageWorkAvailable>) { //~ [work] rust
    let shared = std::rc::Rc::new(1);
    wait().await;
    drop(shared);
}

//# handler_twice
use agent_runtime::{on_notification, Notification, StageWorkAvailable};
#[on_notification]
#[on_notification] //~ [#[on_notification]]
async fn work(work: Notification<StageWorkAvailable>) {}

//# decisions_of_struct
#[derive(Decisions)]
struct Verdict; //~ [struct]

//# decisions_without_variants
#[derive(Decisions)]
enum Verdict {} //~ [Verdict]

//# decisions_with_fields
#[derive(Decisions)]
enum Verdict { Approve, Reject(String) } //~ [(String)]

//# decisions_with_named_fields
#[derive(Decisions)]
enum Verdict { Approve, Reject { reason: String } } //~ [{ reason: String }]

//# decisions_generic
#[derive(Decisions)]
enum Verdict<T> { Approve(T) } //~ [T]

//# decision_twice
#[derive(Decisions)]
enum Verdict { Approve, #[decision("Approve")] Accept } //~ ["Approve"]

//# decision_as_name_value
#[derive(Decisions)]
enum Verdict { #[decision = "Approve"] Accept } //~ [#[decision = "Approve"]]

//# decision_with_key
#[derive(Decisions)]
enum Verdict { #[decision(name = "Approve")] Accept } //~ [#[decision(name = "Approve")]]

//# decision_without_text
#[derive(Decisions)]
enum Verdict { #[decision] Accept } //~ [#[decision]]

//# decision_as_identifier
#[derive(Decisions)]
enum Verdict { #[decision(Approve)] Accept } //~ [#[decision(Approve)]]

//# decision_blank
#[derive(Decisions)]
enum Verdict { #[decision("")] Accept } //~ [""]

//# decision_on_enum
#[derive(Decisions)]
#[decision("Verdict")] //~ [#[decision("Verdict")]]
enum Verdict { Accept }

//# decision_serde_rename
#[derive(Decisions)]
enum Verdict { #[serde(rename = "Approve")] Accept } //~ [serde] rust

//# derive_misspelled
#[derive(Decision)] //~ [Decision] rust
enum Verdict { Accept }
