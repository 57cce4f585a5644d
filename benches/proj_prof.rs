use spikestep::scheme::projective;
use spikestep::{Neuron, Problem, Stimulus};
use std::time::Instant;
fn main() {
    let cells = [
        ("RS", 0.02, 0.2, -65.0, 8.0),
        ("IB", 0.02, 0.2, -55.0, 4.0),
        ("CH", 0.02, 0.2, -50.0, 2.0),
        ("FS", 0.1, 0.2, -65.0, 2.0),
    ];
    let args: Vec<String> = std::env::args().collect();
    let tols: Vec<f64> =
        args.get(1).filter(|a| !a.starts_with('-')).map_or(vec![1e-1, 1e-2, 1e-3, 1e-4, 1e-6, 1e-9, 1e-12], |t| {
            t.split(',').map(|x| x.parse().unwrap()).collect()
        });
    for (name, a, b, c, d) in cells {
        let neuron = Neuron::new(a, b, c, d);
        let problem =
            Problem { neuron, stimulus: Stimulus::constant(10.0), initial: neuron.resting_start(), duration: 1000.0 };
        print!("{name}");
        for &tol in &tols {
            let mut best = f64::INFINITY;
            let mut steps = 0;
            for _ in 0..(if std::env::var("PDBG").is_ok() { 1 } else { 300 }) {
                let start = Instant::now();
                for _ in 0..4 {
                    steps = std::hint::black_box(projective::solve(std::hint::black_box(&problem), tol)).steps;
                }
                best = best.min(start.elapsed().as_secs_f64() * 1e6 / 4.0);
            }
            print!("  {tol:.0e}: {best:.1}us/{steps}");
        }
        println!();
    }
}
