//! Reads the selected objects: the Rust version of `handle_object_hashes` in the Python documentation. For the pixels
//! of the selected objects, for example to read a number plate, use the extractor `Crops<AnyRegion>` in the same way.

use agent_runtime::agent_platform::labels::AnswerValue;
use agent_runtime::prelude::*;

/// Returns class, shape, number of frames and answers of each selected object.
#[editor_agent]
async fn handle_object_hashes(selected: Selected<AnyShape>, row: &LabelRow) -> Result<String> {
    ensure!(!selected.is_empty(), "Select one object or more.");
    let mut said = Vec::new();
    for object in &selected {
        let whole = row.object(object.hash())?;
        let shape = whole.shape().map(|shape| shape.as_str().replace('_', " ")).unwrap_or_default();
        let frames = match whole.frames().count() {
            1 => "on 1 frame".to_owned(),
            frames => format!("on {frames} frames"),
        };
        let mut about = vec![format!("{} {}", object.class(), object.hash()), shape, frames];
        about.extend(whole.answers().iter().map(|answer| format!("{} {}", answer.name, in_words(&answer.value))));
        said.push(format!("{}.", about.join(", ")));
    }
    // The platform shows 256 characters of a message, so the summary comes first.
    Ok(match said.len() {
        1 => said.join(" "),
        count => format!("{count} objects: {}", said.join(" ")),
    })
}

fn in_words(answer: &AnswerValue) -> String {
    match answer {
        AnswerValue::Text(text) => format!("“{text}”"),
        AnswerValue::Number(number) => number.to_string(),
        other => other.options().iter().map(|option| option.label.as_str()).collect::<Vec<_>>().join(" and "),
    }
}
