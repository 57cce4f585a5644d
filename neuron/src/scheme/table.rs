//! The table of this crate's schemes: the one place that names them.

use crate::operator::convolution::{Direct, Fft, OnlineConvolution, Recursive};
use crate::scheme::grid_rule::OnSteps;
use crate::scheme::projective::{Projective, solve_projective};
use crate::scheme::simulators::{
    BrainPyRk2, BrainPyState, Brian2Rk2, Brian2Rk4, Brian2Rk4Array, Carlsim, CarlsimRk4, EulerAbovePeak, Genn,
    InSection, IzhikevichNodes, Mechanism, Multiplier, Nengo, NestConsistent, NestPublished, NestRkf45, Neuron2007a,
    Norse, Spinnaker,
};
use crate::scheme::{
    AdamsBashforth2, ChanTsai, Euler, EulerSemiImplicit, Evolution,
    EvolutionOrder::{self, First, Second},
    ExplicitReduction, ExponentialEuler, GridRule, Gridded, HalfStep, Heun, ImplicitMidpoint, ImplicitTrapezoid,
    Izhikevich2003, Izhikevich2004, Midpoint, MidpointV, OnGrid, ParkerSochacki, RecursiveEvolution, Rk4, Rk4Wk,
    RosenbrockEuler, Rule, Sample, Scheme, SchemeInfo, Setup, Strang, ThetaNeuron, solve_dop853, solve_dopri5,
    solve_taylor,
};

/// The observer, or one that does nothing.
fn notify<'a>(observe: Option<&'a mut dyn FnMut(Sample)>) -> impl FnMut(Sample) + 'a {
    let mut observe = observe;
    move |sample| {
        if let Some(observe) = &mut observe {
            observe(sample);
        }
    }
}

/// The evolutionary form with u by an engine of convolution.
fn evolution(order: EvolutionOrder, engine: Engine, setup: &Setup) -> Evolution {
    let ratio = Evolution::kernel_ratio(&setup.neuron, setup.dt);
    let kernel = || (0..setup.steps).map(|n| ratio.powf(n as f64)).collect();
    let history: Box<dyn OnlineConvolution<f64>> = match engine {
        Engine::Fft => Box::new(Fft::new(kernel())),
        Engine::Direct => Box::new(Direct::new(kernel())),
        Engine::Recursive => Box::new(Recursive::exponential(ratio)),
    };
    Evolution::new(setup.neuron, order, setup.dt, setup.initial.u, history)
}

/// The engine of convolution of a scheme of the evolutionary form.
#[derive(Clone, Copy)]
enum Engine {
    Fft,
    Direct,
    Recursive,
}

const IZHIKEVICH_2003: &str = "Izhikevich, IEEE Trans. Neural Networks 14 (2003) 1569";
const IZHIKEVICH_2004: &str = "Izhikevich, IEEE Trans. Neural Networks 15 (2004) 1063";
const HAIRER: &str = "Hairer, Nørsett & Wanner, Solving ODEs I (1993)";
const RICCATI: &str = "Schiff & Shnider, SIAM J. Numer. Anal. 36 (1999) 1392; Stewart & Bair (2009)";
const LUBICH: &str = "Hairer, Lubich & Schlichte, SIAM J. Sci. Stat. Comput. 6 (1985) 532";
const BINDSNET: &str = "BindsNET (traces of torch 2.15)";
const SPINNAKER: &str = "Hopkins & Furber, Neural Comput. 27 (2015) 2148; sPyNNaker";

const HAIRER_WANNER: &str = "Hairer & Wanner, Solving ODEs II (1996)";
const POPE: &str = "Pope, Commun. ACM 6 (1963) 491; BrainPy 2.9";
const STEWART_BAIR: &str = "Stewart & Bair, J. Comput. Neurosci. 27 (2009) 115";

/// The summary of `parker-sochacki-N`.
const SERIES: &str = "power series of v and u to a fixed order";

/// The summary of `projective-N`.
const LINEAR_FORM: &str = "series of the linear form, spikes located, upstroke by collocation";

/// The rule of a simulator, spikes on the grid.
fn on_grid<R: Rule>(info: SchemeInfo, rule: R) -> Scheme {
    Scheme::stepper(info.of_simulator(), move |s| OnGrid::new(s.neuron, rule)).with_rule(rule)
}

