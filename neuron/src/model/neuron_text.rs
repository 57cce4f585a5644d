//! The text of `--neuron`: a cell type, a firing pattern, a NeuroML file, parameters, or a name with other parameters after it.

use std::path::Path;

use crate::error::{Error, Result};

use super::neuroml;
use super::neuron_keys::{BIOPHYSICAL, GENERAL, Keys};
use super::neuron_spec::{NeuronSpec, OwnInput};
use super::not_covered::{COVERED, MEND, other_model};
use super::typed::INPUT_SCALE;
use super::{Biophysical, CELL_TYPES, CellType, FIRING_PATTERNS, FiringPattern, Typed};

/// Parameters as typed.
type Given<'t> = Vec<(&'t str, &'t str)>;

impl NeuronSpec {
    /// Reads one of
    ///
    /// - a cell type of 2003: `RS`, `IB`, `CH`, `FS`, `LTS`, `TC`, `RZ`;
    /// - a firing pattern of 2004: `A` to `T`;
    /// - parameters: `a=0.02,b=0.2,c=-65,d=6`, any of a, b, c, d, k2, k1, k0, b0, leak and peak, the others as in RS;
    /// - a NeuroML 2 file, `FILE.nml` or `FILE.nml#ID` (also `.xml`): see [`NeuronSpec::from_neuroml`];
    /// - the 2007 form, whose input is in pA: `C=100,k=0.7,vr=-60,vt=-40,a=0.03,b=-2,c=-50,d=100,vpeak=35`, all nine;
    /// - one of the above with parameters of its form after it, which replace its own: `RS,d=4`, `T,d=-2`, `cells.nml#RS,C=80pF`.
    ///
    /// Numbers may have units (`C=100pF,vr=-60mV,a=0.03/ms`). Names may be in upper or lower case; keys may not, for `C` is the
    /// capacitance and `c` the reset. Files are looked for in the current directory.
    ///
    /// ```
    /// use spikestep::model::NeuronSpec;
    /// assert_eq!(NeuronSpec::parse("rs")?.neuron.d, 8.0);
    /// assert_eq!(NeuronSpec::parse("G")?.label, "G class 1");
    /// assert_eq!(NeuronSpec::parse("d=6, peak=40")?.neuron.c, -65.0);
    /// let cell = NeuronSpec::parse("C=100,k=0.7,vr=-60,vt=-40,a=0.03,b=-2,c=-50,d=100,vpeak=35")?;
    /// assert_eq!((cell.input_scale, cell.initial.v), (0.01, -60.0));
    /// assert_eq!(NeuronSpec::parse("FS, d = 4mV/ms")?.neuron.a, 0.1);
    /// let error = NeuronSpec::parse("LST").unwrap_err().to_string();
    /// assert!(error.contains("did you mean 'LTS'?"));
    /// # Ok::<(), spikestep::Error>(())
    /// ```
    ///
    /// # Errors
    /// An unknown name or key, a key given twice or missing, keys of both forms, text that is no number, or parameters that
    /// make no spiking neuron ([`Neuron::validate`](super::Neuron::validate)).
    pub fn parse(text: &str) -> Result<NeuronSpec> {
        Self::parse_in(text, Path::new(""))
    }

    /// As [`parse`](Self::parse), with files looked for in `folder`.
    ///
    /// # Errors
    /// Those of [`parse`](Self::parse).
    pub fn parse_in(text: &str, folder: &Path) -> Result<NeuronSpec> {
        let text = text.trim();
        // A name ends where the parameters begin.
        let equals = text.find('=').unwrap_or(text.len());
        let (name, parameters) = match text[..equals].rfind(',') {
            _ if equals == text.len() => (Some(text), None),
            Some(comma) => (Some(&text[..comma]), Some(&text[comma + 1..])),
            None => (None, Some(text)),
        };
        let given = parameters.map(pairs).transpose()?.unwrap_or_default();
        let base = match name {
            Some(name) => neuroml::named(name, folder).unwrap_or_else(|| named(name))?,
            None => from_parameters(text, &given)?,
        };
        let spec =
            if given.is_empty() { base } else { NeuronSpec { label: text.to_owned(), ..changed(base, text, &given)? } };
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
        let label = format!("{} {}", pattern.letter, pattern.name);
        return Ok(NeuronSpec {
            stimulus: Some(pattern.stimulus()),
            duration: Some(pattern.duration),
            own: OwnInput { label: "as published".to_owned(), ..OwnInput::default() },
            note: pattern.note(),
            ..NeuronSpec::plain(&label, pattern.neuron, pattern.initial)
        });
    }
    let Ok(cell) = CellType::find(text) else {
        if let Some(kind) = other_model(text) {
            return Err(Error::invalid("neuron", format!("'{text}', {kind}"), COVERED, MEND));
        }
        let (first, last) = (FIRING_PATTERNS[0].letter, FIRING_PATTERNS[FIRING_PATTERNS.len() - 1].letter);
        let others = format!("{first} to {last}");
        let names = CELL_TYPES.iter().map(|cell| cell.name);
        return Err(Error::unknown("neuron", text, names.chain([others.as_str(), "or parameters like a=0.02,b=0.2"])));
    };
    Ok(NeuronSpec::plain(cell.name, cell.neuron, cell.initial))
}

fn single_letter(text: &str) -> Option<char> {
    let mut letters = text.chars();
    letters.next().filter(|_| letters.next().is_none())
}

