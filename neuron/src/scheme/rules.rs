//! The rules of the table of schemes as types, for what is compiled once for each of them.

use super::rule::Rule;
use super::simulators::{Brian2Rk2, Brian2Rk4, IzhikevichNodes, NestConsistent, NestPublished};
use super::{Euler, EulerSemiImplicit, HalfStep, Heun, Midpoint, MidpointV, RecursiveEvolution, Rk4, Scheme};

/// Something to be done with a rule whose type is known.
pub trait RuleVisitor {
    /// The result of a visit.
    type Output;

    /// Visits `rule`.
    fn visit<R: Rule>(self, rule: R) -> Self::Output;
}

/// Lets `visitor` visit the rule by which `scheme` steps with spikes on the grid. `None` for a scheme that is no rule, or is the rule
/// of another crate.
pub fn visit_rule<V: RuleVisitor>(scheme: &Scheme, visitor: V) -> Option<V::Output> {
    let rule = scheme.any_rule()?;
    macro_rules! visit {
        ($($rule:ty),*) => {
            $(if let Some(rule) = rule.downcast_ref::<$rule>() {
                return Some(visitor.visit(*rule));
            })*
        };
    }
    visit!(Euler, EulerSemiImplicit, HalfStep, MidpointV, Midpoint, Heun, Rk4);
    visit!(IzhikevichNodes, NestConsistent, NestPublished, Brian2Rk2, Brian2Rk4);
    visit!(RecursiveEvolution<1>, RecursiveEvolution<2>);
    None
}

/// Whether the rule of `scheme` resets a spike at the next step, as BindsNET does.
pub fn resets_next(scheme: &Scheme) -> bool {
    struct ResetsNext;
    impl RuleVisitor for ResetsNext {
        type Output = bool;
        fn visit<R: Rule>(self, _: R) -> bool {
            R::RESETS_NEXT
        }
    }
    visit_rule(scheme, ResetsNext).unwrap_or(false)
}
