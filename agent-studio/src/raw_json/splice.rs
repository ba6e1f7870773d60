//! Changing a JSON text in place: everything that is not changed stays byte for byte.

use std::ops::Range;

use serde_json::value::RawValue;

/// Changes to a text, by the spans that were found in it.
#[derive(Debug)]
pub(crate) struct Splice<'a> {
    text: &'a str,
    changes: Vec<(Range<usize>, String)>,
}

impl<'a> Splice<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self { text, changes: Vec::new() }
    }

    /// Where a value is in the text. `None` if it was not found in this text.
    fn span(&self, value: &RawValue) -> Option<Range<usize>> {
        let start = (value.get().as_ptr() as usize).checked_sub(self.text.as_ptr() as usize)?;
        let span = start..start.checked_add(value.get().len())?;
        (span.end <= self.text.len()).then_some(span)
    }

    /// Puts another value in the place of this one.
    pub(crate) fn replace(&mut self, value: &RawValue, with: impl Into<String>) {
        if let Some(span) = self.span(value) {
            self.changes.push((span, with.into()));
        }
    }

    /// Adds a member at the end of an object.
    pub(crate) fn add_member(&mut self, object: &RawValue, key: &str, value: &str) {
        let Some(span) = self.span(object) else { return };
        let inside = object.get().trim_start_matches('{').trim_end_matches('}');
        // Other members may be added to the same object: only the first one has to know whether it was empty.
        let end = span.end - 1;
        let first = inside.trim().is_empty() && !self.changes.iter().any(|(span, _)| *span == (end..end));
        let comma = if first { "" } else { "," };
        self.changes.push((end..end, format!("{comma}{}:{value}", super::quoted(key))));
    }

    /// The text with all changes made.
    pub(crate) fn finish(mut self) -> String {
        // Stable: members added to one object keep the order in which they were added.
        self.changes.sort_by_key(|(span, _)| span.start);
        let mut out =
            String::with_capacity(self.text.len() + self.changes.iter().map(|(_, new)| new.len()).sum::<usize>());
        let mut done = 0;
        for (span, new) in self.changes {
            out.push_str(&self.text[done..span.start]);
            out.push_str(&new);
            done = span.end;
        }
        out.push_str(&self.text[done..]);
        out
    }
}

#[cfg(test)]
mod tests {
    use super::super::Members;
    use super::*;

    #[test]
    fn only_what_is_changed_differs() {
        let text = r#" {"a": 1.50, "b": { }, "c": {"x": null} } "#;
        let members = Members::of(text).unwrap();
        let mut splice = Splice::new(text);
        splice.add_member(members.get("b").unwrap(), "y", "1");
        splice.add_member(members.get("b").unwrap(), "z", "2");
        let inner = Members::of(members.get("c").unwrap().get()).unwrap();
        splice.replace(inner.get("x").unwrap(), "\"me\"");
        splice.add_member(members.get("c").unwrap(), "w", "3");
        assert_eq!(splice.finish(), r#" {"a": 1.50, "b": { "y":1,"z":2}, "c": {"x": "me","w":3} } "#);
    }

    #[test]
    fn a_value_of_another_text_changes_nothing() {
        let other = Members::of(r#"{"a": 1}"#).unwrap();
        let mut splice = Splice::new("{}");
        splice.replace(other.get("a").unwrap(), "2");
        assert_eq!(splice.finish(), "{}");
    }
}
