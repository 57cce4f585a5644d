//! The rules against slow, obvious twins.

use proptest::prelude::*;
use spikestep::population::layer::{LayerSpec, RandomWeights, Traces};
use spikestep::population::network::{ConnectionId, Inputs, Learning, LearningRule, NodeId, Reduction};
use spikestep::population::{Network, Variable, Weights};

const PRE: usize = 7;
const POST: usize = 9;
const STEPS: usize = 60;

/// A network of inputs onto neurons that fire often, and what it is told.
#[derive(Clone, Debug)]
struct Case {
    rule: LearningRule,
    nu: [f64; 2],
    bounds: (f64, f64),
    reduction: Reduction,
    additive: bool,
    batch: usize,
    /// Weights between the bounds; none where sparse leaves one out.
    weights: Vec<Option<f64>>,
    /// \[step\]\[row\]: inputs that spike, as bits.
    told: Vec<Vec<u8>>,
    seed: u64,
}

struct Built {
    network: Network<f64>,
    x: NodeId,
    y: NodeId,
    connection: ConnectionId,
}

impl Case {
    fn learning(&self) -> Learning {
        let (wmin, wmax) = self.bounds;
        Learning { rule: self.rule, nu: self.nu, wmin, wmax, norm: Some(30.0), reduction: self.reduction }
    }

    fn entries(&self) -> impl Iterator<Item = (usize, usize, f64)> + '_ {
        self.weights.iter().enumerate().filter_map(|(k, w)| w.map(|w| (k / POST, k % POST, w)))
    }

    fn build(&self, sparse: bool, batch: usize) -> Built {
        let traces = Some(Traces { tc: 15.0, scale: 0.8, additive: self.additive });
        let mut network = Network::<f64>::new(1.0, batch).unwrap();
        let x = network.add_input("X", PRE, traces).unwrap();
        let mut spec = LayerSpec::random(POST, 0.8, RandomWeights::Dense, self.seed).unwrap();
        spec.traces = traces;
        spec.lbound = Some(-90.0);
        let y = network.add_layer("Y", spec).unwrap();
        let weights = if sparse {
            Weights::sparse(PRE, POST, self.entries()).unwrap()
        } else {
            let all = self.weights.iter().map(|w| w.unwrap_or(0.0)).collect();
            Weights::dense(PRE, POST, all).unwrap()
        };
        let connection = network.connect(x, y, weights, 1).unwrap();
        network.make_plastic(connection, self.learning()).unwrap();
        Built { network, x, y, connection }
    }

    /// The inputs of `step`, for `rows` of the case.
    fn feed(
        &self,
        built: (NodeId, NodeId),
        step: usize,
        rows: std::ops::Range<usize>,
        inputs: &mut Inputs<'_, '_, f64>,
    ) -> spikestep::Result<()> {
        // Enough for each neuron to fire some ten times.
        inputs.current(built.1)?.fill(12.0);
        for (row, told) in self.told[step][rows].iter().enumerate() {
            (0..PRE).filter(|i| told >> i & 1 == 1).try_for_each(|i| inputs.spike(built.0, row, i))?;
        }
        Ok(())
    }

    fn run(&self, built: &mut Built, rows: std::ops::Range<usize>) {
        let nodes = (built.x, built.y);
        let feed = |step: u64, inputs: &mut Inputs<'_, '_, f64>| self.feed(nodes, step as usize, rows.clone(), inputs);
        built.network.run(STEPS as u64, feed, &mut []).unwrap();
    }
}

impl Built {
    fn weights(&self) -> &Weights<f64> {
        self.network.connection(self.connection).weights()
    }

    fn bits(&self) -> Vec<u64> {
        self.weights().values().iter().map(|w| w.to_bits()).collect()
    }
}

