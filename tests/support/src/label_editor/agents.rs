//! Agents for the page to trigger.

use std::sync::Arc;
use std::time::Duration;

use agent_runtime::media::{Encoding, encode};
use agent_runtime::prelude::*;

use super::prompted::{box_masks, segment_discs, slow_discs};

/// Simplifies the selected polygons with Ramer-Douglas-Peucker.
///
/// The tolerance is a hundredth of the image.
#[editor_agent(path = "/simplify-polygons")]
async fn simplify_polygons(frame: Frame, selected: Selected<Polygon>, row: &mut LabelRow) -> Result<String> {
    ensure!(!selected.is_empty(), "Select the polygons to simplify.");
    let mut removed = 0;
    for polygon in &selected {
        removed += row.edit(polygon)?.at(frame)?.simplify(0.01)?;
    }
    Ok(format!("{removed} vertices removed."))
}

/// Rejects vehicles that are implausibly small.
#[editor_agent(path = "/check-vehicles")]
async fn check_vehicles(boxes: FrameObjects<BoundingBox>) -> Result<String> {
    for found in &boxes {
        let width = found.coordinates.width;
        ensure!(width > 0.3, "The {} is only {width} wide, and vehicles are at least 0.3.", found.class());
    }
    Ok(format!("{} vehicles are wide enough.", boxes.len()))
}

/// Adds a vehicle, moves another, and deletes the points.
#[editor_agent(path = "/rearrange")]
async fn rearrange(frame: Frame, row: &mut LabelRow) -> Result<String> {
    row.add("Vehicle").bounding_box(0.55, 0.06, 0.2, 0.16).answer("Colour", "Blue").on(frame)?;
    let hashes = |row: &LabelRow, class| -> Vec<ObjectHash> {
        row.frame(frame).objects_of_class(class).map(|object| object.hash().clone()).collect()
    };
    if let Some(first) = hashes(row, "Vehicle").first() {
        row.edit(first)?.at(frame)?.change::<BoundingBox>(|shape| shape.x += 0.05)?;
    }
    for hash in hashes(row, "Tip") {
        row.delete(&hash)?;
    }
    Ok("The frame is rearranged.".to_owned())
}

/// The pathway of the task.
#[derive(Debug, Decisions)]
enum Pathway {
    #[decision("To review")]
    ToReview,
    #[decision("review")]
    Review,
}

/// Decides for a pathway of the workflow.
#[editor_agent(path = "/route")]
async fn route() -> Result<AgentResponse<Pathway>> {
    Ok(AgentResponse::message("For review.").decide(Pathway::Review))
}

/// Decides after 1.5 s.
#[editor_agent(path = "/ponder")]
async fn ponder(frame: Frame) -> Result<AgentResponse<Pathway>> {
    tokio::time::sleep(Duration::from_millis(1500)).await;
    Ok(AgentResponse::message(format!("Thought about frame {frame}.")).decide(Pathway::ToReview))
}

/// A gate that a test opens to let an agent return.
#[derive(Debug, Clone)]
pub struct Gate(Arc<tokio::sync::Semaphore>);

impl Gate {
    /// A closed gate.
    pub fn new() -> Self {
        Self(Arc::new(tokio::sync::Semaphore::new(0)))
    }

    /// Lets one call pass.
    pub fn open(&self) {
        self.0.add_permits(1);
    }

    /// Waits until it is opened.
    pub(super) async fn pass(&self) -> Result<()> {
        let passed = tokio::time::timeout(Duration::from_secs(20), self.0.acquire()).await;
        ensure!(
            passed.is_ok_and(|permit| permit.map(tokio::sync::SemaphorePermit::forget).is_ok()),
            "The gate is closed."
        );
        Ok(())
    }
}

/// Waits until the test opens the gate.
#[editor_agent(path = "/wait")]
async fn wait(State(gate): State<Gate>) -> Result<String> {
    gate.pass().await?;
    Ok("The gate was opened.".to_owned())
}

/// Returns a message that is longer than the 256 characters that the label editor shows.
#[editor_agent(path = "/long-message")]
async fn long_message() -> Result<String> {
    Ok(format!("{} Beyond the cut.", "\u{e9}".repeat(256)))
}

/// Crops the vehicles.
#[editor_agent(path = "/cut-out")]
async fn cut_out(crops: Crops<BoundingBox>) -> Result<Json<Vec<String>>> {
    let mut urls = Vec::new();
    for crop in &*crops {
        urls.push(encode(&crop.image()?, Encoding::Png)?.data_url());
    }
    Ok(Json(urls))
}

/// Reports points that are alone, a field, a place, and frames without the second vehicle.
#[editor_agent(path = "/find-problems")]
async fn find_problems(frame: Frame, row: &LabelRow) -> Findings {
    let mut findings = Findings::new();
    for tip in row.frame(frame).objects_of_class("Tip") {
        let number = tip.object().number().unwrap_or_default();
        findings.push(Finding::error(format!("Tip {number} is alone.")).on_object(tip.hash()).on_frames(frame));
    }
    if row.object("FIELD/01").is_ok() {
        findings.push(Finding::warning("Field 1 is rough, see FIELD/01.").on_object("FIELD/01"));
        findings.push(Finding::info("Something is here.").on_frames(frame).at_point(0.9, 0.1));
    }
    if row.object("SQUARE01").is_ok() {
        findings.push(Finding::warning("Vehicle 2 is missing.").on_frames(7..=11));
    }
    findings
}

/// Fails because of a bug.
#[editor_agent(path = "/broken")]
#[expect(clippy::unwrap_used, reason = "the bug is intended")]
async fn broken(objects: ObjectHashes) -> Result<String> {
    Ok(objects.get(1_000_000).unwrap().to_string())
}

/// Returns all agents.
pub fn all() -> agent_runtime::AgentSet {
    agents![
        simplify_polygons,
        check_vehicles,
        rearrange,
        ponder,
        route,
        wait,
        long_message,
        cut_out,
        find_problems,
        segment_discs,
        slow_discs,
        box_masks,
        broken
    ]
}
