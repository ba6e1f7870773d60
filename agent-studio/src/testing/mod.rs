//! A project for the tests of agents: data by title, objects by class, and the label changes of a call.
//!
//! ```
//! use agent_runtime::prelude::*;
//! use agent_runtime::testing::TestClient;
//! use agent_studio::testing::TestProject;
//!
//! #[editor_agent]
//! async fn simplify(frame: Frame, selected: Selected<Polygon>, row: &mut LabelRow) -> Result<String> {
//!     let mut removed = 0;
//!     for polygon in &selected {
//!         removed += row.edit(polygon)?.at(frame)?.simplify(0.002)?;
//!     }
//!     Ok(format!("{removed} vertices removed."))
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let project = TestProject::sample().await?;
//! let client = TestClient::new(Server::new().agents(agents![simplify]).platform(project.client()?))?;
//! let response = client.call("/simplify", &project.data("espresso.jpg")?.select("Item outline")?).await;
//!
//! response.assert_message("2256 vertices removed.");
//! let saved = project.changes("espresso.jpg")?.to_string();
//! let first = "changed Item outline Kp9mSO/t on frame 0: polygon of 135 points in 0.2867, 0.0425, 0.3933 × 0.73 → \
//!     polygon of 56 points in 0.2867, 0.0425, 0.3933 × 0.73";
//! assert_eq!(saved.lines().next(), Some(first));
//! # Ok(())
//! # }
//! ```

mod error;
mod selection;
mod test_project;

pub use error::TestProjectError;
pub use selection::TestSelection;
pub use test_project::TestProject;
