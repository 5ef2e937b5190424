// What the page is about: the points and their layouts, as the file brings them.
//
// Titles are data. They enter the page as textContent only, and never reach plotly, whose labels read a kind of HTML.
"use strict";

const byId = (id) => document.getElementById(id);

function element(tag, text = "", props = {}) {
  return Object.assign(document.createElement(tag), { textContent: text, ...props });
}

const Data = (() => {
  const raw = JSON.parse(byId("data").textContent);
  const n = raw.ids.length;
  const numOf = new Map(raw.ids.map((id, num) => [id, num]));
  const nums = Uint32Array.from({ length: n }, (_, num) => num);

  function decoded(text, Type) {
    const bytes = Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
    return new Type(bytes.buffer);
  }

  const layouts = raw.layouts.map((layout) => ({
    ...layout,
    x: decoded(layout.x, Float32Array),
    y: decoded(layout.y, Float32Array),
    trained: decoded(layout.trained, Uint8Array),
    neighbors: decoded(layout.neighbors, Int32Array),
    similarities: decoded(layout.similarities, Int16Array),
  }));

  // The true nearest of a point, nearest first; a layout has fewer than k where the data has.
  function nearest(num, layout) {
    const found = [];
    for (let i = num * layout.k; i < (num + 1) * layout.k; i++) {
      if (layout.neighbors[i] < 0) break;
      found.push({ num: layout.neighbors[i], similarity: layout.similarities[i] / layout.steps });
    }
    return found;
  }

  const isUsers = raw.kind === "users";
  const kinds = Object.keys(raw.labels);

  return {
    n,
    nums,
    layouts,
    kinds,
    isUsers,
    color: raw.color,
    ids: raw.ids,
    years: raw.years,
    ratings: raw.ratings,
    means: raw.means,
    spans: raw.spans, // from and to of the scale of each number, or null
    paper: raw.paper, // the colours of the light theme, which are those of the printed map
    labels: raw.labels,
    one: isUsers ? "user" : "item",
    many: isUsers ? "users" : raw.kind,
    agreement: raw.agreement,
    hasYears: raw.years.some((year) => year !== null),
    byPopularity: nums.slice().sort((a, b) => raw.ratings[b] - raw.ratings[a]),
    mostRatings: raw.ratings.reduce((most, one) => Math.max(most, one), 2),
    numOf: (id) => numOf.get(id) ?? null,
    name: (num) => raw.titles[num] || (isUsers ? `User ${raw.ids[num]}` : raw.ids[num]),
    labelsOf: (num, kind) => raw.labels[kind].of[num].map((label) => raw.labels[kind].names[label]),
    nearest,
  };
})();

const Words = {
  counted: (count) => count.toLocaleString("en"),
  ratings: (count) => `${count.toLocaleString("en")} rating${count === 1 ? "" : "s"}`,
  stars: (mean) => (mean === null ? "no ratings" : `${mean.toFixed(2)} stars`),
  capital: (text) => text.slice(0, 1).toUpperCase() + text.slice(1),
  say: (text) => {
    byId("spoken").textContent = text;
  },
};
