//! Parameters by the habits of axum, dropshot, Rocket, actix and FastAPI.

//# pool_by_value
struct Pool;
#[editor_agent]
async fn count(db: Pool) {} //~ [Pool]

//# pool_by_reference
struct Pool;
#[editor_agent]
async fn count(db: &Pool) {} //~ [Pool]

//# pool_mutable
struct Pool;
#[editor_agent]
async fn count(db: &mut Pool) {} //~ [Pool]

//# pool_in_arc
struct Pool;
#[editor_agent]
async fn count(db: std::sync::Arc<Pool>) {} //~ [std::sync::Arc<Pool>]

//# pool_in_arc_imported
use std::sync::Arc;
struct Pool;
#[editor_agent]
async fn count(frame: Frame, db: Arc<Pool>) {} //~ [Arc<Pool>]

//# pool_in_mutex
use std::sync::Mutex;
struct Pool;
#[editor_agent]
async fn count(db: &Mutex<Pool>) {} //~ [Mutex<Pool>]

//# axum_state_by_path
#[derive(Clone)]
struct App;
#[editor_agent]
async fn count(state: axum::extract::State<App>) {} //~ [axum::extract::State<App>]

//# axum_state_pattern
use axum::extract::State;
#[derive(Clone)]
struct App;
#[editor_agent]
async fn count(State(app): State<App>) {} //~ [State<App>]

//# own_json_as_body
#[derive(serde::Deserialize)]
struct Body { frame: u64 }
#[editor_agent]
async fn count(Json(body): Json<Body>) {} //~ [Json<Body>]

//# json_value_as_body
#[editor_agent]
async fn count(body: Json<serde_json::Value>) {} //~ [Json<serde_json::Value>]

//# serde_value
#[editor_agent]
async fn count(body: serde_json::Value) {} //~ [serde_json::Value]

//# body_struct
#[derive(serde::Deserialize)]
struct Body { frame: u64 }
#[editor_agent]
async fn count(body: Body) {} //~ [Body]

//# axum_path
#[editor_agent]
async fn count(axum::extract::Path(id): axum::extract::Path<u32>) {} //~ [axum::extract::Path<u32>]

//# axum_query
#[editor_agent]
async fn count(query: axum::extract::RawQuery) {} //~ [axum::extract::RawQuery]

//# axum_extension
struct Pool;
#[editor_agent]
async fn count(pool: axum::Extension<Pool>) {} //~ [axum::Extension<Pool>]

//# axum_request
#[editor_agent]
async fn count(request: axum::extract::Request) {} //~ [axum::extract::Request]

//# axum_body
#[editor_agent]
async fn count(body: axum::body::Bytes) {} //~ [axum::body::Bytes]

//# axum_body_mutable
#[editor_agent]
async fn count(headers: &mut HeaderMap) {} //~ [HeaderMap]

//# http_uri
#[editor_agent]
async fn count(uri: axum::http::Uri) {} //~ [axum::http::Uri]

//# socket_address
#[editor_agent]
async fn count(client: std::net::SocketAddr) {} //~ [std::net::SocketAddr]

//# dropshot_context
struct RequestContext<T>(T);
struct App;
#[editor_agent]
async fn count(context: RequestContext<App>) {} //~ [RequestContext<App>]

//# dropshot_typed_body
struct TypedBody<T>(T);
#[editor_agent]
async fn count(frame: Frame, body: TypedBody<String>) {} //~ [TypedBody<String>]

//# dropshot_path_mixed_with_row
struct Path<T>(T);
#[editor_agent]
async fn count(path: Path<String>, row: &mut LabelRow) {} //~ [Path<String>]

//# rocket_state
struct Config;
struct RocketState<T>(T);
#[editor_agent]
async fn count(config: &RocketState<Config>) {} //~ [RocketState<Config>]

//# rocket_guard
struct ApiKey(String);
#[editor_agent]
async fn count(key: ApiKey, frame: Frame) {} //~ [ApiKey]

