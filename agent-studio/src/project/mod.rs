//! Projects: data units, label rows, tasks, and the operations on them.

mod check;
mod data;
mod external_changes;
mod folder;
mod identity;
mod issue;
mod issues;
mod item;
mod item_patch;
mod listing;
mod listing_filter;
mod loaded_project;
mod new_row;
mod open_error;
mod read;
mod refusal;
mod save;
mod source;
mod store;
mod task_action;
mod tasks;
mod workflow;
mod world;

pub use open_error::OpenError;
pub use refusal::Refusal;
pub use source::{DataSource, ImageSource, Media, ProjectSource};
pub use workflow::{Pathway, Stage, StageKind};

pub(crate) use data::{Data, MAIN};
pub(crate) use issues::{DeletedIssues, LinkedTags, NewIssues};
pub(crate) use item::Item;
pub(crate) use item_patch::ItemPatch;
pub(crate) use listing_filter::ListingFilter;
pub(crate) use loaded_project::Project;
pub(crate) use read::ReadOptions;
pub(crate) use task_action::{MoveToStage, TaskAction};
pub(crate) use tasks::{TaskCursor, TaskEntry, TaskFilter, TaskMove};
pub(crate) use world::World;