fn cases() -> impl Strategy<Value = Case> {
    let rule = prop_oneof![Just(LearningRule::PostPre), Just(LearningRule::WeightDependentPostPre)];
    let reduction = prop_oneof![Just(Reduction::Sum), Just(Reduction::Mean)];
    let bounds = (0.0..1.0, 4.0..8.0).prop_map(|(least, most): (f64, f64)| (least, most));
    (rule, [-0.3..0.6f64, -0.3..0.6f64], bounds, reduction, any::<bool>(), 1..4usize, any::<u64>()).prop_flat_map(
        |(rule, nu, bounds, reduction, additive, batch, seed)| {
            let weights = prop::collection::vec(prop::option::weighted(0.7, bounds.0..bounds.1), PRE * POST);
            let told = prop::collection::vec(prop::collection::vec(any::<u8>(), batch), STEPS);
            (weights, told).prop_map(move |(weights, told)| {
                // Weights that are left out are zeros of the dense twin: those must stay inside the bounds.
                let bounds = if weights.iter().any(Option::is_none) { (0.0, bounds.1) } else { bounds };
                Case { rule, nu, bounds, reduction, additive, batch, weights, told, seed }
            })
        },
    )
}

/// The formulas of the module, weight by weight; with `holes`, weights that the case leaves out stay zero.
fn by_hand(case: &Case, holes: bool) -> (Vec<f64>, u64) {
    let mut built = case.build(false, case.batch);
    let (wmin, wmax) = case.bounds;
    let mut w = built.weights().values().to_vec();
    let mut fired = 0;
    let nodes = (built.x, built.y);
    for step in 0..STEPS {
        // The weights of the twin are the network's, so that both have the same spikes.
        built.network.set_learning(false);
        let set = Weights::dense(PRE, POST, w.clone()).unwrap();
        built.network.connection_mut(built.connection).set_weights(set).unwrap();
        built.network.run(1, |_, inputs| case.feed(nodes, step, 0..case.batch, inputs), &mut []).unwrap();
        let values = |node, variable| -> Vec<Vec<f64>> {
            (0..case.batch).map(|row| built.network.values(node, variable, row)).collect()
        };
        let (s, x) = (values(built.x, Variable::Spike), values(built.x, Variable::Trace));
        let (s_post, x_post) = (values(built.y, Variable::Spike), values(built.y, Variable::Trace));
        fired += s_post.iter().flatten().sum::<f64>() as u64;
        let share = if case.reduction == Reduction::Mean { case.batch as f64 } else { 1.0 };
        for i in 0..PRE {
            for j in 0..POST {
                let p: f64 = (0..case.batch).map(|row| s[row][i] * x_post[row][j]).sum::<f64>() / share;
                let q: f64 = (0..case.batch).map(|row| x[row][i] * s_post[row][j]).sum::<f64>() / share;
                let weight = &mut w[i * POST + j];
                if holes && case.weights[i * POST + j].is_none() {
                    continue;
                }
                let change = match case.rule {
                    LearningRule::PostPre => case.nu[1] * q - case.nu[0] * p,
                    _ => case.nu[1] * q * (wmax - *weight) - case.nu[0] * p * (*weight - wmin),
                };
                *weight = (*weight + change).max(wmin).min(wmax);
            }
        }
    }
    (w, fired)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// 60 steps of a change that rounds a number below 10 some ten times leave 60 · 10 · 1e-15; a spike that rounding moves would
    /// show as a whole change.
    #[test]
    fn a_rule_is_its_formula(case in cases(), holes in any::<bool>()) {
        let mut built = case.build(holes, case.batch);
        case.run(&mut built, 0..case.batch);
        let (expected, fired) = by_hand(&case, holes);
        prop_assert!(fired > 10, "{fired}");
        for (w, expected) in built.weights().to_dense().values().iter().zip(&expected) {
            prop_assert!((w - expected).abs() <= 1e-12 + 1e-11 * expected.abs(), "{w} {expected}");
        }
    }

    #[test]
    fn weights_stay_between_their_bounds(case in cases(), violent in 1.0..50.0f64) {
        let case = Case { nu: case.nu.map(|nu| nu * violent), ..case };
        let mut built = case.build(false, case.batch);
        case.run(&mut built, 0..case.batch);
        prop_assert!(built.weights().values().iter().all(|w| (case.bounds.0..=case.bounds.1).contains(w)));
    }

    #[test]
    fn sparse_is_dense(case in cases()) {
        // With all weights there: those that a sparse matrix has not do not learn, which the formula's test holds.
        let full = Case { weights: case.weights.iter().map(|w| w.or(Some(case.bounds.0))).collect(), ..case.clone() };
        let (mut dense, mut sparse) = (full.build(false, case.batch), full.build(true, case.batch));
        full.run(&mut dense, 0..case.batch);
        full.run(&mut sparse, 0..case.batch);
        prop_assert_eq!(dense.bits(), sparse.bits());
        dense.network.normalize();
        sparse.network.normalize();
        prop_assert_eq!(dense.bits(), sparse.bits());
    }

    /// Rows that are told the same add up, or have it as their mean.
    #[test]
    fn a_batch_of_one_is_a_single_run(case in cases()) {
        let mut alone = case.build(false, 1);
        case.run(&mut alone, 0..1);
        let mean = Case { reduction: Reduction::Mean, batch: 1, ..case.clone() };
        let mut one = mean.build(false, 1);
        mean.run(&mut one, 0..1);
        prop_assert_eq!(alone.bits(), one.bits());
        let equal = case.told.iter().map(|rows| vec![rows[0]; 2]).collect();
        let twice = Case { reduction: Reduction::Mean, batch: 2, told: equal, ..case.clone() };
        let mut two = twice.build(false, 2);
        twice.run(&mut two, 0..2);
        // (x + x) / 2 is x to the bit.
        prop_assert_eq!(alone.bits(), two.bits());
    }

    /// A run puts changes off until they are wanted, and a run of one step has none to put off.
    #[test]
    fn steps_one_by_one_are_a_run(case in cases(), delay in 1..5usize, silent in 0..3usize) {
        let single = Case { batch: 1, nu: [if silent == 0 { 0.0 } else { case.nu[0] }, case.nu[1]], ..case.clone() };
        let build = || {
            let mut built = single.build(false, 1);
            // Neurons onto neurons, made to spike and kept from it, which their traces do not tell.
            let weights = Weights::dense(POST, POST, vec![0.5; POST * POST]).unwrap();
            let lateral = built.network.connect(built.y, built.y, weights, delay).unwrap();
            let bounds = (0.0, 2.0);
            built.network.make_plastic(lateral, Case { bounds, ..single.clone() }.learning()).unwrap();
            (built, lateral)
        };
        let feed = |nodes: (NodeId, NodeId), step: u64, inputs: &mut Inputs<'_, '_, f64>| {
            let told = single.told[step as usize][0];
            for i in 0..POST {
                match told.rotate_left(i as u32) & 15 {
                    0 => inputs.clamp(nodes.1, 0, i)?,
                    1 => inputs.unclamp(nodes.1, 0, i)?,
                    _ => {}
                }
            }
            single.feed(nodes, step as usize, 0..1, inputs)
        };
        let ((mut whole, lateral), (mut parts, _)) = (build(), build());
        let nodes = (whole.x, whole.y);
        whole.network.run(STEPS as u64, |step, inputs| feed(nodes, step, inputs), &mut []).unwrap();
        for _ in 0..STEPS {
            parts.network.run(1, |step, inputs| feed(nodes, step, inputs), &mut []).unwrap();
        }
        prop_assert_eq!(whole.bits(), parts.bits());
        let bits = |built: &Built| -> Vec<u64> {
            built.network.connection(lateral).weights().values().iter().map(|w| w.to_bits()).collect()
        };
        prop_assert_eq!(bits(&whole), bits(&parts));
    }

    #[test]
    fn without_rates_or_learning_weights_stay(case in cases()) {
        let still = Case { nu: [0.0; 2], ..case.clone() };
        let mut built = still.build(false, case.batch);
        let before = built.bits();
        still.run(&mut built, 0..case.batch);
        prop_assert_eq!(&built.bits(), &before);
        let mut off = case.build(false, case.batch);
        off.network.set_learning(false);
        case.run(&mut off, 0..case.batch);
        prop_assert_eq!(&off.bits(), &before);
        // Off and on again, it is as if it had never been off.
        off.network.reset();
        off.network.set_learning(true);
        let mut on = case.build(false, case.batch);
        case.run(&mut off, 0..case.batch);
        case.run(&mut on, 0..case.batch);
        prop_assert_eq!(off.bits(), on.bits());
    }

    #[test]
    fn normalisation_scales_each_column(case in cases()) {
        let mut built = case.build(false, case.batch);
        let before = built.weights().values().to_vec();
        built.network.normalize();
        for j in 0..POST {
            let column = |w: &[f64]| -> Vec<f64> { (0..PRE).map(|i| w[i * POST + j]).collect() };
            let (old, new) = (column(&before), column(built.weights().values()));
            let sum: f64 = new.iter().map(|w| w.abs()).sum();
            if old.iter().all(|w| *w == 0.0) {
                prop_assert_eq!(old, new);
            } else {
                // Seven products and seven sums, each rounded.
                prop_assert!((sum - 30.0).abs() <= 30.0 * 15.0 * f64::EPSILON, "{sum}");
            }
        }
    }

    /// With additive traces and without bounds, the change is the sum over all pairs of spikes, the source's before the target's
    /// or at the same time: nu1 · e^{−Δt/tc}, and the other way round −nu0 · e^{−Δt/tc}.
    #[test]
    fn post_pre_is_the_rule_of_all_pairs(case in cases()) {
        let infinite = (f64::NEG_INFINITY, f64::INFINITY);
        let case = Case { rule: LearningRule::PostPre, additive: true, bounds: infinite, reduction: Reduction::Sum, ..case };
        let case = Case { nu: case.nu.map(|nu| 0.01 * nu), ..case };
        let mut built = case.build(false, case.batch);
        let before = built.weights().values().to_vec();
        let nodes = (built.x, built.y);
        let mut fired: Vec<(usize, usize, Vec<usize>, Vec<usize>)> = Vec::new();
        for step in 0..STEPS {
            built.network.run(1, |_, inputs| case.feed(nodes, step, 0..case.batch, inputs), &mut []).unwrap();
            for row in 0..case.batch {
                let spikes = |node| built.network.spikes(node, row).iter().map(|s| s.neuron as usize).collect();
                fired.push((step, row, spikes(built.x), spikes(built.y)));
            }
        }
        let mut expected = before;
        let scale = 0.8;
        for (t, row, pre, _) in &fired {
            for (t_post, row_post, _, post) in fired.iter().filter(|f| f.1 == *row) {
                prop_assert_eq!(row, row_post);
                let factor = scale * (-(*t as f64 - *t_post as f64).abs() / 15.0).exp();
                for (i, j) in pre.iter().flat_map(|i| post.iter().map(move |j| (*i, *j))) {
                    if t_post <= t {
                        expected[i * POST + j] -= case.nu[0] * factor;
                    }
                    if t_post >= t {
                        expected[i * POST + j] += case.nu[1] * factor;
                    }
                }
            }
        }
        // Up to 60 · 60 pairs, each rounded at the size of the weight.
        for (w, expected) in built.weights().values().iter().zip(&expected) {
            prop_assert!((w - expected).abs() <= 1e-11, "{w} {expected}");
        }
    }
}

