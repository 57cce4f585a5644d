//! What a calculator counts.

use std::cell::Cell;

/// How often results came to the end of the range, and when first.
///
/// A result of an operation counts as an overflow where it *is* the largest or the smallest number of the format (infinite, for floats),
/// since from such a number nobody can tell what it would have been.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Account {
    /// Results at the end of the range.
    pub overflows: u64,
    /// Results that wrapped around; these do not saturate, and are not in `overflows`.
    pub wraps: u64,
    /// The step, from 0, in which a result overflowed or wrapped first.
    pub first_step: Option<u64>,
}

/// An account being kept.
#[derive(Debug, Default)]
pub struct Counter {
    step: Cell<u64>,
    account: Cell<Account>,
}

impl Counter {
    pub(crate) fn account(&self) -> Account {
        self.account.get()
    }

    pub(crate) fn next_step(&self) {
        self.step.set(self.step.get() + 1);
    }

    #[cold]
    pub(crate) fn overflow(&self) {
        self.count(|account| account.overflows += 1);
    }

    #[cold]
    pub(crate) fn wrap(&self) {
        self.count(|account| account.wraps += 1);
    }

    fn count(&self, add: impl FnOnce(&mut Account)) {
        let mut account = self.account.get();
        add(&mut account);
        account.first_step.get_or_insert(self.step.get());
        self.account.set(account);
    }
}
