// The lists beside the map: where to start, a point and its neighbours, what a lasso holds.
"use strict";

const Panel = (() => {
  const MOST_LISTED = 200; // rows; more would only be scrolled past
  const STARTS = 15;
  let act = {}; // what a row does: open(num), point(num or null), clear()

  const panel = byId("panel");

  function facts(num) {
    return [
      [Words.capital(`${Data.one} id`), Data.ids[num]],
      ...(Data.isUsers ? [] : [["Release year", Data.years[num] ?? "unknown"]]),
      [Data.isUsers ? "Activity" : "Popularity", Words.ratings(Data.ratings[num])],
      ["Mean rating", Words.stars(Data.means[num])],
      ...Data.kinds.map((kind) => [Words.capital(kind), Data.labelsOf(num, kind).join(", ") || "none"]),
    ];
  }

  function factList(num) {
    const list = element("dl");
    list.append(...facts(num).flatMap(([name, value]) => [element("dt", name), element("dd", value)]));
    return list;
  }

  function row(num, note, mark = "") {
    const button = element("button", "", { type: "button" });
    const dot = element("i");
    dot.style.background = State.scale.colour(num);
    button.append(dot, element("span", Data.name(num), { className: "name" }), element("span", note, { className: "note" }));
    if (mark) button.append(element("span", mark, { className: "mark" }));
    button.addEventListener("click", () => act.open(num));
    for (const type of ["pointerenter", "focus"]) button.addEventListener(type, () => act.point(num));
    for (const type of ["pointerleave", "blur"]) button.addEventListener(type, () => act.point(null));
    const item = element("li");
    item.append(button);
    return item;
  }

  function list(rows, label, ordered = true) {
    const all = element(ordered ? "ol" : "ul", "", { className: "rows" });
    all.setAttribute("aria-label", label);
    all.append(...rows);
    return all;
  }

  // Arrow keys go from row to row.
  function arrows(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || !event.target.closest(".rows")) return;
    event.preventDefault();
    const rows = [...panel.querySelectorAll(".rows button")];
    rows[rows.indexOf(event.target) + step]?.focus();
  }

  function top(title, ...more) {
    const head = element("div", "", { className: "row" });
    const close = element("button", "✕", { type: "button", className: "close", title: "Clear (Esc)" });
    close.setAttribute("aria-label", "Clear");
    close.addEventListener("click", () => act.clear());
    head.append(element("h2", title), close);
    return [head, ...more];
  }

  const similarity = (value) => value.toFixed(3);

  function neighborList(num, layout, others) {
    const near = Data.nearest(num, layout);
    if (near.length === 0) return [element("p", "It has no neighbours: nothing is known of it.")];
    const rows = near.map(({ num: one, similarity: value }) =>
      row(one, similarity(value), others?.has(one) ? "in both" : ""));
    return [list(rows, `Nearest by ${layout.ref}`)];
  }

  function untrained(num) {
    const blind = Data.layouts.filter((layout) => !layout.trained[num]).map(({ ref }) => ref);
    if (blind.length === 0) return [];
    return [element("p", `No training ratings in ${blind.join(" and ")}: its place there says nothing.`, { className: "warn" })];
  }

  function showPoint(num) {
    const sets = Data.layouts.map((layout) => new Set(Data.nearest(num, layout).map((one) => one.num)));
    const blocks = Data.layouts.flatMap((layout, i) => {
      const head = Data.layouts.length > 1 ? `Nearest by ${layout.ref}` : `Its ${sets[0].size} nearest in the model`;
      return [element("h3", head), ...neighborList(num, layout, sets[1 - i])];
    });
    const why = element("p", "Cosine similarity of the learnt vectors, before the map flattened them.", { className: "hint" });
    const both = sets.length > 1 ? [...sets[0]].filter((one) => sets[1].has(one)).length : null;
    const common = both === null ? [] : [element("p", `${both} of ${sets[0].size} in common.`, { className: "hint" })];
    panel.replaceChildren(...top(Data.name(num), ...untrained(num), factList(num), ...common, ...blocks, why));
  }

  function button(text, does, className = "") {
    const made = element("button", text, { type: "button", className });
    made.addEventListener("click", does);
    return made;
  }

  function showPicked(nums, notify) {
    const copy = button("Copy as CSV", async () => {
      try {
        await Csv.copy(nums);
        notify(`Copied ${Words.counted(nums.length)} ${Data.many} as CSV.`);
      } catch {
        notify("The browser keeps its clipboard: use Download.");
      }
    }, "main");
    const actions = element("div", "", { className: "actions" });
    actions.append(copy, button("Download", () => Csv.download(nums)));
    const rows = nums.slice(0, MOST_LISTED).map((num) => row(num, Words.counted(Data.ratings[num])));
    const rest = nums.length - rows.length;
    const more = rest > 0 ? [element("p", `… and ${Words.counted(rest)} more, all in the CSV.`, { className: "hint" })] : [];
    const head = `${Words.counted(nums.length)} selected`;
    panel.replaceChildren(...top(head, actions, element("h3", "By number of ratings"), list(rows, "Selected"), ...more));
  }

  // What a person has to know before believing a map, in a line each; all of it is in "How to read this".
  function believing() {
    const percent = (share) => `${Math.round(100 * share)}%`;
    const kept = Data.layouts.filter((layout) => layout.faithfulness).map(({ ref, faithfulness }) => {
      const whose = Data.layouts.length > 1 ? `The map of ${ref}` : "The map";
      return `${whose} keeps ${percent(faithfulness.kept)} of each ${Data.one}’s ${faithfulness.k} nearest beside it.`;
    });
    const share = percent(Data.agreement);
    const agreed = Data.agreement === null ? [] : [`The two models agree on ${share} of a trained ${Data.one}’s nearest.`];
    return [...kept, ...agreed].map((text) => element("p", text, { className: "hint faith" }));
  }

  function showStart(shown) {
    const first = [...Data.byPopularity].filter(shown).slice(0, STARTS);
    const rows = first.map((num) => row(num, Words.counted(Data.ratings[num])));
    const hint = `Point at a dot to see what it is. Click one to see which ${Data.many} the model holds most alike.`;
    const head = element("h2", Data.isUsers ? "Most active" : "Most rated");
    panel.replaceChildren(element("p", hint, { className: "hint" }), ...believing(), head, list(rows, head.textContent));
  }

  function show(notify) {
    if (State.selected !== null) showPoint(State.selected);
    else if (State.picked.length) showPicked(State.picked, notify);
    else showStart(Filters.shows);
    panel.scrollTop = 0;
  }

  function card(num, chart) {
    const box = byId("card");
    const note = chart.layout.trained[num] ? [] : [element("p", "No training ratings: its place says nothing.")];
    box.replaceChildren(element("h2", Data.name(num)), factList(num), ...note);
    box.hidden = false;
    const frame = byId("card").parentElement.getBoundingClientRect();
    const plot = chart.plot.getBoundingClientRect();
    const at = chart.place(num);
    const [x, y] = [at.x + plot.left - frame.left, at.y + plot.top - frame.top];
    const fits = x + 18 + box.offsetWidth <= frame.width;
    const left = fits ? x + 18 : Math.max(8, x - 18 - box.offsetWidth);
    const height = Math.max(8, Math.min(y - box.offsetHeight / 2, frame.height - box.offsetHeight - 8));
    box.style.transform = `translate(${left}px, ${height}px)`;
  }

  function start(actions) {
    act = actions;
    panel.addEventListener("keydown", arrows);
  }

  return { start, show, card };
})();
