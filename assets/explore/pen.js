// Figures draw with a pen: on a canvas, or as SVG. Coordinates are CSS pixels.

const FONT = "system-ui, -apple-system, 'Segoe UI', 'Liberation Sans', sans-serif";

/** What a canvas was drawn from last, of those that tell it. */
const drawnFrom = new WeakMap();

/** Whether a canvas shows what `what` decides, in this size and in these colours; if not, it is about to. */
function isDrawn(canvas, theme, ...what) {
  const now = JSON.stringify([canvas.clientWidth, canvas.clientHeight, window.devicePixelRatio, theme.page, what]);
  const drawn = drawnFrom.get(canvas) === now;
  drawnFrom.set(canvas, now);
  return drawn;
}

/** Draws on a canvas of so many CSS pixels, sharp on any screen. */
class CanvasPen {
  constructor(canvas, width, height) {
    const ratio = Math.min(window.devicePixelRatio || 1, 3);
    const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (canvas.width !== w || canvas.height !== h) {
      canvas.width = w;
      canvas.height = h;
    }
    this.c = canvas.getContext("2d");
    this.c.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.c.clearRect(0, 0, width, height);
    this.c.lineJoin = "round";
  }

  #ink({ stroke, fill, width = 1, dash = [], alpha = 1 }) {
    const c = this.c;
    c.globalAlpha = alpha;
    if (fill) {
      c.fillStyle = fill;
      c.fill();
    }
    if (stroke) {
      c.strokeStyle = stroke;
      c.lineWidth = width;
      c.setLineDash(dash);
      c.stroke();
    }
    c.globalAlpha = 1;
  }

  /** A line through points; a gap wherever a coordinate is no number. */
  path(xs, ys, look) {
    const c = this.c;
    c.beginPath();
    let open = false;
    for (let i = 0; i < xs.length; i++) {
      if (Number.isFinite(xs[i]) && Number.isFinite(ys[i])) {
        open ? c.lineTo(xs[i], ys[i]) : c.moveTo(xs[i], ys[i]);
        open = true;
      } else {
        open = false;
      }
    }
    this.#ink(look);
  }

  /** Separate lines, four coordinates each. */
  segments(ends, look) {
    const c = this.c;
    c.beginPath();
    for (let i = 0; i + 3 < ends.length; i += 4) {
      c.moveTo(ends[i], ends[i + 1]);
      c.lineTo(ends[i + 2], ends[i + 3]);
    }
    this.#ink(look);
  }

  rect(x, y, w, h, look) {
    this.c.beginPath();
    this.c.rect(x, y, w, h);
    this.#ink(look);
  }

  /** Markers of one kind: round, up, down, square or cross. */
  marks(xs, ys, kind, size, look) {
    const c = this.c;
    c.beginPath();
    for (let i = 0; i < xs.length; i++) {
      outline(kind, xs[i], ys[i], size).forEach(([x, y, start], k) => {
        if (kind === "round") {
          c.moveTo(x + size, y);
          c.arc(x, y, size, 0, 2 * Math.PI);
        } else {
          start || k === 0 ? c.moveTo(x, y) : c.lineTo(x, y);
        }
      });
      if (kind !== "cross" && kind !== "round") c.closePath();
    }
    this.#ink(look);
  }

  text(words, x, y, { color, size = 12, align = "left", base = "alphabetic", turned = false, weight = 400 }) {
    const c = this.c;
    c.save();
    c.translate(x, y);
    if (turned) c.rotate(-Math.PI / 2);
    c.font = `${weight} ${size}px ${FONT}`;
    c.textAlign = align;
    c.textBaseline = base;
    c.fillStyle = color;
    c.fillText(words, 0, 0);
    c.restore();
  }

  /** Draws nothing outside the rectangle while `work` draws. */
  within(x, y, w, h, work) {
    this.c.save();
    this.c.beginPath();
    this.c.rect(x, y, w, h);
    this.c.clip();
    work();
    this.c.restore();
  }
}

/** Corners of a marker; a third value that is true begins another line. */
function outline(kind, x, y, r) {
  switch (kind) {
    case "up":
      return [[x, y - 1.2 * r], [x + r, y + 0.8 * r], [x - r, y + 0.8 * r]];
    case "down":
      return [[x, y + 1.2 * r], [x + r, y - 0.8 * r], [x - r, y - 0.8 * r]];
    case "square":
      return [[x - r, y - r], [x + r, y - r], [x + r, y + r], [x - r, y + r]];
    case "cross":
      return [[x - r, y - r, true], [x + r, y + r], [x - r, y + r, true], [x + r, y - r]];
    default:
      return [[x, y]];
  }
}

