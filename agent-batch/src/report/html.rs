//! The report of a run as a web page without other files.

use std::io::{self, Write};

use crate::journal::{Done, Header, Outcome};

/// Maximum number of data units on the page.
const MAX_ROWS: usize = 10_000;

const HEAD: &str = r#"<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Run</title><style>
body{font:14px/1.4 system-ui,sans-serif;margin:2em;color:#222}
table{border-collapse:collapse}th,td{text-align:left;vertical-align:top;padding:.3em .8em;border-bottom:1px solid #ddd}
th{position:sticky;top:0;background:#fff}td.number{text-align:right}svg{margin-right:4px}
.failed{color:#b00}.recovered{color:#a60}.changed{color:#070}
</style></head><body>
"#;

/// Writes the report, data unit by data unit.
#[derive(Debug)]
pub(super) struct HtmlReport<W> {
    file: W,
    rows: usize,
    left_out: usize,
}

impl<W: Write> HtmlReport<W> {
    /// Writes the head of the page.
    pub(super) fn start(mut file: W, header: &Header) -> io::Result<Self> {
        file.write_all(HEAD.as_bytes())?;
        writeln!(
            file,
            "<h1>{}</h1><p>Project {} on {}, {} data units, started at {}.</p>",
            escaped(&header.agent),
            header.project,
            escaped(&header.platform),
            header.units,
            escaped(&header.started_at)
        )?;
        file.write_all(
            b"<table><thead><tr><th>Data</th><th>Outcome</th><th>Status</th><th>Message</th><th>Decision</th><th>Objects added</th>\
            <th>changed</th><th>removed</th><th>Before and after</th></tr></thead><tbody>\n",
        )?;
        Ok(Self { file, rows: 0, left_out: 0 })
    }

    /// Writes the result of a data unit. `picture` is SVG.
    pub(super) fn row(&mut self, done: &Done, picture: Option<&str>) -> io::Result<()> {
        if self.rows >= MAX_ROWS {
            self.left_out += 1;
            return Ok(());
        }
        self.rows += 1;
        let outcome = outcome(done.outcome);
        let objects = done.changes.objects;
        writeln!(
            self.file,
            "<tr><td>{}</td><td class=\"{outcome}\">{outcome}</td><td>{}</td><td>{}</td><td>{}</td><td class=\"number\">{}</td>\
             <td class=\"number\">{}</td><td class=\"number\">{}</td><td>{}</td></tr>",
            escaped(done.title.as_deref().unwrap_or(&done.data)),
            done.status.map(|status| status.to_string()).unwrap_or_default(),
            escaped(done.message.as_deref().unwrap_or_default()),
            escaped(done.decision.as_deref().unwrap_or_default()),
            objects.added,
            objects.changed,
            objects.removed,
            picture.unwrap_or_default()
        )
    }

    /// Writes the end of the page.
    pub(super) fn finish(mut self) -> io::Result<()> {
        self.file.write_all(b"</tbody></table>\n")?;
        if self.left_out > 0 {
            writeln!(
                self.file,
                "<p>{} more data units are in the report with the extension .jsonl.</p>",
                self.left_out
            )?;
        }
        self.file.write_all(b"</body></html>\n")?;
        self.file.flush()
    }
}

fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Changed => "changed",
        Outcome::Unchanged => "unchanged",
        Outcome::Skipped => "skipped",
        Outcome::Failed => "failed",
        Outcome::Recovered => "recovered",
    }
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            other => escaped.push(other),
        }
    }
    escaped
}
