// Puts the parts together: what a person does changes the state, and the state is drawn.
//
// The address says which point is open (#item=50), so that the browser's own back and forward walk the path.
"use strict";

(() => {
  const charts = [];
  const each = (does) => Promise.all(charts.map(does));

  // ---- the charts ----

  function makeChart(layout) {
    const host = element("figure", "", { className: "chart" });
    const part = (tag, name) => element(tag, "", { className: name });
    const plot = part("div", "plot");
    plot.tabIndex = 0;
    plot.setAttribute("role", "application");
    plot.setAttribute("aria-label", `Map by ${layout.ref}: arrow keys move it, plus and minus zoom`);
    const caption = element("figcaption", `${layout.ref} · ${layout.method}`);
    caption.hidden = Data.layouts.length === 1;
    const names = part("div", "names");
    names.setAttribute("aria-hidden", "true");
    host.append(plot, part("canvas", "overlay"), names, part("canvas", "drawing"), caption);
    byId("maps").append(host);
    return new Chart(host, layout);
  }

  const decorate = () => charts.forEach((chart) => chart.decorate());
  const redraw = () => {
    drawLegend();
    if (State.selected === null && !State.picked.length) Panel.show(notify);
    return each((chart) => chart.draw());
  };

  // ---- the address ----

  const address = (num) => `#${Data.one}=${encodeURIComponent(Data.ids[num])}`;

  function asked() {
    const [, text] = /^#(?:item|user)=(.+)$/.exec(location.hash) ?? [];
    if (text === undefined) return null;
    try {
      return decodeURIComponent(text);
    } catch {
      return text;
    }
  }

  function follow() {
    const id = asked();
    const num = id === null ? null : Data.numOf(id);
    if (id !== null && num === null) notify(`There is no ${Data.one} ${id} on this map.`);
    choose(num);
  }

  function open(num) {
    if (location.hash === address(num)) choose(num);
    else location.hash = address(num);
  }

  function choose(num) {
    Object.assign(State, { selected: num, hovered: null, picked: [] });
    byId("card").hidden = true;
    decorate();
    Panel.show(notify);
    document.body.classList.toggle("opened", num !== null);
    if (num === null) return;
    Words.say(`${Data.name(num)} and its nearest`);
    charts.forEach((chart) => chart.fly(chart.around(num)));
  }

  function clear() {
    if (asked() !== null) location.hash = "";
    else choose(null);
    useTool("move");
  }

  // ---- pointing ----

  function point(num) {
    State.hovered = num;
    decorate();
  }

  function hover(num, chart) {
    point(num);
    Panel.card(num, chart);
  }

  function leave() {
    byId("card").hidden = true;
    point(null);
  }

  // ---- lasso and box ----

  function useTool(tool) {
    State.tool = tool;
    for (const button of document.querySelectorAll("[data-tool]")) {
      button.setAttribute("aria-pressed", String(button.dataset.tool === tool));
    }
    byId("maps").classList.toggle("drawing", tool !== "move");
  }

  const boxed = ([a, ...rest]) => {
    const b = rest[rest.length - 1] ?? a;
    return [a, { x: b.x, y: a.y }, b, { x: a.x, y: b.y }];
  };

  function outline(canvas, corners) {
    Object.assign(canvas, { width: canvas.clientWidth, height: canvas.clientHeight });
    const pen = canvas.getContext("2d");
    pen.beginPath();
    corners.forEach(({ x, y }) => pen.lineTo(x, y));
    pen.closePath();
    pen.strokeStyle = Theme.ink("--accent");
    pen.fillStyle = Theme.ink("--veil");
    pen.lineWidth = 2;
    pen.fill();
    pen.stroke();
  }

  function picked(nums) {
    if (asked() !== null) history.pushState(null, "", "#");
    Object.assign(State, { selected: null, picked: nums });
    document.body.classList.toggle("opened", nums.length > 0);
    if (!nums.length) notify("There are no dots.");
    decorate();
    Panel.show(notify);
    Words.say(`${nums.length} selected`);
  }

  // What a lasso does, for those who cannot draw one: move and zoom the map, and take what is in view.
  function listShown() {
    const inView = new Set(charts.flatMap((chart) => chart.within(chart.corners())));
    picked([...Data.byPopularity].filter((num) => inView.has(num)));
  }

  function startLasso(chart) {
    const canvas = chart.host.querySelector(".drawing");
    let path = null;
    const shape = () => (State.tool === "box" ? boxed(path) : path);
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      path = [{ x: event.offsetX, y: event.offsetY }];
    });
    canvas.addEventListener("pointermove", (event) => {
      if (path === null) return;
      path.push({ x: event.offsetX, y: event.offsetY });
      outline(canvas, shape());
    });
    canvas.addEventListener("pointerup", () => {
      if (path === null) return;
      const nums = chart.within(shape());
      path = null;
      outline(canvas, []);
      picked(nums);
    });
    canvas.addEventListener("pointercancel", () => {
      path = null;
      outline(canvas, []);
    });
  }

  // ---- the legend ----

  function gradient() {
    const strip = element("div", "", { className: "gradient" });
    strip.style.background = `linear-gradient(to right, ${Colour.gradient().join(", ")})`;
    const ticks = State.scale.marks().map(({ share, text }) => {
      const tick = element("span", text);
      tick.style.left = `${100 * share}%`;
      return tick;
    });
    const marks = element("div", "", { className: "ticks" });
    marks.append(...ticks);
    return [strip, marks];
  }

  function entry(one) {
    const button = element("button", "", { type: "button" });
    const dot = element("i");
    dot.style.background = Colour.swatch(one);
    button.append(dot, element("span", one.text), element("span", Words.counted(one.count), { className: "note" }));
    button.setAttribute("aria-pressed", String(State.spotlight === one.value));
    button.addEventListener("click", () => {
      State.spotlight = State.spotlight === one.value ? null : one.value;
      redraw();
    });
    return button;
  }

  function hollow() {
    const count = Data.layouts[0].trained.reduce((sum, one) => sum + 1 - one, 0);
    if (count === 0) return [];
    const label = element("label", "", { className: "hollow" });
    const box = element("input", "", { type: "checkbox", checked: State.untrained });
    box.addEventListener("change", () => {
      State.untrained = box.checked;
      redraw();
    });
    label.append(box, element("i"), element("span", `no training ratings (${Words.counted(count)})`));
    return [label];
  }

  function drawLegend() {
    const entries = element("div", "", { className: "entries" });
    entries.append(...(State.scale.entries ?? []).map(entry));
    const scale = State.scale.entries ? [entries] : gradient();
    byId("legend").replaceChildren(element("h2", State.scale.title), ...scale, ...hollow());
  }

  // ---- messages ----

  let fading = 0;

  function notify(text) {
    byId("toast").textContent = text;
    byId("toast").hidden = false;
    Words.say(text);
    clearTimeout(fading);
    fading = setTimeout(() => (byId("toast").hidden = true), 5000);
  }

  // ---- controls and keys ----

  function startControls() {
    const options = Colour.choices.map(({ name, title }) => element("option", title, { value: name }));
    byId("colour").append(...options);
    byId("colour").value = State.scale.name;
    byId("sized-name").textContent = Data.isUsers ? "Size by activity" : "Size by popularity";
    byId("least-name").textContent = Data.isUsers ? "Ratings given" : "Number of ratings";
    byId("colour").addEventListener("change", () => {
      const spot = State.spotlight !== null;
      Object.assign(State, { scale: Colour.scale(byId("colour").value), spotlight: null });
      drawLegend();
      Panel.show(notify);
      each((chart) => (spot ? chart.draw() : chart.recolour())).then(() => each((chart) => chart.refit()));
    });
    byId("sized").addEventListener("change", () => {
      State.sized = byId("sized").checked;
      redraw();
    });
    byId("filter").addEventListener("click", () => showFilters(byId("filters").hidden));
    byId("help").addEventListener("click", () => byId("reading").showModal());
    byId("theme").addEventListener("click", () => {
      Theme.toggle();
      repaint();
    });
    byId("closer").addEventListener("click", () => each((chart) => chart.zoom(0.6)));
    byId("farther").addEventListener("click", () => each((chart) => chart.zoom(1 / 0.6)));
    byId("whole").addEventListener("click", () => each((chart) => chart.fly(chart.fitted(), 300)));
    byId("list").addEventListener("click", listShown);
    for (const button of document.querySelectorAll("[data-tool]")) {
      button.addEventListener("click", () => useTool(button.dataset.tool));
    }
  }

  function showFilters(visible) {
    byId("filters").hidden = !visible;
    byId("filter").setAttribute("aria-expanded", String(visible));
  }

  function repaint() {
    redraw();
    Panel.show(notify);
  }

  function escape() {
    if (Finder.dismiss()) return;
    if (!byId("filters").hidden) showFilters(false);
    else clear();
  }

  function moveMap(key, chart) {
    const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
    if (steps[key]) chart.move(...steps[key]);
    else if (key === "+" || key === "=") chart.zoom(0.6);
    else if (key === "-") chart.zoom(1 / 0.6);
    else if (key === "0") chart.fly(chart.fitted(), 300);
    else return false;
    return true;
  }

  function keys(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || byId("reading").open) return;
    const writing = event.target.matches("input[type=search], textarea");
    const chart = charts.find(({ plot }) => plot === event.target);
    if (event.key === "Escape") escape();
    else if (!writing && event.key === "/") Finder.focus();
    else if (!writing && event.key === "?") byId("reading").showModal();
    else if (!chart || !moveMap(event.key, chart)) return;
    event.preventDefault();
  }

  // ---- start ----

  async function start() {
    document.body.classList.toggle("comparing", Data.layouts.length > 1);
    charts.push(...Data.layouts.map(makeChart));
    Filters.start(redraw);
    Panel.start({ open, point, clear });
    Finder.start(open);
    startControls();
    await redraw();
    for (const chart of charts) {
      chart.listen({ hover, leave, click: open });
      Touch.listen(chart);
      startLasso(chart);
      new ResizeObserver(() => chart.resize()).observe(chart.plot);
    }
    Theme.system.addEventListener("change", repaint);
    addEventListener("hashchange", follow);
    document.addEventListener("keydown", keys);
    follow();
    document.body.dataset.ready = "true";
  }

  start();
})();
