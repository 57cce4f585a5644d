"use strict";
(() => {
  // Numbers before text, empty cells last in both directions.
  const key = (cell) => {
    const text = cell.title || cell.textContent;
    const number = Number(text);
    return text === "" ? [2, ""] : Number.isNaN(number) ? [1, text] : [0, number];
  };
  const compare = (a, b) => a[0] - b[0] || (a[0] === 0 ? a[1] - b[1] : a[1].localeCompare(b[1]));
  for (const table of document.querySelectorAll("table.sortable")) {
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => head.firstElementChild.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      const rows = [...table.tBodies[0].rows].map((row) => [key(row.cells[column]), row]);
      const full = rows.filter(([k]) => k[0] < 2).sort((a, b) => (down ? -1 : 1) * compare(a[0], b[0]));
      table.tBodies[0].append(...full.concat(rows.filter(([k]) => k[0] === 2)).map(([, row]) => row));
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
    }));
  }

  // A scale as the drawing states it: where a value lies between the ends of an axis, 0 to 1.
  const scale = (text) => {
    const [name, ...rest] = text.split(" ");
    if (name === "rows" || name === "columns") {
      const labels = JSON.parse(text.slice(name.length + 1));
      const at = (field) => (labels.indexOf(field) + 0.5) / labels.length;
      return name === "rows" ? (field) => 1 - at(field) : at;
    }
    const [low, high] = rest.map(Number);
    const unit = Number(name.split(":")[1]);
    const place = {
      linear: (x) => x,
      log: (x) => (x > 0 ? Math.log10(x) : x === 0 ? low : NaN),
      symlog: (x) => {
        const s = x / 10 ** unit;
        return Math.abs(s) <= 1 ? s : Math.sign(s) * (1 + Math.log10(Math.abs(s)));
      },
    }[name.split(":")[0]];
    return (field) => (field === "" ? NaN : (place(Number(field)) - low) / (high - low));
  };

  const hover = document.getElementById("hover");
  const near = 24; // px
  const most = 4; // rows told at once
  for (const figure of document.querySelectorAll("figure")) {
    const data = figure.querySelector("script[type='application/json']");
    const svg = figure.querySelector("svg");
    if (!data || !svg) continue;
    const { columns, rows } = JSON.parse(data.textContent);
    const unit = svg.viewBox.baseVal.width / Number(svg.getAttribute("width"));
    const points = [];
    for (const plot of svg.querySelectorAll("[data-columns]")) {
      const [left, top, width, height] = plot.dataset.box.split(" ").map((x) => Number(x) * unit);
      const [x, y] = [scale(plot.dataset.x), scale(plot.dataset.y)];
      const [cx, cy] = plot.dataset.columns.split(" ").map((name) => columns.indexOf(name));
      const only = Object.entries(JSON.parse(plot.dataset.rows)).map(([name, of]) => [columns.indexOf(name), of]);
      for (const row of rows) {
        if (!only.every(([column, of]) => of.includes(row[column]))) continue;
        const [fx, fy] = [x(row[cx]), y(row[cy])];
        if (fx >= 0 && fx <= 1 && fy >= 0 && fy <= 1) points.push([left + fx * width, top + (1 - fy) * height, row]);
      }
    }
    const ring = document.createElementNS(svg.namespaceURI, "circle");
    const attributes = { r: 5 * unit, fill: "none", stroke: "#D55E00", "stroke-width": 1.5 * unit, visibility: "hidden" };
    for (const [name, value] of Object.entries(attributes)) ring.setAttribute(name, value);
    svg.append(ring);
    const leave = () => {
      hover.hidden = true;
      ring.setAttribute("visibility", "hidden");
    };
    // Tells the values of a point, beside a place on the screen.
    const tell = (best, x, y) => {
      ring.setAttribute("cx", best[0]);
      ring.setAttribute("cy", best[1]);
      ring.setAttribute("visibility", "visible");
      // Lines on top of each other are told together.
      const here = points.filter((p) => Math.abs(p[0] - best[0]) < unit && Math.abs(p[1] - best[1]) < unit).map((p) => p[2]);
      const told = here.slice(0, most).map((row) => columns.map((name, i) => (row[i] === "" ? "" : `${name}: ${row[i]}\n`)).join(""));
      if (here.length > most) told.push(`and ${here.length - most} more here`);
      hover.textContent = told.join("\n").trimEnd();
      hover.hidden = false;
      const box = hover.getBoundingClientRect();
      hover.style.left = `${Math.max(0, Math.min(x + 16, innerWidth - box.width - 8))}px`;
      hover.style.top = `${Math.max(0, Math.min(y + 16, innerHeight - box.height - 8))}px`;
    };
    const point = (event) => {
      const matrix = svg.getScreenCTM();
      const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix.inverse());
      let [best, least] = [null, (near / matrix.a) ** 2];
      for (const other of points) {
        const distance = (other[0] - at.x) ** 2 + (other[1] - at.y) ** 2;
        if (distance < least) [best, least] = [other, distance];
      }
      if (best) tell(best, event.clientX, event.clientY);
      else leave();
    };
    svg.addEventListener("pointerleave", (event) => event.pointerType !== "touch" && leave());
    svg.addEventListener("pointermove", point);
    // A tap tells, too.
    svg.addEventListener("pointerdown", point);
    // By keyboard from point to point, from left to right: all that the pointer can reach.
    const drawing = svg.parentElement;
    const ordered = [...points].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
    let chosen = -1;
    drawing.addEventListener("keydown", (event) => {
      const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (event.key === "Escape") return leave();
      if (!by || !ordered.length) return;
      event.preventDefault();
      chosen = Math.max(0, Math.min(ordered.length - 1, chosen + by * (event.shiftKey ? 10 : 1)));
      const [x, y] = ordered[chosen];
      const place = new DOMPoint(x, y).matrixTransform(svg.getScreenCTM());
      tell(ordered[chosen], place.x, place.y);
    });
    drawing.addEventListener("blur", leave);

    // All values as a table, made when it is asked for.
    const details = figure.querySelector("details.values");
    details.addEventListener("toggle", () => {
      if (details.querySelector("table")) return;
      const table = document.createElement("table");
      const line = (section, tag, fields) => {
        const row = section.insertRow();
        for (const field of fields) row.append(Object.assign(document.createElement(tag), { textContent: field }));
      };
      line(table.createTHead(), "th", columns);
      const body = table.createTBody();
      for (const row of rows) line(body, "td", row);
      const scroll = Object.assign(document.createElement("div"), { className: "scroll" });
      scroll.append(table);
      details.append(scroll);
    });
  }
})();
