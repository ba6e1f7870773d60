//! A local platform, against which editor agents and the Python SDK run without an account.
//!
//! It implements the whole API that agents use, verifies signatures like the platform, and rejects the same requests
//! (contract: `docs/contract/README.md`).
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
//! // A client lists the label rows; then another user edits one.
//! let rows = platform.list_label_rows(project, &LabelRowFilter::default()).await?;
//! running.edit_as("annotator@example.test", &rows[0].data_hash, |row| {
//!     row.add("Car").bounding_box(0.1, 0.1, 0.2, 0.2).on(3).map(|car| car.hash().to_owned())
//! })?;
//!
//! // The next read gets 503 once, and the client retries.
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
//! A project is either described in a program ([`ProjectSource`]) and kept in memory, or it is a plain folder
//! ([`LocalPlatformBuilder::folder`]), in which all changes are saved:
//!
//! | file | content |
//! |---|---|
//! | `project.toml` | `title = "..."`, and optionally `description`, `owner`, `project_hash`, `ontology_hash`, `dataset_hash`, `dataset_title`, `folder`, `created_at`; `[[stage]]` with `title`, `kind`, `pathways`, `next` and `rejected`; `[data."NAME"]` with `data_hash` and `item` |
//! | `ontology.json` | the ontology: its structure, or an object that has it under `editor` |
//! | `data/` | a file for each image, video, audio file, text and PDF; a folder of images for each image group |
//! | `labels/NAME.json` | the label row of `data/NAME`; `labels/BRANCH/NAME.json` on branches other than `main` |
//! | `state.json` | changed stages, priorities and client metadata |
//! | `state-changes.jsonl` | in large projects, while the platform runs: changes that are not in `state.json` yet |
//!
//! A file that is added to `data/` appears in the project with the next listing. Named pipes, devices and symbolic
//! links that lead out of the folder are ignored with a warning.
//!
//! Files are replaced atomically: after a crash there is either the old file or the new one. A label file that another
//! program edits is reloaded before it is served. A save compares the file at the moment of replacement and fails if it
//! has changed, so that no edit is overwritten. Two gaps remain. A program that opened the file before the save, and
//! writes to it afterwards instead of replacing it, writes to the deleted file. File systems that cannot exchange two
//! files atomically, such as network file systems, have a gap of microseconds between the comparison and the
//! replacement.
//!
//! # Workflows
//!
//! Agents move tasks along the pathways of their stage. People submit, approve and reject tasks through the SDK: `next`
//! is the stage that a submitted or approved task enters, `rejected` the one that a rejected task enters. The platform
//! does not expose these two to its clients, so pulled projects have neither: add them to `project.toml`. A project
//! without stages gets a default workflow of four stages, which has both. There are no label reviews, no issues and no
//! child data, so `include_children` of a listing has no effect.
//!
//! An unsupported call gets 501 with a message that names the call.
//!
//! # Other clients
//!
//! For clients in other languages, set `ENCORD_DOMAIN` to [`RunningPlatform::url`] and `ENCORD_SSH_KEY` to
//! [`RunningPlatform::private_key`].

// Without the program, nobody uses its part of some modules.
#![cfg_attr(
    not(all(feature = "cases", feature = "cli")),
    allow(dead_code, unused_imports, reason = "used by the command line and the tests of cases")
)]

/// Compiles the examples of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

mod agent_client;
mod agent_payload;
mod browser;
mod callers;
mod calls;
mod cases;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod cli;
mod client_key;
mod clock;
mod dev_status;
mod faults;
mod local_platform;
mod media;
mod models;
mod outgoing;
mod own_origin;
mod page;
mod project;
mod raw_json;
mod regular_file;
pub mod replay;
mod running;
mod sample;
mod server;
mod sql_like;
pub mod testing;

pub use browser::open_in_browser;
pub use calls::{Call, CallKind, Calls};
pub use client_key::{ClientKey, KeyGenerationError};
pub use clock::TimestampResolution;
pub use faults::{Effect, Fault, Faults};
pub use local_platform::{LocalPlatform, LocalPlatformBuilder, LocalPlatformError};
pub use media::{MediaFacts, MediaKind};
pub use page::{AgentServer, AgentServerError, Page};
pub use project::{DataSource, ImageSource, Media, OpenError, Pathway, ProjectSource, Refusal, Stage, StageKind};
pub use running::{ClientError, EditError, RunningPlatform};
pub use sample::{SampleCopy, copy_sample_project};