//# rocket_form
struct Form<T>(T);
#[editor_agent]
async fn count(form: Form<String>) {} //~ [Form<String>]

//# actix_data
mod web { pub struct Data<T>(pub T); }
#[editor_agent]
async fn count(data: web::Data<String>) {} //~ [web::Data<String>]

//# fastapi_frame_as_integer
#[editor_agent]
async fn count(frame: u64) {} //~ [u64]

//# fastapi_frame_as_small_integer_beside_row
#[editor_agent]
async fn count(frame: u32, row: &mut LabelRow) {} //~ [u32]

//# fastapi_frame_as_signed_integer
#[editor_agent]
async fn count(row: &LabelRow, frame: i64) {} //~ [i64]

//# frame_by_mutable_reference
#[editor_agent]
async fn count(frame: &mut Frame) {} //~ [Frame]

//# frame_by_mutable_reference_beside_row
#[editor_agent]
async fn count(frame: &mut Frame, row: &mut LabelRow) {} //~ [Frame]

//# frame_optional_number
#[editor_agent]
async fn count(frame: Option<u64>) {} //~ [Option<u64>]

//# frame_as_usize
#[editor_agent]
async fn count(frame: usize) -> String { format!("{frame}") } //~ [usize]

//# frame_as_float
#[editor_agent]
async fn count(time: f64) {} //~ [f64]

//# flag_as_bool
#[editor_agent]
async fn count(dry_run: bool) {} //~ [bool]

//# hash_as_text
#[editor_agent]
async fn count(project_hash: String) {} //~ [String]

//# hash_as_uuid
#[editor_agent]
async fn count(data_hash: uuid::Uuid) {} //~ [uuid::Uuid]

//# hash_as_borrowed_text
#[editor_agent]
async fn count(data_hash: &str) {} //~ [&str]

//# hash_as_borrowed_string
#[editor_agent]
async fn count(data_hash: &String) {} //~ [String]

//# text_as_static
#[editor_agent]
async fn count(mode: &'static str) {} //~ ['static]

//# hashes_as_vec
#[editor_agent]
async fn count(object_hashes: Vec<String>) {} //~ [Vec<String>]

//# hashes_as_vec_reference
#[editor_agent]
async fn count(object_hashes: &Vec<String>) {} //~ [Vec<String>]

//# hashes_as_slice
#[editor_agent]
async fn count(object_hashes: &[String]) {} //~ [&[String]]

//# hashes_as_slice_of_text
#[editor_agent]
async fn count(object_hashes: &[&str], row: &LabelRow) {} //~ [&[&str]]

//# hashes_mutable
#[editor_agent]
async fn count(objects: &mut ObjectHashes) {} //~ [ObjectHashes]

//# hashes_optional_vec
#[editor_agent]
async fn count(object_hashes: Option<Vec<String>>) {} //~ [Option<Vec<String>>]

//# payload_mutable
#[editor_agent]
async fn count(payload: &mut AgentPayload) {} //~ [AgentPayload]

//# payload_boxed
#[editor_agent]
async fn count(payload: Box<AgentPayload>) {} //~ [Box<AgentPayload>]

//# payload_optional
#[editor_agent]
async fn count(payload: Option<AgentPayload>) {} //~ [Option<AgentPayload>]

//# payload_misspelled
#[editor_agent]
async fn count(payload: EditorAgentPayload) {} //~ [EditorAgentPayload] rust

//# python_frame_data
#[editor_agent]
async fn count(frame_data: FrameData) {} //~ [FrameData] rust

//# python_label_row
#[editor_agent]
async fn count(row: &mut LabelRowV2) {} //~ [LabelRowV2] rust

//# python_depends
#[editor_agent]
async fn count(row: Depends<LabelRow>) {} //~ [Depends] rust

//# python_annotated
#[editor_agent]
async fn count(row: Annotated<LabelRow>, frame: Frame) {} //~ [Annotated] rust

//# row_in_option_by_reference
#[editor_agent]
async fn count(row: Option<&LabelRow>) {} //~ [Option<&LabelRow>]

