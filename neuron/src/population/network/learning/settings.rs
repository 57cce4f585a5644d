//! What a plastic connection is set to: its rule, rates and bounds.

use crate::error::{Error, Result, finite, shown};

/// How the weights of a connection change with the spikes of its ends.
///
/// After step n of the network, with s the spikes of the step (0 or 1, or as many as a located scheme finds) and x the traces as the
/// step left them, of source i and target j, summed (or averaged) over the rows r of the batch:
///
/// ```text
/// P_ij = Σ_r s_i x_j     (the source has fired: nu[0])        Q_ij = Σ_r x_i s_j     (the target has fired: nu[1])
///
/// PostPre                  w ← w − nu[0] P,   then   w ← w + nu[1] Q
/// WeightDependentPostPre   w ← w − nu[0] P (w − wmin) + nu[1] Q (wmax − w)
/// both                     w ← min(max(w, wmin), wmax)
/// ```
///
/// With additive traces `PostPre` is the rule of all pairs (Song, Miller & Abbott 2000), with traces that are set, BindsNET's default,
/// the rule of the nearest spike before (Morrison, Diesmann & Gerstner 2008). The other one is the multiplicative rule (van Rossum, Bi
/// & Turrigiano 2000; soft bounds of Kistler & van Hemmen 2000). A spike meets the trace it has just left itself, as in BindsNET: a pair in one step
/// counts for both terms. The delay of a connection does not count.
///
/// A step costs what has happened in it: the rows of sources that fired and the columns of targets that fired.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LearningRule {
    /// The weights stay; `norm` and bounds can be had all the same. BindsNET's `NoOp`.
    #[default]
    None,
    /// BindsNET's rule `PostPre`, whose changes do not depend on the weight.
    PostPre,
    /// BindsNET's rule `WeightDependentPostPre`, whose changes vanish at the bounds; it needs finite ones.
    WeightDependentPostPre,
}

/// How the rows of a batch share in a change of the weights they have in common.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reduction {
    /// The changes of all rows add up; BindsNET's default.
    #[default]
    Sum,
    /// The mean of the changes counts.
    Mean,
}

/// The learning of a connection; BindsNET's values where nothing else is said.
///
/// ```
/// use spikestep::population::network::{Learning, LearningRule};
/// use spikestep::population::{layer::Traces, LayerSpec, Network, Weights};
/// use spikestep::Neuron;
///
/// let mut network = Network::<f64>::new(1.0, 1)?;
/// let x = network.add_input("X", 2, Some(Traces::default()))?;
/// let mut spec = LayerSpec::new(vec![Neuron::new(0.02, 0.2, -65.0, 8.0).with_peak(45.0)]);
/// spec.traces = Some(Traces::default());
/// let y = network.add_layer("Y", spec)?;
/// let c = network.connect(x, y, Weights::dense(2, 1, vec![30.0, 30.0])?, 1)?;
/// let learning = Learning { nu: [0.01, 1.0], wmin: 0.0, wmax: 40.0, norm: Some(60.0), ..Learning::new(LearningRule::PostPre) };
/// network.make_plastic(c, learning)?;
/// // Input 0 drives the neuron, input 1 is silent.
/// network.run(100, |_, inputs| inputs.spike(x, 0, 0), &mut [])?;
/// network.normalize();
/// let w = network.connection(c).weights();
/// assert!(w.get(0, 0) > w.get(1, 0));
/// assert!((w.get(0, 0) + w.get(1, 0) - 60.0).abs() < 1e-12);
/// # Ok::<(), spikestep::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Learning {
    /// The rule by which the weights change.
    pub rule: LearningRule,
    /// Rates of what a spike of the source and of the target does \[mV/ms for `PostPre`, else 1\], times a trace.
    pub nu: [f64; 2],
    /// Lower bound of the weights \[mV/ms\].
    pub wmin: f64,
    /// Upper bound of the weights \[mV/ms\].
    pub wmax: f64,
    /// What [`Network::normalize`](super::super::Network::normalize) makes of the sum of |w| onto each target \[mV/ms\]; `None` leaves it.
    pub norm: Option<f64>,
    /// How the rows of a batch share in a change.
    pub reduction: Reduction,
}

impl Learning {
    /// The `rule` with rates 0, no bounds, no norm, summed over the batch.
    pub fn new(rule: LearningRule) -> Self {
        let (wmin, wmax) = (f64::NEG_INFINITY, f64::INFINITY);
        Learning { rule, nu: [0.0; 2], wmin, wmax, norm: None, reduction: Reduction::Sum }
    }

    /// Checks that weights can follow it.
    ///
    /// # Errors
    /// Rates that are not finite, bounds that are no numbers or cross, no finite bounds where the rule depends on them, a norm that is
    /// not positive.
    pub fn validate(&self) -> Result<()> {
        finite("learning rate nu[0]", self.nu[0])?;
        finite("learning rate nu[1]", self.nu[1])?;
        let (wmin, wmax) = (self.wmin, self.wmax);
        let given = format!("{} to {}", shown(wmin), shown(wmax));
        // A NaN is not below anything.
        if !(wmin <= wmax && wmin < f64::INFINITY && wmax > f64::NEG_INFINITY) {
            let mend = "Give a wmin that is not above wmax, such as 0 and 1.";
            return Err(Error::invalid("range of weights wmin to wmax", given, "an ascending range", mend));
        }
        if self.rule == LearningRule::WeightDependentPostPre && !(wmin.is_finite() && wmax.is_finite()) {
            let mend = "The weight-dependent rule needs a wmin and a wmax.";
            return Err(Error::invalid("range of weights wmin to wmax", given, "a finite range", mend));
        }
        match self.norm {
            Some(norm) if !(norm > 0.0 && norm.is_finite()) => Err(Error::invalid(
                "norm of weights",
                shown(norm),
                "a positive, finite sum of |w|",
                "Give a positive norm or leave it out.",
            )),
            _ => Ok(()),
        }
    }
}
