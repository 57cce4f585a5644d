use super::solution::SpikeBound;
use super::taylor::forcing::Forcing;
use super::taylor::recurrence::Terms;
use super::taylor::system::{Normal, Start};
use super::taylor::{SpikeStep, Watch};
use crate::Problem;
pub(crate) struct Certificate;
impl Certificate {
    pub(crate) fn new(_: &Problem) -> Self {
        Certificate
    }
}
impl Watch for Certificate {
    fn begin(&mut self, _: &Normal, _: &Forcing, _: &Start) {}
    fn step(&mut self, _: &Normal, _: &Forcing, _: &Start, _: &Terms, _: &Start) {}
    fn input(&mut self, _: &Normal, _: f64, _: &Start, _: &Forcing) {}
    fn spike(&mut self, _: SpikeStep) -> Option<SpikeBound> {
        None
    }
    fn finish(&mut self, _: &Normal, _: &Forcing, _: &Start, _: f64) -> f64 {
        -1.0
    }
}
