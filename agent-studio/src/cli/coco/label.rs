//! The objects of one image.

use agent_platform::labels::LabelRow;

use super::classes::Classes;
use super::document::Annotation;
use super::geometry::{coordinates, forms};
use super::media::Medium;
use super::report::Report;

/// Adds the annotations of an image to its row, and gives how many objects they became.
pub(super) fn add(
    row: &mut LabelRow,
    classes: &Classes<'_>,
    image: &Medium,
    annotations: &[&Annotation],
    report: &mut Report,
) -> usize {
    let mut objects = 0;
    for annotation in annotations {
        let Some(category) = classes.category(&annotation.category_id) else {
            report.lost("annotations of categories that are not there", &annotation.shown());
            continue;
        };
        let forms = forms(annotation);
        if forms.is_empty() {
            report.lost("annotations that have neither box nor segmentation nor keypoints", &annotation.shown());
        }
        for form in forms {
            let coordinates = match coordinates(form, annotation, category, image) {
                Ok(coordinates) => coordinates,
                Err(problem) => {
                    report.lost(&format!("annotations that {problem}"), &annotation.shown());
                    continue;
                }
            };
            let Some(class) = classes.class(&category.id, form) else { continue };
            // Files of others: boxes may reach outside the image by a rounded pixel, and stay as they are.
            let mut adding = row.add(&class.feature_hash).coordinates(coordinates).beyond_media();
            for (attribute, answer) in class.answers(annotation) {
                adding = adding.answer(attribute, answer);
            }
            match adding.on(0) {
                Ok(_) => objects += 1,
                Err(error) => report.lost(&format!("annotations that do not fit: {error}"), &annotation.shown()),
            }
        }
    }
    objects
}
