//! Editor agents in Rust.
//!
//! A label editor calls an *editor agent* while an annotator works: an HTTP endpoint that receives the open frame, its data unit
//! and the selected objects, and responds with a message, a decision or an error, which the annotator sees. With this crate an
//! agent is one annotated function:
//!
//! ```no_run
//! use agent_runtime::prelude::*;
//!
//! /// Greets the annotator.
//! #[editor_agent]
//! async fn hello(frame: Frame, objects: ObjectHashes) -> Result<AgentResponse> {
//!     ensure!(!objects.is_empty(), "Select an object first.");
//!     Ok(AgentResponse::message(format!("{} objects on frame {frame}", objects.len())))
//! }
//!
//! #[agent_runtime::main]
//! async fn main() -> Result<()> {
//!     Ok(agent_runtime::serve().await?)
//! }
//! ```
//!
//! There are three entry points: [`serve()`](fn@serve) serves every agent of the program, [`Server`] does so with settings of your
//! own, and [`testing::TestClient`] calls agents in tests.
//!
//! # Parameters
//!
//! Each parameter is an *extractor*: a type that implements [`FromCall`] for `T` and `&T`, [`OptionalFromCall`] for `Option<T>`, or
//! [`Transaction`] for `&mut T`. `Result<T, AgentError>` passes the error to the agent.
//!
//! | from | extractors |
//! |---|---|
//! | the request | [`Frame`], [`ObjectHashes`], [`ProjectHash`], [`DataHash`], [`AgentPayload`], [`Extra<T>`](Extra), [`HeaderMap`], [`TraceId`], [`EditorCall`] |
//! | the labels | [`LabelRow`], [`Selected<S>`](Selected), [`FrameObjects<S>`](FrameObjects), [`Twin<S>`](Twin) |
//! | the platform | [`Ontology`], [`Project`], [`LabelRowInfo`], [`StorageItem`], [`PlatformClient`] |
//! | the media | [`FramePixels`], [`Crops<S>`](Crops), [`Asset`], [`VideoFrames`] |
//! | the server | [`State<T>`](State), [`Background`] |
//!
//! The shapes `S` are the types of [`agent_platform::labels`], such as [`Polygon`](agent_platform::labels::Polygon), [`AnyShape`], or the
//! object classes of [`ontology!`].
//! `&mut LabelRow` saves the row when the agent returns `Ok`.
//!
//! # Responses and errors
//!
//! An agent returns a type that implements [`IntoReply`]: `()`, text, [`AgentResponse`], an enum with
//! [`#[derive(Decisions)]`](macro@Decisions), [`Findings`], [`Prioritized`], [`Json`], an `Option` of these, or a [`Result`]. The error of a `Result` implements
//! [`IntoAgentError`]; [`bail!`], [`ensure!`] and [`OrComplain`] make errors that the annotator reads.
//!
//! # Notifications
//!
//! [`#[on_notification]`](macro@on_notification) turns a function into a handler of the platform's notifications.
//!
//! # Features
//!
//! Default features: `logging`, `media`, `metrics`, `openapi` and `video`. Further features: `batch` runs agents over a project without a
//! server (`cargo run -- run PROJECT`); `lambda` serves the events of AWS Lambda
//! when started there; `otel` exports traces over OTLP/HTTP; `tls` enables HTTPS and HTTP/2 in the server itself.

#![warn(missing_debug_implementations)]

