//! What a call costs: populations of a few neurons, and a call for each step.

use spikestep::population::{Population, Stepper};

use crate::cells;
use crate::roofline::ns_per_step;

/// Prints ns a neuron-step of `steppers` in f64.
pub(crate) fn print(steppers: &[Stepper]) {
    println!("calls, f64, inputs of 5 to 15 mV/ms, dt 0.5 ms, one thread (ns a neuron-step)");
    println!("{:<15} {:>9} {:>13} {:>13}", "scheme", "neurons", "1 step a call", "100 steps");
    for &stepper in steppers {
        for n in [1, 2, 4, 8, 32, 128, 1_000] {
            let (neurons, states) = cells(n);
            let [one, many] =
                [1, 100].map(|steps| ns_per_step(Population::new(stepper, &neurons, &states).expect("neurons"), steps));
            println!("{:<15} {n:>9} {one:>13.2} {many:>13.3}", stepper.name());
        }
    }
}
