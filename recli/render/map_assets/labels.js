// Names beside dots: as many as there is room for, none over another.
"use strict";

const Labels = (() => {
  const AREA = 34000; // pixels² of map for each name written on it
  const LENGTH = 32; // characters
  const TAIL = 6; // characters kept behind the cut: a year in brackets
  const HEIGHT = 16; // pixels
  const MOST_TRIED = 1500; // at each view, so that a large map stays quick
  const MOST_AVOIDED = 300; // dots that names try not to cover: the first, which are the largest

  const pen = document.createElement("canvas").getContext("2d");
  const widths = new Map();

  function width(text) {
    if (!widths.has(text)) {
      pen.font = `12px ${getComputedStyle(document.body).fontFamily}`;
      widths.set(text, pen.measureText(text).width + 4);
    }
    return widths.get(text);
  }

  function shortened(title) {
    if (title.length <= LENGTH) return title;
    return `${title.slice(0, LENGTH - TAIL - 1).trimEnd()}…${title.slice(-TAIL).trimStart()}`;
  }

  function* boxesAround({ x, y }, radius, across) {
    const gap = radius + 3;
    const middle = y - HEIGHT / 2;
    yield { left: x + gap, top: middle };
    yield { left: x - gap - across, top: middle };
    yield { left: x - across / 2, top: y - gap - HEIGHT };
    yield { left: x - across / 2, top: y + gap };
  }

  const overlap = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
  const within = (box, { width: w, height: h }) => box.left >= 0 && box.top >= 0 && box.right <= w && box.bottom <= h;

  function boxOfDot(chart, num) {
    const { x, y } = chart.place(num);
    const radius = chart.diameter(num) / 2;
    return { left: x - radius, right: x + radius, top: y - radius, bottom: y + radius };
  }

  // Of the boxes that fit, the one that covers the fewest dots; null where none fits.
  function bestBox(place, radius, across, size, taken, dots) {
    let best = null;
    let fewest = Infinity;
    for (const { left, top } of boxesAround(place, radius, across)) {
      const box = { left, top, right: left + across, bottom: top + HEIGHT };
      if (!within(box, size) || taken.some((other) => overlap(box, other))) continue;
      const covered = dots.filter((dot) => overlap(box, dot)).length;
      if (covered < fewest) [best, fewest] = [box, covered];
    }
    return best;
  }

  function labelAt(text, box, strong) {
    const label = element("span", text, { className: strong ? "strong" : "" });
    label.style.transform = `translate(${box.left}px, ${box.top}px)`;
    return label;
  }

  const inside = ({ x, y }, size) => x > 0 && y > 0 && x < size.width && y < size.height;

  // Write the names of these points, the most important first; `strong` is one to set apart.
  function write(chart, nums, strong) {
    const size = chart.size();
    const room = Math.ceil((size.width * size.height) / AREA);
    const near = nums.slice(0, MOST_TRIED).filter((num) => inside(chart.place(num), size));
    const dots = [...near.slice(0, MOST_AVOIDED)].map((num) => boxOfDot(chart, num));
    const taken = [];
    const drawn = [];
    for (const num of near) {
      if (drawn.length >= room) break;
      const text = shortened(Data.name(num));
      const box = bestBox(chart.place(num), chart.diameter(num) / 2, width(text), size, taken, dots);
      if (box === null) continue;
      taken.push(box);
      drawn.push(labelAt(text, box, num === strong));
    }
    chart.names.replaceChildren(...drawn);
  }

  return { write };
})();