//# row_in_option_mutable
#[editor_agent]
async fn count(row: Option<&mut LabelRow>) {} //~ [Option<&mut LabelRow>]

//# row_option_by_reference
#[editor_agent]
async fn count(row: &mut Option<LabelRow>) {} //~ [Option<LabelRow>]

//# row_in_arc
#[editor_agent]
async fn count(row: std::sync::Arc<LabelRow>) {} //~ [std::sync::Arc<LabelRow>]

//# row_in_mutex
#[editor_agent]
async fn count(row: &tokio::sync::Mutex<LabelRow>) {} //~ [tokio::sync::Mutex<LabelRow>]

//# row_in_box
#[editor_agent]
async fn count(row: Box<LabelRow>) {} //~ [Box<LabelRow>]

//# row_reference_twice
#[editor_agent]
async fn count(row: &&LabelRow) {} //~ [&&LabelRow]

//# row_with_lifetime
#[editor_agent]
async fn count(row: &'static mut LabelRow) {} //~ ['static]

//# row_with_infer_lifetime
#[editor_agent]
async fn count(row: &'_ mut LabelRow) {} //~ ['_]

//# row_twice
#[editor_agent]
async fn count(before: &LabelRow, row: &mut LabelRow) {} //~ [&mut LabelRow]

//# row_twice_mutable
#[editor_agent]
async fn count(row: &mut LabelRow, other: &mut LabelRow) {} //~ [&mut LabelRow]

//# row_in_vec
#[editor_agent]
async fn count(rows: Vec<LabelRow>) {} //~ [Vec<LabelRow>]

//# selected_without_shape
#[editor_agent]
async fn count(selected: Selected) {} //~ [Selected] rust

//# selected_of_text
#[editor_agent]
async fn count(selected: Selected<String>) {} //~ [Selected<String>]

//# selected_of_class_name
struct Car;
#[editor_agent]
async fn count(frame: Frame, selected: Selected<Car>) {} //~ [Selected<Car>]

//# selected_mutable
#[editor_agent]
async fn count(selected: &mut Selected<Polygon>) {} //~ [Selected<Polygon>]

//# selected_optional_of_number
#[editor_agent]
async fn count(selected: Option<Selected<u8>>) {} //~ [Option<Selected<u8>>]

//# frame_objects_optional
#[editor_agent]
async fn count(objects: Option<FrameObjects<Polygon>>) {} //~ [Option<FrameObjects<Polygon>>]

//# crops_of_point
#[editor_agent]
async fn count(crops: Crops<Point>) {} //~ [Crops<Point>]

//# crops_of_any_shape
#[editor_agent]
async fn count(crops: Crops<AnyShape>) {} //~ [Crops<AnyShape>]

//# ontology_mutable
#[editor_agent]
async fn count(ontology: &mut Ontology) {} //~ [Ontology]

//# project_mutable
#[editor_agent]
async fn count(project: &mut Project, frame: Frame) {} //~ [Project]

//# storage_item_mutable
#[editor_agent]
async fn count(item: &mut StorageItem) {} //~ [StorageItem]

//# pixels_mutable
#[editor_agent]
async fn count(pixels: &mut FramePixels) {} //~ [FramePixels]

//# client_optional
#[editor_agent]
async fn count(client: Option<PlatformClient>) {} //~ [Option<PlatformClient>]

//# state_without_type
#[editor_agent]
async fn count(state: State) {} //~ [State] rust

//# state_not_cloneable
struct Model;
#[editor_agent]
async fn count(State(model): State<Model>) {} //~ [State<Model>]

//# state_not_cloneable_by_reference
struct Model;
#[editor_agent]
async fn count(model: &State<Model>, row: &mut LabelRow) {} //~ [State<Model>]

//# state_mutable
#[derive(Clone)]
struct Counter(u32);
#[editor_agent]
async fn count(counter: &mut State<Counter>) {} //~ [State<Counter>]

//# state_of_trait_object
trait Model: Send + Sync {}
#[editor_agent]
async fn count(model: State<dyn Model>) {} //~ [State<dyn Model>] rust

