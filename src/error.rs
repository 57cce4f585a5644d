//! What can go wrong, and how a value is refused: of the crate `spikestep-data`, for all above.

#[doc(inline)]
pub use data::error::{Error, Result};
pub(crate) use data::error::{finite, positive, refuse_if, shown};
