//! The figures of recognition, of real digits seen by a small network that learned them.

use std::sync::OnceLock;

use super::sheet::{boxes, no_text_overlaps, overlap, texts};
use resvg::usvg::roxmltree;
use spikestep::Neuron;
use spikestep::Scheme;
use spikestep::population::layer::{LayerSpec, Traces};
use spikestep::population::network::{ConnectionId, Learning, LearningRule, NodeId};
use spikestep::population::{Monitor, Network, Spike, Synapse, Variable, Weights};
use spikestep::recognition::Images;
use spikestep::recognition::coding::{Coding, Presentation, Pulse, PulseTimes};
use spikestep::recognition::readout::{
    Assignment, ConfusionMatrix, Features, Interval, nearest_centroid, nearest_neighbour, student_t,
};
use spikestep::report::figure::{
    Accuracy, AccuracyPanel, AccuracyPoint, AccuracySeries, CodedPicture, Confusion, Excitement, Figure, Membrane,
    NeuronGroup, PulseCode, WeightImage, WeightImages, accuracy, confusion, excitement, pulse_code, weight_images,
};

/// Neurons of the layer, how long a picture is shown \[ms\], and how many pictures teach and test.
const NEURONS: usize = 40;
const SHOWN: f64 = 50.0;
const TEACH: usize = 200;
const TEST: usize = 100;
const PEAK: f64 = LayerSpec::THRESH;

/// The scheme of this name.
fn named(name: &str) -> Scheme {
    name.parse().unwrap()
}

/// 64 inputs onto 40 RS neurons, charges \[mV\].
struct Small {
    network: Network<f64>,
    x: NodeId,
    y: NodeId,
    c: ConnectionId,
    dt: f64,
}

impl Small {
    fn new(scheme: &Scheme, dt: f64, weights: Weights<f64>) -> Small {
        let mut network = Network::new(dt, 1).unwrap();
        let x = network.add_input("X", 64, Some(Traces::default())).unwrap();
        let mut spec = LayerSpec::new(vec![Neuron::new(0.02, 0.2, -65.0, 8.0).with_peak(PEAK); NEURONS]);
        spec.traces = Some(Traces::default());
        spec.scheme = scheme.clone();
        let y = network.add_layer("Y", spec).unwrap();
        let c = network.connect_with(x, y, weights, 1, Synapse::CHARGE).unwrap();
        Small { network, x, y, c, dt }
    }

