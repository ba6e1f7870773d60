//! Members of a payload besides the four that the editor sends, such as the configuration parameters of an agent.

use std::fmt;
use std::sync::{Arc, LazyLock};

use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::value::RawValue;

use super::AgentPayload;
use crate::error::{AgentError, ErrorStatus, FieldError};
use agent_platform::lenient_json as json;

/// `{}`: the payload has no further members.
static NOTHING: LazyLock<Box<RawValue>> = LazyLock::new(|| RawValue::from_string("{}".to_owned()).unwrap_or_default());

/// The further members of a payload as a JSON object, byte for byte. Its `Debug` shows no values, which may be secrets.
#[derive(Clone, Default)]
pub(super) struct Further(Option<Arc<RawValue>>);

impl Further {
    /// The members of an object's text, written as `name:value` without the braces.
    pub(super) fn from_members(members: &str) -> Self {
        match members {
            "" => Self(None),
            _ => Self(RawValue::from_string(format!("{{{members}}}")).ok().map(Arc::from)),
        }
    }

    pub(super) fn json(&self) -> &RawValue {
        self.0.as_deref().unwrap_or(&NOTHING)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_none()
    }
}

impl PartialEq for Further {
    fn eq(&self, other: &Self) -> bool {
        self.json().get() == other.json().get()
    }
}

impl Eq for Further {}

impl fmt::Debug for Further {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.json().get().len())
    }
}

impl AgentPayload {
    /// Returns the unknown members as a JSON object, `{}` if there are none. Names, values and their order are byte-for-byte as
    /// sent. A repeated name is kept, and its last value counts.
    ///
    /// The platform lets an agent have configuration parameters, without documenting how they arrive. Whatever member they are, an
    /// agent can read them without a new version of this crate: here, or with the extractor `Extra`.
    #[must_use]
    pub fn extra(&self) -> &RawValue {
        self.further.json()
    }

    /// Returns `true` if there are members that this version does not know.
    #[must_use]
    pub fn has_extra(&self) -> bool {
        !self.further.is_empty()
    }

    /// Reads the members that this version does not know as a type of your own. Names that the type does not have are ignored.
    ///
    /// # Errors
    /// 422 if a member is missing or of another type, with its name.
    pub fn extra_as<T: DeserializeOwned>(&self) -> Result<T, AgentError> {
        json::read(self.extra().get()).map_err(|misfit| {
            let message = format!("The parameters of the call do not fit: {misfit}.");
            let field = FieldError { field: misfit.path, message: misfit.problem };
            AgentError::new(ErrorStatus::UnprocessableEntity, message).with_fields(vec![field])
        })
    }

    /// Adds a member, for tests and clients.
    ///
    /// ```
    /// use agent_runtime::testing::payload;
    ///
    /// let payload = payload().with_extra("threshold", 0.5.into());
    /// assert_eq!(payload.extra().get(), r#"{"threshold":0.5}"#);
    /// ```
    #[must_use]
    #[allow(clippy::needless_pass_by_value, reason = "callers write `0.5.into()` or `json!(..)`")]
    pub fn with_extra(mut self, name: &str, value: Value) -> Self {
        let text = self.extra().get();
        let members = text.strip_prefix('{').and_then(|text| text.strip_suffix('}')).unwrap_or_default();
        let separator = if members.is_empty() { "" } else { "," };
        let member = format!("{members}{separator}{}:{value}", Value::from(name));
        self.further = Further::from_members(&member);
        self
    }
}
