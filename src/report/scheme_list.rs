//! The list of schemes.

use std::fmt::Write;

use super::layout::{plain, three, wrapped};
use crate::model::Form;
use crate::scheme::Scheme;
use crate::spike::Location;
use crate::study::StepCost;

/// All schemes of a set, each with its cost a step: name, order, variants, what they are and where from.
pub fn scheme_list(schemes: &[(Scheme, Option<StepCost>)]) -> String {
    let row = |(scheme, cost): &(Scheme, Option<StepCost>)| {
        let info = scheme.info();
        let shown = |x: fn(&StepCost) -> f64| cost.as_ref().map_or_else(|| "adaptive".to_owned(), |c| three(x(c)));
        let order = if info.order == 0 { "varies".to_owned() } else { info.order.to_string() };
        vec![
            info.name.to_string(),
            order,
            shown(|c| c.rhs_evaluations),
            shown(|c| c.flops),
            if scheme.located(Location::Step).is_some() { "yes" } else { "no" }.to_owned(),
        ]
    };
    let mut text = plain(&["scheme", "order", "RHS/step", "flops/step", "+located"], schemes.iter().map(row));
    text += "\nCosts a step are counted over 1000 ms of RS at input 10 and dt 0.5, spikes on the grid.\n\n";
    let width = schemes.iter().map(|(scheme, _)| scheme.info().name.len()).max().unwrap_or_default();
    for info in schemes.iter().map(|(scheme, _)| scheme.info()) {
        let note = if info.by_default { "" } else { " (on request)" };
        let _ = writeln!(text, "{:width$}  {}{note}\n{:width$}  {}", info.name, info.summary, "", info.source);
    }
    text += "\nNAME+located finds each spike inside its step by the step's own root; NAME+located-hermite and\n\
             NAME+located-linear by interpolation. Groups: default, grid, located, simulators, adaptive.\n";
    let extended = schemes.iter().map(|(scheme, _)| scheme).filter(|scheme| scheme.takes(Form::Extended));
    let names: Vec<String> = extended.map(Scheme::to_string).collect();
    text += &wrapped(&format!(
        "Cells with more than the quadratic form (FS2007, RS,refractory=2) are stepped by {}.",
        names.join(", ")
    ));
    text + "\n"
}
