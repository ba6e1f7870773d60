//! The words of a label row.

use crate::json::open_enum;

open_enum! {
    /// The kind of data that is labelled (contract: `docs/contract/label-format.md#data-types`). Label rows write it in
    /// lower case, the listing of label rows in upper case.
    DataType {
        /// One image.
        Image = "image" | "IMAGE",
        /// Several images, or an image sequence.
        ImageGroup = "img_group" | "IMG_GROUP",
        /// A video.
        Video = "video" | "VIDEO",
        /// A DICOM series.
        Dicom = "dicom" | "DICOM",
        /// A DICOM study.
        DicomStudy = "dicom_study" | "DICOM_STUDY",
        /// A `NIfTI` volume.
        Nifti = "nifti" | "NIFTI",
        /// A PDF; its frames are pages.
        Pdf = "pdf" | "PDF",
        /// A sound.
        Audio = "audio" | "AUDIO",
        /// A time series.
        TimeSeries = "time_series" | "TIME_SERIES",
        /// A text, or an HTML page.
        PlainText = "plain_text" | "PLAIN_TEXT",
        /// Several files shown together, each a space.
        Group = "group" | "GROUP",
        /// A scene of point clouds and cameras.
        Scene = "scene" | "SCENE",
    }
}

open_enum! {
    /// The kind of file that a space is (contract: `docs/contract/label-format.md#spaces`).
    SpaceType {
        /// A video.
        Video = "video",
        /// A sequence of images.
        ImageSequence = "image_sequence",
        /// One image.
        Image = "image",
        /// A medical file of several slices.
        MedicalFile = "medical_file",
        /// Several medical files.
        MedicalStack = "medical_stack",
        /// A PDF; its frames are pages.
        Pdf = "pdf",
        /// A sound.
        Audio = "audio",
        /// A time series.
        TimeSeries = "time_series",
        /// A text.
        Text = "text",
        /// An HTML page.
        Html = "html",
        /// A point cloud of a scene.
        PointCloud = "point_cloud",
        /// An image of a scene.
        SceneImage = "scene_image",
    }
}

open_enum! {
    /// Status of the labelling (contract: `docs/contract/endpoints.md#list-label-rows`).
    LabelStatus {
        /// Nobody has labelled it.
        NotLabelled = "NOT_LABELLED",
        /// Somebody is labelling it.
        LabelInProgress = "LABEL_IN_PROGRESS",
        /// It is labelled.
        Labelled = "LABELLED",
        /// Somebody is reviewing it.
        ReviewInProgress = "REVIEW_IN_PROGRESS",
        /// It is reviewed.
        Reviewed = "REVIEWED",
        /// It is reviewed twice.
        ReviewedTwice = "REVIEWED_TWICE",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses_both_spellings_of_data_types() {
        for word in ["img_group", "IMG_GROUP"] {
            assert_eq!(DataType::from(word), DataType::ImageGroup);
            assert_eq!(serde_json::from_str::<DataType>(&format!("\"{word}\"")).unwrap(), DataType::ImageGroup);
        }
        assert_eq!(DataType::ImageGroup.as_str(), "img_group");
        for word in ["HOLOGRAM", "Img_Group"] {
            assert_eq!(DataType::from(word).as_str(), word);
        }
        assert_eq!(serde_json::from_str::<DataType>("[7.0]").unwrap(), DataType::Unknown("[7.0]".into()));
    }

    #[test]
    fn statuses_round_trip() {
        for word in ["NOT_LABELLED", "REVIEWED_TWICE", "NEARLY"] {
            let quoted = format!("\"{word}\"");
            let status: LabelStatus = serde_json::from_str(&quoted).unwrap();
            assert_eq!(serde_json::to_string(&status).unwrap(), quoted);
        }
    }
}
