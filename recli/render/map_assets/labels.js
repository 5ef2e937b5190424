// Names beside dots: as many as there is room for, none over another, and none where it hides what it names.
"use strict";

// How much of a map is covered by what is drawn on it, counted in cells: any box is answered by four look-ups
// (summed-area table; Crow 1984).
class Cover {
  static CELL = 4; // pixels

  constructor({ width, height }) {
    this.across = Math.ceil(width / Cover.CELL) + 1;
    this.down = Math.ceil(height / Cover.CELL) + 1;
    this.cells = new Uint8Array(this.across * this.down);
  }

  box(left, top, right, bottom) {
    const [fromX, toX] = [Math.max(0, Math.floor(left / Cover.CELL)), Math.min(this.across - 1, Math.floor(right / Cover.CELL))];
    const [fromY, toY] = [Math.max(0, Math.floor(top / Cover.CELL)), Math.min(this.down - 1, Math.floor(bottom / Cover.CELL))];
    for (let y = fromY; y <= toY; y++) for (let x = fromX; x <= toX; x++) this.cells[y * this.across + x] = 1;
  }

  line(a, b) {
    const steps = Math.ceil(Math.hypot(b.x - a.x, b.y - a.y) / Cover.CELL) || 1;
    for (let i = 0; i <= steps; i++) {
      const [x, y] = [a.x + ((b.x - a.x) * i) / steps, a.y + ((b.y - a.y) * i) / steps];
      this.box(x, y, x, y);
    }
  }

  sum() {
    const wide = this.across + 1;
    this.sums = new Uint32Array(wide * (this.down + 1));
    for (let y = 0; y < this.down; y++) {
      let row = 0;
      for (let x = 0; x < this.across; x++) {
        row += this.cells[y * this.across + x];
        this.sums[(y + 1) * wide + x + 1] = this.sums[y * wide + x + 1] + row;
      }
    }
  }

  // Share of a box within the map that is covered, 0 to 1.
  share({ left, top, right, bottom }) {
    const at = (value) => Math.floor(value / Cover.CELL);
    const [x0, y0, x1, y1] = [at(left), at(top), at(right) + 1, at(bottom) + 1];
    const wide = this.across + 1;
    const { sums } = this;
    return (sums[y1 * wide + x1] - sums[y0 * wide + x1] - sums[y1 * wide + x0] + sums[y0 * wide + x0]) / ((x1 - x0) * (y1 - y0));
  }
}

