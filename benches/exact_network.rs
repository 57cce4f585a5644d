//! The truth of networks: the network of 2003 and a large sparse one, on one core and on two.
//!
//! `cargo bench --bench exact_network`; seconds are those of the clock, `processor_s` those that all threads spent. The same network in Brian2: `benches/peers/network_2003.py`.

use std::path::Path;
use std::time::Instant;

use spikestep::population::Delivery;
use spikestep::population::exact::{CoupledNeurons, Edge, solve};
use spikestep::study::StudyFile;
use spikestep::{Neuron, SchemeSet, Stimulus};

/// Regular spiking neurons, each reached by `inputs` others, for `duration` \[ms\].
fn sparse(n: u32, inputs: u32, duration: f64) -> CoupledNeurons {
    let rs = Neuron::new(0.02, 0.2, -65.0, 8.0);
    let spread = |i: u32| (0.618_033_988_749_895 * f64::from(i + 1)).fract();
    let drive = (0..n).map(|i| Stimulus::constant(4.0 + 4.0 * spread(i))).collect();
    let edge = |k: u32| {
        let pre = (k.wrapping_mul(2_654_435_761) >> 8) % n;
        let weight = if pre % 5 == 0 { -2.0 } else { 0.5 };
        Edge { pre, post: k / inputs, weight, delay: 1.5 + spread(k) }
    };
    let edges = (0..n * inputs).map(edge).collect();
    let (neurons, initial) = (vec![rs; n as usize], vec![rs.resting_start(); n as usize]);
    CoupledNeurons::new(neurons, initial, drive, edges, Delivery::Charge, duration).expect("a network")
}

/// The time that all threads have spent on a processor \[s\].
fn processor_time() -> f64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    time.tv_sec as f64 + 1e-9 * time.tv_nsec as f64
}

#[allow(clippy::print_stdout)]
fn main() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("experiments/networks/network_2003.toml");
    let file = StudyFile::read(&path, SchemeSet::standard()).expect("the file of the network of 2003");
    let classic = file.network().expect("its network").network;
    println!(
        "network,tolerance_ms,threads,seconds,processor_s,simulated_ms,spikes,arrivals,steps,ns_per_arrival,known_until_ms"
    );
    for (name, network, tolerances) in
        [("2003", classic, &[1e-6, 1e-9][..]), ("sparse 10000 x 100", sparse(10_000, 100, 200.0), &[1e-6][..])]
    {
        for &tolerance in tolerances {
            for threads in [1, 2] {
                let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
                let (begin, spent) = (Instant::now(), processor_time());
                let truth = pool.install(|| solve(&network, tolerance)).expect("a truth");
                let (seconds, spent) = (begin.elapsed().as_secs_f64(), processor_time() - spent);
                println!(
                    "{name},{tolerance:e},{threads},{seconds:.2},{spent:.2},{},{},{},{},{:.0},{:.1}",
                    network.duration(),
                    truth.spikes.len(),
                    truth.arrivals,
                    truth.steps,
                    1e9 * spent / truth.arrivals as f64,
                    truth.known_until(1e-6)
                );
            }
        }
    }
}
