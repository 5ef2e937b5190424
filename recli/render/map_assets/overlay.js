// What lies above the dots of a chart, drawn by hand: lines to neighbours, rings, names.
"use strict";

class Overlay extends Framing {
  static MOST_PICKED = 5000; // drawn above the others at each frame
  static MOST_NAMED = 100; // of them, for whose names others make room

  neighbors(num) {
    return Data.nearest(num, this.layout);
  }

  focus() {
    if (State.selected !== null) return [State.selected, ...this.neighbors(State.selected).map(({ num }) => num)];
    return State.picked;
  }

  decorate() {
    const focus = this.focus();
    this.host.classList.toggle("dimmed", focus.length > 0);
    const pen = this.freshPen();
    if (State.selected !== null) this.drawLines(pen, focus);
    for (const num of focus.slice(0, Overlay.MOST_PICKED).reverse()) this.drawDot(pen, num);
    for (const num of new Set([State.selected, State.hovered])) if (num !== null) this.drawRing(pen, num);
    const few = focus.length > 0 && focus.length <= Overlay.MOST_NAMED;
    Labels.write(this, focus.length ? focus : this.namable(), few, pen);
  }

  namable() {
    const found = [];
    for (const num of Data.byPopularity) {
      if (this.layout.trained[num] && this.lit(num)) found.push(num);
      if (found.length === 3000) break;
    }
    return found;
  }

  freshPen() {
    const { width, height } = this.size();
    const dense = window.devicePixelRatio || 1;
    Object.assign(this.overlay, { width: Math.round(width * dense), height: Math.round(height * dense) });
    const pen = this.overlay.getContext("2d");
    pen.scale(dense, dense);
    return pen;
  }

  drawLines(pen, [from, ...others]) {
    const start = this.place(from);
    pen.strokeStyle = Theme.ink("--accent");
    pen.globalAlpha = 0.75;
    pen.lineWidth = 1.5;
    for (const num of others) {
      const end = this.place(num);
      pen.beginPath();
      pen.moveTo(start.x, start.y);
      pen.lineTo(end.x, end.y);
      pen.stroke();
    }
    pen.globalAlpha = 1;
  }

  drawDot(pen, num) {
    const { x, y } = this.place(num);
    pen.beginPath();
    pen.arc(x, y, Math.max(3.5, this.diameter(num) / 2 + 1), 0, 2 * Math.PI);
    pen.fillStyle = this.layout.trained[num] ? State.scale.colour(num) : Theme.ink("--paper");
    pen.strokeStyle = this.layout.trained[num] ? Theme.ink("--paper") : Theme.ink("--hollow");
    pen.lineWidth = 1;
    pen.fill();
    pen.stroke();
  }

  drawRing(pen, num) {
    const { x, y } = this.place(num);
    pen.beginPath();
    pen.arc(x, y, this.diameter(num) / 2 + 4, 0, 2 * Math.PI);
    pen.strokeStyle = num === State.selected ? Theme.ink("--accent") : Theme.ink("--ink");
    pen.lineWidth = 2.5;
    pen.stroke();
  }
}
