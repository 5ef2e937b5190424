// What colours mean: a scale for each thing that the points can be coloured by.
"use strict";

const Theme = (() => {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const root = document.documentElement;
  const style = byId("dark"); // rules that hold where its media does
  const isDark = () => matchMedia(style.media).matches;
  const toggle = () => {
    style.media = isDark() ? "not all" : "all";
  };
  const ink = (name) => getComputedStyle(root).getPropertyValue(name).trim();
  return { isDark, toggle, ink, system };
})();

const Colour = (() => {
  // Viridis (Smith and van der Walt, 2015): even steps to the eye, also a colour-blind one. The half that the paper would
  // swallow is left out: each dot has a contrast of 3 to it (WCAG 2.2, 1.4.11), and high values stand out in either theme.
  const VIRIDIS = {
    light: Data.paper.scale,
    dark: ["#2d708e", "#238a8d", "#20a387", "#3cbb75", "#73d055", "#b8de29", "#fde725"],
  };
  // Okabe and Ito (2008) without black; on paper darker, and without yellow. Grey is left for all others.
  const GROUPS = {
    light: Data.paper.groups,
    dark: ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442"],
  };
  const OTHER = { light: Data.paper.other, dark: "#66727f" };
  const STEPS = 64; // different colours of a gradient on the overlay

  const pick = (pair) => (Theme.isDark() ? pair.dark : pair.light);
  const gradient = () => pick(VIRIDIS);
  const qualitative = () => [...pick(GROUPS), pick(OTHER)];
  const log = (count) => Math.log10(Math.max(1, count));
  const short = new Intl.NumberFormat("en", { notation: "compact" }); // 20K

  function mixed(colours, share) {
    const place = Math.min(colours.length - 1, Math.max(0, share * (colours.length - 1)));
    const [low, high] = [colours[Math.floor(place)], colours[Math.ceil(place)]];
    const part = (colour, i) => parseInt(colour.slice(1 + 2 * i, 3 + 2 * i), 16);
    const mix = (i) => Math.round(part(low, i) + (part(high, i) - part(low, i)) * (place % 1));
    return `rgb(${mix(0)}, ${mix(1)}, ${mix(2)})`;
  }

  // A scale by a number of each point; NaN where unknown. Where all have the same, it stands in the middle.
  function byNumber(name, title, values, from, to, ticks, text) {
    const [low, high] = from < to ? [from, to] : [from - 0.5, from + 0.5];
    const width = high - low;
    const colour = (num) => {
      const share = (values[num] - low) / width;
      return Number.isNaN(share) ? pick(OTHER) : mixed(gradient(), Math.round(share * STEPS) / STEPS);
    };
    const colorscale = () => gradient().map((one, i, all) => [i / (all.length - 1), one]);
    const marks = () => ticks.map((tick) => ({ share: (tick - low) / width, text: text(tick) }));
    return { name, title, values, low, high, colour, colorscale, marks, entries: null };
  }

  function byPopularity() {
    const values = Float32Array.from(Data.ratings, log);
    const [low, top] = Data.spans.popularity.map(log);
    const apart = 0.18 * (top - low); // so that no two ticks run into each other
    const tens = [0, 1, 2, 3, 4, 5, 6, 7, 8].filter((power) => power > low + apart && power < top - apart);
    const text = (tick) => short.format(Math.round(10 ** tick));
    const title = Data.isUsers ? "Activity: ratings given" : "Popularity: number of ratings";
    return byNumber("popularity", title, values, low, top, [low, ...tens, top], text);
  }

  function byMean() {
    const values = Float32Array.from(Data.means, (mean) => mean ?? NaN);
    const [low, high] = Data.spans.mean ?? [0, 1];
    return byNumber("mean", "Mean rating, stars", values, low, high, evenly(low, high), (tick) => tick.toFixed(1));
  }

  // Few films are old: a scale that gave each year the same room would leave all others one colour.
  function byYear() {
    const values = Float32Array.from(Data.years, (year) => year ?? NaN);
    const [low, high] = Data.spans.year;
    const older = values.some((year) => year < low);
    const text = (tick) => (tick === low && older ? `≤ ${Math.round(tick)}` : String(Math.round(tick)));
    return byNumber("year", "Release year", values, low, high, evenly(low, high), text);
  }

  const evenly = (low, high) => (low === high ? [low] : [0, 1, 2, 3].map((i) => low + ((high - low) * i) / 3));

  // A scale by a kind of label. Those that are most often a point's first have colours of their own; a point takes that
  // of its first that has one.
  function byLabel(kind) {
    const { names, of } = Data.labels[kind];
    const counts = new Array(names.length).fill(0);
    for (const own of of) if (own.length) counts[own[0]]++;
    const order = names.map((_, label) => label).sort((a, b) => counts[b] - counts[a]);
    const own = qualitative().length - 1;
    const rank = new Map(order.slice(0, own).filter((label) => counts[label]).map((label, place) => [label, place]));
    const values = Float32Array.from(of, (labels) => rank.get(labels.find((label) => rank.has(label))) ?? own);
    const holding = (value) => values.reduce((sum, one) => sum + (one === value), 0);
    const others = holding(own);
    const entries = [...rank].map(([label, value]) => ({ value, text: names[label], count: holding(value) }));
    if (others) entries.push({ value: own, text: "all others", count: others });
    const colour = (num) => qualitative()[values[num]];
    const colorscale = () => qualitative().flatMap((one, i, all) => [[i / all.length, one], [(i + 1) / all.length, one]]);
    const title = kind === "genre" ? "Genre (the first of each)" : Words.capital(kind);
    return { name: kind, title, values, low: -0.5, high: own + 0.5, colour, colorscale, marks: () => [], entries };
  }

  const makers = new Map([
    ["popularity", byPopularity],
    ["mean", byMean],
    ...(Data.hasYears ? [["year", byYear]] : []),
    ...Data.kinds.map((kind) => [kind, () => byLabel(kind)]),
  ]);
  const made = new Map();

  function scale(name) {
    if (!made.has(name)) made.set(name, (makers.get(name) ?? byPopularity)());
    return made.get(name);
  }

  const titles = { popularity: Data.isUsers ? "activity" : "popularity", mean: "mean rating", year: "release year" };
  const choices = [...makers.keys()].map((name) => ({ name, title: titles[name] ?? name }));

  return { scale, choices, gradient, swatch: (entry) => qualitative()[entry.value], other: () => pick(OTHER) };
})();
