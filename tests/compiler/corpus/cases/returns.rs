//! Return types of agents, and responses.

//# number
#[editor_agent]
async fn count(objects: ObjectHashes) -> usize { objects.len() } //~ [usize]

//# number_in_result
#[editor_agent]
async fn count(objects: ObjectHashes) -> Result<usize> { Ok(objects.len()) } //~ [Result<usize>]

//# flag
#[editor_agent]
async fn count(objects: ObjectHashes) -> bool { objects.is_empty() } //~ [bool]

//# tuple_of_status_and_text
#[editor_agent]
async fn count() -> (u16, String) { (200, String::new()) } //~ [(u16, String)]

//# axum_response
#[editor_agent]
async fn count() -> axum::response::Response { axum::response::Response::default() } //~ [axum::response::Response]

//# axum_status
#[editor_agent]
async fn count() -> axum::http::StatusCode { axum::http::StatusCode::OK } //~ [axum::http::StatusCode]

//# axum_html
#[editor_agent]
async fn count() -> axum::response::Html<String> { axum::response::Html(String::new()) } //~ [axum::response::Html<String>]

//# serde_value
#[editor_agent]
async fn count() -> serde_json::Value { serde_json::json!({}) } //~ [serde_json::Value]

//# serde_value_in_result
#[editor_agent]
async fn count() -> Result<serde_json::Value> { Ok(serde_json::json!({})) } //~ [Result<serde_json::Value>]

//# struct_with_serialize
#[derive(serde::Serialize)]
struct Answer { count: u32 }
#[editor_agent]
async fn count() -> Answer { Answer { count: 1 } } //~ [Answer]

//# struct_without_serialize_in_json
struct Answer { count: u32 }
#[editor_agent]
async fn count() -> Json<Answer> { Json(Answer { count: 1 }) } //~ [Json<Answer>]

//# enum_without_derive
enum Verdict { Approve }
#[editor_agent]
async fn count() -> Verdict { Verdict::Approve } //~ [Verdict]

//# enum_without_derive_in_response
enum Verdict { Approve }
#[editor_agent]
async fn count() -> AgentResponse<Verdict> { AgentResponse::message("x").decide(Verdict::Approve) } //~ [AgentResponse<Verdict>]

//# vector_of_text
#[editor_agent]
async fn count() -> Vec<String> { Vec::new() } //~ [Vec<String>]

//# boxed_text
#[editor_agent]
async fn count() -> Box<str> { "x".into() } //~ [Box<str>]

//# boxed_response
#[editor_agent]
async fn count() -> Box<AgentResponse> { Box::new(AgentResponse::empty()) } //~ [Box<AgentResponse>]

//# frame
#[editor_agent]
async fn count(frame: Frame) -> Option<Frame> { Some(frame) } //~ [Option<Frame>]

//# label_row
#[editor_agent]
async fn count(row: LabelRow) -> LabelRow { row } //~ [LabelRow]

//# label_row_in_result
#[editor_agent]
async fn count(row: LabelRow) -> Result<LabelRow> { Ok(row) } //~ [Result<LabelRow>]

//# bytes
#[editor_agent]
async fn count() -> Vec<u8> { Vec::new() } //~ [Vec<u8>]

//# exit_code
#[editor_agent]
async fn count() -> std::process::ExitCode { std::process::ExitCode::SUCCESS } //~ [std::process::ExitCode]

//# misspelled_response
#[editor_agent]
async fn count() -> AgentReponse { todo!() } //~ [AgentReponse] rust

//# python_response
#[editor_agent]
async fn count() -> EditorAgentResponse { todo!() } //~ [EditorAgentResponse] rust

//# python_none
#[editor_agent]
async fn count() -> None { None } //~ [None] rust

//# python_optional_text
#[editor_agent]
async fn count() -> Optional<String> { None } //~ [Optional] rust

//# javascript_string
#[editor_agent]
async fn count() -> string { "x" } //~ [string] rust

//# borrowed_text_without_lifetime
#[editor_agent]
async fn count() -> &str { "x" } //~ [&] rust

//# borrowed_text_of_state
#[editor_agent]
async fn count(name: &State<String>) -> &str { name } //~ [&]

//# unit_but_value
#[editor_agent]
async fn count() { "text" } //~ ["text"] rust

//# text_but_literal
#[editor_agent]
async fn count() -> String { "text" } //~ ["text"] rust

//# result_without_ok
#[editor_agent]
async fn count(frame: Frame) -> Result<String> { format!("{frame}") } //~ [format!("{frame}")] rust

//# result_without_value
#[editor_agent]
async fn count(frame: Frame) -> Result<String> { Ok(()) } //~ [()] rust

//# response_missing_ok
#[editor_agent]
async fn count(frame: Frame) -> Result<AgentResponse> { AgentResponse::message("x") } //~ [AgentResponse::message("x")] rust

