//! The page in a headless browser: sorting, values under the pointer, the table of a figure's values, and no error on the way.
//! Skipped, with a message, where no Chromium is installed (`apt-get install chromium`).

use std::path::Path;
use std::process::Command;

use crate::bench::{comparison, rows};

const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "chrome"];

/// Does what a reader does, and writes what it saw as JSON to the end of the page.
const PROBE: &str = r##"<script>
const errors = [];
addEventListener("error", (event) => errors.push(event.message));
addEventListener("securitypolicyviolation", (event) => errors.push(event.violatedDirective));
addEventListener("load", () => setTimeout(() => {
  const seen = { errors, figures: {} };
  const table = document.querySelector("#table-metrics table");
  const heads = [...table.tHead.rows[0].cells];
  const column = heads.findIndex((head) => head.title === "max_spike_time_error_ms");
  const cells = () => [...table.tBodies[0].rows].map((row) => row.cells[column].title || row.cells[column].textContent);
  heads[column].firstElementChild.click();
  seen.ascending = cells();
  heads[column].firstElementChild.click();
  seen.descending = cells();
  seen.sort = heads[column].getAttribute("aria-sort");
  const hover = document.getElementById("hover");
  for (const figure of document.querySelectorAll("figure")) {
    const svg = figure.querySelector("svg");
    const box = svg.getBoundingClientRect();
    const found = new Set();
    for (let x = box.left; x < box.right; x += 6) for (let y = box.top; y < box.bottom; y += 6) {
      svg.dispatchEvent(new PointerEvent("pointermove", { clientX: x, clientY: y }));
      if (!hover.hidden) hover.textContent.split("\n\n").filter((t) => !t.startsWith("and ")).forEach((t) => found.add(t));
    }
    svg.dispatchEvent(new PointerEvent("pointerleave"));
    seen.figures[figure.id] = { found: [...found], hidden: hover.hidden };
  }
  // The marker drawn for the first point and the ring around it: the same place.
  const svg = document.querySelector("#figure-error_vs_dt svg");
  const marker = svg.querySelectorAll("polygon[fill='#0072B2']")[0].getBoundingClientRect();
  const at = { clientX: marker.left + marker.width / 2, clientY: marker.top + marker.height / 2 };
  svg.dispatchEvent(new PointerEvent("pointermove", at));
  const ring = svg.querySelector("circle").getBoundingClientRect();
  seen.off = Math.hypot(ring.left + ring.width / 2 - at.clientX, ring.top + ring.height / 2 - at.clientY);
  const details = document.querySelector("#figure-raster details");
  details.addEventListener("toggle", () => {
    seen.values = details.querySelectorAll("tbody tr").length;
    document.body.append(Object.assign(document.createElement("pre"), { id: "seen", textContent: JSON.stringify(seen) }));
  });
  details.open = true;
}, 0));
</script></head>"##;

/// The page after its scripts have run; none where no browser is installed.
fn dump(page: &Path) -> Option<String> {
    let home = tempfile::tempdir().unwrap();
    for name in NAMES {
        let mut command = Command::new(name);
        command
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--window-size=1200,900"])
            .args(["--virtual-time-budget=20000", "--dump-dom"])
            .arg(format!("--user-data-dir={}", home.path().display()))
            .arg(format!("file://{}", page.display()));
        if let Ok(output) = command.output() {
            return Some(String::from_utf8_lossy(&output.stdout).into_owned());
        }
    }
    None
}

#[test]
#[allow(clippy::print_stderr)]
fn a_reader_can_sort_and_point() {
    let bench = comparison();
    let page = bench.read("out/report.html");
    bench.write("out/probe.html", page.replacen("</head>", PROBE, 1));
    let Some(dom) = dump(&bench.path("out/probe.html")) else {
        eprintln!("skipped: none of {NAMES:?} is installed");
        return;
    };
    let json = dom.split("<pre id=\"seen\">").nth(1).unwrap_or_else(|| panic!("the probe has run: {dom}"));
    let json = json.split("</pre>").next().unwrap().replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    let seen: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(seen["errors"], serde_json::json!([]));

    let column = |key: &str| -> Vec<f64> {
        seen[key].as_array().unwrap().iter().filter_map(|cell| cell.as_str().unwrap().parse().ok()).collect()
    };
    let (up, mut down) = (column("ascending"), column("descending"));
    assert_eq!(up.len(), rows(&bench.path("out/metrics.csv")).len());
    assert!(up.windows(2).all(|w| w[0] <= w[1]) && up.first() < up.last(), "{up:?}");
    down.reverse();
    assert_eq!(up, down);
    assert_eq!(seen["sort"], "descending");

    for (id, figure) in seen["figures"].as_object().unwrap() {
        let found = figure["found"].as_array().unwrap();
        assert!(found.len() > 3, "{id}: {found:?}");
        assert_eq!(figure["hidden"], true, "{id}");
        // What is shown are rows of the CSV beside the figure.
        let name = id.strip_prefix("figure-").unwrap();
        let mut reader = csv::Reader::from_path(bench.path(&format!("out/figures/{name}.csv"))).unwrap();
        let header = reader.headers().unwrap().clone();
        let lines: Vec<String> = reader
            .records()
            .map(|record| {
                let record = record.unwrap();
                let fields = header.iter().zip(&record).filter(|(_, field)| !field.is_empty());
                fields.map(|(name, field)| format!("{name}: {field}")).collect::<Vec<_>>().join("\n")
            })
            .collect();
        assert!(found.iter().all(|text| lines.iter().any(|line| line == text.as_str().unwrap())), "{id}");
    }
    // The drawing's coordinates are rounded to a tenth of a px, in both directions and at both ends.
    assert!(seen["off"].as_f64().unwrap() < 0.5, "{}", seen["off"]);
    assert_eq!(seen["values"].as_u64().unwrap() as usize, rows(&bench.path("out/figures/raster.csv")).len());
}
