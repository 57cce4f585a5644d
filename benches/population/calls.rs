//! What a call costs: populations of a few neurons, and a call for each step.

use crate::roofline::ns_per_step;
use crate::{Form, cells};

/// Prints ns a neuron-step of `forms` in f64.
pub(crate) fn print(forms: &[Form]) {
    println!("calls, f64, inputs of 5 to 15 mV/ms, dt 0.5 ms, one thread (ns a neuron-step)");
    println!("{:<15} {:>9} {:>13} {:>13}", "scheme", "neurons", "1 step a call", "100 steps");
    for form in forms {
        for n in [1, 2, 4, 8, 32, 128, 1_000] {
            let (neurons, states) = cells(n);
            let [one, many] =
                [1, 100].map(|steps| ns_per_step(form.population(&neurons, &states, false).expect("neurons"), steps));
            println!("{:<15} {n:>9} {one:>13.2} {many:>13.3}", form.name());
        }
    }
}