/// Large enough that threads share the steps; twice as many rows as threads.
#[test]
fn threads_change_no_weight() {
    let run = |threads: usize| {
        let traces = Some(Traces::default());
        let mut network = Network::<f64>::new(1.0, 5).unwrap();
        let x = network.add_input("X", 50, traces).unwrap();
        let mut spec = LayerSpec::random(300, 0.8, RandomWeights::None, 3).unwrap();
        spec.traces = traces;
        let y = network.add_layer("Y", spec).unwrap();
        let w = (0..50 * 300).map(|k| f64::from(k * 31 % 97) / 40.0).collect();
        let c = network.connect(x, y, Weights::dense(50, 300, w).unwrap(), 1).unwrap();
        let learning = Learning {
            nu: [0.013, 0.17],
            wmin: 0.0,
            wmax: 3.0,
            norm: Some(60.0),
            ..Learning::new(LearningRule::PostPre)
        };
        network.make_plastic(c, learning).unwrap();
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            for _ in 0..2 {
                let feed = |step: u64, inputs: &mut Inputs<'_, '_, f64>| {
                    (0..5).try_for_each(|row| {
                        (0..12).try_for_each(|k| inputs.spike(x, row, (step as usize * 7 + row * 3 + k * k) % 50))
                    })
                };
                network.run(120, feed, &mut []).unwrap();
                network.normalize();
                network.reset();
            }
        });
        network.connection(c).weights().values().iter().map(|w| w.to_bits()).collect::<Vec<_>>()
    };
    let one = run(1);
    assert_eq!(one, run(2));
    assert_eq!(one, run(3));
}

