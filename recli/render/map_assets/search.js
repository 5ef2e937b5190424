// Finds points by words that may be misspelt.
//
// Titles share most of their words, so a query is compared with each different word once, and titles add up what their
// words got: 60,000 titles take some milliseconds, and no index has to be kept.
"use strict";

const Search = (() => {
  const LEAST = 0.55; // of a title's score
  const MOST = 50; // results
  const SPELT = 0.75; // likeness of words that hold what was typed, letter by letter

  // "Amélie" as "amelie": accents and case tell nobody's films apart.
  const folded = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const wordsOf = (text) => folded(text).match(/[\p{L}\p{N}]+/gu) ?? [];

  let index = null;

  // Different words, and for each point where its own words' numbers stand: words[start[num]] … words[start[num + 1] - 1]
  function build() {
    const numbers = new Map();
    const words = [];
    const start = new Uint32Array(Data.n + 1);
    for (let num = 0; num < Data.n; num++) {
      for (const word of new Set(wordsOf(Data.name(num)))) {
        if (!numbers.has(word)) numbers.set(word, numbers.size);
        words.push(numbers.get(word));
      }
      start[num + 1] = words.length;
    }
    index = { vocabulary: [...numbers.keys()], words: Uint32Array.from(words), start };
  }

  // Edits between two words: insert, delete, replace, swap neighbours (optimal string alignment); gives up beyond most.
  function edits(a, b, most) {
    let before = [];
    let last = Array.from({ length: b.length + 1 }, (_, j) => j);
    for (let i = 1; i <= a.length; i++) {
      const row = [i];
      let least = i;
      for (let j = 1; j <= b.length; j++) {
        const replaced = last[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
        row[j] = Math.min(replaced, last[j] + 1, row[j - 1] + 1);
        const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
        if (swapped) row[j] = Math.min(row[j], before[j - 2] + 1);
        least = Math.min(least, row[j]);
      }
      if (least > most) return least;
      [before, last] = [last, row];
    }
    return last[b.length];
  }

  // How far a word is the one meant, 0 to 1.
  function likeness(meant, word) {
    if (meant === word) return 1;
    if (word.startsWith(meant)) return 0.9;
    if (meant.length > 2 && word.includes(meant)) return SPELT;
    return slipped(meant, word);
  }

  // How far a word is the one meant but for slips of the finger; never as near as one that holds it.
  function slipped(meant, word) {
    const most = Math.floor(meant.length / 3);
    if (most === 0) return 0;
    const begun = word.length > meant.length + 1 ? word.slice(0, meant.length) : word; // typed half, with a slip
    if (Math.abs(begun.length - meant.length) > most) return 0;
    const count = edits(meant, begun, most);
    return count > most ? 0 : (begun === word ? 1 : 0.85) * (1 - count / meant.length);
  }

  function scores(query) {
    const sums = new Float32Array(Data.n);
    const covered = new Float32Array(Data.n);
    const spelt = new Uint8Array(Data.n).fill(1); // whether all words are there as they were typed
    const meant = wordsOf(query);
    const whole = meant.reduce((sum, word) => sum + word.length, 0);
    for (const word of meant) {
      const like = Float32Array.from(index.vocabulary, (known) => likeness(word, known));
      for (let num = 0; num < Data.n; num++) {
        let best = 0;
        for (let i = index.start[num]; i < index.start[num + 1]; i++) best = Math.max(best, like[index.words[i]]);
        sums[num] += (best * word.length) / whole;
        if (best < SPELT) spelt[num] = 0;
        covered[num] += best / Math.max(1, index.start[num + 1] - index.start[num]);
      }
    }
    // Among equals first those that say little else, then those that many know.
    const known = (num) => Math.log1p(Data.ratings[num]) / Math.log1p(Data.mostRatings);
    const score = (num) => (sums[num] < LEAST ? 0 : sums[num] + 0.1 * covered[num] + 0.1 * known(num));
    // Slips are only forgiven where nobody is called what was typed: else they are other films.
    return spelt.includes(1) ? (num) => (spelt[num] ? score(num) : 0) : score;
  }

  // The points that a query means, best first; only those that `allowed` says, and how many others there are.
  function find(query, allowed) {
    if (index === null) build();
    const exact = Data.numOf(query.trim());
    const hits = exact === null ? [] : [{ num: exact, score: 3 }];
    if (wordsOf(query).length > 0) {
      const score = scores(query);
      for (let num = 0; num < Data.n; num++) {
        const own = num === exact ? 0 : score(num);
        if (own > 0) hits.push({ num, score: own });
      }
    }
    const open = hits.filter(({ num }) => allowed(num)).sort((a, b) => b.score - a.score);
    return { nums: open.slice(0, MOST).map(({ num }) => num), hidden: hits.length - open.length };
  }

  return { find, warmUp: () => index ?? build() };
})();
