//! Orders of the kernels, and the subsets of impulses or frequencies over which their recursions run.

/// The highest order n of a kernel h_n or H_n that can be computed.
pub const MAX_KERNEL_ORDER: usize = 4;
/// The highest order to which a response can be expanded.
pub const MAX_RESPONSE_ORDER: usize = 32;

/// n! for the orders there are.
pub(super) const FACTORIAL: [f64; MAX_KERNEL_ORDER + 1] = [1.0, 1.0, 2.0, 6.0, 24.0];

/// The subsets of `set` other than itself and the empty one.
pub(super) fn proper_subsets(set: usize) -> impl Iterator<Item = usize> {
    std::iter::successors(Some((set - 1) & set), move |part| Some((part.wrapping_sub(1)) & set))
        .take_while(|part| *part != 0)
}
