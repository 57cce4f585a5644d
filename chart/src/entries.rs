//! What of a chart stands in its legend, and the looks that it explains.

use crate::chart::{Chart, Draw, Layer, Look, Panel, Rule, Series};
use crate::colors::{Colors, Ramp, SHADES};
use crate::legend::{Legend, Sample};
use crate::slopes;
use crate::style::{BLACK, DASHED, DOT, Marker, Stroke, TRUTH, look};

impl Chart {
    /// The names of series that have looks of their own, in the order in which they come.
    pub(crate) fn own_looks(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for series in self.panels.iter().flat_map(Panel::series).filter(|series| series.look == Look::Own) {
            if !names.contains(&series.name.as_str()) {
                names.push(&series.name);
            }
        }
        names
    }

    pub(crate) fn look(&self, series: &Series, own: &[&str]) -> ((Stroke, Marker), usize) {
        let number = own.iter().position(|name| *name == series.name).unwrap_or_default();
        let (stroke, marker) = look(series.look, number);
        let width = if series.width > 0.0 { series.width } else { stroke.width };
        ((Stroke { width, ..stroke }, marker), number)
    }

    pub(crate) fn legend_of(&self) -> Legend {
        let own = self.own_looks();
        let mut legend = Legend::default();
        let (mut hollow, mut floor, mut guides) = (false, false, false);
        for panel in &self.panels {
            for layer in &panel.layers {
                match layer {
                    Layer::Series(series) if series.look != Look::Hidden => {
                        let ((stroke, marker), _) = self.look(series, &own);
                        for (label, sample) in samples(series, stroke, marker) {
                            legend.entry(&series.group, &label, sample);
                        }
                        let marked = matches!(series.draw, Draw::Marked | Draw::Markers | Draw::Sparse);
                        hollow |=
                            series.joined() && marked && series.points.iter().any(|p| p.hollow && p.y.is_finite());
                        floor |= marked && panel.y.is_log() && series.points.iter().any(|p| p.y == 0.0);
                    }
                    Layer::Rule(rule) => {
                        let stroke = rule_stroke(rule);
                        legend.entry(&rule.group, &rule.label, Sample::Line { stroke, marker: None });
                    }
                    Layer::Slopes(asked) => guides |= !slopes::guides(panel, asked).is_empty(),
                    _ => {}
                }
            }
        }
        if guides {
            legend.entry("", "slopes, as numbered", Sample::Line { stroke: slopes::STROKE, marker: None });
        }
        if hollow && !self.hollow.is_empty() {
            legend.note(&format!("hollow: {}", self.hollow));
        }
        if floor {
            legend.note("arrow: 0, below the axis");
        }
        legend
    }
}

/// How lines across a panel look: those of the reference are thin, as there are many.
pub(crate) fn rule_stroke(rule: &Rule) -> Stroke {
    if rule.look == Look::Reference { Stroke::dashed(TRUTH, 0.6, DASHED) } else { look(rule.look, 0).0 }
}

/// What the legend shows of a series.
fn samples(series: &Series, stroke: Stroke, marker: Marker) -> Vec<(String, Sample)> {
    let label = series.label().to_owned();
    match &series.draw {
        Draw::Line => vec![(label, Sample::Line { stroke, marker: None })],
        Draw::Marked | Draw::Sparse if stroke.color == TRUTH => vec![(label, Sample::Line { stroke, marker: None })],
        Draw::Marked | Draw::Sparse => vec![(label, Sample::Line { stroke, marker: Some((marker, false)) })],
        Draw::Markers | Draw::Dots => {
            let marker = if series.draw == Draw::Dots { DOT } else { marker };
            let hollow = series.points.first().is_some_and(|p| p.hollow);
            vec![(label, Sample::Marker { marker, color: stroke.color, hollow })]
        }
        Draw::Cells(Colors { ramp: Ramp::Named(names), .. }) => {
            let colors =
                |k: usize| if let Draw::Cells(colors) = &series.draw { colors.of(k * (SHADES - 1) / 2) } else { BLACK };
            names.iter().enumerate().map(|(k, name)| ((*name).to_owned(), Sample::Color(colors(k)))).collect()
        }
        Draw::Strokes | Draw::Cells(_) => Vec::new(),
    }
}
