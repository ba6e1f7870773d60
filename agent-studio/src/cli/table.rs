//! Output of properties and values under headings.

use std::fmt;

use super::terminal::{FAINT, HEADING, styled};

/// Properties and values under headings. A value may have several lines. A row with an empty property has no column for
/// it.
#[derive(Debug, Default)]
pub(super) struct Table {
    sections: Vec<(String, Vec<(String, String)>)>,
}

impl Table {
    /// Starts a section.
    pub(super) fn section(&mut self, heading: impl Into<String>) {
        self.sections.push((heading.into(), Vec::new()));
    }

    /// Adds a row to the last section.
    pub(super) fn row(&mut self, property: impl Into<String>, value: impl Into<String>) {
        if let Some((_, rows)) = self.sections.last_mut() {
            rows.push((property.into(), value.into()));
        }
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.sections.iter().flat_map(|(_, rows)| rows).map(|(name, _)| name.chars().count());
        let width = names.max().unwrap_or_default();
        for (at, (heading, rows)) in self.sections.iter().enumerate() {
            if at > 0 {
                writeln!(f)?;
            }
            write!(f, "{}", styled(HEADING, heading))?;
            for (name, value) in rows {
                // Lines meant to be copied are not indented to the value column.
                let width = if name.is_empty() { 0 } else { width };
                let mut lines = value.lines();
                write!(f, "\n  {}  {}", styled(FAINT, format!("{name:width$}")), lines.next().unwrap_or_default())?;
                for line in lines {
                    write!(f, "\n  {:width$}  {line}", "")?;
                }
            }
            if at + 1 < self.sections.len() {
                writeln!(f)?;
            }
        }
        Ok(())
    }
}
