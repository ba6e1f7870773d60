//! Error codes of the legacy endpoints.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::PlatformClient;
use super::call::{Call, Effect};
use super::error::Error;
use super::failure::{Failure, MAX_QUOTED, truncated};
use super::tolerant::lenient;
use super::transport::ReceivedResponse;
use super::v2::{METHOD_NOT_ALLOWED, NOT_AUTHENTICATED, NOT_AUTHORISED, UNKNOWN, error_from_answer, message_text};

/// Constructor of an error variant.
type Variant = fn(Box<Failure>) -> Error;

/// Codes with a fixed message.
const FIXED_MESSAGES: [(&str, Variant, &str); 14] = [
    ("AUTHORISATION_ERROR", Error::Authorisation, NOT_AUTHORISED),
    (
        "DUPLICATE_SSH_KEY_ERROR",
        Error::DuplicateSshKey,
        "The used SSH key exists more than once. Please create a unique user SSH key.",
    ),
    ("METHOD_NOT_ALLOWED_ERROR", Error::MethodNotAllowed, METHOD_NOT_ALLOWED),
    ("OPERATION_NOT_ALLOWED", Error::OperationNotAllowed, "The read/write operation is not allowed by the API key."),
    (
        "ANSWER_DICTIONARY_ERROR",
        Error::AnswerDictionary,
        "An object or classification is missing in the answer dictionaries.",
    ),
    (
        "FEATURE_DOES_NOT_EXIST_ERROR",
        Error::FeatureDoesNotExist,
        "The passed feature does not exist in the project ontology.",
    ),
    ("INVALID_DATE_FORMAT_ERROR", Error::InvalidDateFormat, "Invalid date format supplied as input"),
    (
        "FILE_TYPE_NOT_SUPPORTED_ERROR",
        Error::FileTypeNotSupported,
        "Supported file types are: image/jpeg, image/png, video/webm, video/mp4.",
    ),
    (
        "FILE_SIZE_NOT_SUPPORTED_ERROR",
        Error::FileSizeNotSupported,
        "The combined size of the input files is larger than the supported limit",
    ),
    (
        "MODEL_WEIGHTS_INCONSISTENT_ERROR",
        Error::ModelWeightsInconsistent,
        "The passed model weights are incompatible with the selected model.",
    ),
    (
        "MODEL_FEATURES_INCONSISTENT_ERROR",
        Error::ModelFeaturesInconsistent,
        "The passed features are incompatible with the selected model.",
    ),
    (
        "UPLOAD_OPERATION_NOT_SUPPORTED_ERROR",
        Error::UploadOperationNotSupported,
        "Uploading a file to an external (e.g. S3/GCP/Azure) dataset is not permitted.",
    ),
    (
        "DETECTION_RANGE_INVALID_ERROR",
        Error::DetectionRangeInvalid,
        "The detection range is invalid (e.g. less than 0, or higher than num frames in the video)",
    ),
    ("UNKNOWN_ERROR", Error::Unknown, UNKNOWN),
];

/// Codes whose message is the payload, or the default message if the payload is empty.
const FROM_PAYLOAD: [(&str, Variant, &str); 3] = [
    ("RESOURCE_NOT_FOUND_ERROR", Error::ResourceNotFound, "The requested resource was not found in the database."),
    ("INVALID_ARGUMENTS_ERROR", Error::InvalidArguments, "Some of the arguments to the SDK function were invalid."),
    ("WRONG_PROJECT_TYPE_ERROR", Error::WrongProjectType, "Operation is not supported by the project type"),
];

/// Default limit of label rows per request, if the platform does not state one (contract: section 5).
const DEFAULT_LABEL_LIMIT: u64 = 100;