    /// Shows a picture, from rest; `teach` spikes every 5 ms.
    fn show(&mut self, pulses: &PulseTimes, teach: Option<usize>, monitors: &mut [Monitor<'_>]) -> Vec<f32> {
        let (x, y) = (self.x, self.y);
        let grid = pulses.bin(self.dt).unwrap();
        let every = (5.0 / self.dt) as u64;
        let first = self.network.steps();
        let mut spikes = vec![0.0f32; NEURONS];
        for step in 0..grid.steps() {
            let feed = |_: u64, inputs: &mut spikestep::population::network::Inputs<'_, '_, f64>| {
                grid.pulses(step).try_for_each(|(i, _)| inputs.spike(x, 0, i))?;
                let Some(neuron) = teach else { return Ok(()) };
                if (step as u64).is_multiple_of(every) {
                    inputs.clamp(y, 0, neuron)
                } else {
                    inputs.unclamp(y, 0, neuron)
                }
            };
            self.network.run(1, feed, monitors).unwrap();
            self.network.spikes(y, 0).iter().for_each(|s| spikes[s.neuron as usize] += 1.0);
        }
        assert!(self.network.steps() - first == grid.steps() as u64);
        self.network.normalize();
        self.network.reset();
        spikes
    }
}

fn coded(digits: &Images, index: usize, code: &str, duration: f64) -> PulseTimes {
    let coding: Coding = code.parse().unwrap();
    coding.draw(digits.image(index), &Presentation { duration, seed: 1, index: index as u64 }).unwrap()
}

/// Weights after a teacher made four neurons a class spike with its pictures; `seed` splits the set.
fn taught(digits: &Images, seed: u64) -> Weights<f64> {
    // Unequal beginnings, in 0.3..0.9 mV.
    let begin = (0..64 * NEURONS).map(|k| 0.3 + 0.6 * ((k * 37 + 11) % 101) as f64 / 101.0).collect();
    let mut small = Small::new(&named("bindsnet"), 1.0, Weights::dense(64, NEURONS, begin).unwrap());
    let learning =
        Learning { nu: [0.0, 0.02], wmin: 0.0, wmax: 30.0, norm: Some(40.0), ..Learning::new(LearningRule::PostPre) };
    small.network.make_plastic(small.c, learning).unwrap();
    for (k, index) in digits.split(TEACH, TEST, seed).unwrap().training.into_iter().enumerate() {
        let neuron = 4 * digits.labels()[index] + k % 4;
        small.show(&coded(digits, index, "poisson:128", SHOWN), Some(neuron), &mut []);
    }
    // Too weak while they learn for anything but the teacher to make a neuron spike; then strong enough to excite.
    let mut weights = small.network.connection(small.c).weights().clone();
    weights.values_mut().iter_mut().for_each(|w| *w *= 6.0);
    weights
}

/// Counts of spikes of pictures, with learning over.
fn counts(small: &mut Small, digits: &Images, chosen: &[usize]) -> (Features, Vec<usize>) {
    let rows = chosen.iter().flat_map(|i| small.show(&coded(digits, *i, "poisson:128", SHOWN), None, &mut []));
    (Features::new(NEURONS, rows.collect()).unwrap(), chosen.iter().map(|i| digits.labels()[*i]).collect())
}

/// The confusion of one seed under a scheme and step, and the classes of the neurons.
fn recognised(digits: &Images, scheme: &Scheme, dt: f64, seed: u64, weights: &Weights<f64>) -> ConfusionMatrix {
    let split = digits.split(TEACH, TEST, seed).unwrap();
    let mut small = Small::new(scheme, dt, weights.clone());
    let (training, labels) = counts(&mut small, digits, &split.training);
    let (test, truth) = counts(&mut small, digits, &split.test);
    let answers = Assignment::fit(&training, &labels, 10).unwrap().proportion_weighting(&test).unwrap();
    ConfusionMatrix::new(10, &truth, &answers).unwrap()
}

struct Data {
    pulses: PulseCode,
    excitement: Excitement,
    weights: WeightImages,
    confusion: Confusion,
    accuracy: Accuracy,
}

fn codes(digits: &Images) -> PulseCode {
    let row = |(index, code): (usize, &str)| CodedPicture {
        heading: format!("digit {}, {code}", digits.labels()[index]),
        width: digits.width(),
        pixels: digits.image(index).to_vec(),
        pulses: coded(digits, index, code, 100.0).pulses().to_vec(),
    };
    let rows = [(3, "poisson:128"), (4, "latency"), (5, "repeat")].map(row).to_vec();
    PulseCode { title: "Digits and their pulse codes".into(), duration: 100.0, rows }
}

/// What a monitor sees of one picture.
fn seen(digits: &Images, weights: &Weights<f64>) -> Excitement {
    let mut small = Small::new(&named("bindsnet"), 0.5, weights.clone());
    let pulses = coded(digits, 3, "poisson:128", 100.0);
    let mut monitors = [Monitor::spikes().of(small.y), Monitor::states(&[Variable::V]).of(small.y)];
    let counts = small.show(&pulses, None, &mut monitors);
    let spikes: Vec<Spike> = monitors[0].recorded_spikes().into_iter().map(|(_, spike)| spike).collect();
    let mut order: Vec<usize> = (0..NEURONS).collect();
    order.sort_by(|a, b| counts[*b].total_cmp(&counts[*a]));
    let membrane = |neuron: &usize| {
        let v = monitors[1].series(Variable::V, 0, *neuron as u32).unwrap();
        let t = (1..=v.len()).map(|n| n as f64 * 0.5).collect();
        Membrane { neuron: *neuron as u32, label: format!("taught {}, {} spikes", neuron / 4, counts[*neuron]), t, v }
    };
    let group = |class: u32| NeuronGroup { label: class.to_string(), neurons: (4 * class..4 * class + 4).collect() };
    Excitement {
        heading: format!("digit {}, bindsnet, dt = 0.5 ms", digits.labels()[3]),
        duration: 100.0,
        inputs: 64,
        pulses: pulses.pulses().to_vec(),
        groups: (0..10).map(group).collect(),
        spikes,
        membranes: order[..4].iter().map(membrane).collect(),
        peak: PEAK,
    }
}

fn images(weights: &Weights<f64>) -> WeightImages {
    let image = |neuron: usize| WeightImage {
        neuron,
        label: (neuron / 4).to_string(),
        weights: (0..64).map(|input| weights.get(input, neuron)).collect(),
    };
    let title = "Weights of each neuron".into();
    WeightImages { title, width: 8, unit: "mV".into(), neurons: (0..NEURONS).map(image).collect() }
}

/// Three seeds, two schemes, three steps.
fn levels(digits: &Images, taught: &[Weights<f64>]) -> Accuracy {
    let line = |scheme: &Scheme, readings: usize| {
        let at = |dt: f64| {
            let of_seed = |seed: usize| recognised(digits, scheme, dt, seed as u64, &taught[seed]).accuracy();
            let values: Vec<f64> = (0..readings).map(of_seed).collect();
            AccuracyPoint { dt, accuracy: student_t(&values).unwrap() }
        };
        AccuracySeries { label: scheme.to_string(), points: [0.25, 0.5, 1.0].map(at).to_vec() }
    };
    let schemes = [named("bindsnet"), named("projective-8")];
    let split = digits.split(TEACH, TEST, 0).unwrap();
    let (training, labels) = Features::of_pixels(digits, &split.training);
    let (test, truth) = Features::of_pixels(digits, &split.test);
    let level = |answers: Vec<usize>| ConfusionMatrix::new(10, &truth, &answers).unwrap().accuracy();
    let centroid = level(nearest_centroid(&training, &labels, 10, &test).unwrap());
    let neighbour = level(nearest_neighbour(&training, &labels, 10, &test).unwrap());
    let panel = |heading: &str, readings: usize| AccuracyPanel {
        heading: heading.into(),
        series: schemes.iter().map(|s| line(s, readings)).collect(),
    };
    Accuracy {
        title: "Accuracy against the step".into(),
        per_row: 2,
        panels: vec![panel("three seeds", 3), panel("one seed", 1)],
        references: vec![("nearest centroid".into(), centroid), ("nearest neighbour".into(), neighbour)],
        chance: Some(0.1),
    }
}

fn data() -> &'static Data {
    static DATA: OnceLock<Data> = OnceLock::new();
    DATA.get_or_init(|| {
        let digits = Images::digits();
        let weights: Vec<Weights<f64>> = (0..3).map(|seed| taught(&digits, seed)).collect();
        let matrix = recognised(&digits, &named("bindsnet"), 0.5, 0, &weights[0]);
        Data {
            pulses: codes(&digits),
            excitement: seen(&digits, &weights[0]),
            weights: images(&weights[0]),
            confusion: Confusion {
                heading: format!("{TEST} digits, bindsnet, dt = 0.5 ms"),
                classes: digits.classes().to_vec(),
                accuracy: matrix.interval(),
                matrix,
            },
            accuracy: levels(&digits, &weights),
        }
    })
}

