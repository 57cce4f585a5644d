//! (κ ∗ x)(t) as x becomes known piece by piece, on a grid whose steps may be cut.

use super::convolution::{Fft, OnlineConvolution};
use super::kernel::Kernel;
use super::panel_convolution::Decays;

/// A piece on which x is c₀ + c₁ y, y the lag from its end over its length.
#[derive(Clone, Copy, Debug)]
struct Piece {
    end: f64,
    length: f64,
    c: [f64; 2],
}

/// The convolution with all pieces accepted so far.
pub(super) enum Memory {
    /// Sums of exponentials: their values at the end of the last piece. O(1) a piece.
    Exponentials { decays: Decays, at: f64 },
    /// Any kernel: whole steps by FFT, O(N log² N); pieces of cut steps one by one.
    General(Box<General>),
}

pub(super) struct General {
    kernel: Kernel,
    dt: f64,
    /// Convolution of c₀ and of c₁ of whole steps with the moments M₀ and M₁.
    engines: [Fft<f64>; 2],
    /// What finished whole steps give at the end of the present step.
    history: f64,
    steps: usize,
    whole: Vec<[f64; 2]>,
    cut: Vec<Piece>,
    /// Pieces of the step under way.
    current: Vec<Piece>,
}

impl Memory {
    /// For `steps` steps of `dt` ms.
    pub(super) fn new(kernel: &Kernel, dt: f64, steps: usize) -> Self {
        if let Some(decays) = Decays::of(kernel) {
            return Memory::Exponentials { decays, at: 0.0 };
        }
        // Shifted by one: a step pushed when it is finished is seen at the end of the next one.
        let moments: Vec<[f64; 4]> = (1..=steps).map(|n| kernel.moments(n as f64 * dt, dt)).collect();
        let engine = |k: usize| Fft::new(moments.iter().map(|m| m[k]).collect());
        Memory::General(Box::new(General {
            kernel: kernel.clone(),
            dt,
            engines: [engine(0), engine(1)],
            history: 0.0,
            steps: 0,
            whole: Vec::with_capacity(steps),
            cut: Vec::new(),
            current: Vec::new(),
        }))
    }

    /// (κ ∗ x)(t) of the pieces accepted, `t` at or after the end of the last.
    pub(super) fn at(&self, t: f64) -> f64 {
        match self {
            Memory::Exponentials { decays, at } => decays.after(t - at),
            Memory::General(general) => general.at(t),
        }
    }

    /// Adds a piece that ends at `end`.
    pub(super) fn accept(&mut self, end: f64, length: f64, c: [f64; 2]) {
        match self {
            Memory::Exponentials { decays, at } => {
                decays.push(length, [c[0], c[1], 0.0, 0.0]);
                *at = end;
            }
            Memory::General(general) => general.current.push(Piece { end, length, c }),
        }
    }

    /// The step of the grid is over.
    pub(super) fn end_step(&mut self) {
        if let Memory::General(general) = self {
            let whole = match general.current.as_slice() {
                [piece] if piece.length == general.dt => piece.c,
                pieces => {
                    general.cut.extend(pieces);
                    [0.0; 2]
                }
            };
            general.current.clear();
            general.whole.push(whole);
            general.steps += 1;
            general.history = general.engines.iter_mut().zip(whole).map(|(engine, c)| engine.push(c)).sum();
        }
    }
}

impl General {
    fn at(&self, t: f64) -> f64 {
        let grid_end = (self.steps + 1) as f64 * self.dt;
        let piece = |p: &Piece| {
            let m = self.kernel.moments((t - p.end).max(0.0), p.length);
            m[0] * p.c[0] + m[1] * p.c[1]
        };
        let cut: f64 = self.cut.iter().chain(&self.current).map(piece).sum();
        if t == grid_end {
            return self.history + cut;
        }
        let whole = self
            .whole
            .iter()
            .enumerate()
            .filter(|(_, c)| **c != [0.0; 2])
            .map(|(n, &c)| piece(&Piece { end: (n + 1) as f64 * self.dt, length: self.dt, c }));
        cut + whole.sum::<f64>()
    }
}
