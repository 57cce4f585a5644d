//! What an engine costs over a run: operations counted, times measured.

use std::hint::black_box;
use std::time::{Duration, Instant};

use realfft::RealFftPlanner;

use crate::operator::convolution::{Direct, Fft, OnlineConvolution, Recursive};

/// Short runs are repeated to about this many steps a timing, so that the clock's resolution does not show.
const STEPS_A_TIMING: usize = 1 << 14;

/// What convolves, and what it is measured by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Engine {
    Direct,
    Fft,
    Recursive,
    /// One real FFT of length 2N: the yardstick.
    OneFft,
}

impl Engine {
    pub(super) const ALL: [Engine; 4] = [Engine::Direct, Engine::Fft, Engine::Recursive, Engine::OneFft];

    pub(super) fn name(self) -> &'static str {
        match self {
            Engine::Direct => "direct",
            Engine::Fft => "fft",
            Engine::Recursive => "recursive",
            Engine::OneFft => "one real FFT of length 2N",
        }
    }

    fn build(self, kernel: Vec<f64>, ratio: f64) -> Option<Box<dyn OnlineConvolution<f64>>> {
        match self {
            Engine::Direct => Some(Box::new(Direct::new(kernel))),
            Engine::Fft => Some(Box::new(Fft::new(kernel))),
            Engine::Recursive => Some(Box::new(Recursive::exponential(ratio))),
            Engine::OneFft => None,
        }
    }

    /// Flops of a run over `x`, and numbers held at its end.
    pub(super) fn count(self, x: &[f64], ratio: f64) -> Count {
        let Some(mut engine) = self.build(kernel(ratio, x.len()), ratio) else {
            let size = 2 * x.len() as u64;
            // The input and half a spectrum of complex numbers.
            return Count { flops: 5 * size * u64::from(size.ilog2()) / 2, held: 2 * size as usize + 2 };
        };
        x.iter().for_each(|&x| {
            black_box(engine.push(x));
        });
        Count { flops: engine.flops(), held: engine.held() }
    }

    /// One timing of a run over `x`.
    pub(super) fn time(self, x: &[f64], ratio: f64) -> Sample {
        let runs = (STEPS_A_TIMING / x.len()).max(1);
        let each = |total: Duration| total.as_secs_f64() * 1e3 / runs as f64;
        if self == Engine::OneFft {
            let start = Instant::now();
            let plan = RealFftPlanner::new().plan_fft_forward(2 * x.len());
            let mut buffers = (plan.make_input_vec(), plan.make_output_vec(), plan.make_scratch_vec());
            let setup = start.elapsed().as_secs_f64() * 1e3;
            let mut run = Duration::ZERO;
            for _ in 0..runs {
                // The transform destroys its input; the output is written before, so that no page of it is new.
                buffers.0[..x.len()].copy_from_slice(x);
                buffers.0[x.len()..].fill(0.0);
                buffers.1.fill(1.0.into());
                buffers.2.fill(1.0.into());
                let start = Instant::now();
                let done = plan.process_with_scratch(&mut buffers.0, &mut buffers.1, &mut buffers.2);
                run += start.elapsed();
                black_box(done.is_ok());
            }
            return Sample { setup, run: each(run) };
        }
        let kernels: Vec<_> = (0..runs).map(|_| kernel(ratio, x.len())).collect();
        let start = Instant::now();
        let mut engines: Vec<_> = kernels.into_iter().filter_map(|kernel| self.build(kernel, ratio)).collect();
        let setup = start.elapsed();
        let start = Instant::now();
        for engine in &mut engines {
            for &x in x {
                black_box(engine.push(x));
            }
        }
        Sample { setup: each(setup), run: each(start.elapsed()) }
    }
}

/// κ_n = ratio^n.
fn kernel(ratio: f64, n: usize) -> Vec<f64> {
    (0..n).map(|n| ratio.powf(n as f64)).collect()
}

/// What was counted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Count {
    pub(super) flops: u64,
    pub(super) held: usize,
}

/// What was measured \[ms\]: what is prepared once (plans, spectra of the kernel, memory), and the run.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sample {
    pub(super) setup: f64,
    pub(super) run: f64,
}