//# trait_object_by_reference
trait Model: Send + Sync {}
#[editor_agent]
async fn count(model: &dyn Model) {} //~ [&dyn Model]

//# trait_object_boxed
trait Model: Send + Sync {}
#[editor_agent]
async fn count(model: Box<dyn Model>) {} //~ [Box<dyn Model>]

//# impl_trait
#[editor_agent]
async fn count(frame: impl Into<u64>) {} //~ [impl]

//# closure_parameter
#[editor_agent]
async fn count(then: fn(u32) -> u32) {} //~ [fn(u32) -> u32]

//# tuple_parameter
#[editor_agent]
async fn count((frame, objects): (Frame, ObjectHashes)) {} //~ [(Frame, ObjectHashes)]

//# tuple_by_reference
#[editor_agent]
async fn count(both: &(Frame, ObjectHashes)) {} //~ [&(Frame, ObjectHashes)]

//# array_parameter
#[editor_agent]
async fn count(corners: [f64; 4]) {} //~ [[f64; 4]]

//# result_with_other_error
#[editor_agent]
async fn count(row: std::result::Result<LabelRow, std::io::Error>) {} //~ [std::result::Result<LabelRow, std::io::Error>]

//# result_of_text
#[editor_agent]
async fn count(name: Result<String>) {} //~ [Result<String>]

//# option_of_option
#[editor_agent]
async fn count(frame: Option<Option<Frame>>) {} //~ [Option<Option<Frame>>]

//# seventeen_parameters
#[editor_agent]
async fn count(a: Frame, b: Frame, c: Frame, d: Frame, e: Frame, f: Frame, g: Frame, h: Frame, i: Frame, j: Frame, k: Frame, l: Frame, m: Frame, n: Frame, o: Frame, p: Frame, q: Frame) {} //~ [q: Frame]

//# duration_parameter
#[editor_agent]
async fn count(timeout: std::time::Duration) {} //~ [std::time::Duration]

//# channel_parameter
#[editor_agent]
async fn count(events: tokio::sync::mpsc::Sender<String>) {} //~ [tokio::sync::mpsc::Sender<String>]

//# hash_map_parameter
use std::collections::HashMap;
#[editor_agent]
async fn count(options: HashMap<String, String>) {} //~ [HashMap<String, String>]

//# background_optional_wrong_order
#[editor_agent]
async fn count(background: &mut Background) {} //~ [Background]

//# extra_without_type
#[editor_agent]
async fn count(extra: Extra) {} //~ [Extra] rust

//# extra_of_type_without_deserialize
struct Options;
#[editor_agent]
async fn count(extra: Extra<Options>) {} //~ [Extra<Options>]

//# extra_of_type_without_deserialize_beside_row
struct Options;
#[editor_agent]
async fn count(Extra(options): Extra<Options>, row: &mut LabelRow) {} //~ [Extra<Options>]

//# notification_in_agent
use agent_runtime::{Notification, StageWorkAvailable};
#[editor_agent]
async fn count(work: Notification<StageWorkAvailable>) {} //~ [Notification<StageWorkAvailable>]

//# server_parameter
#[editor_agent]
async fn count(server: &Server) {} //~ [Server]

//# response_parameter
#[editor_agent]
async fn count(response: &mut AgentResponse) {} //~ [AgentResponse]

//# shape_parameter
#[editor_agent]
async fn count(polygon: Polygon) {} //~ [Polygon]

//# object_parameter
#[editor_agent]
async fn count(object: ObjectInstance<Polygon>) {} //~ [ObjectInstance<Polygon>]

//# vec_of_objects_parameter
#[editor_agent]
async fn count(objects: Vec<ObjectInstance<Polygon>>) {} //~ [Vec<ObjectInstance<Polygon>>]

//# image_parameter
#[editor_agent]
async fn count(image: Vec<u8>) {} //~ [Vec<u8>]

//# path_parameter
#[editor_agent]
async fn count(file: std::path::PathBuf) {} //~ [std::path::PathBuf]
