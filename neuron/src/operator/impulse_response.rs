//! Generalized impulse characteristics: κ₁ with δ' and δ in it, κ₂ on the plane, and its reduction to the diagonal.

use std::fmt;

use crate::error::{Error, Result};

use super::kernel::Kernel;
use super::short::{joint, short};

/// An impulse characteristic of the first order, `derivative` δ' + `delta` δ + `kernel`: what is convolved with v.
///
/// (δ' ∗ v = v', δ ∗ v = v.)
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ImpulseResponse {
    /// The coefficient of δ', the derivative of Dirac's delta.
    pub derivative: f64,
    /// The coefficient of δ, Dirac's delta.
    pub delta: f64,
    /// The part that is a function.
    pub kernel: Kernel,
}

impl ImpulseResponse {
    /// The impulse characteristic `weight` δ.
    pub fn delta(weight: f64) -> Self {
        ImpulseResponse { delta: weight, ..Self::default() }
    }
}

/// The paper's notation: "δ' - 5 δ + 0.004 e^(-0.02 t) θ".
impl fmt::Display for ImpulseResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut empty = true;
        for (coefficient, symbol) in [(self.derivative, "δ'"), (self.delta, "δ")] {
            if coefficient == 0.0 {
                continue;
            }
            let sign = joint(empty, coefficient < 0.0);
            match coefficient.abs() {
                1.0 => write!(f, "{sign}{symbol}")?,
                size => write!(f, "{sign}{} {symbol}", short(size))?,
            }
            empty = false;
        }
        match (empty, self.kernel.terms().is_empty()) {
            (true, _) => write!(f, "{}", self.kernel),
            (false, true) => Ok(()),
            (false, false) => write!(f, " + {}", self.kernel),
        }
    }
}

/// An impulse characteristic of the second order, a sum of products f(t₁) g(t₂): convolved in two variables with
/// v ⊗ v, then reduced to the diagonal by S₂.
///
/// S₂ is the order-reduction operator, (S₂ y)(t) = y(t, t). For a product it needs no function of two variables:
///
/// ```text
/// S₂( (f ⊗ g) ∗∗ (v ⊗ v) )(t) = (f ∗ v)(t) · (g ∗ v)(t)
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SecondOrderResponse {
    products: Vec<(ImpulseResponse, ImpulseResponse)>,
}

impl SecondOrderResponse {
    /// Σ f ⊗ g over the pairs (f, g).
    ///
    /// # Errors
    /// A factor with δ': on the diagonal, where v jumps, δ' times a jump is not defined.
    pub fn products(pairs: impl IntoIterator<Item = (ImpulseResponse, ImpulseResponse)>) -> Result<Self> {
        let products: Vec<_> = pairs.into_iter().collect();
        if let Some((f, g)) = products.iter().find(|(f, g)| f.derivative != 0.0 || g.derivative != 0.0) {
            return Err(Error::invalid(
                "second-order impulse characteristic",
                format!("({f}) ⊗ ({g})"),
                "factors of δ and functions",
                "Leave δ' to the first-order characteristic: its product on the diagonal is not defined where v jumps.",
            ));
        }
        Ok(SecondOrderResponse { products })
    }

    /// `weight` δ ⊗ δ, which reduces to `weight` v².
    pub fn diagonal(weight: f64) -> Self {
        SecondOrderResponse { products: vec![(ImpulseResponse::delta(weight), ImpulseResponse::delta(1.0))] }
    }

    /// The products of impulse characteristics whose sum this is.
    pub fn terms(&self) -> &[(ImpulseResponse, ImpulseResponse)] {
        &self.products
    }

    /// The weight of δ ⊗ δ where there is nothing else.
    pub fn as_diagonal(&self) -> Option<f64> {
        let local = |r: &ImpulseResponse| r.kernel.terms().is_empty().then_some(r.delta);
        self.products.iter().try_fold(0.0, |sum, (f, g)| Some(sum + local(f)? * local(g)?))
    }
}

/// Writes the sum of products as in "-0.04 δ ⊗ δ".
impl fmt::Display for SecondOrderResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.products.is_empty() {
            return write!(f, "0");
        }
        for (i, (left, right)) in self.products.iter().enumerate() {
            let joint = if i == 0 { "" } else { " + " };
            // A factor of one term needs no brackets.
            let bracketed = |r: &ImpulseResponse| {
                let text = r.to_string();
                if text.contains(" + ") || text.contains(" - ") { format!("({text})") } else { text }
            };
            write!(f, "{joint}{} ⊗ {}", bracketed(left), bracketed(right))?;
        }
        Ok(())
    }
}