fn figures() -> Vec<Figure> {
    let data = data();
    let drawn = [
        pulse_code(&data.pulses),
        excitement(&data.excitement),
        weight_images(&data.weights),
        confusion(&data.confusion),
        accuracy(&data.accuracy),
    ];
    drawn.into_iter().map(|chart| chart.draw().expect("drawn")).collect()
}

/// Hundreds of neurons, long names, many schemes, wide pictures, both signs, and nothing at all.
fn extremes() -> Vec<Figure> {
    let data = data();
    let long = |i: usize| format!("class {i} <\"&'> of a long name");
    let times = |n: usize| data.weights.neurons.iter().cycle().take(n).cloned();
    let signed = |image: WeightImage| WeightImage {
        label: long(image.neuron),
        weights: image.weights.iter().map(|w| w - 4.0).collect(),
        ..image
    };
    let many = Accuracy {
        per_row: 3,
        panels: (0..5)
            .map(|i| AccuracyPanel {
                heading: format!("panel {i}"),
                series: (0..12)
                    .map(|k| AccuracySeries {
                        label: long(k),
                        points: data.accuracy.panels[0].series[k % 2].points.clone(),
                    })
                    .collect(),
            })
            .collect(),
        ..data.accuracy.clone()
    };
    let labels: Vec<usize> = (0..60).collect();
    let matrix = ConfusionMatrix::new(62, &labels, &labels).unwrap();
    let interval = matrix.interval();
    let wide = CodedPicture { width: 16, ..data.pulses.rows[0].clone() };
    let layer: Vec<NeuronGroup> = (0..50)
        .map(|class| NeuronGroup { label: long(class), neurons: (0..20).map(|k| 20 * class as u32 + k).collect() })
        .collect();
    let drawn = [
        pulse_code(&PulseCode { rows: vec![wide, CodedPicture::default()], ..data.pulses.clone() }),
        pulse_code(&PulseCode::default()),
        excitement(&Excitement { groups: layer, ..data.excitement.clone() }),
        excitement(&Excitement::default()),
        weight_images(&WeightImages { neurons: times(400).collect(), ..data.weights.clone() }),
        weight_images(&WeightImages { neurons: times(7).map(signed).collect(), ..data.weights.clone() }),
        weight_images(&WeightImages::default()),
        confusion(&Confusion {
            heading: long(0).repeat(9),
            classes: (0..9).map(long).collect(),
            accuracy: interval,
            matrix,
        }),
        accuracy(&many),
        accuracy(&Accuracy::default()),
    ];
    drawn.into_iter().map(|chart| chart.draw().expect("drawn")).collect()
}