/// The rule of Brian2, which counts a refractory period in its own way.
fn brian2<R: Rule>(info: SchemeInfo, rule: R) -> Scheme {
    let start = move |s: &Setup| OnGrid::new(s.neuron, rule).counted_as_brian2();
    Scheme::stepper(info.of_simulator().extended(), start).with_rule(rule)
}

/// Exponential Euler, which is a flow, and a rule in few bits.
fn exponential(info: SchemeInfo, rule: ExponentialEuler) -> Scheme {
    Scheme::flow(info, move |_| rule).with_grid_rule(rule)
}

/// The evolutionary form by recursion, which populations and layers step as a rule.
fn recursive<const ORDER: u8>(info: SchemeInfo, rule: RecursiveEvolution<ORDER>) -> Scheme
where
    RecursiveEvolution<ORDER>: Rule,
{
    let order = if ORDER == 1 { First } else { Second };
    Scheme::flow(info, move |s| evolution(order, Engine::Recursive, s)).with_rule(rule)
}

/// A rule that handles its spikes itself, on the grid.
fn grid<G: GridRule>(info: SchemeInfo, rule: G) -> Scheme {
    Scheme::stepper(info, move |s| Gridded::<G, f64>::new(rule, s)).with_grid_rule(rule)
}

/// A simulator's rule that handles its spikes itself.
fn of_simulator<G: GridRule>(info: SchemeInfo, rule: G) -> Scheme {
    grid(info.of_simulator(), rule)
}

/// The same in single precision.
fn in_f32<G: GridRule>(info: SchemeInfo, rule: G) -> Scheme {
    Scheme::stepper(info.of_simulator(), move |s| Gridded::<G, f32>::new(rule, s)).with_grid_rule(rule)
}

/// BindsNET's rule in double precision.
fn bindsnet_rule(info: SchemeInfo, rule: IzhikevichNodes) -> Scheme {
    of_simulator(info, OnSteps(rule)).with_rule(rule)
}

/// A mechanism of NEURON.
fn in_section(info: SchemeInfo, mechanism: Mechanism) -> Scheme {
    Scheme::stepper(info.of_simulator(), move |s| InSection::new(mechanism, s))
}

/// The schemes of rows `how it is made: name, order, summary, source, what is special => what makes it`.
macro_rules! schemes {
    ($($make:path: $name:literal, $order:literal, $summary:expr, $source:expr
       $(, $special:ident($($argument:expr)?))* => $method:expr;)*) => {
        vec![$($make(SchemeInfo::new($name, $order, $summary, $source)$(.$special($($argument)?))*, $method)),*]
    };
}

