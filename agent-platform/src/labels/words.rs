//! Words of the wire: each enum keeps what it does not know as it is written.

macro_rules! words {
    ($(#[$about:meta])* $enum:ident { $($(#[$doc:meta])* $name:ident = $wire:literal,)* }) => {
        $(#[$about])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $enum {
            $($(#[$doc])* $name,)*
            /// A word that this crate does not know, as it is written.
            Unknown(Box<str>),
        }

        impl $enum {
            /// The word as it is written in a label row.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$name => $wire,)*
                    Self::Unknown(word) => word,
                }
            }
        }

        impl From<&str> for $enum {
            fn from(wire: &str) -> Self {
                match wire {
                    $($wire => Self::$name,)*
                    other => Self::Unknown(other.into()),
                }
            }
        }

        impl std::fmt::Display for $enum {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

words! {
    /// The kind of data that is labelled (contract: `label-format.md`, section 4).
    DataType {
        /// One image.
        Image = "image",
        /// Several images, or an image sequence.
        ImgGroup = "img_group",
        /// A video.
        Video = "video",
        /// A DICOM series.
        Dicom = "dicom",
        /// A DICOM study.
        DicomStudy = "dicom_study",
        /// A `NIfTI` volume.
        Nifti = "nifti",
        /// A PDF; its frames are pages.
        Pdf = "pdf",
        /// A sound.
        Audio = "audio",
        /// A time series.
        TimeSeries = "time_series",
        /// A text, or an HTML page.
        PlainText = "plain_text",
        /// Several files shown together, each a space.
        Group = "group",
        /// A scene of point clouds and cameras.
        Scene = "scene",
    }
}

words! {
    /// The kind of file that a space is (contract: `label-format.md`, section 9).
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

words! {
    /// How far the labelling is (contract: `platform-api.md`, section 8.3).
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
