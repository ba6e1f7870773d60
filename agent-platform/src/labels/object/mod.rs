//! Objects: reading them, adding them, editing them.

mod add;
mod answers;
mod edit;
mod events;
mod ranges;
mod view;
mod write;

pub use add::{AddObject, IntoNewObject};
pub use edit::{FrameEdit, ObjectEdit};
pub use view::{FrameObject, Object, SceneEvent};
