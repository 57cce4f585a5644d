use crate::reference::{cases, extra_cases};
use spikestep::truth::residual::Reading;
use spikestep::truth::taylor;

#[test]
fn explore() {
    for tolerance in [1e-16, 1e-12, 1e-9, 1e-6, 1e-4] {
        for case in cases().into_iter().chain(extra_cases()) {
            let solution = taylor::solve(&case.problem, tolerance);
            let c = solution.residual_certificate(Reading::Decimal);
            let (mut none, mut fail, mut worst_ratio, mut bad, mut n, mut worst_unc) = (0, 0, 0.0f64, 0, 0, 0.0f64);
            let (mut lo, mut hi) = (f64::INFINITY, 0.0f64);
            let (mut emax, mut bmax, mut umax) = (0.0f64, 0.0f64, 0.0f64);
            for (i, (t, _)) in case.spikes.iter().enumerate() {
                let Some(&time) = solution.spikes.times().get(i) else { continue };
                let Some(Some(e)) = c.spikes.get(i) else {
                    none += 1;
                    continue;
                };
                let error = t.error_of(time);
                if error.abs() > e.bound {
                    fail += 1
                }
                emax = emax.max(error.abs());
                bmax = bmax.max(e.bound);
                umax = umax.max(e.uncertainty);
                worst_unc = worst_unc.max((error - e.predicted).abs() / (e.uncertainty + 1e-24));
                if error.abs() > f64::EPSILON * time {
                    n += 1;
                    let r = e.predicted / error;
                    lo = lo.min(r);
                    hi = hi.max(r);
                    if !(0.5..2.0).contains(&r) {
                        bad += 1;
                    }
                    worst_ratio = worst_ratio.max((r - 1.0).abs());
                }
            }
            println!("{tolerance:e} {:28} spikes {:3}/{:3} none {none} fail {fail} seen {n} bad {bad} ratio {lo:.6}..{hi:.6} err/unc {worst_unc:.3} err {emax:.1e} bound {bmax:.1e} unc {umax:.1e} until {} of {}", case.name, solution.spikes.len(), case.spikes.len(), c.certain_until, case.problem.duration);
        }
    }
}
#[test]
fn one() {
    let name = std::env::var("CASE").unwrap();
    let tol: f64 = std::env::var("TOL").unwrap().parse().unwrap();
    for case in cases().into_iter().chain(extra_cases()).filter(|c| c.name == name) {
        let solution = taylor::solve(&case.problem, tol);
        let c = solution.residual_certificate(Reading::Decimal);
        println!("{c:?}");
        let ends: Vec<f64> = solution.step_ends().filter(|t| (t - c.certain_until).abs() < 3.0).collect();
        println!("{ends:?}");
    }
}
#[test]
fn timing() {
    use spikestep::truth::residual::certify;
    for case in cases().into_iter().filter(|c| {
        ["RS_step_10", "FS_step_10", "IB_step_10", "CH_step_10", "RS_ramp_0_to_20"].contains(&c.name.as_str())
    }) {
        for tol in [1e-16, 1e-6] {
            let best = |f: &mut dyn FnMut()| {
                (0..15)
                    .map(|_| {
                        let t = std::time::Instant::now();
                        f();
                        t.elapsed().as_secs_f64()
                    })
                    .fold(1.0, f64::min)
            };
            let s = taylor::solve(&case.problem, tol);
            let log = s.step_log().unwrap();
            let a = best(&mut || {
                std::hint::black_box(taylor::solve(&case.problem, tol));
            });
            let b = best(&mut || {
                std::hint::black_box(certify(&case.problem, &log, Reading::Decimal));
            });
            println!(
                "{} {tol:e} steps {} solve {:.0} us, certify {:.0} us, ratio {:.1}, per step {:.2} us",
                case.name,
                s.steps,
                a * 1e6,
                b * 1e6,
                b / a,
                b * 1e6 / s.steps as f64
            );
        }
    }
}
