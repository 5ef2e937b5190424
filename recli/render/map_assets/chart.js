// One layout on the screen: its dots, by plotly.
"use strict";

// What the page shows now. Charts read it; page.js alone writes it.
const State = {
  scale: Colour.scale(Data.color),
  sized: true,
  untrained: true,
  spotlight: null, // the value of a legend entry, or null
  selected: null, // a num, or null
  hovered: null,
  picked: [], // nums that a lasso holds, most rated first
  tool: "move", // or "lasso", "box"
};

let hasWebGL = true; // until plotly says otherwise: to ask beforehand takes a context, which takes its time
const calm = matchMedia("(prefers-reduced-motion: reduce)");

class Chart extends Overlay {
  static SMALLEST = 6; // pixels across, of a dot
  static LARGEST = 18;
  static ROOMY = 18; // pixels between dots, were they spread evenly, from which on they are full size
  static FLIGHT = 600; // milliseconds
  static KNOWN = 3; // the trace of trained dots

  constructor(host, layout) {
    super();
    Object.assign(this, { host, layout, drawn: [], home: null });
    const part = (name) => host.querySelector(`.${name}`);
    [this.plot, this.overlay, this.names] = [part("plot"), part("overlay"), part("names")];
    this.caption = host.querySelector("figcaption");
    this.home = this.whole();
    Framing.all.push(this);
  }

  // ---- from data to pixels and back ----

  size() {
    return { width: this.plot.clientWidth, height: this.plot.clientHeight };
  }

  whole() {
    const ends = (values) => values.reduce(([low, high], v) => [Math.min(low, v), Math.max(high, v)], [Infinity, -Infinity]);
    const [[left, right], [bottom, top]] = [ends(this.layout.x), ends(this.layout.y)];
    return { x: (left + right) / 2, y: (bottom + top) / 2, width: right - left || 1, height: top - bottom || 1 };
  }

  corners() {
    const { width, height } = this.size();
    return [{ x: 0, y: 0 }, { x: width, y: 0 }, { x: width, y: height }, { x: 0, y: height }];
  }

  view() {
    const { xaxis, yaxis, width } = this.plot._fullLayout;
    const middle = ([low, high]) => (low + high) / 2;
    return { x: middle(xaxis.range), y: middle(yaxis.range), scale: (xaxis.range[1] - xaxis.range[0]) / width };
  }

  ranges({ x, y, scale }) {
    const { width, height } = this.size();
    const span = (middle, pixels) => [middle - (pixels * scale) / 2, middle + (pixels * scale) / 2];
    return { "xaxis.range": span(x, width), "yaxis.range": span(y, height) };
  }

  place(num) {
    const { xaxis, yaxis, width, height } = this.plot._fullLayout;
    const share = (value, [start, end]) => (value - start) / (end - start);
    return {
      x: share(this.layout.x[num], xaxis.range) * width,
      y: (1 - share(this.layout.y[num], yaxis.range)) * height,
    };
  }

  diameter(num) {
    const { width, height } = this.size();
    const shrink = Math.min(1, Math.max(0.4, Math.sqrt((width * height) / Data.n) / Chart.ROOMY));
    const popular = State.sized ? Math.sqrt(Data.ratings[num] / Data.mostRatings) : 0.2;
    return shrink * (Chart.SMALLEST + (Chart.LARGEST - Chart.SMALLEST) * (this.layout.trained[num] ? popular : 0));
  }

  // ---- the dots ----

  lit(num) {
    if (!Filters.shows(num) || (State.spotlight !== null && State.scale.values[num] !== State.spotlight)) return false;
    return State.untrained || this.layout.trained[num] === 1;
  }

  // Which dots are drawn how: faint, hollow, of unknown colour, coloured. The popular ones come last, so on top.
  parts() {
    const parts = [[], [], [], []];
    for (let i = Data.n - 1; i >= 0; i--) {
      const num = Data.byPopularity[i];
      if (!this.lit(num)) parts[0].push(num);
      else if (!this.layout.trained[num]) parts[1].push(num);
      else parts[Number.isNaN(State.scale.values[num]) ? 2 : Chart.KNOWN].push(num);
    }
    return parts;
  }

  trace(nums, marker) {
    const { x, y } = this.layout;
    return {
      type: hasWebGL ? "scattergl" : "scatter",
      mode: "markers",
      x: Float32Array.from(nums, (num) => x[num]),
      y: Float32Array.from(nums, (num) => y[num]),
      visible: nums.length > 0,
      marker: { size: Float32Array.from(nums, (num) => this.diameter(num)), ...marker },
      hoverinfo: "none", // the card shows it
    };
  }

  coloured(nums) {
    return {
      color: Float32Array.from(nums, (num) => State.scale.values[num]),
      cmin: State.scale.low,
      cmax: State.scale.high,
      colorscale: State.scale.colorscale(),
    };
  }

