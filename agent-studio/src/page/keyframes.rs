//! Keyframes of an object of a video: the frames that a person labelled. The frames between them are computed, and marked with
//! `manualAnnotation: false`.

use agent_platform::labels::{AnyCoordinates, LabelRow, Ranges, ReadError};

use super::interpolation::{between, is_near};
use super::problem::Problem;

/// An interpolated stretch of an object: the keyframes at its ends.
type Stretch = (u64, u64);

/// Puts an object on every frame between two frames, along straight lines. Keyframes in between stay.
///
/// # Errors
/// The object is missing on one of the frames, or its shapes cannot be interpolated.
pub(super) fn interpolate(row: &mut LabelRow, object_hash: &str, from: u64, to: u64) -> Result<(), Problem> {
    let ends = ends(row, object_hash, (from, to))?;
    for frame in from + 1..to {
        let is_keyframe = row.object(object_hash)?.at(frame).is_ok_and(|at| at.is_manual());
        if is_keyframe {
            continue;
        }
        let coordinates = at(&ends, (from, to), frame).ok_or_else(|| not_interpolated(from, to))?;
        // The ends may reach beyond the image.
        row.edit(object_hash)?.beyond_media().put(frame, coordinates)?.at(frame)?.automatic()?;
    }
    Ok(())
}

/// Copies an object from a frame to others, which become keyframes.
///
/// # Errors
/// The object is missing on the frame, or is on one of the others already.
pub(super) fn copy(row: &mut LabelRow, object_hash: &str, frame: u64, to: &Ranges) -> Result<(), Problem> {
    row.edit(object_hash)?.at(frame)?.copy_to(to.clone())?;
    for frame in to.iter().flat_map(|range| range.start..=range.end) {
        row.edit(object_hash)?.at(frame)?.manual()?;
    }
    Ok(())
}

/// Moves an object on a frame, which makes it a keyframe. Interpolated stretches that end there, or that the frame splits, follow.
///
/// # Errors
/// The label row rejects the coordinates.
pub(super) fn set_keyframe(
    row: &mut LabelRow,
    object_hash: &str,
    frame: u64,
    coordinates: AnyCoordinates,
) -> Result<(), Problem> {
    let following = following(row, object_hash, frame)?;
    row.edit(object_hash)?.put(frame, coordinates)?.at(frame)?.manual()?;
    for (from, to) in following {
        // Outlines that differ in their number of vertices now keep their frames.
        if ends(row, object_hash, (from, to)).is_ok_and(|ends| at(&ends, (from, to), from + 1).is_some()) {
            interpolate(row, object_hash, from, to)?;
        }
    }
    Ok(())
}

/// Returns the stretches next to a frame that have to follow it, because their frames are interpolated now.
fn following(row: &LabelRow, object_hash: &str, frame: u64) -> Result<Vec<Stretch>, Problem> {
    let object = row.object(object_hash)?;
    let keyframes: Vec<u64> =
        object.placements().filter(|at| at.space_id().is_none() && at.is_manual()).map(|at| at.frame()).collect();
    let before = keyframes.iter().copied().filter(|&keyframe| keyframe < frame).max();
    let after = keyframes.iter().copied().filter(|&keyframe| keyframe > frame).min();
    let whole: Vec<Stretch> = if keyframes.contains(&frame) {
        before.map(|before| (before, frame)).into_iter().chain(after.map(|after| (frame, after))).collect()
    } else {
        before.zip(after).into_iter().collect()
    };
    let interpolated = whole.into_iter().filter(|&stretch| is_interpolated(row, object_hash, stretch));
    Ok(interpolated.flat_map(|(from, to)| [(from, frame), (frame, to)]).filter(|(from, to)| from + 1 < *to).collect())
}

/// Returns whether the object is on every frame between two keyframes, where a straight line puts it.
fn is_interpolated(row: &LabelRow, object_hash: &str, (from, to): Stretch) -> bool {
    let Ok(ends) = ends(row, object_hash, (from, to)) else { return false };
    let Ok(object) = row.object(object_hash) else { return false };
    from + 1 < to
        && (from + 1..to).all(|frame| {
            let there = object.at(frame).ok().and_then(|at| at.any_coordinates().ok());
            there.zip(at(&ends, (from, to), frame)).is_some_and(|(there, straight)| is_near(&there, &straight))
        })
}

/// Returns the coordinates of an object at both ends of a stretch.
fn ends(row: &LabelRow, object_hash: &str, (from, to): Stretch) -> Result<[AnyCoordinates; 2], ReadError> {
    let object = row.object(object_hash)?;
    Ok([object.at(from)?.any_coordinates()?, object.at(to)?.any_coordinates()?])
}