/** Writes SVG. */
class SvgPen {
  constructor(width, height, background) {
    this.size = [width, height];
    this.parts = [`<rect width="${width}" height="${height}" fill="${background}"/>`];
    this.clips = 0;
  }

  #ink({ stroke, fill, width = 1, dash = [], alpha = 1 }) {
    const line = stroke ? ` stroke="${stroke}" stroke-width="${width}"` : "";
    const dashes = stroke && dash.length ? ` stroke-dasharray="${dash.join(" ")}"` : "";
    const pale = alpha < 1 ? ` opacity="${alpha}"` : "";
    return ` fill="${fill || "none"}"${line}${dashes}${pale} stroke-linejoin="round"`;
  }

  #d(points) {
    let open = false;
    let d = "";
    for (const [x, y, start] of points) {
      const known = Number.isFinite(x) && Number.isFinite(y);
      if (known) d += `${open && !start ? "L" : "M"}${+x.toFixed(2)} ${+y.toFixed(2)}`;
      open = known;
    }
    return d;
  }

  path(xs, ys, look) {
    const d = this.#d(Array.from(xs, (x, i) => [x, ys[i]]));
    if (d) this.parts.push(`<path d="${d}"${this.#ink(look)}/>`);
  }

  segments(ends, look) {
    const points = [];
    for (let i = 0; i + 3 < ends.length; i += 4) {
      points.push([ends[i], ends[i + 1], true], [ends[i + 2], ends[i + 3]]);
    }
    if (points.length) this.parts.push(`<path d="${this.#d(points)}"${this.#ink(look)}/>`);
  }

  rect(x, y, w, h, look) {
    this.parts.push(`<rect x="${+x.toFixed(2)}" y="${+y.toFixed(2)}" width="${+w.toFixed(2)}" height="${+h.toFixed(2)}"${this.#ink(look)}/>`);
  }

  marks(xs, ys, kind, size, look) {
    const ink = this.#ink(look);
    for (let i = 0; i < xs.length; i++) {
      if (!Number.isFinite(xs[i]) || !Number.isFinite(ys[i])) continue;
      const [x, y] = [+xs[i].toFixed(2), +ys[i].toFixed(2)];
      const close = kind === "cross" ? "" : "Z";
      this.parts.push(
        kind === "round"
          ? `<circle cx="${x}" cy="${y}" r="${size}"${ink}/>`
          : `<path d="${this.#d(outline(kind, x, y, size))}${close}"${ink}/>`,
      );
    }
  }

  text(words, x, y, { color, size = 12, align = "left", base = "alphabetic", turned = false, weight = 400 }) {
    const anchor = { left: "start", center: "middle", right: "end" }[align];
    const drop = { alphabetic: 0, middle: 0.35 * size, top: 0.8 * size, bottom: -0.2 * size }[base];
    const turn = turned ? ` transform="rotate(-90 ${x} ${y})"` : "";
    this.parts.push(
      `<text x="${+x.toFixed(2)}" y="${+(y + (turned ? 0 : drop)).toFixed(2)}"${turned && drop ? ` dy="${drop}"` : ""} font-size="${size}" ` +
        `font-weight="${weight}" text-anchor="${anchor}" fill="${color}"${turn}>${escaped(words)}</text>`,
    );
  }

  within(x, y, w, h, work) {
    const name = `clip${++this.clips}`;
    this.parts.push(`<clipPath id="${name}"><rect x="${x}" y="${y}" width="${w}" height="${h}"/></clipPath><g clip-path="url(#${name})">`);
    work();
    this.parts.push("</g>");
  }

  toString() {
    const [w, h] = this.size;
    return (
      `<svg xmlns="http://www.w3.org/2000/svg" width="${w}" height="${h}" viewBox="0 0 ${w} ${h}" ` +
      `font-family="${FONT.replaceAll('"', "'")}">\n${this.parts.join("\n")}\n</svg>\n`
    );
  }
}

const escaped = (text) => String(text).replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c]);
