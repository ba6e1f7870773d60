//! The attributes of this crate: their keys, and how arguments are parsed and checked.

mod arguments;
mod duration;
mod key_value;
pub(crate) mod keys;
mod path;
mod suggest;
mod text;
mod value;

use proc_macro2::{Ident, Span};

pub(crate) use arguments::Arguments;
pub(crate) use suggest::closest;
pub(crate) use value::Value;

/// An attribute macro that takes keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AttributeMacro {
    EditorAgent,
    OnNotification,
    Main,
}

impl AttributeMacro {
    /// Returns the attribute as users write it.
    pub(crate) fn written(self) -> &'static str {
        match self {
            Self::EditorAgent => "#[editor_agent]",
            Self::OnNotification => "#[on_notification]",
            Self::Main => "#[agent_runtime::main]",
        }
    }

    /// Returns the name of the attribute macro.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::EditorAgent => "editor_agent",
            Self::OnNotification => "on_notification",
            Self::Main => "main",
        }
    }

    /// Returns the word by which the hidden macro of a function tells its list from the other one.
    pub(crate) fn list_word(self) -> Ident {
        let word = match self {
            Self::OnNotification => "handler",
            Self::EditorAgent | Self::Main => "agent",
        };
        Ident::new(word, Span::call_site())
    }

    /// Returns the type of `__private` with a field for each key.
    pub(crate) fn keys_type(self) -> &'static str {
        match self {
            Self::EditorAgent => "EditorAgentKeys",
            Self::OnNotification => "OnNotificationKeys",
            Self::Main => "MainKeys",
        }
    }

    /// Returns the name of what the attribute makes of a function, with its article.
    pub(crate) fn noun(self) -> &'static str {
        match self {
            Self::EditorAgent => "an editor agent",
            Self::OnNotification => "a notification handler",
            Self::Main => "`main`",
        }
    }

    /// Returns the item that the attribute belongs on.
    pub(crate) fn target(self) -> &'static str {
        match self {
            Self::EditorAgent | Self::OnNotification => "an `async fn`",
            Self::Main => "`async fn main`",
        }
    }
}
