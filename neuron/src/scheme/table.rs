//! The table of this crate's schemes: the one place that names them.

use crate::operator::convolution::{Direct, Fft, OnlineConvolution, Recursive};
use crate::scheme::projective::{Projective, solve_projective};
use crate::scheme::simulators::{
    BindsNet, Brian2Rk2, Brian2Rk4, IzhikevichNodes, Multiplier, Nengo, NestConsistent, NestPublished, NestRkf45,
    Spinnaker,
};
use crate::scheme::{
    Euler, EulerSemiImplicit, Evolution,
    EvolutionOrder::{self, First, Second},
    HalfStep, Heun, Izhikevich2003, Izhikevich2004, Midpoint, MidpointV, OnGrid, RecursiveEvolution, Rk4, Rk4Wk, Rule,
    Sample, Scheme, SchemeInfo, Setup, solve_dop853, solve_dopri5, solve_taylor,
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

/// The evolutionary form by recursion, which populations and layers step as a rule.
fn recursive<const ORDER: u8>(info: SchemeInfo, rule: RecursiveEvolution<ORDER>) -> Scheme
where
    RecursiveEvolution<ORDER>: Rule,
{
    let order = if ORDER == 1 { First } else { Second };
    Scheme::flow(info, move |s| evolution(order, Engine::Recursive, s)).with_rule(rule)
}

/// BindsNET's rule in double precision.
fn bindsnet_rule(info: SchemeInfo, rule: IzhikevichNodes) -> Scheme {
    Scheme::stepper(info, |s| BindsNet::<f64>::new(&s.neuron, s.dt, s.lower_bound)).with_rule(rule)
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
        Scheme::stepper: "izhikevich-2003", 1, "program of the 2003 network: half-steps, reset next step", IZHIKEVICH_2003,
            of_simulator(), on_request() => |s| Izhikevich2003::new(s.neuron);
        Scheme::stepper: "izhikevich-2004", 1, "program of the 2004 figure: Euler, u from new v, v > peak", IZHIKEVICH_2004,
            of_simulator(), on_request() => |s| Izhikevich2004::new(s.neuron);
        bindsnet_rule: "bindsnet", 1, "BindsNET IzhikevichNodes: half-steps, reset at the next step, peak 45", BINDSNET,
            with_peak(BindsNet::<f64>::THRESH), bounded(), of_simulator() => IzhikevichNodes;
        Scheme::stepper: "bindsnet-f32", 1, "the same in single precision, BindsNET's default", BINDSNET,
            with_peak(BindsNet::<f64>::THRESH), bounded(), of_simulator(), on_request()
            => |s| BindsNet::<f32>::new(&s.neuron, s.dt, s.lower_bound);
        on_grid: "nest-consistent", 1, "NEST izhikevich, consistent_integration true", "NEST 3.10" => NestConsistent;
        on_grid: "nest-published", 1, "NEST izhikevich, consistent_integration false", "NEST 3.10" => NestPublished;
        Scheme::stepper: "nest-rkf45", 5, "as NEST models with GSL: RKF45, 1e-6, spikes on the grid",
            "NEST issue 2654; Fehlberg, NASA TR R-315 (1969)", of_simulator(), on_request()
            => |s| NestRkf45::new(s.neuron);
        Scheme::stepper: "spinnaker", 1, "sPyNNaker, fixed point s16.15, 0.04 rounded (since 2018)", SPINNAKER,
            of_simulator(), on_request() => |s| Spinnaker::new(&s.neuron, s.dt, Multiplier::Nearest);
        Scheme::stepper: "spinnaker-cut", 1, "the same with 0.04 cut (before pull request 563)", SPINNAKER,
            of_simulator(), on_request() => |s| Spinnaker::new(&s.neuron, s.dt, Multiplier::Cut);
        Scheme::stepper: "nengo", 1, "Nengo Izhikevich: Euler, input clipped at -30, u from the reset v", "Nengo 4.1",
            of_simulator() => |s| Nengo::new(s.neuron);
        brian2: "brian2-euler", 1, "Brian2 euler", "Brian2 2.9" => Euler;
        brian2: "brian2-rk2", 2, "Brian2 rk2 (midpoint), input held over the step: order 1 where it varies", "Brian2 2.9" => Brian2Rk2;
        brian2: "brian2-rk4", 4, "Brian2 rk4, input held over the step: order 1 where it varies", "Brian2 2.9" => Brian2Rk4;
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