/// BindsNET clips all weights in every step, those too that a normalisation has left outside.
#[test]
fn what_a_normalisation_leaves_outside_is_clipped_after_the_next_step() {
    let traces = Some(Traces::default());
    let mut network = Network::<f64>::new(1.0, 1).unwrap();
    let x = network.add_input("X", 2, traces).unwrap();
    let mut spec = LayerSpec::random(2, 1.0, RandomWeights::None, 3).unwrap();
    spec.traces = traces;
    let y = network.add_layer("Y", spec).unwrap();
    let c = network.connect(x, y, Weights::dense(2, 2, vec![1.0, 3.0, 3.0, 9.0]).unwrap(), 1).unwrap();
    let learning = Learning { wmin: 0.0, wmax: 5.0, norm: Some(8.0), ..Learning::new(LearningRule::PostPre) };
    network.make_plastic(c, learning).unwrap();
    let values = |network: &Network<f64>| network.connection(c).weights().values().to_vec();
    assert_eq!(values(&network), [1.0, 3.0, 3.0, 5.0]);
    network.normalize();
    assert_eq!(values(&network), [2.0, 3.0, 6.0, 5.0]);
    network.run(1, |_, _| Ok(()), &mut []).unwrap();
    assert_eq!(values(&network), [2.0, 3.0, 5.0, 5.0]);
    // Weights saved of another network are put in the same way.
    let saved = Weights::dense(2, 2, vec![7.0, -1.0, 0.0, 4.0]).unwrap();
    network.connection_mut(c).set_weights(saved.clone()).unwrap();
    assert_eq!(values(&network), saved.values());
    network.run(1, |_, _| Ok(()), &mut []).unwrap();
    assert_eq!(values(&network), [5.0, 0.0, 0.0, 4.0]);
}