//# unit_result_missing_ok
#[editor_agent]
async fn count(row: &mut LabelRow) -> Result<()> { row.delete("a1b2c3d4")?; } //~ [{ row.delete("a1b2c3d4")?; }] rust

//# decide_with_enum_in_plain_response
#[derive(Decisions)]
enum Verdict { Approve }
#[editor_agent]
async fn count() -> AgentResponse { AgentResponse::message("x").decide(Verdict::Approve) } //~ [Verdict::Approve]

//# decide_with_enum_in_plain_result
#[derive(Decisions)]
enum Verdict { Approve }
#[editor_agent]
async fn count() -> Result<AgentResponse> { Ok(AgentResponse::empty().decide(Verdict::Approve)) } //~ [Verdict::Approve]

//# decide_with_text
#[editor_agent]
async fn count() -> AgentResponse { AgentResponse::message("x").decide("Approve") } //~ ["Approve"]

//# decide_with_owned_text
#[editor_agent]
async fn count() -> AgentResponse { AgentResponse::message("x").decide("Approve".to_owned()) } //~ ["Approve".to_owned()]

//# decide_with_other_enum
#[derive(Decisions)]
enum Verdict { Approve }
#[derive(Decisions)]
enum Other { Reject }
#[editor_agent]
async fn count() -> AgentResponse<Verdict> { AgentResponse::message("x").decide(Other::Reject) } //~ [Other::Reject]

//# decide_with_unchecked_decision
#[editor_agent]
async fn count() -> AgentResponse { AgentResponse::message("x").decide(AnyDecision::new("Approve")) } //~ [AnyDecision::new("Approve")]

//# decide_if_with_enum
#[derive(Decisions)]
enum Verdict { Approve }
#[editor_agent]
async fn count() -> AgentResponse { AgentResponse::message("x").decide_if(Some(Verdict::Approve)) } //~ [Some(Verdict::Approve)]

//# decide_with_variant_misspelled
#[derive(Decisions)]
enum Verdict { Approve }
#[editor_agent]
async fn count() -> AgentResponse<Verdict> { AgentResponse::message("x").decide(Verdict::Aprove) } //~ [Aprove] rust

//# message_of_number
#[editor_agent]
async fn count(objects: ObjectHashes) -> AgentResponse { AgentResponse::message(objects.len()) } //~ [objects.len()]

//# response_struct_literal
#[editor_agent]
async fn count() -> AgentResponse { AgentResponse { message: None } } //~ [AgentResponse] rust

//# result_with_text_error
#[editor_agent]
async fn count() -> Result<String, String> { Err("x".to_owned()) } //~ [String]

//# result_with_static_text_error
#[editor_agent]
async fn count() -> std::result::Result<String, &'static str> { Err("x") } //~ [&'static str]

//# result_with_status_error
#[editor_agent]
async fn count() -> Result<String, axum::http::StatusCode> { Err(axum::http::StatusCode::NOT_FOUND) } //~ [Result<String, axum::http::StatusCode>]

//# result_with_tuple_error
#[editor_agent]
async fn count() -> Result<String, (u16, String)> { Err((404, String::new())) } //~ [Result<String, (u16, String)>]

//# result_with_unit_error
#[editor_agent]
async fn count() -> Result<String, ()> { Err(()) } //~ [Result<String, ()>]

//# result_with_own_error
struct NoLabels;
#[editor_agent]
async fn count() -> Result<String, NoLabels> { Err(NoLabels) } //~ [Result<String, NoLabels>]

//# result_with_unsendable_box
#[editor_agent]
async fn count() -> Result<String, Box<dyn std::error::Error>> { Ok(String::new()) } //~ [Result<String, Box<dyn std::error::Error>>]

//# result_with_http_error_of_dropshot
struct HttpError;
#[editor_agent]
async fn count(frame: Frame) -> Result<AgentResponse, HttpError> { Err(HttpError) } //~ [Result<AgentResponse, HttpError>]

//# result_with_too_many_arguments
#[editor_agent]
async fn count() -> anyhow::Result<String, AgentError, u8> { Ok(String::new()) } //~ [Result] rust

//# nested_result
#[editor_agent]
async fn count() -> Result<Result<u8>> { Ok(Ok(1)) } //~ [Result<Result<u8>>]

//# status_type
#[editor_agent]
async fn count() -> ErrorStatus { ErrorStatus::NotFound } //~ [ErrorStatus]

//# error_type
#[editor_agent]
async fn count() -> AgentError { agent_error!("x") } //~ [AgentError]

//# never_returned_future
#[editor_agent]
async fn count() -> tokio::task::JoinHandle<()> { tokio::spawn(async {}) } //~ [tokio::task::JoinHandle<()>]
