//! Whole windows: the evolution equation with any kernel, solved on a stretch of time at once instead of step by step.
//!
//! u on the window is the unknown. The map P takes it to v (the first equation, solved for v panel by panel to order 4) and back to
//! u (κ ∗ x by FFT, earlier windows included); u = P(u) is solved by
//!
//! - **Picard's iteration**, u ← P(u), also called waveform relaxation: P is a Volterra operator, so that the error after n
//!   iterations falls like (L T)ⁿ/n! on a window of T ms, fast on short windows, after growing first on long ones;
//! - **Newton's method**, u ← u + (1 − P'(u))⁻¹ (P(u) − u), the linear equation by a few iterations that use P' as Picard's uses P:
//!   quadratic.
//!
//! A window ends at the spike in it, which is located on the last panel, cut there; the next begins from the reset. It ends where
//! the input is not smooth, too. Where an iteration does not contract, the window is marched in blocks of a few steps, and its
//! report says so.
//!
//! Order 4, through spikes, for a smooth kernel; a kernel singular like t^{α−1} leaves kinks like t^α in u at the start and after
//! resets, which limit the order to 1 + α near them. **When not to use it:** to get a solution with the least work, [`march`] at
//! order 2 or, for exponential kernels, an ODE solver is cheaper. Windows are for solving many steps in parallel, and for problems in
//! which the iteration itself is studied.
//!
//! Sources: E. Lelarasmee, A. E. Ruehli, A. Sangiovanni-Vincentelli, IEEE Trans. CAD 1 (1982) 131–145 (waveform relaxation);
//! U. Miekkala, O. Nevanlinna, SIAM J. Sci. Stat. Comput. 8 (1987) 459–482 (its convergence); R. S. Dembo, S. C. Eisenstat,
//! T. Steihaug, SIAM J. Numer. Anal. 19 (1982) 400–408 (inner accuracy).
//!
//! [`march`]: super::march()

mod history;
mod iteration;
mod panel;
mod solver;
mod sweep;

use super::recovery::Recovery;
use super::signal::{Signal, check_step};
use crate::error::{Error, Result, finite, shown};
use crate::model::{Neuron, Stimulus};
use crate::spike::SpikeTrain;

/// How u = P(u) is solved on a window; see the [module](self).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WindowMethod {
    /// Waveform relaxation.
    Picard,
    /// Newton's method on the whole window.
    Newton,
}

/// How windows are cut and iterated.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WindowOptions {
    /// Step of the grid in a window \[ms\].
    pub dt: f64,
    /// Time to be solved \[ms\].
    pub duration: f64,
    /// The iteration.
    pub method: WindowMethod,
    /// A window is solved when an iteration changes u by no more \[mV/ms\]; at least 1e-13.
    pub tolerance: f64,
    /// Most iterations on a window before it is marched.
    pub most_iterations: usize,
    /// Length of a window without a spike \[ms\], at least `dt`.
    pub longest_window: f64,
}

impl WindowOptions {
    /// Newton's method to 1e-10 mV/ms on windows of 10 ms (or one step), at most 50 iterations.
    pub fn new(dt: f64, duration: f64) -> Self {
        WindowOptions {
            dt,
            duration,
            method: WindowMethod::Newton,
            tolerance: 1e-10,
            most_iterations: 50,
            longest_window: dt.max(10.0),
        }
    }

    fn check(&self) -> Result<()> {
        check_step(self.dt)?;
        let positive = |what: &str, value: f64| {
            if value.is_finite() && value > 0.0 {
                return Ok(());
            }
            Err(Error::invalid(what, format!("{} ms", shown(value)), "a positive number of ms", "Give 10, say."))
        };
        positive("duration", self.duration)?;
        positive("longest window", self.longest_window)?;
        if self.longest_window < self.dt {
            return Err(Error::invalid(
                "longest window",
                format!("{} ms with a step of {} ms", shown(self.longest_window), shown(self.dt)),
                "at least one step",
                "Give a longer window or a shorter step.",
            ));
        }
        if !(self.tolerance.is_finite() && self.tolerance >= 1e-13) {
            return Err(Error::invalid(
                "tolerance",
                format!("{} mV/ms", shown(self.tolerance)),
                "1e-13 or more: u is rounded to about that",
                "Give 1e-10, say.",
            ));
        }
        if self.most_iterations == 0 {
            return Err(Error::invalid("most iterations", 0, "1 or more", "Give 50, say."));
        }
        Ok(())
    }
}

