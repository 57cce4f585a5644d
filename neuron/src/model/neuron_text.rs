//! The text of `--neuron`: a cell type, a firing pattern, a NeuroML file, parameters, or a name with other parameters after it.

use std::path::Path;

use crate::error::{Error, Result};

use super::neuroml;
use super::neuron_keys::{BIOPHYSICAL, FormKeys, GENERAL};
use super::neuron_spec::{NeuronSpec, OwnInput};
use super::typed::INPUT_SCALE;
use super::{
    BIOPHYSICAL_CELLS, Bend, Biophysical, CELL_TYPES, CellType, Extension, FIRING_PATTERNS, FiringPattern, Typed,
    TypedNumbers,
};

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
    /// - a cell of the 2007 form by name: `RS2007`, `IB2007`, `CH2007`, `FS2007`, `LTS2007`, `TC2007`, `RTN2007` of the book,
    ///   `CA1-PYR-strong`, `CA1-PYR-weak`, `CA1-PV`;
    /// - one of the above with parameters of its form after it, which replace its own: `RS,d=4`, `T,d=-2`, `cells.nml#RS,C=80pF`.
    ///
    /// Either form may have an [`Extension`]: `vb` with `b_below` or `b_cubic`, `peak_u`, `c_u`, `umax` and `refractory`, and the 2007
    /// form `klow`, the k below vt, with which k may be called `khigh`. Their units are those of the form.
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
    if let Some((name, cell)) = BIOPHYSICAL_CELLS.iter().find(|(name, _)| name.eq_ignore_ascii_case(text)) {
        return Ok(NeuronSpec::of_2007(name, (*cell, TypedNumbers::default())));
    }
    let Ok(cell) = CellType::find(text) else {
        let (first, last) = (FIRING_PATTERNS[0].letter, FIRING_PATTERNS[FIRING_PATTERNS.len() - 1].letter);
        let others = format!("{first} to {last}");
        let names = CELL_TYPES.iter().map(|cell| cell.name).chain(BIOPHYSICAL_CELLS.iter().map(|(name, _)| *name));
        return Err(Error::unknown("neuron", text, names.chain([others.as_str(), "or parameters like a=0.02,b=0.2"])));
    };
    Ok(NeuronSpec::plain(cell.name, cell.neuron, cell.initial))
}

fn single_letter(text: &str) -> Option<char> {
    let mut letters = text.chars();
    letters.next().filter(|_| letters.next().is_none())
}

/// The first key of `given` that `form` has and `other` has not.
fn only_of<'t>(form: &FormKeys, other: &FormKeys, given: &Given<'t>) -> Option<&'t str> {
    let only = |key: &&str| form.dimension(key).is_some() && other.dimension(key).is_none();
    given.iter().map(|(key, _)| *key).find(only)
}

/// The value of a key, where it is given.
fn value(form: &FormKeys, given: &Given<'_>, key: &str) -> Option<Result<Typed>> {
    let (_, text) = given.iter().find(|(known, _)| *known == key)?;
    Some(form.dimension(key)?.read(&format!("neuron parameter {key}"), text))
}

/// What parameters without a name stand over: RS in the general form, nothing in the 2007 form.
fn from_parameters(text: &str, given: &Given<'_>) -> Result<NeuronSpec> {
    if only_of(BIOPHYSICAL, GENERAL, given).is_none() {
        return named("RS");
    }
    refuse_other_form(text, given)?;
    let has = |key: &str| given.iter().any(|(known, _)| *known == key);
    let missing = BIOPHYSICAL.base.iter().map(|(key, _)| *key).filter(|key| !(has(key) || *key == "k" && has("khigh")));
    let missing: Vec<_> = missing.collect();
    if !missing.is_empty() {
        return Err(Error::invalid(
            "neuron in the 2007 form",
            format!("'{text}' without {}", missing.join(", ")),
            format!("all of {}", BIOPHYSICAL.names()),
            "Add them: C=100,k=0.7,vr=-60,vt=-40,a=0.03,b=-2,c=-50,d=100,vpeak=35 is the book's RS cell.",
        ));
    }
    let cell =
        biophysical(given, |key| value(BIOPHYSICAL, given, key).expect("all are given"), (None, Extension::NONE))?;
    Ok(NeuronSpec::of_2007(text, cell))
}