/// Compiles the examples of the READMEs, the guide and the migration guide.
#[cfg(doctest)]
mod documents {
    #[doc = include_str!("../../README.md")]
    struct Readme;
    #[doc = include_str!("../../docs/guide/src/how-to/migrate-from-python.md")]
    struct GuideHowToMigrateFromPython;
    #[doc = include_str!("../../agent-runtime/README.md")]
    struct AgentRuntimeReadme;
    #[doc = include_str!("../../agent-macros/README.md")]
    struct AgentMacrosReadme;
    #[doc = include_str!("../../docs/guide/src/README.md")]
    struct GuideReadme;
    #[doc = include_str!("../../docs/guide/src/how-to/change-labels.md")]
    struct GuideHowToChangeLabels;
    #[doc = include_str!("../../docs/guide/src/how-to/dry-run.md")]
    struct GuideHowToDryRun;
    #[doc = include_str!("../../docs/guide/src/how-to/handle-notifications.md")]
    struct GuideHowToHandleNotifications;
    #[doc = include_str!("../../docs/guide/src/how-to/long-work.md")]
    struct GuideHowToLongWork;
    #[doc = include_str!("../../docs/guide/src/how-to/validate-before-submission.md")]
    struct GuideHowToValidate;
    #[doc = include_str!("../../docs/guide/src/how-to/work-on-video.md")]
    struct GuideHowToWorkOnVideo;
    #[doc = include_str!("../../docs/guide/src/how-to/work-on-a-stage.md")]
    struct GuideHowToWorkOnAStage;
    #[doc = include_str!("../../docs/guide/src/how-to/write-an-extractor.md")]
    struct GuideHowToWriteAnExtractor;
    #[doc = include_str!("../../docs/guide/src/how-to/test-an-agent.md")]
    struct GuideHowToTestAnAgent;
    #[doc = include_str!("../../docs/guide/src/tutorial.md")]
    struct GuideTutorial;
    #[doc = include_str!("../../docs/guide/src/reference/attribute.md")]
    struct GuideReferenceAttribute;
    #[doc = include_str!("../../docs/guide/src/reference/description.md")]
    struct GuideReferenceDescription;
    #[doc = include_str!("../../docs/guide/src/reference/extractors.md")]
    struct GuideReferenceExtractors;
    #[doc = include_str!("../../docs/guide/src/reference/ontology.md")]
    struct GuideReferenceOntology;
    #[doc = include_str!("../../docs/guide/src/reference/responses.md")]
    struct GuideReferenceResponses;
}

// The macros write `::agent_runtime`, also into the doc examples and tests of this crate.
extern crate self as agent_runtime;

#[doc(hidden)]
pub mod __private;
mod access;
mod app;
mod bail;
mod body_buffer;
mod call_limits;
mod drain_report;
mod http;
mod lifecycle;
#[cfg(feature = "logging")]
pub mod logging;
mod metrics;
mod notification;
#[cfg(not(feature = "otel"))]
#[path = "otel/disabled.rs"]
mod otel;
#[cfg(feature = "otel")]
pub mod otel;
mod served_stage;
mod server;
mod settings;
mod stage;
mod start_error;
pub mod testing;
mod webhook_signature;

/// A set of agents, by the paths of their functions: `agents![simplify, checks::validate]`.
///
/// Two agents with the same path are a compile error at the second entry.
///
/// The list finds an agent by a hidden macro of its name. So an agent cannot have the name of a common macro of the standard library,
/// such as `format`: rename the function, and keep its path with `path = "/format"`. An agent with the name of a rare one, such as
/// `line`, makes `line!` ambiguous in its module: write `std::line!` there.
#[macro_export]
macro_rules! agents {
    ($($entries:tt)*) => {
        $crate::__private::agents_list!($crate; $($entries)*)
    };
}

/// A set of notification handlers, by the paths of their functions: `handlers![work, checks::completed]`.
#[macro_export]
macro_rules! handlers {
    ($($entries:tt)*) => {
        $crate::__private::handlers_list!($crate; $($entries)*)
    };
}

