//! The check before a save: whether the row on the platform is still the one that was edited.

use std::time::{Duration, Instant, SystemTime};

use agent_platform::labels::{Timestamp, same_labels};

use super::Save;
use super::draft::Draft;
use super::failure::{conflict, overlap};
use crate::error::AgentError;
use crate::platform::fetch;

/// Age from which on a later save has another time, whatever the resolution below a second and the rounding of `Date`.
const MIN_AGE: Duration = Duration::from_secs(2);

/// What the row on the platform was when it was read.
#[derive(Debug, Clone)]
pub(in crate::platform) enum Basis {
    /// Last edited at this time, which every later save changes.
    Edited(String),
    /// The content that was read: its time does not tell saves apart.
    Content,
    /// Not on the platform.
    Absent,
}

/// A draft of the row as it is on the platform.
pub(super) struct Checked {
    pub(super) draft: Draft,
    /// When the request was sent whose response showed that.
    pub(super) asked: Instant,
}

/// Returns whether every later save changes the time at which a row was last edited: the time shows fractions of a second,
/// and was [`MIN_AGE`] old by the platform's clock when the row was read.
pub(in crate::platform) fn has_distinct_time(last_edited_at: &str, server_time: Option<SystemTime>) -> bool {
    let fraction = last_edited_at.split_once('.').map_or("", |(_, fraction)| fraction);
    // A fraction of zeros is what whole seconds look like in a column of microseconds.
    let has_fraction = fraction.bytes().take_while(u8::is_ascii_digit).any(|digit| digit != b'0');
    let edited = Timestamp::parse(last_edited_at).map(SystemTime::from);
    let age = server_time.zip(edited).and_then(|(now, edited)| now.duration_since(edited).ok());
    has_fraction && age.is_some_and(|age| age >= MIN_AGE)
}

impl Save {
    /// Checks that nobody else has saved the row since it was read; where edits are merged, rebases them on the newer row.
    ///
    /// Takes one request if nobody has.
    pub(super) async fn check(&self, draft: Draft) -> Result<Checked, AgentError> {
        let asked = Instant::now();
        let Some(newer) = self.newer(&draft).await? else { return Ok(Checked { draft, asked }) };
        if !self.merges() {
            return Err(conflict(&self.call));
        }
        self.rebase(&draft, newer, asked).await.map_err(|error| overlap(error, &self.call))
    }

    /// Returns the row on the platform, if somebody else has changed its labels since it was read.
    async fn newer(&self, draft: &Draft) -> Result<Option<Box<str>>, AgentError> {
        match &self.basis {
            Basis::Edited(then) => {
                if self.access.last_edited_at(&draft.label_hash).await?.as_ref() == Some(then) {
                    return Ok(None);
                }
            }
            Basis::Content => {}
            // It was without labels when it was created: they could not have been put into it otherwise.
            Basis::Absent => return Ok(None),
        }
        let stored = self.access.read(&draft.label_hash).await?;
        let row = std::sync::Arc::clone(&draft.row);
        fetch::apart(stored.len(), move || (!same_labels(&stored, row.original_json())).then_some(stored)).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_old_times_with_fractions_are_distinct() {
        let at = |text: &str| SystemTime::from(Timestamp::parse(text).unwrap());
        let now = Some(at("2024-05-01 08:00:10"));
        for (edited, now, is_distinct) in [
            ("2024-05-01 08:00:08.000001", now, true),
            ("2024-05-01T08:00:07.5+00:00", now, true),
            ("2024-05-01 08:00:09.999999", now, false),
            ("2024-05-01 08:00:11.5", now, false),
            ("2024-05-01 07:00:00", now, false),
            ("2024-05-01T07:00:00.000000+00:00", now, false),
            ("2024-05-01 07:00:00.5", None, false),
            ("yesterday.5", now, false),
        ] {
            assert_eq!(has_distinct_time(edited, now), is_distinct, "{edited}");
        }
    }
}
