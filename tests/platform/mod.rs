//! Agents and the platform: what each signature asks of it, and the label row as a transaction. The platform is the local
//! one, over real sockets, with faults; every test counts what reached it.

mod conflicts;
mod faults;
mod lost_answers;
mod media_files;
mod operating;
mod pixels;
mod requests;
mod rows_that_are_not_there;
mod selections;
mod several_transactions;
mod start;
mod transactions;
mod verification;
mod videos;
pub(crate) mod world;
