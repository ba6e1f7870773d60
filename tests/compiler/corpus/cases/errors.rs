//! Errors in the body of an agent.

//# bail_without_result
#[editor_agent]
async fn count(objects: ObjectHashes) -> String {
    if objects.is_empty() { bail!("Select an object first."); } //~ ["Select an object first."]
    String::new()
}

//# bail_in_unit_function
#[editor_agent]
async fn count(objects: ObjectHashes) {
    if objects.is_empty() { bail!("Select an object first."); } //~ ["Select an object first."]
}

//# ensure_without_result
#[editor_agent]
async fn count(objects: ObjectHashes) -> AgentResponse {
    ensure!(!objects.is_empty(), "Select {} first.", "an object"); //~ ["Select {} first."]
    AgentResponse::empty()
}

//# ensure_in_option_function
fn first(objects: &[String]) -> Option<&String> {
    ensure!(!objects.is_empty(), "Select an object first."); //~ ["Select an object first."]
    objects.first()
}

//# ensure_with_io_result
#[editor_agent]
async fn count(objects: ObjectHashes) -> std::io::Result<()> {
    ensure!(!objects.is_empty(), "Select an object first."); //~ ["Select an object first."]
    Ok(())
}

//# bail_with_own_error
struct NoLabels;
impl From<NoLabels> for AgentError { fn from(_: NoLabels) -> Self { agent_error!("No labels.") } }
#[editor_agent]
async fn count(objects: ObjectHashes) -> Result<(), NoLabels> {
    bail!("Select an object first."); //~ ["Select an object first."]
}

//# ensure_without_message
#[editor_agent]
async fn count(objects: ObjectHashes) -> Result<()> {
    ensure!(!objects.is_empty()); //~ [!objects.is_empty()]
    Ok(())
}

//# ensure_of_number
#[editor_agent]
async fn count(objects: ObjectHashes) -> Result<()> {
    ensure!(objects.len(), "Select an object first."); //~ [objects.len()] rust
    Ok(())
}

//# ensure_of_option
#[editor_agent]
async fn count(objects: ObjectHashes) -> Result<()> {
    ensure!(objects.first(), "Select an object first."); //~ [objects.first()] rust
    Ok(())
}

//# ensure_with_assignment
#[editor_agent]
async fn count(Frame(frame): Frame) -> Result<()> {
    ensure!(frame = 3, "Not this frame."); //~ [frame = 3] rust
    Ok(())
}

//# bail_with_missing_argument
#[editor_agent]
async fn count(frame: Frame) -> Result<()> {
    bail!("Frame {} has no labels."); //~ [{}] rust
}

//# bail_with_unknown_name
#[editor_agent]
async fn count(frame: Frame) -> Result<()> {
    bail!("Frame {fram} has no labels."); //~ [fram] rust
}

//# bail_with_unprintable_value
struct Labels;
#[editor_agent]
async fn count(frame: Frame) -> Result<()> {
    let labels = Labels;
    bail!("No labels in {labels}."); //~ [{labels}] rust
}

//# question_mark_without_result
#[editor_agent]
async fn count(row: &LabelRow) -> String {
    row.object("a1b2c3d4")?.hash().to_string() //~ [?] rust
}

//# question_mark_in_unit_function
#[editor_agent]
async fn count(row: &mut LabelRow) {
    row.delete("a1b2c3d4")?; //~ [?] rust
}

//# question_mark_on_option
#[editor_agent]
async fn count(objects: ObjectHashes) -> Result<String> {
    Ok(objects.first()?.to_string()) //~ [?] rust
}

//# question_mark_on_foreign_error
struct NoLabels;
fn labels() -> std::result::Result<u8, NoLabels> { Err(NoLabels) }
#[editor_agent]
async fn count() -> Result<String> {
    Ok(labels()?.to_string()) //~ [?] rust
}

//# question_mark_on_unsendable_box
fn labels() -> std::result::Result<u8, Box<dyn std::error::Error>> { Ok(1) }
#[editor_agent]
async fn count() -> Result<String> {
    Ok(labels()?.to_string()) //~ [?] rust
}

//# or_complain_on_foreign_error
struct NoLabels;
fn labels() -> std::result::Result<u8, NoLabels> { Err(NoLabels) }
#[editor_agent]
async fn count() -> Result<String> {
    Ok(labels().or_complain("There are no labels.")?.to_string()) //~ [labels()]
}

//# or_complain_on_number
#[editor_agent]
async fn count(objects: ObjectHashes) -> Result<String> {
    Ok(objects.len().or_complain("Select an object first.")?.to_string()) //~ [or_complain] rust
}

//# or_complain_without_message
#[editor_agent]
async fn count(objects: ObjectHashes) -> Result<String> {
    Ok(objects.first().or_complain()?.to_string()) //~ [or_complain] rust
}

//# or_complain_with_closure
#[editor_agent]
async fn count(objects: ObjectHashes) -> Result<String> {
    Ok(objects.first().or_complain(|| "Select an object first.")?.to_string()) //~ [|| "Select an object first."]
}

//# or_complain_without_question_mark
#[editor_agent]
async fn count(objects: ObjectHashes) -> Result<String> {
    Ok(objects.first().or_complain("Select an object first.").len().to_string()) //~ [len] rust
}

//# err_with_text
#[editor_agent]
async fn count(objects: ObjectHashes) -> Result<String> {
    Err("Select an object first.") //~ ["Select an object first."] rust
}

//# err_with_format
#[editor_agent]
async fn count(frame: Frame) -> Result<String> {
    Err(format!("Not on {frame}.")) //~ [format!("Not on {frame}.")] rust
}

//# python_raise
#[editor_agent]
async fn count(frame: Frame) -> Result<String> {
    raise!("Not here.") //~ [raise] rust
}

//# status_as_number
#[editor_agent]
async fn count(frame: Frame) -> Result<String> {
    Err(AgentError::new(404, "Not here.")) //~ [404] rust
}

//# status_misspelled
#[editor_agent]
async fn count(frame: Frame) -> Result<String> {
    Err(AgentError::new(ErrorStatus::NotFund, "Not here.")) //~ [NotFund] rust
}

//# complaint_of_number
#[editor_agent]
async fn count(frame: Frame) -> Result<String> {
    Err(AgentError::complaint(3)) //~ [3]
}

//# anyhow_context_on_agent_error
use anyhow::Context as _;
async fn load(call: &EditorCall) -> anyhow::Result<Frame> {
    let frame: Result<Frame> = call.extract().await;
    frame.context("reading the frame") //~ [context] rust
}