pub use crate::access::{InvalidOrigin, InvalidProxy};
pub use crate::http::ErrorResponse;
#[cfg(feature = "batch")]
pub use agent_batch::{ChangeCounts, Counts, FrameChoice, Tally};
pub use agent_core;
pub use agent_core::after_call::{AfterCall, OptionalWork};
pub use agent_core::agent::{Agent, AgentSet, IntoAgentSet};
pub use agent_core::agent_error;
pub use agent_core::call::{Call, EditorCall, FromCall, OptionalFromCall};
pub use agent_core::call_permit::CallGuard;
pub use agent_core::decision::{AnyDecision, DecisionTooLong, Decisions, LONGEST_DECISION};
pub use agent_core::definition::{
    AgentDefinition, AgentTimeout, FindingsTarget, LabelRowRequest, OnConflict, SourceLocation,
};
pub use agent_core::error::{AgentError, ErrorStatus, FieldError, IntoAgentError, IntoMessage, OrComplain, Result};
#[cfg(feature = "media")]
pub use agent_core::extract::{AnyRegion, Asset, Crop, CroppableShape, Crops, FramePixels};
pub use agent_core::extract::{
    AnyShape, Background, DataHash, Extra, Frame, FrameObjects, ObjectHashes, ObjectInstance, ProjectHash, ReadShape,
    Selected, ShapeOnFrame, TraceId, Twin, TwinPlace, TwinSource,
};
pub use agent_core::extract::{ApplicationState, State};
#[cfg(feature = "video")]
pub use agent_core::extract::{FrameStream, VideoFrames};
pub use agent_core::findings::{Finding, Findings, Severity};
pub use agent_core::metrics::{Metric, MetricKind, MetricSource};
pub use agent_core::notification::{
    AnyEvent, HandlerSet, IntoHandlerSet, Notification, NotificationCall, NotificationEvent, NotificationHandler,
    StageWorkAvailable, TaskCompleted, TaskLabels, TaskSubmitted, WorkReason,
};
pub use agent_core::payload::AgentPayload;
pub use agent_core::platform::SaveVerification;
pub use agent_core::priority::Prioritized;
pub use agent_core::readiness::{Readiness, ReadinessState, Reading};
pub use agent_core::requirements::{PayloadMember, Requirements};
pub use agent_core::response::{AgentResponse, IntoReply, Json, MAX_SHOWN_MESSAGE, Reply, ReplyForm};
pub use agent_core::signature_policy::{SignatureRule, SignedCalls};
pub use agent_core::stage::{Stage, StageFrames};
pub use agent_core::trace::Trace;
pub use agent_core::transaction::Transaction;
pub use agent_macros::{Decisions, editor_agent, main, on_notification, ontology};
pub use agent_platform;
pub use agent_platform::client::{LabelRowMetadata as LabelRowInfo, PlatformClient, Project, StorageItem};
pub use agent_platform::hash::{AsHash, ClassificationHash, FeatureHash, LabelHash, ObjectHash};
pub use agent_platform::labels::LabelRow;
#[cfg(feature = "media")]
pub use agent_platform::media;
pub use agent_platform::ontology::Ontology;
pub use agent_platform::typed::Checklist;
pub use axum::http::HeaderMap;
pub use drain_report::{DrainReport, FailedTask};
#[cfg(feature = "batch")]
pub use server::{BatchReport, BatchRun};
pub use server::{IntoHost, RunningServer, Server, serve};
pub use settings::{DryRuns, ErrorCauses, PlatformCheck};
pub use start_error::StartError;
pub use webhook_signature::{SignatureError, WebhookSecrets};
pub use {axum, uuid};

/// The names that agents use: `use agent_runtime::prelude::*;`
pub mod prelude {
    pub use crate::{
        AgentError, AgentPayload, AgentResponse, AnyDecision, AnyShape, Background, Checklist, ClassificationHash,
        DataHash, Decisions, EditorCall, ErrorStatus, Extra, FeatureHash, Finding, Findings, Frame, FrameObjects,
        FromCall, HeaderMap, Json, LabelHash, LabelRow, LabelRowInfo, ObjectHash, ObjectHashes, ObjectInstance,
        Ontology, OptionalFromCall, OrComplain, PlatformClient, Prioritized, Project, ProjectHash, Requirements,
        Result, Selected, Server, State, StorageItem, TraceId, Transaction, agent_error, agents, bail, editor_agent,
        ensure, ontology,
    };
    #[cfg(feature = "media")]
    pub use crate::{AnyRegion, Asset, Crop, Crops, FramePixels};
    #[cfg(feature = "video")]
    pub use crate::{FrameStream, VideoFrames};
    pub use agent_platform::labels::{
        Bitmask, BoundingBox, Circle, Cuboid, Cuboid2d, Ellipse, Point, Polygon, Polyline, RotatableBoundingBox,
        Segmentation, Skeleton,
    };
    // The methods and constants of the types of `ontology!`.
    pub use agent_platform::answer_schema::{ClassificationQuestion as _, ObjectQuestion as _};
    pub use agent_platform::typed::{ClassificationType as _, ObjectType as _, OptionType as _};
}