fn records(figure: &Figure) -> Vec<Vec<String>> {
    let mut reader = csv::Reader::from_reader(figure.csv.as_bytes());
    reader.records().map(|r| r.expect("equal fields").iter().map(str::to_owned).collect()).collect()
}

#[test]
fn drawings_are_well_formed_and_nothing_covers_anything() {
    for (i, figure) in figures().iter().chain(&extremes()).enumerate() {
        let document = roxmltree::Document::parse(&figure.svg).expect("well-formed");
        for attribute in document.descendants().flat_map(|n| n.attributes()) {
            let value = attribute.value();
            let numbers = ["points", "d", "x", "y", "data-box", "stroke-width"].contains(&attribute.name());
            assert!(!numbers || !(value.contains("NaN") || value.contains("inf")), "{}: {value}", figure.name);
        }
        no_text_overlaps(figure);
        let (_, width, height) = texts(&figure.svg);
        let boxes = boxes(&figure.svg);
        for (k, (id, a)) in boxes.iter().enumerate() {
            assert!(a[0] >= 0.0 && a[1] >= 0.0 && a[2] <= width && a[3] <= height, "{i} {} {id}: {a:?}", figure.name);
            for (other, b) in &boxes[k + 1..] {
                assert!(!overlap(*a, *b), "{i} {}: {id} over {other}", figure.name);
            }
        }
        // 400 neurons of 64 weights take the most: some 15 bytes a weight.
        assert!(figure.svg.len() < 500_000, "{} has {} bytes", figure.name, figure.svg.len());
    }
}