/// How one window was solved.
#[derive(Clone, Debug, PartialEq)]
pub struct WindowReport {
    /// Where it starts \[ms\].
    pub start: f64,
    /// Where it ends \[ms\].
    pub end: f64,
    /// Whether a spike ends it.
    pub spike: bool,
    /// Iterations made, those of an iteration that was given up included.
    pub iterations: usize,
    /// Largest change of u at any node before the spike, by iteration \[mV/ms\].
    pub updates: Vec<f64>,
    /// By which factor an update follows from the one before: the geometric mean; `None` with fewer than two, or after an update
    /// of zero.
    pub contraction: Option<f64>,
    /// Why the window was marched instead, and what to do about it.
    pub fell_back: Option<String>,
}

/// A solution by windows.
#[derive(Clone, Debug, PartialEq)]
pub struct WindowSolution {
    /// The spikes.
    pub spikes: SpikeTrain,
    /// The windows in order.
    pub windows: Vec<WindowReport>,
    /// v at the nodes, in stretches cut at spikes and where the input is not smooth.
    pub v: Signal,
    /// u \[mV/ms\] at the same nodes, one list a stretch; from the inside at a spike.
    pub u: Vec<Vec<f64>>,
    /// The time \[ms\] near which v or u left the finite numbers, or spikes accelerated without end.
    pub diverged_at: Option<f64>,
}

/// Solves v' = k2 v² + k1 v + k0 − u + g with reset (k2, k1, k0, c and the peak of `neuron`) and u as `recovery` says, from
/// v(0) = `v0` \[mV\], window by window. N steps in windows of n cost O(N log n) an iteration; the memory of earlier windows costs
/// O(N) in all for exponentials and O(N log N) a window for other kernels, besides O(N) a spike.
///
/// # Errors
/// A neuron or options that are none, a start at or above the peak, a jump response that is singular at 0, a kernel sampled on
/// another grid or too short.
///
/// ```
/// use spikestep::operator::window::{solve_windows, WindowMethod, WindowOptions};
/// use spikestep::{operator::Recovery, Neuron, Stimulus};
/// let rs = Neuron::new(0.02, 0.2, -65.0, 8.0);
/// let memory = Recovery::izhikevich(&rs, -13.0)?;
/// let most = |method| -> spikestep::Result<_> {
///     let options = WindowOptions { method, ..WindowOptions::new(0.05, 100.0) };
///     let solution = solve_windows(&rs, &memory, &Stimulus::constant(10.0), -65.0, &options)?;
///     assert!((solution.spikes.times()[0] - 3.127_055).abs() < 1e-5);
///     Ok(solution.windows.iter().map(|window| window.iterations).max().unwrap_or(0))
/// };
/// // Iterations on a window of 10 ms.
/// assert!(most(WindowMethod::Newton)? <= 5 && most(WindowMethod::Picard)? <= 14);
/// # Ok::<(), spikestep::Error>(())
/// ```
pub fn solve_windows(
    neuron: &Neuron,
    recovery: &Recovery,
    stimulus: &Stimulus,
    v0: f64,
    options: &WindowOptions,
) -> Result<WindowSolution> {
    neuron.validate()?;
    options.check()?;
    finite("initial v", v0)?;
    if v0 >= neuron.peak {
        return Err(Error::invalid("initial v", format!("{v0} mV"), "a value below the peak", "Lower it."));
    }
    finite("response to a reset at t = 0", recovery.jump.value(0.0))?;
    recovery.kernel.check_grid(options.dt, options.duration)?;
    let equation = sweep::Equation { neuron, recovery, stimulus };
    Ok(solver::Solver::new(equation, *options, v0).run())
}
