//! The text of `--neuron`: a cell type, a firing pattern, a NeuroML file, or parameters.

use crate::error::{Error, Result};

use super::neuroml;
use super::neuron_spec::NeuronSpec;
use super::text::number;
use super::{Biophysical, CELL_TYPES, CellType, FIRING_PATTERNS, FiringPattern};

/// Keys that only the general form has.
const GENERAL_ONLY: [&str; 6] = ["k2", "k1", "k0", "b0", "leak", "peak"];
/// Keys that only the 2007 form has.
const BIOPHYSICAL_ONLY: [&str; 5] = ["C", "k", "vr", "vt", "vpeak"];
/// Keys of both forms.
const SHARED: [&str; 4] = ["a", "b", "c", "d"];

impl NeuronSpec {
    /// Reads one of
    ///
    /// - a cell type of 2003: `RS`, `IB`, `CH`, `FS`, `LTS`, `TC`, `RZ`;
    /// - a firing pattern of 2004: `A` to `T`;
    /// - parameters: `a=0.02,b=0.2,c=-65,d=6`, any of a, b, c, d, k2, k1, k0, b0, leak and peak, the others as in RS;
    /// - a NeuroML 2 file, `FILE.nml` or `FILE.nml#ID` (also `.xml`): see [`NeuronSpec::from_neuroml`];
    /// - the 2007 form, whose input is in pA: `C=100,k=0.7,vr=-60,vt=-40,a=0.03,b=-2,c=-50,d=100,vpeak=35`, all nine.
    ///
    /// Names may be in upper or lower case; keys may not, for `C` is the capacitance and `c` the reset.
    ///
    /// ```
    /// use spikestep::model::NeuronSpec;
    /// assert_eq!(NeuronSpec::parse("rs")?.neuron.d, 8.0);
    /// assert_eq!(NeuronSpec::parse("G")?.label, "G class 1");
    /// assert_eq!(NeuronSpec::parse("d=6, peak=40")?.neuron.c, -65.0);
    /// let cell = NeuronSpec::parse("C=100,k=0.7,vr=-60,vt=-40,a=0.03,b=-2,c=-50,d=100,vpeak=35")?;
    /// assert_eq!((cell.input_scale, cell.initial.v), (0.01, -60.0));
    /// let error = NeuronSpec::parse("LST").unwrap_err().to_string();
    /// assert!(error.contains("did you mean 'LTS'?"));
    /// # Ok::<(), spikestep::Error>(())
    /// ```
    ///
    /// # Errors
    /// An unknown name or key, a key given twice or missing, keys of both forms, text that is no number, or parameters that
    /// make no spiking neuron ([`Neuron::validate`](super::Neuron::validate)).
    pub fn parse(text: &str) -> Result<NeuronSpec> {
        let text = text.trim();
        let spec = if let Some(cell) = neuroml::named(text) {
            cell?
        } else if text.contains('=') {
            parameters(text)?
        } else {
            named(text)?
        };
        spec.neuron.validate()?;
        if spec.initial.v >= spec.neuron.peak {
            return Err(Error::invalid(
                "spike peak",
                format!("{} mV with a start at v = {} mV", spec.neuron.peak, spec.initial.v),
                "a value above the start",
                "Raise the peak.",
            ));
        }
        Ok(spec)
    }
}

fn named(text: &str) -> Result<NeuronSpec> {
    if let Some(pattern) = single_letter(text).and_then(|letter| FiringPattern::find(letter).ok()) {
        return Ok(NeuronSpec {
            label: format!("{} {}", pattern.letter, pattern.name),
            neuron: pattern.neuron,
            initial: pattern.initial,
            stimulus: Some(pattern.stimulus()),
            duration: Some(pattern.duration),
            input_scale: 1.0,
        });
    }
    let Ok(cell) = CellType::find(text) else {
        let (first, last) = (FIRING_PATTERNS[0].letter, FIRING_PATTERNS[FIRING_PATTERNS.len() - 1].letter);
        let others = format!("{first} to {last}");
        let names = CELL_TYPES.iter().map(|cell| cell.name);
        return Err(Error::unknown("neuron", text, names.chain([others.as_str(), "or parameters like a=0.02,b=0.2"])));
    };
    Ok(NeuronSpec::plain(cell.name, cell.neuron, cell.initial, 1.0))
}

