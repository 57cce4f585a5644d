//! What does the height of the peak do to the equations, up to a peak at infinity, and to schemes on a grid?
//!
//! Near the blow-up v' ≈ k2 v², so that du/dv = a (b v + b0 − leak u)/v' ≈ (a b/k2)/v: the time of the blow-up is finite, but
//! u at the peak grows like (a b/k2) ln W, W = k2 peak + k1/2, without bound. The state after a reset, and with it every interval,
//! depends on the peak, and there is no limit for an infinite one. What has a limit is u − (a b/k2) ln W: with
//! d − (a b/k2) ln(W/W₃₀) in place of d a higher peak does to first order what a peak of 30 mV does.
//! Source: J. Touboul, *Importance of the cutoff value in the quadratic adaptive integrate-and-fire model*, Neural Computation 21
//! (2009) 2114–2122.
//!
//! A scheme on a grid overshoots its peak by a random amount, which does the same to its u.

use std::fmt::Write;

use rayon::prelude::*;
use spikestep::model::{CELL_TYPES, CellType};
use spikestep::report::figure::{CurvePanel, CurveSeries, Curves, curves};
use spikestep::report::three;
use spikestep::truth::taylor;
use spikestep::{Neuron, Problem, Result, SpikeTrain, Stimulus};

use crate::shared::{Experiment, Outputs, fields, fixed_step, schemes};

pub(crate) const EXPERIMENT: Experiment = Experiment {
    name: "peak",
    title: "The height of the peak",
    question: "What does a peak of 45 mV (BindsNET's default) or at infinity do, beside 30 mV, to the equations and to \
               schemes on a grid?",
    run,
};

/// Constant input \[mV/ms\].
const INPUT: f64 = 10.0;
/// Duration \[ms\].
const DURATION: f64 = 1000.0;
/// Peaks of the equations \[mV\], rising; the first is what the others are measured against.
const PEAKS: [f64; 7] = [30.0, 45.0, 100.0, 1e3, 1e4, 1e6, 1e8];
/// Schemes that are run with each of the [`SCHEME_PEAKS`].
const SCHEMES: &str = "bindsnet,euler,rk4,rk4+located";
/// Steps \[ms\].
const DTS: [f64; 3] = [1.0, 0.5, 0.1];
/// Peaks of the schemes \[mV\].
const SCHEME_PEAKS: [f64; 2] = [30.0, 45.0];
