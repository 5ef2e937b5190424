// Fingers on a map: one moves it, two zoom it, and a tap is left to the browser, which makes a click of it.
//
// plotly follows the first finger only, so a pinch would move the map: it is not told of fingers at all.
"use strict";

const Touch = (() => {
  const SLIP = 8; // pixels that a finger moves in a tap
  const CLOSEST = 16; // pixels between two fingers: their difference is what zooms

  // Where in the plot the fingers are: their middle, and for two how far apart.
  function grip(touches, plot) {
    const { left, top } = plot.getBoundingClientRect();
    const [a, b = a] = touches.map(({ clientX, clientY }) => ({ x: clientX - left, y: clientY - top }));
    const apart = Math.max(CLOSEST, Math.hypot(a.x - b.x, a.y - b.y));
    return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, apart };
  }

  // The view in which the place that was under the fingers is under them still.
  function moved(view, { width, height }, from, to) {
    const scale = (view.scale * from.apart) / to.apart;
    return {
      x: view.x + (from.x - width / 2) * view.scale - (to.x - width / 2) * scale,
      y: view.y - (from.y - height / 2) * view.scale + (to.y - height / 2) * scale,
      scale,
    };
  }

  function listen(chart) {
    const { plot } = chart;
    const own = (event) => [...event.touches].filter(({ target }) => plot.contains(target)).slice(0, 2);
    let start = null; // grip and view when the fingers last came or went
    let view = null; // where they have moved it since
    let dragged = false; // since the first of them came
    let frame = 0;

    function hold(touches) {
      start = touches.length ? { grip: grip(touches, plot), view: view ?? chart.view() } : null;
    }

    function begin(event) {
      event.stopPropagation();
      const touches = own(event);
      chart.flight = null; // a finger stops a map that flies
      if (touches.length === 1) [dragged, view] = [false, null];
      else event.preventDefault();
      hold(touches);
    }

    function move(event) {
      event.stopPropagation();
      event.preventDefault();
      const touches = own(event);
      if (start === null || touches.length === 0) return;
      const to = grip(touches, plot);
      if (!dragged && touches.length === 1 && Math.hypot(to.x - start.grip.x, to.y - start.grip.y) < SLIP) return;
      dragged = true;
      byId("card").hidden = true;
      view = moved(start.view, chart.size(), start.grip, to);
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(() => chart.show(view));
    }

    function end(event) {
      event.stopPropagation();
      if (dragged) event.preventDefault(); // no click
      hold(own(event));
    }

    const before = { capture: true, passive: false };
    plot.addEventListener("touchstart", begin, before);
    plot.addEventListener("touchmove", move, before);
    plot.addEventListener("touchend", end, before);
    plot.addEventListener("touchcancel", end, before);
  }

  return { listen };
})();