/// Returns the coordinates on a frame of a stretch; `None` if the shapes cannot be interpolated.
fn at([start, end]: &[AnyCoordinates; 2], (from, to): Stretch, frame: u64) -> Option<AnyCoordinates> {
    #[expect(clippy::cast_precision_loss, reason = "videos have less than 2^53 frames")]
    let share = (frame - from) as f64 / (to - from) as f64;
    between(start, end, share)
}

fn not_interpolated(from: u64, to: u64) -> Problem {
    Problem::bad_request(format!(
        "The shapes on frames {from} and {to} cannot be interpolated: they need the same kind and the same number of vertices."
    ))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use agent_platform::labels::BoundingBox;
    use agent_platform::ontology::Ontology;

    use super::*;

    fn car_at(x: f64) -> BoundingBox {
        BoundingBox { x, y: 0.2, width: 0.1, height: 0.1 }
    }

    /// Returns a video with an object that is on frames 0 and 8.
    fn row() -> LabelRow {
        let ontology = r##"{"objects": [{"id": "1", "name": "Car", "color": "#D33115", "shape": "bounding_box",
            "featureNodeHash": "a1b2c3d4"}], "classifications": []}"##;
        let text = r#"{"label_hash": "l", "data_hash": "d", "data_type": "video", "data_units": {"d": {"data_hash": "d",
            "data_type": "video/mp4", "data_sequence": 0, "width": 100, "height": 100, "labels": {}}},
            "object_answers": {}, "object_actions": {}, "classification_answers": {}}"#;
        let mut row = LabelRow::parse(text, Arc::new(Ontology::parse(ontology).unwrap())).unwrap();
        row.add("Car").with_hash("car").coordinates(car_at(0.0)).on(0).unwrap();
        row.edit("car").unwrap().put(8, car_at(0.8)).unwrap();
        row
    }

    /// Returns position and kind of each frame of the object: a `*` marks a keyframe.
    fn frames(row: &LabelRow) -> String {
        let placements = row.object("car").unwrap().placements();
        let each = placements.map(|at| {
            let x = at.coordinates::<BoundingBox>().unwrap().x;
            format!("{}:{x}{}", at.frame(), if at.is_manual() { "*" } else { "" })
        });
        each.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn fills_frames_between_keyframes() {
        let mut row = row();
        interpolate(&mut row, "car", 0, 8).unwrap();
        assert_eq!(frames(&row), "0:0* 1:0.1 2:0.2 3:0.3 4:0.4 5:0.5 6:0.6 7:0.7 8:0.8*");
    }

    #[test]
    fn interpolated_frames_follow_new_and_moved_keyframes() {
        let mut row = row();
        interpolate(&mut row, "car", 0, 8).unwrap();
        set_keyframe(&mut row, "car", 4, car_at(0.0).into()).unwrap();
        assert_eq!(frames(&row), "0:0* 1:0 2:0 3:0 4:0* 5:0.2 6:0.4 7:0.6 8:0.8*");
        set_keyframe(&mut row, "car", 8, car_at(0.4).into()).unwrap();
        assert_eq!(frames(&row), "0:0* 1:0 2:0 3:0 4:0* 5:0.1 6:0.2 7:0.3 8:0.4*");
    }

    #[test]
    fn tracked_frames_stay_when_one_is_moved() {
        let mut row = row();
        interpolate(&mut row, "car", 0, 8).unwrap();
        // A tracker's result is not a straight line.
        row.edit("car").unwrap().put(2, car_at(0.7)).unwrap();
        set_keyframe(&mut row, "car", 4, car_at(0.0).into()).unwrap();
        assert_eq!(frames(&row), "0:0* 1:0.1 2:0.7 3:0.3 4:0* 5:0.5 6:0.6 7:0.7 8:0.8*");
    }

    #[test]
    fn copy_of_interpolated_frame_is_a_keyframe() {
        let mut row = row();
        interpolate(&mut row, "car", 0, 8).unwrap();
        row.edit("car").unwrap().remove_from(4..=8).unwrap();
        copy(&mut row, "car", 3, &Ranges::from(6)).unwrap();
        assert_eq!(frames(&row), "0:0* 1:0.1 2:0.2 3:0.3 6:0.3*");
    }

    #[test]
    fn missing_end_is_an_error() {
        let problem = interpolate(&mut row(), "car", 0, 5).unwrap_err();
        assert!(problem.message.contains("frame 5"), "{}", problem.message);
    }
}
