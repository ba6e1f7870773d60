//! What belongs to the caller: a bearer token, and the projects with a role in them.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::PlatformClient;
use super::call::{Effect, Scope};
use super::error::Result;
use super::legacy::QueryMethod;
use super::query::Query;
use super::tolerant::lenient;
use crate::auth::BearerToken;

/// A project of the caller, as the legacy family lists it (contract: `platform-api.md`, section 8.10).
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct UserProject {
    /// The project.
    pub project: UserProjectSummary,
    /// What the caller is in it: 0 admin, 1 annotator, 2 reviewer, 3 both, 4 team manager, 5 viewer.
    #[serde(default, deserialize_with = "lenient")]
    pub user_role: Option<u64>,
}

/// What the legacy family says about a project. Times are texts, as sent.
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct UserProjectSummary {
    /// The project hash.
    #[serde(default, deserialize_with = "lenient")]
    pub project_hash: Option<String>,
    /// The title.
    #[serde(default, deserialize_with = "lenient")]
    pub title: Option<String>,
    /// The description.
    #[serde(default, deserialize_with = "lenient")]
    pub description: Option<String>,
    /// When it was made.
    #[serde(default, deserialize_with = "lenient")]
    pub created_at: Option<String>,
    /// When it was last changed.
    #[serde(default, deserialize_with = "lenient")]
    pub last_edited_at: Option<String>,
    /// The hash of its ontology.
    #[serde(default, deserialize_with = "lenient")]
    pub ontology_hash: Option<String>,
}

#[derive(Serialize)]
struct ListProjects<'a> {
    filter: CreatedAfter<'a>,
}

#[derive(Serialize)]
struct CreatedAfter<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    created_after: Option<&'a str>,
}

impl PlatformClient {
    /// The projects that the caller has a role in, made after this time (ISO 8601), as the legacy family lists them.
    ///
    /// # Errors
    /// Any of [`Error`](super::Error).
    pub async fn user_projects(&self, created_after: Option<&str>) -> Result<Vec<UserProject>> {
        let payload = ListProjects { filter: CreatedAfter { created_after } };
        let query = ("projectwithuserrole", QueryMethod::Get);
        let call = self.legacy::<&RawValue, _>(Scope::User, query, None, &payload, Effect::Harmless)?;
        let answer = self.answer_to(&call).await?;
        self.legacy_response(&call, &answer)
    }

    /// A bearer token, with which somebody else can act as the caller for a while: a secret.
    ///
    /// # Errors
    /// Any of [`Error`](super::Error).
    pub async fn bearer_token(&self) -> Result<BearerToken> {
        #[derive(Deserialize)]
        struct UserFields {
            token: String,
        }
        let call = self.v2_get(&["user", "bearer-token"], &Query::default()).with_secret_answer(true);
        let answer: UserFields = self.v2_value(&call).await?;
        Ok(BearerToken::new(answer.token))
    }
}
