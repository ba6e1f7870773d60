//! The functions that the macros register at link time.

use crate::definition::SourceLocation;

/// A registered function: an agent or a notification handler. The macros submit it, so that a server that is started without a
/// list finds every annotated function.
#[doc(hidden)]
pub struct Registered<T: 'static>(pub &'static T);

/// Returns all registered functions of one kind, sorted by path and location.
pub(crate) fn registered<T>(place: impl Fn(&T) -> (&'static str, SourceLocation)) -> Vec<&'static T>
where
    Registered<T>: inventory::Collect,
{
    let mut all: Vec<_> = inventory::iter::<Registered<T>>.into_iter().map(|registered| registered.0).collect();
    // The order of the linker changes from build to build.
    all.sort_by_key(|one| place(one));
    all
}
