//! A platform on this machine: editor agents and the Python SDK run against it without an account.
//!
//! It speaks the whole interface that agents use, checks signatures like the platform, and refuses what the platform
//! refuses (contract: `docs/contract/README.md`).
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
//! | `project.toml` | `title = "..."`, and what may be left out: `description`, `owner`, `project_hash`, `ontology_hash`, `dataset_hash`, `dataset_title`, `folder`, `created_at`; `[[stage]]` with `title`, `kind`, `pathways`, `next` and `rejected`; `[data."NAME"]` with `data_hash` and `item` |
//! | `ontology.json` | the ontology: its structure, or an object that has it under `editor` |
//! | `data/` | a file for each image, video, sound, text and PDF; a folder of images for each image group |
//! | `labels/NAME.json` | the label row of `data/NAME`; `labels/BRANCH/NAME.json` on other branches than `main` |
//! | `state.json` | stages, priorities and client metadata that have been changed |
//!
//! A file that is put into `data/` is in the project from the next listing on. Named pipes, devices and symbolic links that lead
//! out of the folder are left out, with a warning.
//!
//! Files are replaced in one step: a crash leaves the old one or the new one. A label file that somebody edits is read again
//! before it is served. A save compares the file at the moment of replacement and fails if it has changed, so no version that an
//! editor put there is overwritten unseen. Two gaps remain. An editor that opened the file before the save, and writes into it
//! afterwards instead of replacing it, writes into the old file, which is gone. File systems that cannot exchange two files in
//! one step, such as network file systems, have a gap of microseconds between the comparison and the replacement.
//!
//! # Workflows
//!
//! Agents send tasks along the pathways of their stage. People submit, approve and reject tasks through the SDK; `next` is the
//! stage that a submitted or approved task enters, `rejected` the one that a rejected task enters. The platform does not show
//! these to its clients, so projects that were pulled have neither: add them to `project.toml`. A project without stages has a
//! workflow of four, which has both. Labels have no reviews and tasks no issues here, and data have no children, so that
//! `include_children` of a listing has no effect.
//!
//! A call that the local platform does not have is answered 501, and the message names the call.
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
mod form;
mod like;
mod local_platform;
mod media;
mod outgoing;
mod own_origin;
mod page;
mod project;
mod raw_json;
mod regular_file;
mod running;
mod sample;
mod server;

pub use browser::open_in_browser;
pub use calls::{Call, CallKind, Calls};
pub use client_key::{ClientKey, KeyNotMade};
pub use clock::TimestampResolution;
pub use faults::{Effect, Fault, Faults};
pub use local_platform::{LocalPlatform, LocalPlatformBuilder, StartError};
pub use media::{MediaFacts, MediaKind};
pub use page::{AgentServer, AgentServerError, Page};
pub use project::{DataSource, ImageSource, Media, OpenError, Pathway, ProjectSource, Refusal, Stage, StageKind};
pub use running::{ClientError, EditError, RunningPlatform};
pub use sample::{SampleCopy, copy_sample_project};
