//! What simulators do with this neuron unless told otherwise.

/// A simulator's rule for this neuron.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SimulatorRule {
    /// The name of the simulator.
    pub simulator: &'static str,
    /// Which of its rules.
    pub rule: &'static str,
    /// Whether it is the one a user gets who asks for nothing.
    pub is_default: bool,
    /// Its name among the schemes, with its own peak and precision.
    pub scheme: &'static str,
    /// The step a simulation has unless told otherwise \[ms\].
    pub default_dt: f64,
}

/// The rules, defaults of each simulator first. Sources: NEST 3.10 `izhikevich` (`consistent_integration` true, `resolution`
/// 0.1 ms); BindsNET `IzhikevichNodes` (single precision, `thresh` 45, `Network(dt=1.0)`); Brian2 2.9 (`defaultclock.dt` 0.1 ms; for
/// nonlinear equations without noise it takes `euler` when no method is given); Nengo 4.1 `Izhikevich` (`Simulator(dt=0.001)`).
pub static SIMULATOR_RULES: [SimulatorRule; 7] = [
    rule("NEST", "consistent_integration true", true, "nest-consistent", 0.1),
    rule("NEST", "consistent_integration false", false, "nest-published", 0.1),
    rule("BindsNET", "IzhikevichNodes, peak 45", true, "bindsnet-f32", 1.0),
    rule("Brian2", "method euler", true, "brian2-euler", 0.1),
    rule("Brian2", "method rk2", false, "brian2-rk2", 0.1),
    rule("Brian2", "method rk4", false, "brian2-rk4", 0.1),
    rule("Nengo", "Izhikevich", true, "nengo", 1.0),
];

const fn rule(
    simulator: &'static str,
    rule: &'static str,
    is_default: bool,
    scheme: &'static str,
    default_dt: f64,
) -> SimulatorRule {
    SimulatorRule { simulator, rule, is_default, scheme, default_dt }
}
