// Which points are shown: by label, by year, by number of ratings.
"use strict";

const Filters = (() => {
  const known = Data.years.filter((year) => year !== null);
  const years = Data.hasYears
    ? { low: known.reduce((a, b) => Math.min(a, b)), high: known.reduce((a, b) => Math.max(a, b)) }
    : null;
  const STEPS = 60; // of the slider of ratings, which is logarithmic
  const chosen = new Map(Data.kinds.map((kind) => [kind, new Set()]));
  const mask = new Uint8Array(Data.n).fill(1);
  let shown = Data.n;
  let clear = () => {}; // forget all filters

  const minimum = () => {
    const step = Number(byId("least").value);
    return step === 0 ? 0 : Math.max(1, Math.round(Data.mostRatings ** (step / STEPS)));
  };
  const range = () => {
    return { low: Number(byId("from-year").value), high: Number(byId("to-year").value) };
  };
  const allYears = ({ low, high }) => low <= years.low && high >= years.high;

  function passes(num, least, span) {
    if (Data.ratings[num] < least) return false;
    if (span && (Data.years[num] === null || Data.years[num] < span.low || Data.years[num] > span.high)) return false;
    for (const [kind, labels] of chosen) {
      if (labels.size && !Data.labels[kind].of[num].some((label) => labels.has(label))) return false;
    }
    return true;
  }

  function apply() {
    const least = minimum();
    const span = years && !allYears(range()) ? range() : null;
    shown = 0;
    for (let num = 0; num < Data.n; num++) shown += mask[num] = passes(num, least, span) ? 1 : 0;
    describe(least);
  }

  function active() {
    const labels = [...chosen.values()].reduce((sum, set) => sum + set.size, 0);
    return labels + (minimum() > 0) + (years !== null && !allYears(range()));
  }

  function describe(least) {
    byId("least-text").textContent = least === 0 ? "any" : `${Words.counted(least)} or more`;
    if (years) [byId("from-text").textContent, byId("to-text").textContent] = [range().low, range().high];
    byId("shown").textContent = `${Words.counted(shown)} of ${Words.counted(Data.n)} shown`;
    byId("filter-count").textContent = active() || "";
    byId("reset").disabled = active() === 0;
  }

  function chip(kind, label, changed) {
    const button = element("button", Data.labels[kind].names[label], { type: "button", className: "chip" });
    button.setAttribute("aria-pressed", "false");
    button.addEventListener("click", () => {
      const labels = chosen.get(kind);
      if (!labels.delete(label)) labels.add(label);
      button.setAttribute("aria-pressed", String(labels.has(label)));
      changed();
    });
    return button;
  }

  function group(kind, changed) {
    const set = element("fieldset");
    const chips = element("div", "", { className: "chips" });
    chips.append(...Data.labels[kind].names.map((_, label) => chip(kind, label, changed)));
    set.append(element("legend", Words.capital(kind)), chips);
    return set;
  }

  function reset() {
    for (const labels of chosen.values()) labels.clear();
    for (const button of document.querySelectorAll(".chip")) button.setAttribute("aria-pressed", "false");
    byId("least").value = 0;
    if (years) [byId("from-year").value, byId("to-year").value] = [years.low, years.high];
  }

  // Typing on a slider fires at each step: one answer a frame is enough.
  function start(changed) {
    let waiting = false;
    const soon = () => {
      if (waiting) return;
      waiting = true;
      requestAnimationFrame(() => {
        waiting = false;
        apply();
        changed();
      });
    };
    byId("kinds").append(...Data.kinds.map((kind) => group(kind, soon)));
    byId("years").hidden = years === null;
    byId("least").max = STEPS;
    for (const id of ["from-year", "to-year"]) if (years) Object.assign(byId(id), { min: years.low, max: years.high });
    // One end pushes the other along: from is never later than to.
    const push = (end, other, first) => byId(end).addEventListener("input", () => {
      const [own, its] = [Number(byId(end).value), Number(byId(other).value)];
      if (first ? own > its : own < its) byId(other).value = own;
    });
    push("from-year", "to-year", true);
    push("to-year", "from-year", false);
    for (const id of ["from-year", "to-year", "least"]) byId(id).addEventListener("input", soon);
    clear = () => {
      reset();
      apply();
      changed();
    };
    byId("reset").addEventListener("click", clear);
    reset();
    apply();
  }

  return { start, clear: () => clear(), shows: (num) => mask[num] === 1, mask, count: () => shown };
})();