/// Refuses keys of both forms.
fn refuse_other_form(text: &str, given: &Given<'_>) -> Result<()> {
    match (only_of(GENERAL, BIOPHYSICAL, given), only_of(BIOPHYSICAL, GENERAL, given)) {
        (Some(general), Some(biophysical)) => Err(Error::invalid(
            "neuron",
            format!("'{text}' with {general} of the general form and {biophysical} of the 2007 form"),
            format!("keys of one form: {}, or {}", GENERAL.names(), BIOPHYSICAL.names()),
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
        let keys = if base.biophysical.is_some() { BIOPHYSICAL } else { GENERAL }.names();
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
        let typed = |key: &str| value(BIOPHYSICAL, given, key).unwrap_or_else(|| Ok(old.typed(key, &spec.numbers)));
        let (cell, mut numbers) = biophysical(given, typed, (old.k_low, old.extension))?;
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
    spec.neuron.extension = extension(GENERAL, given, spec.neuron.extension, spec.neuron.b)?;
    if given.iter().any(|(key, _)| ["b", "b0", "vb", "b_below", "b_cubic"].contains(key)) {
        spec.start_at(Some(spec.numbers.of("v0", spec.initial.v)), None);
    }
    Ok(spec)
}

/// The 2007 cell whose parameters `typed` gives, with `given` over the klow and the extension that it had.
fn biophysical(
    given: &Given<'_>,
    typed: impl Fn(&'static str) -> Result<Typed>,
    (k_low, old): (Option<f64>, Extension),
) -> Result<(Biophysical, TypedNumbers)> {
    let has = |key: &str| given.iter().any(|(known, _)| *known == key);
    if has("k") && has("khigh") {
        let (given, allowed) = ("k and khigh", "one of them: khigh is another name of k, which klow replaces below vt");
        return Err(Error::invalid("neuron", given, allowed, "Remove k."));
    }
    let of = |key| value(BIOPHYSICAL, given, if key == "k" && has("khigh") { "khigh" } else { key });
    let (mut cell, numbers) = Biophysical::of(|key| of(key).unwrap_or_else(|| typed(key)))?;
    cell.k_low = of("klow").transpose()?.map(Typed::value).or(k_low);
    cell.extension = extension(BIOPHYSICAL, given, old, cell.b)?;
    cell.validate()?;
    Ok((cell, numbers))
}

/// The extension `old` with what is given over it; `b` is the slope of the recovery where it does not bend.
fn extension(form: &FormKeys, given: &Given<'_>, old: Extension, b: f64) -> Result<Extension> {
    let of = |key| value(form, given, key).map(|number| number.map(Typed::value)).transpose();
    let (vb, b_below, b_cubic) = (of("vb")?, of("b_below")?, of("b_cubic")?);
    let bend = match (old.bend, vb, b_below.or(b_cubic)) {
        (None, None, None) => None,
        (Some(bend), ..) => Some(bend),
        (None, Some(vb), Some(_)) => Some(Bend { vb, b_below: b, b_cubic: 0.0 }),
        (None, vb, _) => {
            let (given, other) = if vb.is_some() { ("vb", "b_below or b_cubic") } else { ("b_below or b_cubic", "vb") };
            let allowed = "vb, with b_below (the slope of u below it) or b_cubic (that of (v - vb)^3 above)";
            return Err(Error::invalid("neuron", format!("{given} without {other}"), allowed, format!("Add {other}.")));
        }
    };
    let bend = bend.map(|bend| Bend {
        vb: vb.unwrap_or(bend.vb),
        b_below: b_below.unwrap_or(bend.b_below),
        b_cubic: b_cubic.unwrap_or(bend.b_cubic),
    });
    let or = |key, old: f64| of(key).map(|new| new.unwrap_or(old));
    Ok(Extension {
        bend,
        peak_u: or("peak_u", old.peak_u)?,
        c_u: or("c_u", old.c_u)?,
        u_max: of("umax")?.or(old.u_max),
        refractory: or("refractory", old.refractory)?,
        ..old
    })
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
        let base = || BIOPHYSICAL.base[5..].iter().chain(&GENERAL.base[..6]).chain(&BIOPHYSICAL.base[..5]);
        let known = || base().chain(BIOPHYSICAL.more).map(|(key, _)| *key);
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
