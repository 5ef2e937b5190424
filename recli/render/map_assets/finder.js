// The search box and its list (the WAI-ARIA combobox pattern).
"use strict";

const Finder = (() => {
  const PAUSE = 60; // milliseconds after a key, before the answer: nobody reads between two
  const LISTED = 8;
  const [box, results] = [byId("search"), byId("results")];
  let choices = []; // what each option does
  let current = -1;
  let timer = 0;

  // Nothing that was typed waits for its answer any more.
  function settle() {
    clearTimeout(timer);
    timer = 0;
  }

  function close() {
    settle();
    results.hidden = true;
    box.setAttribute("aria-expanded", "false");
    box.removeAttribute("aria-activedescendant");
  }

  function mark(place) {
    current = place;
    [...results.querySelectorAll("[role=option]")].forEach((option, i) => {
      option.setAttribute("aria-selected", String(i === place));
      if (i === place) option.scrollIntoView({ block: "nearest" });
    });
    if (place >= 0) box.setAttribute("aria-activedescendant", `found-${place}`);
  }

  function option(text, note, chosen) {
    const item = element("li", "", { id: `found-${choices.push(chosen) - 1}` });
    item.setAttribute("role", "option");
    item.append(element("span", text), element("span", note, { className: "note" }));
    item.addEventListener("pointerdown", (event) => event.preventDefault()); // the box keeps the focus
    item.addEventListener("click", chosen);
    return item;
  }

  function hint(text) {
    const item = element("li", text, { className: "hint" });
    item.setAttribute("role", "presentation");
    return item;
  }

  function missed(found, hidden) {
    const others = found && hidden ? "more " : "";
    if (hidden) return `${Words.counted(hidden)} ${others}hidden by the filters`;
    return found ? "" : `No ${Data.one} like that.`;
  }

  function answer(open) {
    settle();
    if (!box.value.trim()) return close();
    const { nums, hidden } = Search.find(box.value, Filters.shows);
    const found = nums.slice(0, LISTED);
    const words = missed(found.length, hidden);
    choices = [];
    const rows = found.map((num) => option(Data.name(num), Words.ratings(Data.ratings[num]), () => open(num)));
    const unfiltered = () => {
      Filters.clear();
      answer(open);
    };
    if (hidden) rows.push(option(words, "Clear the filters", unfiltered));
    else if (words) rows.push(hint(words));
    if (hidden) rows[rows.length - 1].classList.add("offer");
    results.replaceChildren(...rows);
    results.hidden = false;
    box.setAttribute("aria-expanded", "true");
    mark(choices.length ? 0 : -1);
    return Words.say(found.length ? `${found.length} found` : words);
  }

  function start(chosen) {
    const open = (num) => {
      close();
      box.value = "";
      box.blur();
      chosen(num);
    };
    box.placeholder = Data.isUsers ? "Find a user id" : "Find a film, also with a typo";
    box.setAttribute("aria-label", Data.isUsers ? "Find a user" : "Find a title or id");
    box.addEventListener("focus", () => requestAnimationFrame(Search.warmUp), { once: true });
    box.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(() => answer(open), PAUSE);
    });
    box.addEventListener("blur", close);
    box.addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step && choices.length && !results.hidden) {
        event.preventDefault();
        mark((current + step + choices.length) % choices.length);
      } else if (event.key === "Enter" && box.value.trim()) {
        if (timer || results.hidden) answer(open); // else the list is of what is in the box
        choices[current]?.();
      }
    });
  }

  // True where there was something to close.
  function dismiss() {
    const open = !results.hidden || box.value !== "";
    box.value = "";
    close();
    return open;
  }

  return { start, dismiss, focus: () => box.focus() };
})();
