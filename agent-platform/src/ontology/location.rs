//! Positions in the text of an ontology.

use crate::json::{elements, member};

/// A position in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Location {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

impl Location {
    /// Finds a value in the JSON text of an ontology by its path, such as `objects[3].attributes[0].type`. The path starts at the
    /// structure, which may be in a member `editor` or `structure`.
    #[must_use]
    pub fn find(text: &str, path: &str) -> Option<Self> {
        let path = path.trim_start_matches("editor.").trim_start_matches("structure.");
        let whole = text.trim_start_matches('\u{feff}').trim_start();
        let structure = ["editor", "structure"].into_iter().find_map(|key| member(whole, key)).unwrap_or(whole);
        let mut value = structure;
        for step in path.split(['.', '[']).filter(|step| !step.is_empty()) {
            value = match step.strip_suffix(']') {
                Some(index) => elements(value).nth(index.parse().ok()?)?,
                None => member(value, step)?,
            };
        }
        let offset = (value.as_ptr() as usize).checked_sub(text.as_ptr() as usize)?;
        Some(Self::from_offset(text, offset))
    }

    fn from_offset(text: &str, offset: usize) -> Self {
        let before = text.get(..offset).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |end| end + 1);
        let column = before.get(line_start..).unwrap_or_default().chars().count() + 1;
        Self { line: before.matches('\n').count() + 1, column }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_values_by_path() {
        let text =
            "\u{feff}{\"title\": \"é\",\n \"editor\": {\"objects\": [{\"name\": \"é\", \"shape\": \"box\"},\n  {}]}}";
        let find = |path| Location::find(text, path).map(|found| (found.line, found.column));
        assert_eq!(find("objects[0].shape"), Some((2, 48)));
        assert_eq!(find("editor.objects[1]"), Some((3, 3)));
        assert_eq!(find("objects[2]"), None);
        assert_eq!(find("objects[0].color"), None);
    }
}
