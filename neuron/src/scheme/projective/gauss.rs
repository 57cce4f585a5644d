//! Gauss-Legendre quadrature and collocation, computed at compile time.

/// Nodes and weights of the Gauss-Legendre rule with S nodes on [0, 1], and the matrix that integrates the polynomial through
/// the nodes from 0 to each of them: the Gauss method of Kuntzmann and Butcher, of order 2 S.
///
/// Source: E. Hairer, C. Lubich, G. Wanner, *Geometric Numerical Integration* (2006), II.1.3.
pub(crate) struct Gauss<const S: usize> {
    /// Nodes c_i, increasing.
    pub(crate) c: [f64; S],
    /// Weights b_i.
    pub(crate) b: [f64; S],
    /// a_ij = ∫ of the j-th Lagrange polynomial from 0 to c_i; stored by columns, `a[j][i]`, so that a product with a vector
    /// runs along memory.
    pub(crate) a: [[f64; S]; S],
    /// With these weights a sum over the nodes gives the coefficients of P_{S−2} and P_{S−1} in the Legendre expansion of the
    /// polynomial through them.
    pub(crate) last: [[f64; S]; 2],
}

/// P_n and P_{n−1} of Legendre at x, by their three-term recurrence.
const fn legendre(n: usize, x: f64) -> (f64, f64) {
    let (mut previous, mut p) = (0.0, 1.0);
    let mut k = 0;
    while k < n {
        let next = ((2 * k + 1) as f64 * x * p - k as f64 * previous) / (k + 1) as f64;
        previous = p;
        p = next;
        k += 1;
    }
    (p, previous)
}

impl<const S: usize> Gauss<S> {
    /// The rule.
    pub(crate) const RULE: Self = Self::compute();

    const fn compute() -> Self {
        // Roots of P_S from the largest down: Newton's method on P_S divided by the roots already found, started to the
        // right of all that remain, decreases monotonically to the next (Stoer & Bulirsch, Introduction to Numerical
        // Analysis, 5.5).
        let (mut x, mut slope) = ([0.0; S], [0.0; S]);
        let mut i = 0;
        while i < S {
            let mut root = if i == 0 { 1.0 } else { x[i - 1] - 1e-3 * (1.0 - x[i - 1]) };
            let mut sweep = 0;
            while sweep < 40 {
                let (p, previous) = legendre(S, root);
                let derivative = if root == 1.0 {
                    (S * (S + 1)) as f64 / 2.0
                } else {
                    S as f64 * (root * p - previous) / (root * root - 1.0)
                };
                let mut poles = 0.0;
                let mut j = 0;
                // The last sweeps polish on P_S itself.
                while j < i && sweep < 36 {
                    poles += 1.0 / (root - x[j]);
                    j += 1;
                }
                let denominator = derivative - poles * p;
                if p != 0.0 && denominator != 0.0 {
                    root -= p / denominator;
                }
                slope[i] = derivative;
                sweep += 1;
            }
            x[i] = root;
            i += 1;
        }
        let (mut c, mut b) = ([0.0; S], [0.0; S]);
        let mut i = 0;
        while i < S {
            let root = x[S - 1 - i];
            let slope = slope[S - 1 - i];
            c[i] = 0.5 * (1.0 + root);
            b[i] = 1.0 / ((1.0 - root * root) * slope * slope);
            i += 1;
        }
        let a = integrals(&c, &b, &c);
        let mut last = [[0.0; S]; 2];
        let mut i = 0;
        while i < S {
            let (newest, older) = legendre(S - 1, 2.0 * c[i] - 1.0);
            last[0][i] = (2 * S - 3) as f64 * b[i] * older;
            last[1][i] = (2 * S - 1) as f64 * b[i] * newest;
            i += 1;
        }
        Gauss { c, b, a, last }
    }
}

/// ∫ of the j-th Lagrange polynomial of the nodes `c` with weights `b` from 0 to each place of `to`, at `[j][i]`.
///
/// l_j(x) = b_j Σ_k (2k+1) P_k(x_j) P_k(x), and ∫ P_k = (P_{k+1} − P_{k−1})/(2k+1) on [−1, 1].
const fn integrals<const S: usize, const N: usize>(c: &[f64; S], b: &[f64; S], to: &[f64; N]) -> [[f64; N]; S] {
    let mut a = [[0.0; N]; S];
    let mut i = 0;
    while i < N {
        let mut j = 0;
        while j < S {
            let mut sum = to[i];
            let mut k = 1;
            while k < S {
                let (at_node, _) = legendre(k, 2.0 * c[j] - 1.0);
                let (above, _) = legendre(k + 1, 2.0 * to[i] - 1.0);
                let (_, below) = legendre(k, 2.0 * to[i] - 1.0);
                sum += 0.5 * at_node * (above - below);
                k += 1;
            }
            a[j][i] = b[j] * sum;
            j += 1;
        }
        i += 1;
    }
    a
}

/// The polynomial through the S nodes of a rule, looked at from the N nodes of another.
pub(crate) struct Onto<const S: usize, const N: usize>;

impl<const S: usize, const N: usize> Onto<S, N> {
    /// Its integrals from 0 to the nodes, of the j-th Lagrange polynomial at `[j][i]`.
    pub(crate) const INTEGRALS: [[f64; N]; S] =
        integrals(&Gauss::<S>::RULE.c, &Gauss::<S>::RULE.b, &Gauss::<N>::RULE.c);

    /// Its values at the nodes.
    pub(crate) const VALUES: [[f64; N]; S] = {
        let (from, to) = (Gauss::<S>::RULE, Gauss::<N>::RULE);
        let mut values = [[0.0; N]; S];
        let mut i = 0;
        while i < N {
            let mut j = 0;
            while j < S {
                let (mut sum, mut k) = (0.0, 0);
                while k < S {
                    let (at_node, _) = legendre(k, 2.0 * from.c[j] - 1.0);
                    let (there, _) = legendre(k, 2.0 * to.c[i] - 1.0);
                    sum += (2 * k + 1) as f64 * at_node * there;
                    k += 1;
                }
                values[j][i] = from.b[j] * sum;
                j += 1;
            }
            i += 1;
        }
        values
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    fn integrates_powers<const S: usize>() {
        let g = &Gauss::<S>::RULE;
        for n in 0..2 * S {
            let sum: f64 = (0..S).map(|i| g.b[i] * g.c[i].powi(n as i32)).sum();
            assert!((sum - 1.0 / (n + 1) as f64).abs() < 2e-15, "{S} nodes, power {n}: {sum}");
        }
        for n in 0..S {
            for i in 0..S {
                let sum: f64 = (0..S).map(|j| g.a[j][i] * g.c[j].powi(n as i32)).sum();
                assert!(
                    (sum - g.c[i].powi(n as i32 + 1) / (n + 1) as f64).abs() < 2e-15,
                    "{S} nodes, power {n}, row {i}"
                );
            }
        }
    }

    #[test]
    fn polynomials_are_integrated_exactly() {
        integrates_powers::<2>();
        integrates_powers::<4>();
        integrates_powers::<6>();
        integrates_powers::<8>();
        integrates_powers::<12>();
        integrates_powers::<16>();
    }
}