/// All schemes, in the order in which tables show them.
pub(super) fn schemes() -> Vec<Scheme> {
    schemes! {
        Scheme::rule: "euler", 1, "forward Euler", HAIRER => Euler;
        Scheme::rule: "euler-semi-implicit", 1, "Euler with u from the new v", HAIRER => EulerSemiImplicit;
        Scheme::rule: "half-step", 1, "two half-steps of v, then u, as Izhikevich published it", IZHIKEVICH_2003 => HalfStep;
        Scheme::rule: "midpoint-v", 1, "midpoint for v at a frozen u, then u: for the half-step", "BindsNET issue 533",
            on_request() => MidpointV;
        of_simulator: "izhikevich-2003", 1, "program of the 2003 network: half-steps, reset next step", IZHIKEVICH_2003,
            on_request() => Izhikevich2003;
        of_simulator: "izhikevich-2004", 1, "program of the 2004 figure: Euler, u from new v, v > peak", IZHIKEVICH_2004,
            on_request() => Izhikevich2004;
        bindsnet_rule: "bindsnet", 1, "BindsNET IzhikevichNodes: half-steps, reset at the next step, peak 45", BINDSNET,
            with_peak(IzhikevichNodes::THRESH), bounded() => IzhikevichNodes;
        in_f32: "bindsnet-f32", 1, "the same in single precision, BindsNET's default", BINDSNET,
            with_peak(IzhikevichNodes::THRESH), bounded(), on_request() => OnSteps(IzhikevichNodes);
        on_grid: "nest-consistent", 1, "NEST izhikevich, consistent_integration true", "NEST 3.10" => NestConsistent;
        on_grid: "nest-published", 1, "NEST izhikevich, consistent_integration false", "NEST 3.10" => NestPublished;
        Scheme::stepper: "nest-rkf45", 5, "as NEST models with GSL: RKF45, 1e-6, spikes on the grid",
            "NEST issue 2654; Fehlberg, NASA TR R-315 (1969)", of_simulator(), on_request()
            => |s| NestRkf45::new(s.neuron);
        Scheme::stepper: "spinnaker", 1, "sPyNNaker, fixed point s16.15, 0.04 rounded (since 2018)", SPINNAKER,
            of_simulator(), on_request() => |s| Spinnaker::new(&s.neuron, s.dt, Multiplier::Nearest);
        Scheme::stepper: "spinnaker-cut", 1, "the same with 0.04 cut (before pull request 563)", SPINNAKER,
            of_simulator(), on_request() => |s| Spinnaker::new(&s.neuron, s.dt, Multiplier::Cut);
        of_simulator: "nengo", 1, "Nengo Izhikevich: Euler, input clipped at -30, u from the reset v", "Nengo 4.1" => Nengo;
        brian2: "brian2-euler", 1, "Brian2 euler", "Brian2 2.9" => Euler;
        brian2: "brian2-rk2", 2, "Brian2 rk2 (midpoint), input held over the step: order 1 where it varies", "Brian2 2.9" => Brian2Rk2;
        brian2: "brian2-rk4", 4, "Brian2 rk4, input held over the step: order 1 where it varies", "Brian2 2.9" => Brian2Rk4;
        Scheme::stepper: "brian2-rk4-array", 4, "the same under a TimedArray: the last stage sees the next value", "Brian2 2.9",
            of_simulator(), on_request() => |s| OnGrid::new(s.neuron, Brian2Rk4Array);
        of_simulator: "genn", 1, "GeNN Izhikevich: half-steps, clipped at 30, spike at 29.99", "GeNN 5.4", on_request() => Genn;
        in_f32: "carlsim", 1, "CARLsim Euler in f32: u from reset v, spikes to the ms", "CARLsim 6.1",
            on_request() => Carlsim;
        in_f32: "carlsim-rk4", 4, "CARLsim RK4 in f32: u reset, then moved, spikes to the ms", "CARLsim 6.1",
            on_request() => CarlsimRk4;
        in_section: "neuron-implicit", 1, "NEURON, PyNN's izhikevich.mod: v linearly implicit, u implicit", "NEURON 9.0.2, PyNN 0.13",
            on_request() => Mechanism::Pynn;
        in_section: "neuron-2003b", 1, "NEURON, NetPyNE's izhi2003b.mod: the same, v 1.05 % too fast", "NEURON 9.0.2, NetPyNE",
            on_request() => Mechanism::Netpyne2003b;
        of_simulator: "neuron-2007a", 1, "NEURON, izhi2007a.mod: explicit Euler, u from the new v", "NEURON 9.0.2, NetPyNE",
            on_request() => Neuron2007a;
        in_section: "neuron-2007b", 1, "NEURON, izhi2007b.mod: u by Euler, then v linearly implicit", "NEURON 9.0.2, NetPyNE",
            on_request() => Mechanism::Netpyne2007b;
        of_simulator: "norse", 1, "Norse: Euler, v > peak; a step of its defaults is 0.25 ms", "Norse 1.1", on_request() => Norse;
        on_grid: "brainpy-rk2", 2, "BrainPy rk2: Ralston's rule, input held over the step", "BrainPy 2.9", on_request() => BrainPyRk2;
        of_simulator: "brainpy-state", 1, "brainpy.state: exponential Euler, u from new v, reset next step", "BrainPy 2.9",
            on_request() => BrainPyState;
        of_simulator: "annarchy", 1, "ANNarchy Izhikevich: Euler, v > peak", "ANNarchy 5.0", on_request() => EulerAbovePeak;
        of_simulator: "jneuroml", 1, "jNeuroML and PyLEMS izhikevichCell: Euler, v > peak", "jNeuroML 0.14", on_request()
            => EulerAbovePeak;
        Scheme::rule: "rk2", 2, "explicit midpoint rule", HAIRER => Midpoint;
        Scheme::rule: "heun", 2, "explicit trapezoidal rule", HAIRER => Heun;
        Scheme::rule: "rk4", 4, "classical Runge-Kutta", HAIRER => Rk4;
        Scheme::flow: "evolution-1", 1, "u by FFT convolution of v, rectangle rule", LUBICH
            => |s| evolution(First, Engine::Fft, s);
        Scheme::flow: "evolution-2", 2, "u by FFT convolution of v, product integration", LUBICH
            => |s| evolution(Second, Engine::Fft, s);
        Scheme::flow: "evolution-1-direct", 1, "evolution-1, the convolution summed term by term", LUBICH, on_request()
            => |s| evolution(First, Engine::Direct, s);
        recursive: "evolution-1-recursive", 1, "evolution-1, the convolution by recursion", LUBICH, on_request()
            => RecursiveEvolution::<1>;
        Scheme::flow: "evolution-2-direct", 2, "evolution-2, the convolution summed term by term", LUBICH, on_request()
            => |s| evolution(Second, Engine::Direct, s);
        recursive: "evolution-2-recursive", 2, "evolution-2, the convolution by recursion", LUBICH, on_request()
            => RecursiveEvolution::<2>;
        exponential: "exponential-euler", 1, "each equation by its own frozen slope; BrainPy's exp_auto", POPE,
            on_request() => ExponentialEuler;
        Scheme::flow: "rosenbrock-euler", 2, "the linear part solved exactly", "Hochbruck, Ostermann & Schweitzer (2009)", on_request()
            => |_| RosenbrockEuler;
        Scheme::flow: "implicit-midpoint", 2, "implicit midpoint rule, the parabola of its stage solved", HAIRER_WANNER, on_request()
            => |_| ImplicitMidpoint;
        Scheme::flow: "implicit-trapezoid", 2, "implicit trapezoidal rule, solved likewise", HAIRER_WANNER, on_request()
            => |_| ImplicitTrapezoid;
        Scheme::flow: "strang", 2, "v exactly at fixed u, u exactly at fixed v", "Strang (1968); Hopkins & Furber (2015)", on_request()
            => |_| Strang;
        Scheme::flow: "parker-sochacki-4", 4, SERIES, STEWART_BAIR, on_request() => |_| ParkerSochacki::new(4);
        Scheme::flow: "parker-sochacki-8", 8, SERIES, STEWART_BAIR, on_request() => |_| ParkerSochacki::new(8);
        Scheme::flow: "parker-sochacki-12", 12, SERIES, STEWART_BAIR, on_request() => |_| ParkerSochacki::new(12);
        Scheme::stepper: "adams-bashforth-2", 2, "two-step Adams-Bashforth, begun anew after a spike", HAIRER, on_request()
            => |s| AdamsBashforth2::new(s.neuron);
        Scheme::rule: "chan-tsai", 4, "two stages with two derivatives", "Chan & Tsai, Numer. Algorithms 53 (2010) 171", on_request()
            => ChanTsai;
        Scheme::flow: "theta-neuron", 4, "rk4 on the angle whose tangent is v", "Ermentrout & Kopell (1986)", on_request()
            => |_| ThetaNeuron;
        grid: "explicit-reduction", 2, "midpoint multiplied out, 1.85 steps after a spike", SPINNAKER, on_request()
            => ExplicitReduction;
        Scheme::locating_stepper: "rk4-wk", 4, "rk4 on (W, K), spikes located by two corrections", HAIRER, on_request()
            => |s| Rk4Wk::new(s.neuron);
        Scheme::locating_stepper: "projective-4", 4, LINEAR_FORM, RICCATI => |s| Projective::<6, 4>::new(s.neuron);
        Scheme::locating_stepper: "projective-6", 6, LINEAR_FORM, RICCATI => |s| Projective::<8, 6>::new(s.neuron);
        Scheme::locating_stepper: "projective-8", 8, LINEAR_FORM, RICCATI => |s| Projective::<10, 6>::new(s.neuron);
        Scheme::locating_stepper: "projective-12", 12, LINEAR_FORM, RICCATI => |s| Projective::<14, 8>::new(s.neuron);
        Scheme::adaptive: "dopri5", 5, "Dormand-Prince 5(4) of ode_solvers, spikes located", HAIRER, extended()
            => |p, tolerance, observe| solve_dopri5(p, tolerance, notify(observe));
        Scheme::adaptive: "dop853", 8, "Dormand-Prince 8(5,3) of ode_solvers, spikes located", HAIRER, extended()
            => |p, tolerance, observe| solve_dop853(p, tolerance, notify(observe));
        Scheme::adaptive: "taylor", 0, "Taylor series, order from the tolerance, spikes located",
            "Jorba & Zou, Experimental Math. 14 (2005) 99", extended()
            => |p, tolerance, observe| solve_taylor(p, tolerance, notify(observe));
        Scheme::adaptive: "projective", 0, "linearised form by power series; the tolerance is ms on spike times",
            "Schiff & Shnider, SIAM J. Numer. Anal. 36 (1999) 1392"
            => |p, tolerance, observe| solve_projective(p, tolerance, observe);
    }
}
