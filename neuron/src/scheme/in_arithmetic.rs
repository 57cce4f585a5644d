//! A rule in an arithmetic of few bits: every operation of a step is rounded by itself.

use arithmetic::{Arithmetic, Calculator, FixedPoint, Floating, Number};

use super::account::ArithmeticAccount;
use super::grid_rule::{Cell, GridRule, Past, Scalar};
use super::rule::{Coefficients, Span};
use super::{Cost, Runaway, Setup, Step, Stepper};
use crate::model::State;

/// One neuron under a rule in an arithmetic.
#[derive(Debug)]
pub struct InArithmetic<G, C: Calculator> {
    rule: G,
    neuron: Rounded<C>,
}

/// What of a neuron in an arithmetic does not depend on the rule, which is compiled once.
#[derive(Debug)]
struct Rounded<C: Calculator> {
    by: C,
    cell: Cell<C::Value>,
    /// The numbers that were rounded, in the order of the account.
    typed: [f64; 13],
    dt: f64,
    /// dt, dt/2 and dt/6, which rules multiply by.
    parts: [C::Value; 3],
    past: Past,
    /// The state, and the one that was given to the caller for it.
    state: [C::Value; 2],
    given: State,
    /// The input as it was last given \[mV/ms\], and rounded.
    input: (f64, C::Value),
    v_range: (f64, f64),
}

/// `rule` on the problem of `setup` in the arithmetic `kind`.
pub(super) fn in_arithmetic<G: GridRule>(rule: G, setup: &Setup, kind: &Arithmetic) -> Box<dyn Stepper> {
    let exact = Cell::of(rule, &setup.neuron, setup.dt, setup.lower_bound);
    if let Some(by) = FixedPoint::new(kind) {
        return Box::new(InArithmetic { rule, neuron: Rounded::new(&exact, setup, by) });
    }
    // Every format is one or the other.
    let by = Floating::new(kind).unwrap_or_else(|| unreachable!("{kind} is neither fixed nor floating point"));
    Box::new(InArithmetic { rule, neuron: Rounded::new(&exact, setup, by) })
}

impl<C: Calculator> Rounded<C> {
    fn new(exact: &Cell<f64>, setup: &Setup, by: C) -> Self {
        let Setup { ref neuron, dt, initial, .. } = *setup;
        let Coefficients { recovery: [a, b, b0, leak], k2, k1, k0, .. } = exact.coefficients;
        // What is added is a variable's kin, but a 0, with which nothing is computed.
        let addend = |x: f64| if x == 0.0 { by.constant(x) } else { by.number(x) };
        let coefficients = Coefficients {
            recovery: [by.constant(a), by.constant(b), addend(b0), by.constant(leak)],
            k2: by.constant(k2),
            k1: by.constant(k1),
            k0: addend(k0),
            extended: None,
        };
        let [half, sixth] = [dt / 2.0, dt / 6.0];
        let typed = [k2, k1, k0, a, b, b0, leak, neuron.c, neuron.d, neuron.peak, dt, half, sixth];
        let cell = Cell { coefficients, ..exact.map(|x| by.number(x)) };
        let parts = [dt, half, sixth].map(|part| by.constant(part));
        let state = [by.number(initial.v), by.number(initial.u)];
        let (input, given) = ((0.0, by.number(0.0)), State { v: by.value(state[0]), u: by.value(state[1]) });
        let v_range = (given.v, given.v);
        Rounded { by, cell, typed, dt, parts, past: Past::default(), state, given, input, v_range }
    }

    /// The constants as they were rounded, and what went wrong so far.
    fn account(&self) -> ArithmeticAccount {
        let (kept, by) = (self.by.account(), &self.by);
        let Coefficients { recovery: [a, b, b0, leak], k2, k1, k0, .. } = self.cell.coefficients;
        let names = ["k2", "k1", "k0", "a", "b", "b0", "leak", "c", "d", "peak", "dt", "dt/2", "dt/6"];
        let [dt, half, sixth] = self.parts;
        let values = [k2, k1, k0, a, b, b0, leak, self.cell.c, self.cell.d, self.cell.peak, dt, half, sixth];
        let constants = names.into_iter().zip(self.typed).zip(values);
        ArithmeticAccount {
            overflows: kept.overflows,
            wraps: kept.wraps,
            first_overflow: kept.first_step.map(|step| (step + 1) as f64 * self.dt),
            v_range: self.v_range,
            constants: constants.map(|((name, typed), value)| (name, typed, by.value(value))).collect(),
        }
    }

