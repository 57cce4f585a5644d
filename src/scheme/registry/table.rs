//! The table of all schemes.

use super::{Method, SchemeInfo, Setup, Spikes};
use crate::operator::convolution::{Direct, Fft, OnlineConvolution, Recursive};
use crate::scheme::projective::{Projective, solve_projective};
use crate::scheme::simulators::{
    BindsNet, Brian2Rk2, Brian2Rk4, Multiplier, Nengo, NestConsistent, NestPublished, NestRkf45, Spinnaker,
};
use crate::scheme::{
    Euler, EulerSemiImplicit, Evolution, EvolutionOrder, Flow, HalfStep, Heun, Izhikevich2003, Izhikevich2004, Located,
    Midpoint, MidpointV, OnGrid, Rk4, Rk4Wk, Row, Scheme, solve_dop853, solve_dopri5, solve_taylor,
};

/// An observer, or one that does not look.
fn told<'a>(observe: Option<&'a mut dyn FnMut(Row)>) -> impl FnMut(Row) + 'a {
    let mut observe = observe;
    move |row| {
        if let Some(observe) = &mut observe {
            observe(row);
        }
    }
}

/// A flow with the spike handling asked for.
fn with_spikes<F: Flow + 'static>(flow: F, setup: &Setup, spikes: Spikes) -> Box<dyn Scheme> {
    match spikes {
        Spikes::OnGrid => Box::new(OnGrid::new(setup.neuron, flow)),
        Spikes::Located(location) => Box::new(Located::new(setup.neuron, flow, location)),
    }
}

/// The convolution engine of an evolution scheme.
#[derive(Clone, Copy)]
enum Engine {
    Fft,
    Direct,
    Recursive,
}

fn evolution(order: EvolutionOrder, engine: Engine, setup: &Setup, spikes: Spikes) -> Box<dyn Scheme> {
    let ratio = Evolution::kernel_ratio(&setup.neuron, setup.dt);
    let kernel = || (0..setup.steps).map(|n| ratio.powf(n as f64)).collect();
    let history: Box<dyn OnlineConvolution<f64>> = match engine {
        Engine::Fft => Box::new(Fft::new(kernel())),
        Engine::Direct => Box::new(Direct::new(kernel())),
        Engine::Recursive => Box::new(Recursive::exponential(ratio)),
    };
    with_spikes(Evolution::new(setup.neuron, order, setup.dt, setup.initial.u, history), setup, spikes)
}

const IZHIKEVICH_2003: &str = "Izhikevich, IEEE Trans. Neural Networks 14 (2003) 1569";
const IZHIKEVICH_2004: &str = "Izhikevich, IEEE Trans. Neural Networks 15 (2004) 1063";
const HAIRER: &str = "Hairer, Nørsett & Wanner, Solving ODEs I (1993)";
const RICCATI: &str = "Schiff & Shnider, SIAM J. Numer. Anal. 36 (1999) 1392; Stewart & Bair (2009)";
const LUBICH: &str = "Hairer, Lubich & Schlichte, SIAM J. Sci. Stat. Comput. 6 (1985) 532";

const fn entry(
    name: &'static str,
    order: u8,
    summary: &'static str,
    source: &'static str,
    method: Method,
) -> SchemeInfo {
    SchemeInfo { name, order, summary, source, default_peak: None, by_default: true, method }
}

const fn on_request(mut info: SchemeInfo) -> SchemeInfo {
    info.by_default = false;
    info
}