  traces() {
    this.drawn = this.parts();
    const [faint, hollow, unknown, known] = this.drawn;
    const edge = { width: 0.7, color: Theme.ink("--paper") };
    const ring = { symbol: "circle-open", color: Theme.ink("--hollow"), line: { width: 1.3 } };
    return [
      { ...this.trace(faint, { color: Theme.ink("--ghost"), size: 3, line: { width: 0 } }), hoverinfo: "skip" },
      this.trace(hollow, ring),
      this.trace(unknown, { color: Colour.other(), opacity: 0.92, line: edge }),
      this.trace(known, { ...this.coloured(known), opacity: 0.92, line: edge }),
    ];
  }

  figure() {
    const { "xaxis.range": x, "yaxis.range": y } = this.ranges(this.plot._fullLayout ? this.view() : this.fitted());
    return {
      margin: { l: 0, r: 0, t: 0, b: 0 },
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      xaxis: { visible: false, range: x },
      yaxis: { visible: false, range: y },
      showlegend: false,
      hovermode: "closest",
      hoverdistance: 12,
      dragmode: "pan",
      ...this.size(),
    };
  }

  async draw() {
    const config = { scrollZoom: true, displayModeBar: false, doubleClick: false };
    await Plotly.react(this.plot, this.traces(), this.figure(), config);
    if (hasWebGL && this.plot.querySelector(".no-webgl")) {
      hasWebGL = false;
      return this.draw();
    }
    return this.decorate();
  }

  // Another colouring of the same dots: all else stays as it is. Where the unknown differ, so do the parts.
  async recolour() {
    const before = this.drawn[Chart.KNOWN].length;
    const known = this.parts()[Chart.KNOWN];
    if (known.length !== before || known.some((num, i) => num !== this.drawn[Chart.KNOWN][i])) return this.draw();
    const { color, ...scale } = this.coloured(known);
    const update = Object.fromEntries(Object.entries(scale).map(([name, value]) => [`marker.${name}`, [value]]));
    await Plotly.restyle(this.plot, { "marker.color": [color], ...update }, [Chart.KNOWN]);
    return this.decorate();
  }

  async resize() {
    const drawn = this.plot._fullLayout;
    const { width, height } = this.size();
    if (!drawn || !width || (drawn.width === width && drawn.height === height)) return;
    const view = this.isWhole() ? this.fitted() : this.view();
    await this.draw();
    await this.show(view);
    this.wholeScale = this.fitted().scale;
  }

  isWhole() {
    return Math.abs(this.view().scale / this.wholeScale - 1) < 0.01;
  }

  // Another legend may hide other dots: a map that is shown whole stays so.
  async refit() {
    const view = this.fitted();
    if (this.isWhole() && view.scale !== this.wholeScale) await this.show(view);
    this.wholeScale = view.scale;
  }

  listen({ hover, leave, click }) {
    this.wholeScale = this.fitted().scale;
    const numOf = ({ points: [{ curveNumber, pointNumber }] }) => this.drawn[curveNumber][pointNumber];
    this.plot.on("plotly_hover", (event) => hover(numOf(event), this));
    this.plot.on("plotly_unhover", leave);
    this.plot.on("plotly_click", (event) => click(numOf(event)));
    this.plot.on("plotly_relayouting", () => this.decorate());
    this.plot.on("plotly_relayout", () => this.decorate());
  }

  // ---- moving ----

  show(view) {
    return Plotly.relayout(this.plot, this.ranges(view));
  }

  zoom(factor) {
    const view = this.view();
    this.fly({ ...view, scale: view.scale * factor }, 200);
  }

  move(right, up) {
    const view = this.view();
    const step = 80 * view.scale; // pixels a key press
    this.show({ ...view, x: view.x + right * step, y: view.y + up * step });
  }

  fly(to, duration = Chart.FLIGHT) {
    const flight = (this.flight = Symbol("flight")); // a later one ends this one
    if (calm.matches) return this.show(to);
    const from = this.view();
    const start = performance.now();
    const step = async (now) => {
      if (this.flight !== flight) return;
      const time = Math.min(1, Math.max(0, (now - start) / duration));
      const done = time < 0.5 ? 2 * time ** 2 : 1 - 2 * (1 - time) ** 2;
      const between = (a, b) => a + (b - a) * done;
      const scale = from.scale * (to.scale / from.scale) ** done;
      await this.show({ x: between(from.x, to.x), y: between(from.y, to.y), scale });
      if (time < 1) requestAnimationFrame(step);
    };
    return requestAnimationFrame(step);
  }

  // The lit points within a polygon of pixels (even-odd rule), most rated first.
  within(corners) {
    const inside = ({ x, y }) => {
      let odd = false;
      for (let i = 0, j = corners.length - 1; i < corners.length; j = i++) {
        const [a, b] = [corners[i], corners[j]];
        if (a.y > y !== b.y > y && x < ((b.x - a.x) * (y - a.y)) / (b.y - a.y) + a.x) odd = !odd;
      }
      return odd;
    };
    return [...Data.byPopularity].filter((num) => this.lit(num) && inside(this.place(num)));
  }
}
