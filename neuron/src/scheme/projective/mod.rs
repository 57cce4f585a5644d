//! The linearised (projective) form of the neuron, solved by power series.
//!
//! **Names:** `projective`.
//!
//! # Derivation
//!
//! **1. Normalised system.** With W = k2 v + k1/2 and K = k2 (k0 + I − u) − k1²/4 the model is, exactly
//! (`model::normal_form`),
//!
//! ```text
//! W' = W² + K            K' = E(t) − α K − β W            α = a leak,  β = a b
//! ```
//!
//! with W_p at the peak. The first equation is a Riccati equation in W; K is its coefficient.
//!
//! **2. Linear form.** Put W = −y'/y with y(0) = 1, y'(0) = −W(0). Then W' = −y''/y + W², so that
//!
//! ```text
//! y'' = −K y
//! ```
//!
//! W has a pole at the blow-up of the spike; y has a zero there and is otherwise as smooth as K. (Schiff & Shnider 1999 step
//! Riccati equations through their pole in this way; Hopkins & Furber 2015 solve this neuron so at a frozen u.)
//!
//! **3. Recovery in closed form.** ∫ W = −ln y, so the part of K that W drives is β ln y, and what is left is
//!
//! ```text
//! J = K − β ln y          J' = K' + β W = E(t) − α K          J(0) = K(0)
//! ```
//!
//! This is the convolution u = (a b e^{−αt} θ) ∗ v of the evolutionary form (see [`operator`](crate::operator)) with the
//! integral of v taken in closed form: no quadrature of the upstroke is left. Near the blow-up time t* y ~ t* − t, so
//! J' = E − α K contains −α β ln(t* − t): J has a singularity of the kind x ln x and of size α β, y one of x³ ln x and of size
//! β, where W has a simple pole of size one. The Taylor polynomials of y and J are therefore usable almost up to the spike,
//! those of W over a fraction of the way.
//!
//! **4. Power series.** Inserting series in t into W' = W² + K, J' = E − α K, K' = J' − β W, y'' = −K y and comparing
//! coefficients gives the recurrences of `series`. (Stewart & Bair 2009 use power series of v and u for this neuron.) A step
//! of length h ends at W = −y'(h)/y(h), K = J(h) + β ln y(h).
//!
//! **5. The spike.** W reaches W_p where P = y' + W_p y, P(0) > 0, has its first zero, because P = (W_p − W) y. Solutions of
//! y'' = −K y have at most one zero in an interval shorter than π/√max K (Sturm), so that while y > 0 and P > 0 at the end of
//! a step no longer than that, W stayed below the blow-up. It may have passed a lower peak and come back, where K fell below −W_p²
//! inside the step; there P is looked at inside, too (`series`).
//!
//! **6. The upstroke in one step.** Once W > 0, W itself is a better clock than t (Hénon 1982): with s = −1/W, s' = 1 + K s²,
//! and x = ln(s/s_0) running from 0 to L = ln(W_0/W_p) < 0,
//!
//! ```text
//! dt/dx = T = s/(1 + K s²)          s = s_0 e^x
//! K = K_0 + β x + M                 dM/dx = (E(t) − α K) T − β (1 − 1/(1 + K s²))
//! ```
//!
//! because dK/dx = (E − αK) T − β W T and W T = −1/(1 + K s²); the term β x is the logarithm of the spike, linear in x. The
//! rest is analytic in the ellipse of `upstroke`, so that Gauss-Legendre collocation converges geometrically. It is solved
//! by sweeps M ← ∫ g(M), a Volterra equation, whose error shrinks faster than geometrically.
//!
//! # The tolerance
//! It is the largest error of a spike time of the whole run, in ms. `account` carries every local error to the spikes as the
//! solution is computed; `control` shares what is left of the tolerance among the steps to come; a run whose estimate comes
//! out above the tolerance is repeated with a smaller aim, and [`Solution::keeps_tolerance`] says when that did not help.
//!
//! Under a constant input, or a single step of it, the account's Jacobians come for nothing out of each step and are good to 5 to 20 %,
//! which is enough as long as errors fade from spike to spike: RS, IB, CH and FS. Where they grow (chaotic firing), what is wrong with
//! each interval is multiplied, and where α h is large those Jacobians are worth nothing. The account therefore carries the errors a
//! second time, with Jacobians worse by what is not known of them; where that makes more of a difference than the safety factor covers,
//! the run is repeated once with exact ones (`variation`).
//!
//! Under an input that varies the first run is made with exact Jacobians: with the y of the step the variational equations become a
//! Volterra pair without a stiff term, which four Gauss nodes and two sweeps solve to 1e-3, for less than the series costs. As such an
//! input tears spikes apart, that run aims below the tolerance from the start: a fiftieth of it costs a fifth of a run, and a second run
//! as much as the first. A sinusoid recurs: where two periods of it, and a tenth of the run, have let errors fade, the aim is raised. Short
//! pieces of input are taken by short series, to the same tolerance; of a constant one over which W hardly turns the Jacobian is that of the
//! first paragraph, which is as good there. Where the errors grow so much that not even the smallest aim is foreseen to keep the tolerance,
//! no other run is made, and the tolerance is not vouched for.
//!
//! After the last spike the errors are followed to the end of the run: where they grow until they are no longer small, at the
//! threshold, a spike can have been lost, and the tolerance is not vouched for.
//!
//! The estimate is no bound: local errors are taken from the last terms of the series, and errors of second order are left out.
//!
//! # Intervals from those before
//! Under a constant input an interspike interval is a function of K after the reset alone. Where it resembles earlier intervals
//! of the run it is interpolated among them (`firing_map`), which costs a tenth of a microsecond; the tolerance holds as before.
//! That helps in regular firing and in bursts that recur, and the more the longer they last. It does not help where the input
//! varies all the time (not a single interval is interpolated), little while the neuron adapts to a new level or is chaotic, and not
//! before the first spikes. [`solve_step_by_step`] goes without.
//!
//! # Piece by piece
//! [`Advancing`] is a neuron that goes on from call to call under whatever input comes, keeping its account: what a network that is solved
//! event by event needs.
//!
//! # When not to use it
//! In a clock-driven network, where every step ends at the clock. Below 1e-11 ms, where its rounding is what is left.
//!
//! # Sources
//! J. Schiff, S. Shnider, *A natural approach to the numerical integration of Riccati differential equations*, SIAM J. Numer.
//! Anal. 36 (1999) 1392–1413. M. Hopkins, S. Furber, *Accuracy and efficiency in fixed-point neural ODE solvers*, Neural
//! Computation 27 (2015) 2148–2182. R. Stewart, W. Bair, *Spiking neural network simulation: numerical integration with the
//! Parker-Sochacki method*, J. Comput. Neurosci. 27 (2009) 115–133. M. Hénon, *On the numerical computation of Poincaré maps*,
//! Physica D 5 (1982) 412–414. J. Touboul, R. Brette, *Spiking dynamics of bidimensional integrate-and-fire neurons*, SIAM J.
//! Appl. Dyn. Syst. 8 (2009) 1462–1506. E. Hairer, S. P. Nørsett, G. Wanner, *Solving Ordinary Differential Equations I* (1993).

mod account;
mod adaptive;
mod advancing;
mod carried;
mod control;
mod coupled;
mod dense;
mod elementary;
mod firing_map;
pub mod fixed;
pub(crate) mod gauss;
mod interpolation;
mod nodes;
mod probes;
mod rows;
mod run;
pub(crate) mod series;
mod solution;
mod step;
pub(crate) mod upstroke;
mod variation;
mod way;

pub use adaptive::{solve, solve_projective, solve_step_by_step};
pub use advancing::Advancing;
pub(crate) use coupled::{Allowance, Between, Done, NOTHING};
pub use dense::Cursor;
pub use fixed::Projective;
pub(crate) use probes::{Errors, LINEAR, NEAR, PROBES, largest};
pub use solution::Solution;
pub(crate) use variation::{Entry, STEEP};