#[test]
fn every_axis_says_what_it_shows_and_in_which_unit() {
    let units: [&[&str]; 5] = [
        &["time t [ms]", "input neuron"],
        &["time t [ms]", "input neuron", "neuron, by class", "v [mV]"],
        &["weight w [mV]"],
        &["true class", "answer", "recall"],
        &["time step dt [ms]", "accuracy"],
    ];
    for (figure, descriptions) in figures().iter().zip(units) {
        let (texts, ..) = texts(&figure.svg);
        for description in descriptions {
            assert!(texts.iter().any(|(text, _)| text == description), "{}: {description}", figure.name);
        }
    }
}

#[test]
fn the_same_numbers_give_the_same_bytes() {
    for (a, b) in figures().iter().zip(figures()) {
        assert_eq!(*a, b);
        let png = a.png().expect("a PNG");
        assert!(png.starts_with(b"\x89PNG\r\n\x1a\n") && a.pdf().expect("a PDF").starts_with(b"%PDF-"), "{}", a.name);
        assert_eq!(png[16..20], 2250u32.to_be_bytes());
        std::fs::write(format!("{}/{}.png", env!("CARGO_TARGET_TMPDIR"), a.name), png).expect("written");
    }
    for (i, figure) in extremes().iter().enumerate() {
        let png = figure.png().expect("a PNG");
        std::fs::write(format!("{}/{}-{i}.png", env!("CARGO_TARGET_TMPDIR"), figure.name), png).expect("written");
    }
}

#[test]
fn the_csv_of_pulse_codes_holds_pixels_and_pulses() {
    let data = &data().pulses;
    let records = records(&pulse_code(data).draw().unwrap());
    for (row, shown) in (1..).zip(&data.rows) {
        let of = |quantity: &'static str| {
            let row = format!("{row}");
            records.iter().filter(move |r| r[0] == row && r[2] == quantity)
        };
        let pixels: Vec<f32> = of("pixel").map(|r| r[5].parse().unwrap()).collect();
        assert_eq!(pixels, shown.pixels);
        let pulses = of("pulse").map(|r| Pulse {
            input: r[3].parse().unwrap(),
            time: r[4].parse().unwrap(),
            weight: r[5].parse().unwrap(),
        });
        assert_eq!(pulses.collect::<Vec<_>>(), shown.pulses);
        assert!(shown.pulses.len() > 20, "{}", shown.pulses.len());
    }
}

#[test]
fn the_csv_of_excitement_holds_spikes_and_membranes() {
    let data = &data().excitement;
    let records = records(&excitement(data).draw().unwrap());
    let of = |panel: &'static str| records.iter().filter(move |r| r[0] == panel);
    assert_eq!(of("input").count(), data.pulses.len());
    let spikes: Vec<Spike> =
        of("layer").map(|r| Spike { neuron: r[2].parse().unwrap(), t: r[4].parse().unwrap() }).collect();
    assert_eq!(spikes, data.spikes);
    assert!(of("layer").all(|r| r[2] == r[3] && r[1].parse::<u32>().unwrap() == r[2].parse::<u32>().unwrap() / 4));
    for membrane in &data.membranes {
        let number = membrane.neuron.to_string();
        let mut at_peak = 0;
        let mut drawn = 0;
        for r in of("membrane").filter(|r| r[2] == number) {
            let (t, v): (f64, f64) = (r[4].parse().unwrap(), r[5].parse().unwrap());
            let sample = membrane.t.iter().position(|at| *at == t).map(|i| membrane.v[i].min(PEAK));
            let spike = data.spikes.contains(&Spike { neuron: membrane.neuron, t });
            assert!(sample == Some(v) || (spike && v == PEAK), "{t}: {v}");
            at_peak += usize::from(spike && v == PEAK);
            drawn += 1;
        }
        let fired = data.spikes.iter().filter(|s| s.neuron == membrane.neuron).count();
        assert!(fired > 1 && at_peak >= fired && drawn > 20, "{number}: {at_peak} of {fired}, {drawn} points");
    }
}

