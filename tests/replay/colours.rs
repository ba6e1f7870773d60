//! Comparison of frame summaries from different decoders.

use serde_json::Value;

/// Returns whether two summaries have the same size, and mean colors that differ by less than 2 of 255.
pub(crate) fn nearly_the_colours(one: &Value, other: &Value) -> bool {
    let means = |summary: &Value| [0, 1, 2].map(|colour| summary["mean"][colour].as_f64());
    let near = |pair: (Option<f64>, Option<f64>)| matches!(pair, (Some(one), Some(other)) if (one - other).abs() < 2.0);
    one["shape"] == other["shape"] && means(one).into_iter().zip(means(other)).all(near)
}