    /// The state \[mV, mV/ms\] and the input at the start of `step`, rounded where they are not those of the step before.
    fn prepare(&mut self, state: State, step: &Step<'_>) {
        let by = &self.by;
        if state != self.given {
            self.state = [by.number(state.v), by.number(state.u)];
        }
        let input = step.input.at(0.0);
        if input != self.input.0 {
            self.input = (input, by.number(input));
        }
    }

    /// Keeps what a step gave, and gives it as f64.
    fn keep(&mut self, [v, u]: [C::Value; 2], reached: C::Value, spiked: bool) -> State {
        self.by.next_step();
        self.past = Past { steps: self.past.steps + 1, spiked };
        let reached = self.by.value(reached);
        self.v_range = (self.v_range.0.min(reached), self.v_range.1.max(reached));
        self.state = [v, u];
        self.given = State { v: self.by.value(v), u: self.by.value(u) };
        self.given
    }
}

/// A step as the rule sees it.
struct View<'a, C: Calculator> {
    by: &'a C,
    step: &'a Step<'a>,
    dt: f64,
    parts: [C::Value; 3],
    /// The input at the beginning of the step.
    first: C::Value,
}

impl<'a, C: Calculator> Span<Number<'a, C>> for View<'a, C> {
    #[inline(always)]
    fn dt(&self) -> Number<'a, C> {
        Number::new(self.by, self.parts[0])
    }

    #[inline(always)]
    fn fraction(&self, numerator: f64, denominator: f64) -> Number<'a, C> {
        // dt/6 and dt (1/6) need not be the same f64.
        let value = match numerator / denominator {
            1.0 => self.parts[0],
            0.5 => self.parts[1],
            _ if (numerator, denominator) == (1.0, 6.0) => self.parts[2],
            _ => self.by.constant(self.dt * numerator / denominator),
        };
        Number::new(self.by, value)
    }

    #[inline(always)]
    fn input(&self, theta: f64) -> Number<'a, C> {
        Number::new(self.by, if theta == 0.0 { self.first } else { self.by.number(self.step.input.at(theta)) })
    }
}

impl<G: GridRule, C: Calculator> Stepper for InArithmetic<G, C>
where
    C: Send,
    C::Value: Send,
{
    fn step(&mut self, state: State, step: &Step<'_>, spikes: &mut Vec<f64>) -> Result<State, Runaway> {
        self.neuron.prepare(state, step);
        let Rounded { ref by, ref cell, dt, parts, past, state: [v, u], input, .. } = self.neuron;
        let n = |value: C::Value| Number::new(by, value);
        let mut view = View { by, step, dt, parts, first: input.1 };
        let stepped = self.rule.step(&cell.map(n), past, [n(v), n(u)], &mut view);
        if let Some(stamp) = stepped.spike {
            stamp.record(step, spikes);
        }
        let ([v, u], reached) = (stepped.state, stepped.reached.get());
        let (state, spiked) = ([v.get(), u.get()], stepped.spike.is_some());
        Ok(self.neuron.keep(state, reached, spiked))
    }

    fn cost(&self) -> Cost {
        G::COST.times(self.neuron.past.steps)
    }

    fn account(&self) -> Option<ArithmeticAccount> {
        Some(self.neuron.account())
    }
}

impl<'a, C: Calculator> super::rule::Number for Number<'a, C> {
    const FEW_BITS: bool = true;

    #[inline(always)]
    fn constant(self, x: f64) -> Self {
        Number::new(self.by(), self.by().constant(x))
    }

    #[inline(always)]
    fn quadratic(self, [k2, k1, k0]: [Self; 3]) -> Self {
        match self.by().order() {
            arithmetic::Order::Factored => (k2 * self + k1) * self + k0,
            arithmetic::Order::Expanded => k2 * self * self + k1 * self + k0,
        }
    }
}

impl<C: Calculator> Scalar for Number<'_, C> {
    #[inline(always)]
    fn map(self, function: impl Fn(f64) -> f64) -> Self {
        Number::new(self.by(), self.by().number(function(self.to_f64())))
    }
}
