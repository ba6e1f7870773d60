//! The HTTP side of the platform.

mod admin;
mod answer;
mod auth;
mod broken;
mod connection;
mod exchange;
mod incoming;
mod legacy;
mod legacy_payload;
mod legacy_projects;
mod media;
mod paging;
mod project_filter;
mod router;
mod shared;
mod signed_url;
mod storage;
mod v2;
mod v2_request;

pub(crate) use auth::Auth;
pub(crate) use connection::serve;
pub(crate) use router::router;
pub(crate) use shared::Shared;
pub(crate) use signed_url::SignedUrls;
