//! The caller's bearer token and projects.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::hash::ProjectHash;

use super::PlatformClient;
use super::call::{Effect, Scope};
use super::error::Result;
use super::legacy::QueryMethod;
use super::query::Query;
use super::tolerant::lenient;
use crate::auth::BearerToken;

/// A project of the caller, as listed by the legacy endpoint (contract:
/// `docs/contract/endpoints.md#list-projects-of-the-user`).
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct UserProject {
    /// The project.
    pub project: UserProjectSummary,
    /// Role of the caller: 0 admin, 1 annotator, 2 reviewer, 3 annotator and reviewer, 4 team manager, 5 viewer.
    #[serde(default, deserialize_with = "lenient")]
    pub user_role: Option<u64>,
}

/// Summary of a project from the legacy endpoint. Times are strings, unchanged.
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct UserProjectSummary {
    /// The project hash.
    #[serde(default, deserialize_with = "lenient")]
    pub project_hash: Option<ProjectHash>,
    /// The title.
    #[serde(default, deserialize_with = "lenient")]
    pub title: Option<String>,
    /// The description.
    #[serde(default, deserialize_with = "lenient")]
    pub description: Option<String>,
    /// Time of creation.
    #[serde(default, deserialize_with = "lenient")]
    pub created_at: Option<String>,
    /// Time of the last change.
    #[serde(default, deserialize_with = "lenient")]
    pub last_edited_at: Option<String>,
    /// Hash of the ontology.
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
    /// Lists the projects in which the caller has a role, created after this time (ISO 8601), from the legacy endpoint.
    ///
    /// # Errors
    /// Any variant of [`Error`](super::Error).
    pub async fn user_projects(&self, created_after: Option<&str>) -> Result<Vec<UserProject>> {
        let payload = ListProjects { filter: CreatedAfter { created_after } };
        let query = ("projectwithuserrole", QueryMethod::Get);
        let call = self.legacy::<&RawValue, _>(Scope::User, query, None, &payload, Effect::Read)?;
        let answer = self.send(&call).await?;
        self.legacy_response(&call, &answer)
    }

    /// Creates a short-lived bearer token. It is a secret: anyone who has it can act as the caller.
    ///
    /// # Errors
    /// Any variant of [`Error`](super::Error).
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