impl PlatformClient {
    /// Converts the error reported in an envelope (contract: `docs/contract/endpoints.md#legacy-error-codes`).
    pub(super) fn code_error(
        &self,
        call: &Call,
        answer: &ReceivedResponse,
        response: Option<&RawValue>,
        payload: Option<&RawValue>,
    ) -> Error {
        let codes: Option<Vec<String>> = response.and_then(|response| serde_json::from_str(response.get()).ok());
        let (name, message) = match codes.as_deref() {
            Some([code]) => self.known_code(code, payload),
            _ => None,
        }
        .unwrap_or_else(|| (Error::GenericServer, unknown_code(response, payload)));
        let mut error = error_from_answer(call, answer, name, message);
        let retryable = matches!(error, Error::RateLimitExceeded(_));
        let unclear = matches!(error, Error::Unknown(_) | Error::GenericServer(_));
        let limit = matches!(error, Error::MultiLabelLimit(_)).then(|| label_limit(payload));
        let failure = error.failure_mut();
        failure.retryable = retryable;
        failure.label_limit = limit;
        failure.may_have_acted = unclear && call.effect == Effect::NonIdempotent;
        error
    }

    fn known_code(&self, code: &str, payload: Option<&RawValue>) -> Option<(Variant, String)> {
        if let Some((_, name, message)) = FIXED_MESSAGES.iter().find(|known| known.0 == code) {
            return Some((*name, (*message).to_owned()));
        }
        if let Some((_, name, message)) = FROM_PAYLOAD.iter().find(|known| known.0 == code) {
            let message_from_payload = payload.map(message_text).filter(|text| !text.is_empty());
            return Some((*name, message_from_payload.unwrap_or_else(|| (*message).to_owned())));
        }
        let text: Option<String> = payload.and_then(|payload| serde_json::from_str(payload.get()).ok());
        let text = text.map(|text| truncated(text, MAX_QUOTED));
        let known: (Variant, String) = match code {
            "AUTHENTICATION_ERROR" => (Error::Authentication, self.with_region_hint(NOT_AUTHENTICATED, "/")),
            "SSH_KEY_NOT_FOUND_ERROR" => {
                let message = "The used SSH key does not exist on the Encord platform. Please add this SSH key to your \
                               user profile.";
                (Error::SshKeyNotFound, self.with_region_hint(message, "/"))
            }
            "RATE_LIMIT_ERROR" => (Error::RateLimitExceeded, text.unwrap_or_else(|| "Rate limit exceeded.".to_owned())),
            "CORRUPTED_LABEL_ERROR" => (
                Error::CorruptedLabel,
                match text {
                    Some(text) => format!("The label blurb is corrupted.\n{text}"),
                    None => "The label blurb is corrupted. This could be due to the number of frame labels exceeding \
                             the number of frames in the labelled video."
                        .to_owned(),
                },
            ),
            "RESOURCE_EXISTS_ERROR" => {
                let payload = payload.map_or_else(|| "None".to_owned(), message_text);
                let message = "Trying to create a resource that already exists. Payload for this failure is:";
                (Error::ResourceExists, format!("{message} {payload}"))
            }
            "MULTI_LABEL_LIMIT_ERROR" => (
                Error::MultiLabelLimit,
                format!(
                    "Too many labels were requested. The limit is {}. Please reduce the amount of requested labels to \
                     stay under the reported limit.",
                    label_limit(payload)
                ),
            ),
            _ => return None,
        };
        Some(known)
    }
}

fn label_limit(payload: Option<&RawValue>) -> u64 {
    #[derive(Deserialize)]
    struct Payload {
        #[serde(default, deserialize_with = "lenient")]
        maximum_labels_allowed: Option<u64>,
    }
    let payload = payload.and_then(|payload| serde_json::from_str::<Payload>(payload.get()).ok());
    payload.and_then(|payload| payload.maximum_labels_allowed).unwrap_or(DEFAULT_LABEL_LIMIT)
}

fn unknown_code(response: Option<&RawValue>, payload: Option<&RawValue>) -> String {
    let code = truncated(response.map_or("nothing", RawValue::get).to_owned(), MAX_QUOTED / 2);
    match payload {
        Some(payload) => {
            format!(
                "The platform reported an error of the type `{code}`, with the payload `{}`.",
                message_text(payload)
            )
        }
        None => format!("The platform reported an error of the type `{code}`."),
    }
}