const Labels = (() => {
  const AREA = 34000; // pixels² of map for each name written on it
  const LENGTH = 32; // characters; on a phone fewer
  const NARROW = 520; // pixels
  const TAIL = 6; // characters kept behind the cut: a year in brackets
  const HEIGHT = 16; // pixels
  const MOST_TRIED = 600; // at each view, so that a large map stays quick
  const CROWDED = 0.2; // of a name's box that dots may cover, where nothing is chosen
  const FAR = [0, 14, 30, 48, 68, 90]; // pixels that a name of a chosen dot may stand off; a thin line leads to it

  const pen = document.createElement("canvas").getContext("2d");
  const widths = new Map();

  function width(text, strong) {
    const key = `${strong}${text}`;
    if (!widths.has(key)) {
      pen.font = `${strong ? "bold " : ""}12px ${getComputedStyle(document.body).fontFamily}`;
      widths.set(key, pen.measureText(text).width + 4);
    }
    return widths.get(key);
  }

  function shortened(title, length) {
    if (title.length <= length) return title;
    return `${title.slice(0, length - TAIL - 1).trimEnd()}…${title.slice(-TAIL).trimStart()}`;
  }

  // Beside the dot first, then above and below, then over its corners.
  function* boxesAround({ x, y }, radius, across, off) {
    const gap = radius + 3 + off;
    const middle = y - HEIGHT / 2;
    const corner = gap * 0.7;
    yield { left: x + gap, top: middle };
    yield { left: x - gap - across, top: middle };
    yield { left: x - across / 2, top: y - gap - HEIGHT };
    yield { left: x - across / 2, top: y + gap };
    for (const top of [y - corner - HEIGHT, y + corner]) {
      yield { left: x + corner, top };
      yield { left: x - corner - across, top };
    }
    if (off === 0) return;
    for (const top of [y - gap - HEIGHT, y + gap]) {
      yield { left: x - across * 0.85, top };
      yield { left: x - across * 0.15, top };
    }
  }

  const overlap = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
  const within = (box, { width: w, height: h }) => box.left >= 0 && box.top >= 0 && box.right <= w && box.bottom <= h;

  function cover(chart, size, chosen) {
    const made = new Cover(size);
    const mark = (num) => {
      const { x, y } = chart.place(num);
      const radius = chart.diameter(num) / 2;
      if (x > -9 && y > -9 && x < size.width + 9 && y < size.height + 9) made.box(x - radius, y - radius, x + radius, y + radius);
    };
    if (chosen.length === 0) chart.drawn.slice(1).forEach((nums) => nums.forEach(mark));
    else chosen.forEach(mark);
    if (State.selected !== null) for (const num of chosen) made.line(chart.place(State.selected), chart.place(num));
    made.sum();
    return made;
  }

  // Of the boxes that fit, the one that covers the least; null where none fits.
  function bestBox(place, radius, across, size, taken, covered, offs, most) {
    let best = null;
    let least = most;
    for (const off of offs) {
      for (const { left, top } of boxesAround(place, radius, across, off)) {
        const box = { left, top, right: left + across, bottom: top + HEIGHT, off };
        if (!within(box, size) || taken.some((other) => overlap(box, other))) continue;
        const cost = covered.share(box) + off / 200; // near by, unless that hides much
        if (cost < least) [best, least] = [box, cost];
      }
    }
    return best;
  }

  function labelAt(text, box, strong) {
    const label = element("span", text, { className: strong ? "strong" : "" });
    label.style.transform = `translate(${box.left}px, ${box.top}px)`;
    return label;
  }

  function lead(ink, { x, y }, box) {
    const near = (value, low, high) => Math.min(high, Math.max(low, value));
    ink.beginPath();
    ink.moveTo(x, y);
    ink.lineTo(near(x, box.left, box.right), near(y, box.top + 3, box.bottom - 3));
    ink.strokeStyle = Theme.ink("--muted");
    ink.lineWidth = 1;
    ink.stroke();
  }

  const inside = ({ x, y }, size) => x > 0 && y > 0 && x < size.width && y < size.height;

  // Write the names of these points, the most important first. Chosen ones are all tried, further off too; of the
  // others as many as leave the map a map, where they cover little.
  function write(chart, nums, chosen, ink) {
    const size = chart.size();
    const free = chosen ? Infinity : Math.ceil((size.width * size.height) / (Data.isUsers ? 3 * AREA : AREA));
    const covered = cover(chart, size, chosen ? nums.slice(0, MOST_TRIED) : []);
    const length = size.width < NARROW ? LENGTH - 8 : LENGTH;
    const taken = chart.covers();
    const drawn = [];
    const fits = (num) => {
      const strong = num === State.selected;
      const text = shortened(Data.name(num), length);
      const [place, radius] = [chart.place(num), chart.diameter(num) / 2];
      const offs = chosen && nums.length < 30 ? FAR : [0];
      const box = bestBox(place, radius, width(text, strong), size, taken, covered, offs, chosen ? Infinity : CROWDED);
      if (box === null) return;
      if (box.off > 0) lead(ink, place, box);
      taken.push(box);
      drawn.push(labelAt(text, box, strong));
    };
    const near = nums.filter((num) => inside(chart.place(num), size));
    for (const num of near.slice(0, MOST_TRIED)) {
      if (drawn.length >= free) break;
      fits(num);
    }
    chart.names.replaceChildren(...drawn);
  }

  return { write };
})();