fn single_letter(text: &str) -> Option<char> {
    let mut letters = text.chars();
    letters.next().filter(|_| letters.next().is_none())
}

fn parameters(text: &str) -> Result<NeuronSpec> {
    let given = pairs(text)?;
    let first_of = |keys: &[&str]| given.iter().map(|(key, _)| *key).find(|key| keys.contains(key));
    match (first_of(&GENERAL_ONLY), first_of(&BIOPHYSICAL_ONLY)) {
        (Some(general), Some(biophysical)) => Err(Error::invalid(
            "neuron",
            format!("'{text}' with {general} of the general form and {biophysical} of the 2007 form"),
            format!("keys of one form: {}, or {}", keys(&GENERAL_ONLY), keys(&BIOPHYSICAL_ONLY)),
            format!("Remove {general} or {biophysical}; the 2007 form calls the peak vpeak."),
        )),
        (_, Some(_)) => biophysical(text, &given),
        (_, None) => {
            let mut neuron = CellType::find("RS")?.neuron;
            for (key, value) in neuron.parameters_mut() {
                *value = given.iter().find(|(known, _)| *known == key).map_or(*value, |(_, given)| *given);
            }
            Ok(NeuronSpec::plain(text, neuron, neuron.resting_start(), 1.0))
        }
    }
}

/// The keys and numbers of `key=number,key=number`; every key is known and given once.
fn pairs(text: &str) -> Result<Vec<(&str, f64)>> {
    let mut given: Vec<(&str, f64)> = Vec::new();
    for part in text.split(',') {
        let Some((key, value)) = part.split_once('=') else {
            return Err(Error::invalid(
                "neuron parameter",
                format!("'{}'", part.trim()),
                "key=number",
                "Write the parameters like a=0.02,b=0.2,c=-65,d=6.",
            ));
        };
        let key = key.trim();
        let known = || SHARED.iter().chain(&GENERAL_ONLY).chain(&BIOPHYSICAL_ONLY).copied();
        if !known().any(|name| name == key) {
            return Err(Error::unknown("neuron parameter", key, known()));
        }
        let what = format!("neuron parameter {key}");
        if given.iter().any(|(before, _)| *before == key) {
            return Err(Error::invalid(what, "given twice", "one value", "Remove one of the two."));
        }
        given.push((key, number(&what, value)?));
    }
    Ok(given)
}

fn biophysical(text: &str, given: &[(&str, f64)]) -> Result<NeuronSpec> {
    let missing: Vec<&str> =
        BIOPHYSICAL_ONLY.into_iter().chain(SHARED).filter(|key| !given.iter().any(|(known, _)| known == key)).collect();
    if !missing.is_empty() {
        return Err(Error::invalid(
            "neuron in the 2007 form",
            format!("'{text}' without {}", keys(&missing)),
            format!("all of {}, {}", keys(&BIOPHYSICAL_ONLY), keys(&SHARED)),
            "Add them: C=100,k=0.7,vr=-60,vt=-40,a=0.03,b=-2,c=-50,d=100,vpeak=35 is the book's RS cell.",
        ));
    }
    let value = |key: &str| given.iter().find(|(known, _)| *known == key).map_or(f64::NAN, |(_, value)| *value);
    let cell = Biophysical::of(|key| Ok(value(key)))?;
    Ok(NeuronSpec::plain(text, cell.neuron(), cell.rest(), cell.input_factor()))
}

fn keys(keys: &[&str]) -> String {
    keys.join(", ")
}
