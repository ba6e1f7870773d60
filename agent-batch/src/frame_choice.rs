//! The frames of a data unit on which an agent is called.

use std::fmt;
use std::num::NonZeroU64;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The frames of a data unit on which an agent is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum FrameChoice {
    /// The first frame.
    #[default]
    First,
    /// Frames with labels.
    Labelled,
    /// All frames.
    Each,
    /// The first frame and every following one at this distance.
    Every(NonZeroU64),
}

/// Invalid choice of frames.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not a choice of frames: use first, labelled, each, or every:10 for every tenth frame")]
pub struct InvalidFrameChoice(String);

impl FromStr for FrameChoice {
    type Err = InvalidFrameChoice;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "first" => Ok(Self::First),
            "labelled" => Ok(Self::Labelled),
            "each" => Ok(Self::Each),
            _ => {
                let distance = text.strip_prefix("every:").and_then(|distance| distance.parse().ok());
                distance.map(Self::Every).ok_or_else(|| InvalidFrameChoice(text.to_owned()))
            }
        }
    }
}

impl TryFrom<String> for FrameChoice {
    type Error = InvalidFrameChoice;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<FrameChoice> for String {
    fn from(choice: FrameChoice) -> Self {
        choice.to_string()
    }
}

impl fmt::Display for FrameChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::First => f.write_str("first"),
            Self::Labelled => f.write_str("labelled"),
            Self::Each => f.write_str("each"),
            Self::Every(distance) => write!(f, "every:{distance}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_are_read_as_written() {
        for text in ["first", "labelled", "each", "every:10"] {
            assert_eq!(text.parse::<FrameChoice>().unwrap().to_string(), text);
        }
        for text in ["", "every", "every:0", "every:-1", "all", "First"] {
            let error = text.parse::<FrameChoice>().unwrap_err().to_string();
            assert!(error.contains("every:10"), "{error}");
        }
    }
}
