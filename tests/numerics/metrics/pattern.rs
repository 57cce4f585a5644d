//! Whether two trains are the same firing pattern.

use spikestep::SpikeTrain;
use spikestep::metrics::{Agreement, PatternClass};

fn train(times: &[f64]) -> SpikeTrain {
    SpikeTrain::new(times.to_vec()).unwrap()
}

#[test]
fn classes_are_those_of_the_groups() {
    for (times, class) in [
        (&[][..], PatternClass::Silent),
        (&[5.0], PatternClass::OneSpike),
        (&[5.0, 15.0], PatternClass::OneBurst),
        (&[5.0, 15.1], PatternClass::Spikes),
        (&[5.0, 8.0, 40.0, 43.0], PatternClass::Bursts),
        (&[5.0, 8.0, 40.0], PatternClass::Mixed),
    ] {
        assert_eq!(PatternClass::of(&train(times)), class, "{times:?}");
    }
}

#[test]
fn agreement_is_as_bad_as_the_worst_difference() {
    let truth = train(&[10.0, 50.0]);
    let agreement = |times: &[f64]| Agreement::between(&train(times), &truth, false);
    assert_eq!(agreement(&[10.5, 49.5]), (Agreement::Same, Some(0.5)));
    assert_eq!(agreement(&[10.5, 52.0]), (Agreement::Moved, Some(2.0)));
    assert_eq!(agreement(&[10.5, 52.0, 90.0]), (Agreement::Count, Some(2.0)));
    assert_eq!(agreement(&[10.5, 12.0]).0, Agreement::Pattern);
    assert_eq!(Agreement::between(&truth, &truth, true), (Agreement::Pattern, Some(0.0)));
}
