//! Which column of a recording is what: by what its name means, or by its values.

use super::recording::{ROLES, ReadOptions};
use super::times::{TimeUnit, unit_in};
use crate::error::{Error, Result};
use crate::interop::{Layout, Source, time_column};
use crate::spike::is_potential;

/// Which column is what.
pub(super) struct Roles {
    pub(super) found: Vec<(&'static str, usize)>,
    /// The unit in the name of the times.
    pub(super) unit: Option<TimeUnit>,
    pub(super) notes: Vec<String>,
}

impl Roles {
    pub(super) fn of(&self, role: &str) -> Option<usize> {
        self.found.iter().find(|(known, _)| *known == role).map(|(_, column)| *column)
    }

    /// What is told, what names mean, and what values look like, in this order.
    pub(super) fn find(source: &Source, options: &ReadOptions) -> Result<Roles> {
        let mut roles = Roles { found: Vec::new(), unit: None, notes: Vec::new() };
        let names: Vec<&str> = source.columns.0.iter().map(|(name, _)| name.as_str()).collect();
        for (role, name) in &options.columns {
            let numbered = name.parse::<usize>().ok().filter(|k| (1..=names.len()).contains(k)).map(|k| k - 1);
            let place = names.iter().position(|known| known == name).or(numbered);
            let place = place.ok_or_else(|| Error::unknown("column", name, names.iter().copied()))?;
            let role = ROLES.into_iter().find(|known| known == role).unwrap_or("v");
            roles.found.push((role, place));
        }
        if source.layout == Layout::Named {
            roles.by_name(source, &names)?;
        } else if options.columns.is_empty() {
            roles.by_value(source)?;
        }
        if let Some(t) = roles.of("t") {
            roles.unit = unit_in(names[t]);
        }
        if !options.columns.iter().any(|(role, _)| role == "input") {
            roles.without_marks(source, &names);
        }
        Ok(roles)
    }

    /// A column of zeros and ones marks spikes, whatever its name: it is no input.
    fn without_marks(&mut self, source: &Source, names: &[&str]) {
        let Some(k) = self.of("input") else { return };
        if source.columns.0[k].1.numbers().is_some_and(|values| marks(&values)) {
            self.found.retain(|(role, _)| *role != "input");
            let name = names[k];
            self.notes.push(format!(
                "'{name}' is 0 or 1 in every row: taken for marks of spikes, not for the input (--columns input={name} if it is)"
            ));
        }
    }

    fn by_name(&mut self, source: &Source, names: &[&str]) -> Result<()> {
        for role in ROLES {
            if self.of(role).is_some() {
                continue;
            }
            let free = |k: &usize| !self.found.iter().any(|(_, taken)| taken == k);
            let means: Vec<usize> =
                (0..names.len()).filter(free).filter(|k| meaning(names[*k]) == Some(role)).collect();
            // Of several columns of time one in ms says most.
            let exact = means.iter().copied().find(|k| names[*k] == "t_ms" || names[*k] == "v_mV");
            match (exact, means.as_slice()) {
                (Some(k), _) => self.found.push((role, k)),
                (None, [k]) => self.found.push((role, *k)),
                (None, []) => {}
                (None, several) => {
                    let several: Vec<&str> = several.iter().map(|k| names[*k]).collect();
                    let problem = format!("several columns may be {role}: {}", several.join(", "));
                    return Err(source.refused(problem, &format!("Say which: --columns {role}={}.", several[0])));
                }
            }
        }
        // The one array of an archive, whatever its name.
        if let ([_], true) = (names, self.of("v").is_none()) {
            self.by_value(source)?;
        }
        Ok(())
    }

    /// Columns without names: times rise evenly, v has the greater range, one column that goes below -30 is v.
    fn by_value(&mut self, source: &Source) -> Result<()> {
        let mut columns = Vec::new();
        for k in 0..source.columns.0.len() {
            columns.push(source.numbers(k, "a number")?);
        }
        let rises = |x: &[f64]| x.len() > 2 && x.windows(2).all(|w| w[1] > w[0]);
        let range = |x: &[f64]| x.iter().fold((f64::MAX, f64::MIN), |(least, most), x| (least.min(*x), most.max(*x)));
        let time = (columns.len() > 1).then(|| (0..columns.len()).find(|k| rises(&columns[*k]))).flatten();
        self.found.extend(time.map(|k| ("t", k)));
        let mut states: Vec<usize> = (0..columns.len()).filter(|k| Some(*k) != time).collect();
        // Beside v a column of marks says nothing more.
        if states.len() > 1 {
            states.retain(|k| !marks(&columns[*k]));
        }
        states.sort_by(|a, b| {
            let spread = |k: usize| range(&columns[k]).1 - range(&columns[k]).0;
            spread(*b).total_cmp(&spread(*a))
        });
        let raster = |x: &[f64]| x.len() > 2 && x.iter().all(|x| *x == 0.0 || *x == 1.0);
        let below = |k: usize| range(&columns[k]).0 < 0.0;
        // LEMS writes v in V beside a u in its own unit.
        let in_volts = |k: usize| VOLTS.contains(&range(&columns[k]).0) && range(&columns[k]).1 < 1.0;
        if let [u, v] = states[..]
            && in_volts(v)
            && range(&columns[u]).0 > -45.0
        {
            states.swap(0, 1);
        }
        match states[..] {
            [] if time.is_some() => {}
            [k] if columns.len() == 1 && raster(&columns[k]) => self.found.push(("spike", k)),
            [k] if columns.len() == 1 && !below(k) => self.found.push(("t", k)),
            [k] if below(k) => self.found.push(("v", k)),
            // A neuron and its times.
            [k] if time.is_some() && !below(k) => {}
            [v, u] if below(v) => self.found.extend([("v", v), ("u", u)]),
            _ => {
                let problem = format!("{} columns without names, which may be anything", columns.len());
                return Err(source.at(0, problem, "Say what they are: --columns t=1,v=2,u=3."));
            }
        }
        let said = |(role, k): &(&str, usize)| format!("{role} is column {}", k + 1);
        let said: Vec<String> = self.found.iter().map(said).collect();
        self.notes.push(format!("the columns have no names: {}", said.join(", ")));
        Ok(())
    }
}

/// What the name of a column means.
fn meaning(name: &str) -> Option<&'static str> {
    let lower = name.trim().to_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let joined = words.join("_");
    if time_column(name).is_some() || ["ms", "ts", "step", "steps", "time_step", "timestep"].contains(&joined.as_str())
    {
        return Some("t");
    }
    if is_potential(name) || ["v_membrane", "membrane_v", "membrane", "soma_v", "v_soma"].contains(&joined.as_str()) {
        return Some("v");
    }
    let recovery = ["u", "u_m", "w", "recovery", "recovery_variable", "u_mv_ms", "u_mv"];
    if recovery.contains(&joined.as_str()) {
        return Some("u");
    }
    if ["input", "current", "i_ext", "i_syn", "stimulus", "input_mv_ms"].contains(&joined.as_str())
        || name.trim() == "I"
    {
        return Some("input");
    }
    ["spike", "spikes", "spiked"].contains(&joined.as_str()).then_some("spike")
}

/// The lowest potential of a neuron, where it is in volts.
const VOLTS: std::ops::Range<f64> = -0.2..-0.03;

/// Whether a column has zeros and ones alone, and both.
fn marks(values: &[f64]) -> bool {
    values.iter().all(|x| *x == 0.0 || *x == 1.0) && values.contains(&0.0) && values.contains(&1.0)
}
