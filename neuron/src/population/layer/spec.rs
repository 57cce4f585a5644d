//! What a layer is made from.

use super::traces::Traces;
use crate::Neuron;
use crate::error::{Error, Result, finite, refuse_if, shown};
use crate::population::kernels;
use crate::population::synapse::Synapse;
use crate::population::weights::Weights;
use crate::scheme::Scheme;

/// The description of a layer of Izhikevich neurons; BindsNET's values where nothing else is said.
///
/// ```
/// use spikestep::population::layer::{LayerSpec, RandomWeights};
///
/// // 80 % excitatory, BindsNET's distributions of the parameters and of the lateral weights.
/// let spec = LayerSpec::random(100, 0.8, RandomWeights::Dense, 7)?;
/// assert_eq!(spec.excitatory.iter().filter(|yes| **yes).count(), 80);
/// assert_eq!(spec.neurons[0].peak, 45.0);
/// # Ok::<(), spikestep::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct LayerSpec {
    /// The neurons; their peak is BindsNET's `thresh` \[mV\].
    pub neurons: Vec<Neuron>,
    /// Which of the neurons are excitatory: a label only, since the weights carry the sign.
    pub excitatory: Vec<bool>,
    /// The weights among the neurons \[mV/ms\], which act one step late; BindsNET's S, see [`Weights::lateral`].
    pub lateral: Option<Weights<f64>>,
    /// How the lateral spikes reach a neuron: BindsNET's way where nothing else is said. Where the charge is kept, they are charges \[mV\].
    pub synapse: Synapse,
    /// How they are stepped: one of the [`schemes`](crate::population::schemes). The peak is the neurons' own under every scheme.
    /// Those that locate spikes keep v and u in double precision in an `f32` layer as well.
    pub scheme: Scheme,
    /// v at the start and after [`Layer::reset`](super::Layer::reset) \[mV\]; u is b v + b0 there.
    pub rest: f64,
    /// Lower bound of v \[mV\], applied at the end of a step.
    pub lbound: Option<f64>,
    /// The spike traces, where they are wanted.
    pub traces: Option<Traces>,
    /// Whether the input \[mV/ms\] is summed over the steps, what lateral weights add included.
    pub sum_input: bool,
}

impl LayerSpec {
    /// BindsNET's `thresh` \[mV\].
    pub const THRESH: f64 = 45.0;
    /// BindsNET's `rest` \[mV\].
    pub const REST: f64 = -65.0;

    /// `neurons` in a row, all excitatory, not connected, under BindsNET's scheme.
    pub fn new(neurons: Vec<Neuron>) -> Self {
        LayerSpec {
            excitatory: vec![true; neurons.len()],
            neurons,
            lateral: None,
            synapse: Synapse::BINDSNET,
            scheme: "bindsnet".parse().expect("it is in the table"),
            rest: Self::REST,
            lbound: None,
            traces: None,
            sum_input: false,
        }
    }

    /// Neurons of the 2003 form from lists of their a \[1/ms\], b \[1/ms\], c \[mV\] and d \[mV/ms\], peak at `thresh` \[mV\].
    ///
    /// # Errors
    /// Lists of different lengths.
    pub fn from_parameters(a: &[f64], b: &[f64], c: &[f64], d: &[f64], thresh: f64) -> Result<Self> {
        for (name, list) in [("b", b), ("c", c), ("d", d)] {
            refuse_if!(
                list.len() != a.len(),
                format!("number of values of {name}"),
                list.len(),
                format!("{}, as there are values of a", a.len()),
                "Give each parameter once for each neuron."
            );
        }
        let neuron = |i: usize| Neuron::new(a[i], b[i], c[i], d[i]).with_peak(thresh);
        Ok(Self::new((0..a.len()).map(neuron).collect()))
    }

    /// The number of neurons.
    pub fn n(&self) -> usize {
        self.neurons.len()
    }

    /// Checks that a layer can be made of it.
    ///
    /// # Errors
    /// No neuron, one that cannot be solved, weights of another size, a rest at the peak or above, a lower bound above
    /// the rest, a synapse whose time constant is not positive, numbers that are not finite.
    pub fn validate(&self) -> Result<()> {
        let n = self.n();
        let mend = "Give at least one neuron.";
        refuse_if!(n == 0 || u32::try_from(n).is_err(), "number of neurons", n, "1 to 4294967295 neurons", mend);
        if self.excitatory.len() != n {
            let allowed = format!("{n}, as there are neurons");
            return Err(Error::invalid("number of labels", self.excitatory.len(), allowed, "Label each neuron."));
        }
        if let Some(weights) = self.lateral.as_ref().filter(|w| (w.pre(), w.post()) != (n, n)) {
            let given = format!("{} × {}", weights.pre(), weights.post());
            return Err(Error::invalid(
                "lateral weights",
                given,
                format!("{n} × {n}"),
                "Weight neurons of this layer.",
            ));
        }
        kernels::check(&self.scheme)?;
        self.synapse.validate()?;
        finite("rest", self.rest)?;
        for (i, neuron) in self.neurons.iter().enumerate() {
            neuron.validate()?;
            neuron.require_plain("a layer")?;
            if self.rest >= neuron.peak {
                let allowed = format!("a value below the peak of neuron {i}, {} mV", neuron.peak);
                return Err(Error::invalid("rest", shown(self.rest), allowed, "Lower rest or raise thresh."));
            }
        }
        if let Some(lbound) = self.lbound {
            finite("lower bound lbound", lbound)?;
            refuse_if!(
                lbound > self.rest,
                "lower bound lbound",
                shown(lbound),
                format!("at most rest, {} mV", self.rest),
                "Lower lbound or leave it out."
            );
        }
        self.traces.map_or(Ok(()), |traces| traces.validate())
    }
}
