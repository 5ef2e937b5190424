// The selection as a table for a spreadsheet.
"use strict";

const Csv = (() => {
  const NUMBER = /^-?\d+(\.\d+)?$/;
  const FORMULA = /^[=+\-@\t\r]/; // OWASP, CSV injection

  // RFC 4180 quoting; text that a spreadsheet would run as a formula gets an apostrophe in front.
  function cell(value) {
    const text = String(value ?? "");
    const safe = FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  }

  function table(nums) {
    const head = [`${Data.one}_id`, ...(Data.isUsers ? [] : ["title", "year"]), "ratings", "mean_rating", ...Data.kinds];
    const row = (num) => [
      Data.ids[num],
      ...(Data.isUsers ? [] : [Data.name(num), Data.years[num]]),
      Data.ratings[num],
      Data.means[num],
      ...Data.kinds.map((kind) => Data.labelsOf(num, kind).join("|")),
    ];
    return [head, ...nums.map(row)].map((cells) => `${cells.map(cell).join(",")}\r\n`).join("");
  }

  // Browsers that keep the clipboard from local files still copy what a person could have marked by hand.
  function copyByHand(text) {
    const field = element("textarea", "", { value: text, className: "unseen" });
    document.body.append(field);
    field.select();
    const copied = document.execCommand("copy");
    field.remove();
    if (!copied) throw new Error("the browser keeps its clipboard");
  }

  async function copy(nums) {
    const text = table(nums);
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      copyByHand(text);
    }
  }

  function download(nums) {
    const url = URL.createObjectURL(new Blob([table(nums)], { type: "text/csv" }));
    element("a", "", { href: url, download: `selected-${Data.many}.csv` }).click();
    setTimeout(() => URL.revokeObjectURL(url), 1000);
  }

  return { table, copy, download };
})();
