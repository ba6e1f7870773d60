//! A platform on this machine: editor agents and the Python SDK run against it without an account.
//!
//! It speaks the whole interface that agents use, checks signatures like the platform, and refuses what the platform
//! refuses (contract: `platform-api.md`).
//!
//! ```
//! use agent_platform::client::{LabelRowFilter, ReadLabels};
//! use agent_studio::{CallKind, DataSource, Effect, Fault, LocalPlatform, ProjectSource};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let ontology = r##"{"objects": [{"id": "1", "name": "Car", "color": "#D33115", "shape": "bounding_box",
//! #     "featureNodeHash": "a1b2c3d4"}], "classifications": []}"##;
//! let project = ProjectSource::new("Cars", ontology).data(DataSource::video("drive.mp4", 640, 480, 250, 25.0));
//! let running = LocalPlatform::builder().project(project).start().await?;
//! let platform = running.client()?;
//! let project = running.project_hashes()[0];
//!
//! // A client asks; another user edits meanwhile.
//! let rows = platform.list_label_rows(project, &LabelRowFilter::default()).await?;
//! running.edit_as("annotator@example.test", &rows[0].data_hash, |row| {
//!     row.add("Car").bounding_box(0.1, 0.1, 0.2, 0.2).on(3).map(|car| car.hash().to_owned())
//! })?;
//!
//! // The next reading is answered 503 once, and the client asks again.
//! running.faults().add(Fault::new(Effect::message(503, "Too busy.")).on(CallKind::GetLabelRows).times(1));
//! let label_hash = running.label_hash(&rows[0].data_hash, "main").unwrap();
//! let row = platform.label_row(project, &label_hash, &ReadLabels::default()).await?;
//! assert!(row.get().contains("a1b2c3d4"));
//! assert_eq!(running.calls().count(CallKind::GetLabelRows), 2);
//! # Ok(())
//! # }
//! ```
//!
//! # Projects
//!
//! A project is described in a program ([`ProjectSource`]) and lives in memory, or it is a plain folder
//! ([`LocalPlatformBuilder::folder`]) and everything that changes is kept there:
//!
//! | file | holds |
//! |---|---|
//! | `project.toml` | `title = "..."`, and what may be left out: `description`, `owner`, `project_hash`, `ontology_hash`, `dataset_hash`, `dataset_title`, `folder`, `created_at`; `[[stage]]` with `title`, `kind` and `pathways`; `[data."NAME"]` with `data_hash` and `item` |
//! | `ontology.json` | the ontology: its structure, or an object that has it under `editor` |
//! | `data/` | a file for each image, video, sound, text and PDF; a folder of images for each image group |
//! | `labels/NAME.json` | the label row of `data/NAME`; `labels/BRANCH/NAME.json` on other branches than `main` |
//! | `state.json` | stages, priorities and client metadata that have been changed |
//!
//! A file that is put into `data/` is in the project from the next listing on. Files are replaced in one step: a crash
//! leaves the old one or the new one. A label file that somebody edits is read again before it is served or saved over.
//!
//! # Other clients
//!
//! For clients in other languages, [`RunningPlatform::url`] goes into `ENCORD_DOMAIN` and
//! [`RunningPlatform::private_key`] into `ENCORD_SSH_KEY`.

mod browser;
mod callers;
mod calls;
#[doc(hidden)]
pub mod cli;
mod client_key;
mod clock;
mod faults;
mod like;
mod local_platform;
mod media;
mod outgoing;
mod own_origin;
mod page;
mod project;
mod raw_json;
mod running;
mod sample;
mod server;

pub use browser::open_in_browser;
pub use calls::{Call, CallKind, Calls};
pub use client_key::{ClientKey, KeyNotMade};
pub use faults::{Effect, Fault, Faults};
pub use local_platform::{LocalPlatform, LocalPlatformBuilder, StartError};
pub use media::{MediaFacts, MediaKind};
pub use page::{AgentServer, AgentServerError, Page};
pub use project::{DataSource, ImageSource, Media, OpenError, Pathway, ProjectSource, Refusal, Stage, StageKind};
pub use running::{ClientError, EditError, RunningPlatform};
pub use sample::{SampleCopy, copy_sample_project};