#[test]
fn bad_learning_gets_a_message() {
    let mut network = Network::<f64>::new(1.0, 1).unwrap();
    let x = network.add_input("X", 2, None).unwrap();
    let with = network.add_input("With", 2, Some(Traces::default())).unwrap();
    let y = network.add_layer("Y", LayerSpec::random(3, 0.8, RandomWeights::None, 1).unwrap()).unwrap();
    let weights = || Weights::dense(2, 3, vec![1.0; 6]).unwrap();
    let c = network.connect(x, y, weights(), 1).unwrap();
    let d = network.connect(with, y, weights(), 1).unwrap();
    let post_pre = Learning::new(LearningRule::PostPre);
    let mut said = |id, learning| network.make_plastic(id, learning).unwrap_err().to_string();
    assert!(said(c, post_pre).contains("source of a connection that learns is 'X', without traces"));
    assert!(said(d, post_pre).contains("target of a connection that learns is 'Y', without traces"));
    assert!(said(c, Learning { nu: [f64::NAN, 0.0], ..post_pre }).contains("nu[0] is NaN"));
    assert!(said(c, Learning { wmin: 2.0, wmax: 1.0, ..post_pre }).contains("wmin to wmax is 2 to 1"));
    assert!(said(c, Learning { wmax: f64::NAN, ..post_pre }).contains("an ascending range"));
    assert!(said(c, Learning { norm: Some(0.0), ..post_pre }).contains("norm of weights is 0"));
    let dependent = Learning { wmin: 0.0, ..Learning::new(LearningRule::WeightDependentPostPre) };
    assert!(said(c, dependent).contains("0 to inf; allowed: a finite range"));
    // No rule asks for no traces.
    let norm = Learning { norm: Some(6.0), ..Learning::new(LearningRule::None) };
    network.make_plastic(c, norm).unwrap();
    network.normalize();
    assert_eq!(network.connection(c).weights().values(), [3.0; 6]);
    assert_eq!(network.connection(c).learning(), Some(&norm));
    assert_eq!(network.connection(d).learning(), None);
    let other = network.connection_mut(c).set_weights(Weights::dense(3, 2, vec![1.0; 6]).unwrap());
    assert!(other.unwrap_err().to_string().contains("3 × 2; allowed: 2 × 3"));
}