/// The first key of `given` that `form` has and `other` has not.
fn only_of<'t>(form: &Keys, other: &Keys, given: &Given<'t>) -> Option<&'t str> {
    let has = |keys: &Keys, key: &str| keys.iter().any(|(known, _)| *known == key);
    given.iter().map(|(key, _)| *key).find(|key| has(form, key) && !has(other, key))
}

fn names(keys: &Keys) -> String {
    keys.iter().map(|(key, _)| *key).collect::<Vec<_>>().join(", ")
}

/// The value of a key, where it is given.
fn value(keys: &Keys, given: &Given<'_>, key: &str) -> Option<Result<Typed>> {
    let (_, text) = given.iter().find(|(known, _)| *known == key)?;
    let (_, dimension) = keys.iter().find(|(known, _)| *known == key)?;
    Some(dimension.read(&format!("neuron parameter {key}"), text))
}

/// What parameters without a name stand over: RS in the general form, nothing in the 2007 form.
fn from_parameters(text: &str, given: &Given<'_>) -> Result<NeuronSpec> {
    if only_of(BIOPHYSICAL, GENERAL, given).is_none() {
        return named("RS");
    }
    refuse_other_form(text, given)?;
    let missing = BIOPHYSICAL.iter().filter(|(key, _)| !given.iter().any(|(known, _)| known == key));
    let missing: Vec<_> = missing.copied().collect();
    if !missing.is_empty() {
        return Err(Error::invalid(
            "neuron in the 2007 form",
            format!("'{text}' without {}", names(&missing)),
            format!("all of {}", names(BIOPHYSICAL)),
            "Add them: C=100,k=0.7,vr=-60,vt=-40,a=0.03,b=-2,c=-50,d=100,vpeak=35 is the book's RS cell.",
        ));
    }
    let cell = Biophysical::of(|key| value(BIOPHYSICAL, given, key).expect("all are given"))?;
    Ok(NeuronSpec::of_2007(text, cell))
}

/// Refuses keys of both forms.
fn refuse_other_form(text: &str, given: &Given<'_>) -> Result<()> {
    match (only_of(GENERAL, BIOPHYSICAL, given), only_of(BIOPHYSICAL, GENERAL, given)) {
        (Some(general), Some(biophysical)) => Err(Error::invalid(
            "neuron",
            format!("'{text}' with {general} of the general form and {biophysical} of the 2007 form"),
            format!("keys of one form: {}, or {}", names(GENERAL), names(BIOPHYSICAL)),
            format!("Remove {general} or {biophysical}; the 2007 form calls the peak vpeak."),
        )),
        _ => Ok(()),
    }
}

/// `base` with other parameters. It starts where it did; u = b v + b0 where these were changed, and the 2007 form rests.
fn changed(base: NeuronSpec, text: &str, given: &Given<'_>) -> Result<NeuronSpec> {
    let (own, other) = match base.biophysical {
        None => ("general", only_of(BIOPHYSICAL, GENERAL, given)),
        Some(_) => ("2007", only_of(GENERAL, BIOPHYSICAL, given)),
    };
    if let Some(other) = other {
        let keys = names(if base.biophysical.is_some() { BIOPHYSICAL } else { GENERAL });
        return Err(Error::invalid(
            "neuron",
            format!("'{text}' with {other}, which the {own} form of {} has not", base.label),
            format!("the keys {keys}"),
            format!("Remove {other}, or give all parameters of the other form."),
        ));
    }
    let mut spec = NeuronSpec { note: None, ..base };
    if let Some(old) = spec.biophysical {
        let before = spec.typed_input_scale();
        let (cell, mut numbers) =
            Biophysical::of(|key| value(BIOPHYSICAL, given, key).unwrap_or_else(|| Ok(old.typed(key, &spec.numbers))))?;
        let scale = cell.input_factor();
        if scale != spec.input_scale {
            spec.stimulus = spec.stimulus.map(|stimulus| stimulus.scaled(numbers.of(INPUT_SCALE, scale) / before));
        }
        let initial = if spec.keeps_u { spec.initial } else { cell.rest() };
        if spec.keeps_u {
            numbers.set("v0", spec.numbers.of("v0", initial.v));
        }
        return Ok(NeuronSpec {
            neuron: cell.neuron(),
            initial,
            input_scale: scale,
            biophysical: Some(cell),
            numbers,
            ..spec
        });
    }
    for (key, of_neuron) in spec.neuron.parameters_mut() {
        if let Some(number) = value(GENERAL, given, key).transpose()? {
            *of_neuron = number.value();
            spec.numbers.set(key, number);
        }
    }
    if given.iter().any(|(key, _)| ["b", "b0"].contains(key)) {
        spec.start_at(Some(spec.numbers.of("v0", spec.initial.v)), None);
    }
    Ok(spec)
}

/// The keys and texts of `key=number,key=number`; every key is known and given once.
fn pairs(text: &str) -> Result<Given<'_>> {
    let mut given: Given<'_> = Vec::new();
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
        let known = || BIOPHYSICAL[5..].iter().chain(&GENERAL[..6]).chain(&BIOPHYSICAL[..5]).map(|(key, _)| *key);
        if !known().any(|name| name == key) {
            return Err(Error::unknown("neuron parameter", key, known()));
        }
        if given.iter().any(|(before, _)| *before == key) {
            let what = format!("neuron parameter {key}");
            return Err(Error::invalid(what, "given twice", "one value", "Remove one of the two."));
        }
        given.push((key, value));
    }
    Ok(given)
}
