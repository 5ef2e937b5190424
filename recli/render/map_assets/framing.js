// Which part of the plane a map shows: the whole, or a point with its neighbours, clear of what lies over the map.
"use strict";

class Framing {
  static all = []; // charts: one, or two
  static EDGE = 14; // pixels kept free at the edges
  static BESIDE = 110; // pixels beside them, for their names; less on a phone
  static LOW = 0.72; // of a map's height: a legend that begins below it may have that strip for itself

  // What of the page lies over this map, in its pixels: names keep away from it.
  covers(which = "#bar > *, #legend") {
    const own = this.plot.getBoundingClientRect();
    const box = ({ left, top, right, bottom }) =>
      ({ left: left - own.left, top: top - own.top, right: right - own.left, bottom: bottom - own.top });
    return [...document.querySelectorAll(which), this.caption]
      .map((part) => box(part.getBoundingClientRect()))
      .filter(({ left, top, right, bottom }) => right > Math.max(0, left) && bottom > 0 && left < own.width && top < own.height);
  }

  // How far down the bar and the caption reach.
  head() {
    const { height } = this.size();
    return Math.max(Framing.EDGE, ...this.covers().filter(({ top }) => top < height / 3).map(({ bottom }) => bottom));
  }

  // A view is its middle and the data units in a pixel: one scale for both directions, as on any map. This one holds a
  // box of data below what lies at the top, with so many pixels free beside and under it.
  framed({ x, y, width, height }, beside, foot) {
    const size = this.size();
    const head = this.head() + Framing.EDGE;
    const across = Math.max(1, size.width - 2 * beside);
    const upright = Math.max(1, size.height - head - foot);
    return this.under({ x, y, scale: Math.max(width / across, height / upright) }, head, foot);
  }

  // A view moved so that its middle is that of what is free.
  under({ x, y, scale }, head, foot) {
    return { x, y: y + (scale * (head - foot)) / 2, scale };
  }

  // The whole map; above the legend where that would hide dots.
  ownFit() {
    const { width, height } = this.size();
    const beside = Math.min(40, width * 0.05);
    const view = this.framed(this.home, beside, 2 * Framing.EDGE);
    const [legend] = this.covers("#legend");
    const low = legend && legend.top > Framing.LOW * height;
    return low && this.hides(legend, view) ? this.framed(this.home, beside, height - legend.top + Framing.EDGE) : view;
  }

  hides({ left, top, right, bottom }, { x, y, scale }) {
    const { width, height } = this.size();
    const within = (num) => {
      const [px, py] = [(this.layout.x[num] - x) / scale + width / 2, height / 2 - (this.layout.y[num] - y) / scale];
      return px > left && px < right && py > top && py < bottom;
    };
    return Data.nums.some(within);
  }

  // Two maps have one scale: what is as far apart looks as far.
  fitted() {
    const own = this.ownFit();
    const scale = Math.max(...Framing.all.map((chart) => chart.ownFit().scale), own.scale);
    const shift = (own.y - this.home.y) / own.scale; // pixels
    return { x: own.x, y: this.home.y + shift * scale, scale };
  }

  // The view that holds a point and all its neighbours, a far one too: a line that leaves the map leads nowhere.
  around(num) {
    const { x, y } = this.layout;
    const all = [num, ...this.neighbors(num).map((near) => near.num)];
    const ends = (values) => [Math.min(...values), Math.max(...values)];
    const [[left, right], [bottom, top]] = [ends(all.map((one) => x[one])), ends(all.map((one) => y[one]))];
    const whole = this.fitted();
    const box = { x: (left + right) / 2, y: (bottom + top) / 2, width: right - left, height: top - bottom };
    const [beside, foot] = [Math.min(Framing.BESIDE, this.size().width * 0.13), 2 * Framing.EDGE];
    const close = this.framed(box, beside, foot);
    if (close.scale >= whole.scale) return whole;
    const closest = Math.max(14, Math.sqrt(Data.n) / 2); // times; the more dots, the closer they stand
    const scale = Math.max(whole.scale / closest, close.scale);
    return this.under({ ...box, scale }, this.head() + Framing.EDGE, foot);
  }
}