#[test]
fn the_csv_of_weights_and_confusion_is_the_data() {
    let data = data();
    let shown: Vec<f64> =
        records(&weight_images(&data.weights).draw().unwrap()).iter().map(|r| r[3].parse().unwrap()).collect();
    let weights: Vec<f64> = data.weights.neurons.iter().flat_map(|n| n.weights.iter().copied()).collect();
    assert_eq!(shown, weights);
    let records = records(&confusion(&data.confusion).draw().unwrap());
    assert_eq!(records.len(), 100);
    let mut right = 0;
    for r in &records {
        let [class, answer] = [0, 1].map(|k: usize| data.confusion.classes.iter().position(|c| *c == r[k]).unwrap());
        assert_eq!(r[2].parse::<u64>().unwrap(), data.confusion.matrix.count(class, answer));
        let [share, low, high] = [3, 4, 5].map(|k: usize| r[k].parse::<f64>().unwrap());
        assert!((0.0..=share).contains(&low) && (share..=1.0).contains(&high));
        right += if class == answer { r[2].parse::<u64>().unwrap() } else { 0 };
    }
    assert_eq!(right, data.confusion.matrix.correct());
    // The title's number.
    let said = format!("accuracy {:.3} ", right as f64 / TEST as f64);
    let drawn = confusion(&data.confusion).draw().unwrap();
    assert!(texts(&drawn.svg).0.iter().any(|(text, _)| text.starts_with(&said)), "{said}");
}

#[test]
fn the_csv_of_accuracy_is_the_data_and_chance_is_said() {
    let data = &data().accuracy;
    let figure = accuracy(data).draw().unwrap();
    let records = records(&figure);
    let number = |text: &str| text.parse::<f64>().unwrap_or(f64::NAN);
    let points =
        data.panels.iter().flat_map(|p| p.series.iter().flat_map(move |s| s.points.iter().map(move |q| (p, s, q))));
    let mut count = 0;
    for (r, (panel, series, point)) in records.iter().zip(points) {
        let Interval { estimate, low, high } = point.accuracy;
        assert_eq!((&r[0], &r[1], number(&r[2]), number(&r[3])), (&panel.heading, &series.label, point.dt, estimate));
        // The interval of one seed is infinite: not drawn, not said.
        let finite = panel.heading == "three seeds";
        assert_eq!(low.is_finite(), finite);
        assert!(if finite {
            (number(&r[4]), number(&r[5])) == (low, high)
        } else {
            r[4].is_empty() && r[5].is_empty()
        });
        count += 1;
    }
    assert_eq!((count, records.len()), (2 * 2 * 3, 12 + 3));
    let says = |text: &str| texts(&figure.svg).0.iter().any(|(t, _)| t.starts_with(text));
    assert!(says("chance (0.100") && says("nearest centroid ("));
    // Far below the rest, it is said and not drawn; near it, drawn.
    let with = |estimate: f64| {
        let level = Interval { estimate, low: estimate - 0.01, high: estimate + 0.01 };
        let points = vec![AccuracyPoint { dt: 1.0, accuracy: level }];
        let series = vec![AccuracySeries { label: "bindsnet".into(), points }];
        let panels = vec![AccuracyPanel { heading: "tested".into(), series }];
        accuracy(&Accuracy { panels, references: Vec::new(), chance: Some(0.1), ..Accuracy::default() }).draw().unwrap()
    };
    let off = |figure: &Figure| texts(&figure.svg).0.iter().any(|(t, _)| t == "chance (0.100, off the axis)");
    assert!(off(&with(0.95)) && !off(&with(0.11)));
}
