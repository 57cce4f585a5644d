//! A fixed-step rule, written once over the number it computes with.
//!
//! A [`Rule`] is one step of the smooth equations as a straight line of operations on [`Number`]s. One neuron steps it in `f64`
//! (every rule is a [`Flow`]), a [`Population`](crate::population::Population) in the lanes of SIMD registers, and a
//! [`Layer`](crate::population::Layer) in `f64` or `f32`: the same operations in the same order, none of them fused, so that the
//! three agree bit for bit. Formula, order and source of a rule are in its file.

use std::fmt::Debug;
use std::ops::{Add, Div, Mul, Sub};

use super::{Cost, Flow};
use crate::model::{Neuron, State, StepInput};

/// A number that a rule computes with: `f64`, `f32`, or the lanes of a SIMD register.
///
/// The four operations round as the format says. A format may be chosen when the program runs, which is why a constant is made
/// from a number that is there already.
pub trait Number: Copy + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> + Div<Output = Self> {
    /// Whether its format is one of few bits, chosen when the program runs: then a rule forms constants such as dt/6 before it rounds them.
    const FEW_BITS: bool = false;

    /// The constant `x` in the format, and in all lanes, of this number.
    fn constant(self, x: f64) -> Self;

    /// k2 x² + k1 x + k0 at x = `self`, as it is published; a format of few bits may be asked to factor it.
    #[inline(always)]
    fn quadratic(self, [k2, k1, k0]: [Self; 3]) -> Self {
        k2 * self * self + k1 * self + k0
    }

    /// The number as f64, where it is one: by its size a neuron with an [`Extension`](crate::model::Extension) chooses its field. Lanes and
    /// other formats step plain neurons only.
    #[inline(always)]
    fn as_f64(self) -> Option<f64> {
        None
    }
}

impl Number for f64 {
    #[inline(always)]
    fn constant(self, x: f64) -> f64 {
        x
    }

    #[inline(always)]
    fn as_f64(self) -> Option<f64> {
        Some(self)
    }
}

impl Number for f32 {
    #[inline(always)]
    fn constant(self, x: f64) -> f32 {
        x as f32
    }
}

/// What a rule steps over: a length, an input, and where one stage of the step ends and the next begins.
pub trait Span<N: Number> {
    /// The length of the step \[ms\].
    fn dt(&self) -> N;

    /// The part `numerator`/`denominator` of the length \[ms\], rounded once where its format has few bits.
    #[inline(always)]
    fn fraction(&self, numerator: f64, denominator: f64) -> N {
        self.dt().constant(numerator / denominator) * self.dt()
    }

    /// I \[mV/ms\] at the fraction `theta` of the step, 0 to 1. Populations and layers hold it constant over a step.
    fn input(&self, theta: f64) -> N;

    /// I \[mV/ms\] where the next step starts, after a jump that the input may have there; that of the end where a step does not know it.
    #[inline(always)]
    fn input_after(&self) -> N {
        self.input(1.0)
    }

    /// The end of a stage, whose results are `values`: what comes next waits for them. They are given back unchanged.
    ///
    /// Each operation of a step waits for the one before it, some 4 cycles. Where many neurons are stepped, a processor has those
    /// of other neurons to do meanwhile, if it is given them soon enough: a population makes one stage of a step of all its
    /// neurons, then the next one, for which it keeps the results of the last. What a later stage needs of an earlier one, beside the
    /// start of the step, is computed again. A single neuron takes no notice of stages.
    #[inline(always)]
    fn stage<const V: usize>(&mut self, values: [N; V]) -> [N; V] {
        values
    }
}

/// A step of one neuron under the input of a problem.
pub(super) struct Sampled<'a>(pub(super) &'a StepInput<'a>);

impl Span<f64> for Sampled<'_> {
    #[inline(always)]
    fn dt(&self) -> f64 {
        self.0.length()
    }

    #[inline(always)]
    fn input(&self, theta: f64) -> f64 {
        self.0.at(theta)
    }

    #[inline(always)]
    fn input_after(&self) -> f64 {
        self.0.after()
    }
}

/// A step under a constant input.
pub(crate) struct Constant<N> {
    /// The length \[ms\].
    pub(crate) dt: N,
    /// The input \[mV/ms\].
    pub(crate) input: N,
}

impl<N: Number> Span<N> for Constant<N> {
    #[inline(always)]
    fn dt(&self) -> N {
        self.dt
    }

    #[inline(always)]
    fn input(&self, _theta: f64) -> N {
        self.input
    }
}

/// The numbers of one neuron that the step of a rule needs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Coefficients<N> {
    /// The numbers of the equation of u: a \[1/ms\], b \[1/ms\], b0 \[mV/ms\] and leak, or what a rule has put in their place
    /// ([`Rule::coefficients`]).
    pub recovery: [N; 4],
    /// Quadratic coefficient of v' \[1/(mV ms)\].
    pub k2: N,
    /// Linear coefficient of v' \[1/ms\].
    pub k1: N,
    /// Constant of v' \[mV/ms\].
    pub k0: N,
    /// The neuron, where its field is not that of the plain form: it is asked for v' and u' then.
    pub extended: Option<Neuron>,
}

