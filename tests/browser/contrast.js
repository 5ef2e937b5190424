// The words of a page that stand out too little from what is behind them, each with its contrast ratio (WCAG 2.2, 1.4.3).
() => {
  const pen = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });

  // Any CSS colour over an opaque one, as [red, green, blue] from 0 to 255: the canvas blends as the page does.
  const over = (colour, [r, g, b]) => {
    pen.fillStyle = `rgb(${r} ${g} ${b})`;
    pen.fillRect(0, 0, 1, 1);
    pen.fillStyle = colour;
    pen.fillRect(0, 0, 1, 1);
    return [...pen.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const linear = (part) => (part <= 10.3 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4);
  const luminance = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  const ratio = (one, other) => {
    const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };

  const lineage = (element) => (element ? [...lineage(element.parentElement), element] : []);
  const behind = (element) => lineage(element).reduce((below, own) => over(getComputedStyle(own).backgroundColor, below), [255, 255, 255]);
  const opacity = (element) => lineage(element).reduce((all, own) => all * Number(getComputedStyle(own).opacity), 1);
  const mixed = (front, back, share) => front.map((part, i) => part * share + back[i] * (1 - share));

  const judged = (element) => {
    const style = getComputedStyle(element);
    const back = behind(element);
    const contrast = ratio(mixed(over(style.color, back), back, opacity(element)), back);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    return { text: element.textContent.trim().slice(0, 40), tag: element.tagName, contrast, least: large ? 3 : 4.5 };
  };
  const says = (element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
  const disabled = (element) => element.closest(":disabled"); // exempt
  const all = [...document.body.querySelectorAll("*")].filter(
    (element) => says(element) && element.checkVisibility({ visibilityProperty: true }) && !disabled(element) && !element.closest("script, .js-plotly-plot"),
  );
  const results = all.map(judged);
  return { words: results.length, low: results.filter(({ contrast, least }) => contrast < least) };
}
