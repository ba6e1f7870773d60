//! HTTP server of the platform.

mod admin;
mod auth;
mod broken_response;
mod buffered_request;
mod connection;
mod exchange;
mod issues;
mod legacy;
mod legacy_payload;
mod legacy_projects;
mod media;
mod paging;
mod project_filter;
mod reply;
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
