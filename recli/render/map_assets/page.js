// Draws the map with plotly, and everything that holds text by hand.
//
// Titles are data. They enter the page as textContent only, and never reach plotly, whose labels read a kind of HTML.
"use strict";

(() => {
  // Viridis (Smith and van der Walt, 2015): even steps to the eye, also a colour-blind one.
  const VIRIDIS = ["#440154", "#46327e", "#365c8d", "#277f8e", "#1fa187", "#4ac16d", "#a0da39", "#fde725"];
  const SMALLEST_DOT = 6; // pixels across
  const LARGEST_DOT = 18;
  const FULL_SIZE = 1000; // pixels, the side of a square map from which on dots are full size
  const LABEL_AREA = 34000; // pixels² of map for each title written on it
  const LABEL_LENGTH = 32; // characters
  const LABEL_TAIL = 6; // characters kept behind the cut: a year in brackets
  const LABEL_HEIGHT = 16; // pixels
  const MOST_TRIED = 3000; // labels tried at each view, so that a large map stays quick
  const MOST_AVOIDED = 400; // dots that labels try not to cover: the most rated, which are the largest

  const byId = (id) => document.getElementById(id);
  const items = JSON.parse(byId("data").textContent);
  const nums = items.ids.map((_, num) => num);
  const byPopularity = nums.slice().sort((a, b) => items.ratings[b] - items.ratings[a]);
  const untrained = nums.filter((num) => !items.trained[num]);
  // Plotly draws in this order: the popular items come to lie on top.
  const trained = byPopularity.filter((num) => items.trained[num]).reverse();
  const mostRatings = Math.max(2, items.ratings[byPopularity[0]]);
  const darkTheme = matchMedia("(prefers-color-scheme: dark)");
  const map = byId("map");
  const showUntrained = byId("untrained").querySelector("input");

  const log = (ratings) => Math.log10(Math.max(1, ratings));
  const sideOfMap = () => Math.sqrt(map.clientWidth * map.clientHeight);
  const shrink = () => Math.min(1, Math.max(0.5, sideOfMap() / FULL_SIZE));

  function diameter(num) {
    const share = items.trained[num] ? Math.sqrt(items.ratings[num] / mostRatings) : 0;
    return shrink() * (SMALLEST_DOT + (LARGEST_DOT - SMALLEST_DOT) * share);
  }

  const themeColour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  // The end of the scale that the paper would swallow is left out, and the popular items stand out in either theme.
  const scaleColours = () => (darkTheme.matches ? VIRIDIS.slice(1) : VIRIDIS.slice(0, 7).reverse());

  function trace(chosen, marker) {
    return {
      type: hasWebGL ? "scattergl" : "scatter",
      mode: "markers",
      x: chosen.map((num) => items.x[num]),
      y: chosen.map((num) => items.y[num]),
      customdata: chosen,
      marker: { size: chosen.map(diameter), ...marker },
      hoverinfo: "none", // the card shows it
    };
  }

  function traces() {
    const colours = scaleColours();
    const hollow = { symbol: "circle-open", color: themeColour("--hollow"), line: { width: 1.3 } };
    const filled = {
      color: trained.map((num) => log(items.ratings[num])),
      cmin: 0,
      cmax: log(mostRatings),
      colorscale: colours.map((colour, i) => [i / (colours.length - 1), colour]),
      opacity: 0.92,
      line: { width: 0.7, color: themeColour("--paper") },
    };
    return [{ ...trace(untrained, hollow), visible: showUntrained.checked }, trace(trained, filled)];
  }

  function layout() {
    return {
      margin: { l: 0, r: 0, t: 0, b: 0 },
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      xaxis: { visible: false },
      yaxis: { visible: false, scaleanchor: "x" }, // a map has one scale for both directions
      showlegend: false,
      hovermode: "closest",
      dragmode: "pan",
      modebar: { bgcolor: "rgba(0,0,0,0)", color: themeColour("--muted"), activecolor: themeColour("--ink") },
      uirevision: "one map", // zoom and place outlive a change of theme
    };
  }

  const config = {
    scrollZoom: true,
    displayModeBar: true,
    displaylogo: false,
    modeBarButtons: [["zoomIn2d", "zoomOut2d", "resetScale2d"]],
  };

  const hasWebGL = document.createElement("canvas").getContext("webgl") !== null;

  // Where an item stands on the screen, in pixels from the map's upper left. The plot has no margins. Its size is the
  // one that was drawn: while the window changes, the element may be of another for a moment.
  function place(num) {
    const { xaxis, yaxis, width, height } = map._fullLayout;
    const share = (value, [start, end]) => (value - start) / (end - start);
    return {
      x: share(items.x[num], xaxis.range) * width,
      y: (1 - share(items.y[num], yaxis.range)) * height,
    };
  }

  // ---- titles on the map: the most rated items in view, more of them as one zooms in ----

  const pen = document.createElement("canvas").getContext("2d");
  pen.font = `12px ${getComputedStyle(document.body).fontFamily}`;

  function shortened(title) {
    if (title.length <= LABEL_LENGTH) return title;
    return `${title.slice(0, LABEL_LENGTH - LABEL_TAIL - 1).trimEnd()}…${title.slice(-LABEL_TAIL).trimStart()}`;
  }

  function* boxesAround({ x, y }, radius, width) {
    const gap = radius + 3;
    const middle = y - LABEL_HEIGHT / 2;
    yield { left: x + gap, top: middle };
    yield { left: x - gap - width, top: middle };
    yield { left: x - width / 2, top: y - gap - LABEL_HEIGHT };
    yield { left: x - width / 2, top: y + gap };
  }

  const overlap = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
  const inView = (box) =>
    box.left >= 0 && box.top >= 0 && box.right <= map.clientWidth && box.bottom <= map.clientHeight;

  function boxOfDot(num) {
    const { x, y } = place(num);
    const radius = diameter(num) / 2;
    return { left: x - radius, right: x + radius, top: y - radius, bottom: y + radius };
  }

  // Of the boxes that fit, the one that covers the fewest dots; null where none fits.
  function bestBox(num, width, taken, dots) {
    let best = null;
    let fewest = Infinity;
    for (const { left, top } of boxesAround(place(num), diameter(num) / 2, width)) {
      const box = { left, top, right: left + width, bottom: top + LABEL_HEIGHT };
      if (!inView(box) || taken.some((other) => overlap(box, other))) continue;
      const covered = dots.filter((dot) => overlap(box, dot)).length;
      if (covered < fewest) [best, fewest] = [box, covered];
    }
    return best;
  }

  function labelAt(text, box) {
    const label = document.createElement("span");
    label.textContent = text;
    label.style.transform = `translate(${box.left}px, ${box.top}px)`;
    return label;
  }

  function drawLabels() {
    const room = Math.ceil(sideOfMap() ** 2 / LABEL_AREA);
    const dots = byPopularity.slice(0, MOST_AVOIDED).map(boxOfDot);
    const taken = [];
    const drawn = [];
    for (const num of byPopularity.slice(0, MOST_TRIED)) {
      if (drawn.length === room) break;
      if (!items.trained[num]) continue;
      const text = shortened(items.titles[num]);
      const box = bestBox(num, pen.measureText(text).width + 4, taken, dots);
      if (box === null) continue;
      taken.push(box);
      drawn.push(labelAt(text, box));
    }
    byId("labels").replaceChildren(...drawn);
  }

  // ---- the card of the item under the pointer ----

  const counted = (n) => n.toLocaleString("en");
  const short = new Intl.NumberFormat("en", { notation: "compact" }); // 20K
  const element = (tag, text) => Object.assign(document.createElement(tag), { textContent: text });

  function facts(num) {
    return [
      ["Item id", items.ids[num]],
      ["Release year", items.years[num] ?? "unknown"],
      ["Popularity", `${counted(items.ratings[num])} rating${items.ratings[num] === 1 ? "" : "s"}`],
      ["Mean rating", items.means[num] === null ? "none" : `${items.means[num].toFixed(2)} stars`],
    ];
  }

  function showCard(num) {
    const card = byId("card");
    const list = document.createElement("dl");
    list.append(...facts(num).flatMap(([name, value]) => [element("dt", name), element("dd", value)]));
    card.replaceChildren(element("h2", items.titles[num]), list);
    if (!items.trained[num]) card.append(element("p", "No training ratings: its place on the map says nothing."));
    card.hidden = false;
    const { x, y } = place(num);
    const left = x + 16 + card.offsetWidth <= map.clientWidth ? x + 16 : Math.max(8, x - 16 - card.offsetWidth);
    const top = Math.max(8, Math.min(y - card.offsetHeight / 2, map.clientHeight - card.offsetHeight - 8));
    card.style.transform = `translate(${left}px, ${top}px)`;
    showRing(num, x, y);
  }

  function showRing(num, x, y) {
    const ring = byId("ring");
    const across = diameter(num) + 8;
    Object.assign(ring.style, { width: `${across}px`, height: `${across}px` });
    ring.style.transform = `translate(${x - across / 2}px, ${y - across / 2}px)`;
    ring.hidden = false;
  }

  function hideCard() {
    byId("card").hidden = true;
    byId("ring").hidden = true;
  }

  // ---- the legend under the map ----

  function ticks() {
    const powers = [];
    for (let power = 1; power <= mostRatings / 2; power *= 10) powers.push(power);
    return [...powers, mostRatings];
  }

  function drawLegend() {
    byId("gradient").style.background = `linear-gradient(to right, ${scaleColours().join(", ")})`;
    byId("ticks").replaceChildren(
      ...ticks().map((ratings) => {
        const tick = element("span", short.format(ratings));
        tick.style.left = `${(100 * log(ratings)) / log(mostRatings)}%`;
        return tick;
      }),
    );
    byId("untrained-name").textContent = `no training ratings (${counted(untrained.length)})`;
    byId("untrained").hidden = untrained.length === 0;
  }

  // ---- putting it together ----

  function draw() {
    hideCard();
    drawLegend();
    return Plotly.react(map, traces(), layout(), config);
  }

  draw().then(() => {
    map.on("plotly_hover", (event) => showCard(event.points[0].customdata));
    map.on("plotly_click", (event) => showCard(event.points[0].customdata)); // a finger cannot hover
    map.on("plotly_unhover", hideCard);
    map.on("plotly_relayouting", () => {
      hideCard();
      drawLabels();
    });
    map.on("plotly_afterplot", drawLabels);
    drawLabels();
  });
  darkTheme.addEventListener("change", draw);
  showUntrained.addEventListener("change", draw);
  new ResizeObserver(() => draw().then(() => Plotly.Plots.resize(map))).observe(map); // dots shrink with it
  map.addEventListener("pointerdown", () => {
    hideCard();
    document.querySelector("details").open = false;
  });
})();
