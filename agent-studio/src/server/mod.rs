//! The HTTP side of the platform.

mod admin;
mod answer;
mod auth;
mod broken;
mod connection;
mod exchange;
mod incoming;
mod legacy;
mod legacy_projects;
mod media;
mod paging;
mod project_filter;
mod shared;
mod signed_url;
mod storage;
mod v2;

pub(crate) use auth::Auth;
pub(crate) use connection::{router, serve};
pub(crate) use incoming::decoded;
pub(crate) use shared::Shared;
pub(crate) use signed_url::SignedUrls;