/// All schemes, in the order they are shown.
pub static SCHEMES: &[SchemeInfo] = &[
    entry("euler", 1, "forward Euler", HAIRER, Method::Flow(|s, k| with_spikes(Euler, s, k))),
    entry(
        "euler-semi-implicit",
        1,
        "Euler with u from the new v",
        HAIRER,
        Method::Flow(|s, k| with_spikes(EulerSemiImplicit, s, k)),
    ),
    entry(
        "half-step",
        1,
        "two half-steps of v, then u, as Izhikevich published it",
        IZHIKEVICH_2003,
        Method::Flow(|s, k| with_spikes(HalfStep, s, k)),
    ),
    on_request(entry(
        "midpoint-v",
        1,
        "midpoint for v at a frozen u, then u: for the half-step",
        "BindsNET issue 533",
        Method::Flow(|s, k| with_spikes(MidpointV, s, k)),
    )),
    on_request(entry(
        "izhikevich-2003",
        1,
        "program of the 2003 network: half-steps, reset next step",
        IZHIKEVICH_2003,
        Method::Rule(|s| Box::new(Izhikevich2003::new(s.neuron))),
    )),
    on_request(entry(
        "izhikevich-2004",
        1,
        "program of the 2004 figure: Euler, u from new v, v > peak",
        IZHIKEVICH_2004,
        Method::Rule(|s| Box::new(Izhikevich2004::new(s.neuron))),
    )),
    SchemeInfo {
        default_peak: Some(BindsNet::<f64>::THRESH),
        ..entry(
            "bindsnet",
            1,
            "BindsNET IzhikevichNodes: half-steps, reset at the next step, peak 45",
            "BindsNET (traces of torch 2.15)",
            Method::Rule(|s| Box::new(BindsNet::<f64>::new(&s.neuron, s.dt, s.lbound))),
        )
    },
    SchemeInfo {
        default_peak: Some(BindsNet::<f64>::THRESH),
        by_default: false,
        ..entry(
            "bindsnet-f32",
            1,
            "the same in single precision, BindsNET's default",
            "BindsNET (traces of torch 2.15)",
            Method::Rule(|s| Box::new(BindsNet::<f32>::new(&s.neuron, s.dt, s.lbound))),
        )
    },
    entry(
        "nest-consistent",
        1,
        "NEST izhikevich, consistent_integration true",
        "NEST 3.10",
        Method::Rule(|s| Box::new(OnGrid::new(s.neuron, NestConsistent))),
    ),
    entry(
        "nest-published",
        1,
        "NEST izhikevich, consistent_integration false",
        "NEST 3.10",
        Method::Rule(|s| Box::new(OnGrid::new(s.neuron, NestPublished))),
    ),
    on_request(entry(
        "nest-rkf45",
        5,
        "as NEST models with GSL: RKF45, 1e-6, spikes on the grid",
        "NEST issue 2654; Fehlberg, NASA TR R-315 (1969)",
        Method::Rule(|s| Box::new(NestRkf45::new(s.neuron))),
    )),
    on_request(entry(
        "spinnaker",
        1,
        "sPyNNaker, fixed point s16.15, 0.04 rounded (since 2018)",
        "Hopkins & Furber, Neural Comput. 27 (2015) 2148; sPyNNaker",
        Method::Rule(|s| Box::new(Spinnaker::new(&s.neuron, s.dt, Multiplier::Nearest))),
    )),
    on_request(entry(
        "spinnaker-cut",
        1,
        "the same with 0.04 cut (before pull request 563)",
        "Hopkins & Furber, Neural Comput. 27 (2015) 2148; sPyNNaker",
        Method::Rule(|s| Box::new(Spinnaker::new(&s.neuron, s.dt, Multiplier::Cut))),
    )),
    entry(
        "nengo",
        1,
        "Nengo Izhikevich: Euler, input clipped at -30, u from the reset v",
        "Nengo 4.1",
        Method::Rule(|s| Box::new(Nengo::new(s.neuron))),
    ),
    entry("brian2-euler", 1, "Brian2 euler", "Brian2 2.9", Method::Rule(|s| Box::new(OnGrid::new(s.neuron, Euler)))),
    entry(
        "brian2-rk2",
        2,
        "Brian2 rk2 (midpoint), input constant over the step",
        "Brian2 2.9",
        Method::Rule(|s| Box::new(OnGrid::new(s.neuron, Brian2Rk2))),
    ),
    entry(
        "brian2-rk4",
        4,
        "Brian2 rk4, input constant over the step",
        "Brian2 2.9",
        Method::Rule(|s| Box::new(OnGrid::new(s.neuron, Brian2Rk4))),
    ),
    entry("rk2", 2, "explicit midpoint rule", HAIRER, Method::Flow(|s, k| with_spikes(Midpoint, s, k))),
    entry("heun", 2, "explicit trapezoidal rule", HAIRER, Method::Flow(|s, k| with_spikes(Heun, s, k))),
    entry("rk4", 4, "classical Runge-Kutta", HAIRER, Method::Flow(|s, k| with_spikes(Rk4, s, k))),
    entry(
        "evolution-1",
        1,
        "u by FFT convolution of v, rectangle rule",
        LUBICH,
        Method::Flow(|s, k| evolution(EvolutionOrder::First, Engine::Fft, s, k)),
    ),
    entry(
        "evolution-2",
        2,
        "u by FFT convolution of v, product integration",
        LUBICH,
        Method::Flow(|s, k| evolution(EvolutionOrder::Second, Engine::Fft, s, k)),
    ),
    on_request(entry(
        "evolution-1-direct",
        1,
        "evolution-1, the convolution summed term by term",
        LUBICH,
        Method::Flow(|s, k| evolution(EvolutionOrder::First, Engine::Direct, s, k)),
    )),
    on_request(entry(
        "evolution-1-recursive",
        1,
        "evolution-1, the convolution by recursion",
        LUBICH,
        Method::Flow(|s, k| evolution(EvolutionOrder::First, Engine::Recursive, s, k)),
    )),
    on_request(entry(
        "evolution-2-direct",
        2,
        "evolution-2, the convolution summed term by term",
        LUBICH,
        Method::Flow(|s, k| evolution(EvolutionOrder::Second, Engine::Direct, s, k)),
    )),
    on_request(entry(
        "evolution-2-recursive",
        2,
        "evolution-2, the convolution by recursion",
        LUBICH,
        Method::Flow(|s, k| evolution(EvolutionOrder::Second, Engine::Recursive, s, k)),
    )),
    on_request(entry(
        "rk4-wk",
        4,
        "rk4 on (W, K), spikes located by two corrections",
        HAIRER,
        Method::Locating(|s| Box::new(Rk4Wk::new(s.neuron))),
    )),
    entry(
        "projective-4",
        4,
        "series of the linear form, spikes located, upstroke by collocation",
        RICCATI,
        Method::Locating(|s| Box::new(Projective::<6, 4>::new(s.neuron))),
    ),
    entry(
        "projective-6",
        6,
        "series of the linear form, spikes located, upstroke by collocation",
        RICCATI,
        Method::Locating(|s| Box::new(Projective::<8, 6>::new(s.neuron))),
    ),
    entry(
        "projective-8",
        8,
        "series of the linear form, spikes located, upstroke by collocation",
        RICCATI,
        Method::Locating(|s| Box::new(Projective::<10, 6>::new(s.neuron))),
    ),
    entry(
        "projective-12",
        12,
        "series of the linear form, spikes located, upstroke by collocation",
        RICCATI,
        Method::Locating(|s| Box::new(Projective::<14, 8>::new(s.neuron))),
    ),
    entry(
        "dopri5",
        5,
        "Dormand-Prince 5(4) of ode_solvers, spikes located",
        HAIRER,
        Method::Adaptive(|p, tolerance, observe| solve_dopri5(p, tolerance, told(observe))),
    ),
    entry(
        "dop853",
        8,
        "Dormand-Prince 8(5,3) of ode_solvers, spikes located",
        HAIRER,
        Method::Adaptive(|p, tolerance, observe| solve_dop853(p, tolerance, told(observe))),
    ),
    entry(
        "taylor",
        0,
        "Taylor series, order from the tolerance, spikes located",
        "Jorba & Zou, Experimental Math. 14 (2005) 99",
        Method::Adaptive(|p, tolerance, observe| solve_taylor(p, tolerance, told(observe))),
    ),
    entry(
        "projective",
        0,
        "linearised form by power series; the tolerance is ms on spike times",
        "Schiff & Shnider, SIAM J. Numer. Anal. 36 (1999) 1392",
        Method::Adaptive(|p, tolerance, observe| solve_projective(p, tolerance, observe)),
    ),
];