impl Coefficients<f64> {
    /// The coefficients of the vector field of `neuron`.
    #[inline]
    pub fn of(neuron: &Neuron) -> Self {
        let Neuron { a, b, b0, leak, k2, k1, k0, .. } = *neuron;
        // Not `then_some`: the copy is for the few that need it.
        let extended = if neuron.has_plain_field() { None } else { Some(*neuron) };
        Coefficients { recovery: [a, b, b0, leak], k2, k1, k0, extended }
    }

    /// How many numbers they are.
    pub const COUNT: usize = 7;

    /// The numbers of a plain neuron as a list, which [`Coefficients::from_array`] reads back.
    pub fn to_array(self) -> [f64; Self::COUNT] {
        let [a, b, b0, leak] = self.recovery;
        [a, b, b0, leak, self.k2, self.k1, self.k0]
    }
}

impl<N: Number> Coefficients<N> {
    /// The coefficients from their list, in the order of [`Coefficients::to_array`].
    #[inline(always)]
    pub fn from_array([a, b, b0, leak, k2, k1, k0]: [N; Coefficients::COUNT]) -> Self {
        Coefficients { recovery: [a, b, b0, leak], k2, k1, k0, extended: None }
    }

    /// (v', u') of an extended neuron; `None` for a plain one.
    #[inline(always)]
    fn extended_field(&self, v: N, u: N, input: N) -> Option<[N; 2]> {
        let neuron = self.extended.as_ref()?;
        let State { v: dv, u: du } = neuron.field(State { v: v.as_f64()?, u: u.as_f64()? }, input.as_f64()?);
        Some([v.constant(dv), v.constant(du)])
    }

    /// v' \[mV/ms\] at (v, u) under `input` \[mV/ms\], with the order of operations of [`Neuron::dv`].
    #[inline(always)]
    pub fn dv(&self, v: N, u: N, input: N) -> N {
        if let Some([dv, _]) = self.extended_field(v, u, input) {
            return dv;
        }
        v.quadratic([self.k2, self.k1, self.k0]) - u + input
    }

    /// v' \[mV/ms\] as [`dv`](Coefficients::dv) has it, but with v squared first, as several programs write it.
    #[inline(always)]
    pub fn dv_of_square(&self, v: N, u: N, input: N) -> N {
        if let Some([dv, _]) = self.extended_field(v, u, input) {
            return dv;
        }
        self.k2 * (v * v) + self.k1 * v + self.k0 - u + input
    }

    /// u' \[mV/ms²\] at (v, u), with the order of operations of [`Neuron::du`].
    #[inline(always)]
    pub fn du(&self, v: N, u: N) -> N {
        if let Some([_, du]) = self.extended_field(v, u, v.constant(0.0)) {
            return du;
        }
        self.recovery[0] * self.recovered(v, u)
    }

    /// dt · u' \[mV/ms\] with dt · a formed first, as NEST and BindsNET do.
    #[inline(always)]
    pub fn du_over(&self, dt: N, v: N, u: N) -> N {
        if let Some([_, du]) = self.extended_field(v, u, v.constant(0.0)) {
            return dt * du;
        }
        dt * self.recovery[0] * self.recovered(v, u)
    }

    /// u' without its factor a.
    #[inline(always)]
    fn recovered(&self, v: N, u: N) -> N {
        let [_, b, b0, leak] = self.recovery;
        b * v + b0 - leak * u
    }
}

/// A fixed-step rule with spikes left out; see the [module](self).
///
/// ```
/// use spikestep::scheme::Cost;
/// use spikestep::scheme::rule::{Coefficients, Number, Rule, Span};
///
/// /// Forward Euler.
/// #[derive(Clone, Copy, Debug)]
/// struct Mine;
///
/// impl Rule for Mine {
///     const COST: Cost = Cost::new(1, 13);
///
///     fn step<N: Number>(self, c: &Coefficients<N>, [v, u]: [N; 2], span: &mut impl Span<N>) -> [N; 2] {
///         let dt = span.dt();
///         [v + dt * c.dv(v, u, span.input(0.0)), u + dt * c.du(v, u)]
///     }
/// }
/// ```
pub trait Rule: Copy + Debug + Send + Sync + 'static {
    /// The cost of one step.
    const COST: Cost;

    /// Whether a spike is reset at the start of the step after it, as in BindsNET, where v shows the peak until then; else it is
    /// reset at the end of the step that found it.
    const RESETS_NEXT: bool = false;

    /// How many [stages](Span::stage) a step has; none where each is short.
    const STAGES: usize = 0;

    /// (v, u) \[mV, mV/ms\] at the end of the step over `span`, from (v, u) at its start.
    fn step<N: Number>(self, c: &Coefficients<N>, state: [N; 2], span: &mut impl Span<N>) -> [N; 2];

    /// Whether its [`coefficients`](Rule::coefficients) depend on the length of the step.
    const DEPENDS_ON_DT: bool = false;

    /// The coefficients of a step of `dt` \[ms\] of `neuron`: those of the vector field, unless the rule needs others.
    #[inline]
    fn coefficients(self, neuron: &Neuron, _dt: f64) -> Coefficients<f64> {
        Coefficients::of(neuron)
    }
}

impl<R: Rule> Flow for R {
    #[inline]
    fn advance(&self, neuron: &Neuron, from: State, input: &StepInput<'_>) -> State {
        let [v, u] = self.step(&self.coefficients(neuron, input.length()), [from.v, from.u], &mut Sampled(input));
        State { v, u }
    }

    fn cost(&self) -> Cost {
        R::COST
    }
}
