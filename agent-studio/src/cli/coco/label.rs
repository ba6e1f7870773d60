//! Import of one image's annotations.

use agent_platform::labels::LabelRow;

use super::classes::Classes;
use super::document::Annotation;
use super::geometry::{coordinates, shapes};
use super::media::ImportedImage;
use super::report::Report;

/// Adds an image's annotations to its label row, and returns the number of objects added.
pub(super) fn add(
    row: &mut LabelRow,
    classes: &Classes<'_>,
    image: &ImportedImage,
    annotations: &[&Annotation],
    report: &mut Report,
) -> usize {
    let mut objects = 0;
    for annotation in annotations {
        let Some(category) = classes.category(&annotation.category_id) else {
            report.skip("annotations with unknown categories", &annotation.label());
            continue;
        };
        let shapes = shapes(annotation);
        if shapes.is_empty() {
            report.skip("annotations that have neither box nor segmentation nor keypoints", &annotation.label());
        }
        for shape in shapes {
            let coordinates = match coordinates(shape, annotation, category, image) {
                Ok(coordinates) => coordinates,
                Err(problem) => {
                    report.skip(&format!("annotations that {problem}"), &annotation.label());
                    continue;
                }
            };
            let Some(class) = classes.class(&category.id, shape) else { continue };
            // Boxes of foreign files may exceed the image by a rounding error, and are kept unchanged.
            let mut adding = row.add(&class.feature_hash).coordinates(coordinates).beyond_media();
            for (attribute, answer) in class.answers(annotation) {
                adding = adding.answer(attribute, answer);
            }
            match adding.on(0) {
                Ok(_) => objects += 1,
                Err(error) => {
                    report.skip(&format!("annotations that do not fit the ontology: {error}"), &annotation.label());
                }
            }
        }
    }
    objects
}
