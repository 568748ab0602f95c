// Marks of decisions on the charts: a line where it took effect, a sign on top.

import {outcome} from './words.js';

const signWidth = 9; // px; signs nearer than that would cover each other.
const importance = {rolled_back: 5, trial: 4, edit: 3, inconclusive: 2, kept: 1, rollback: 0};

/** @returns the colours of this scheme, by name of the custom property. */
export function colours() {
  const style = getComputedStyle(document.documentElement);
  return name => style.getPropertyValue('--' + name).trim();
}

const colourOf = {
  trial: 'accent', kept: 'good', rolled_back: 'bad', rollback: 'bad', inconclusive: 'muted', edit: 'edit',
};

/** @returns the events within a chart's window, each with its place in px. */
function placed(g, events) {
  const [from, to] = g.xAxisRange();
  return events
    .filter(e => e.at * 1000 >= from && e.at * 1000 <= to)
    .map(event => ({event, x: g.toDomXCoord(event.at * 1000), ...outcome(event)}));
}

/** Draws the marks of `events` below the lines of chart `g`. */
export function drawMarks(context, area, g, events) {
  const colour = colours();
  const marks = placed(g, events).sort((a, b) => importance[b.mark] - importance[a.mark]);
  const crowded = marks.length > area.w / 12; // Full lines would hide the chart.
  const taken = new Set();
  const lines = new Set();
  context.save();
  context.font = 'bold 11px system-ui, sans-serif';
  context.textAlign = 'center';
  for (const {x, mark, sign} of marks) {
    context.strokeStyle = context.fillStyle = colour(colourOf[mark]);
    const column = Math.round(x);
    if (!lines.has(column)) { // The most important one of a column.
      lines.add(column);
      context.globalAlpha = 0.35;
      context.setLineDash(mark === 'rollback' ? [2, 3] : []);
      context.beginPath();
      context.moveTo(column + 0.5, area.y + 12);
      context.lineTo(column + 0.5, area.y + (crowded ? 16 : area.h));
      context.stroke();
    }
    const slot = Math.floor(x / signWidth);
    if (taken.has(slot) || taken.has(slot - 1) || taken.has(slot + 1)) continue;
    taken.add(slot);
    context.globalAlpha = 1;
    const edge = signWidth / 2; // The newest one stands at the end of the chart.
    context.fillText(sign, Math.min(Math.max(x, area.x + edge), area.x + area.w - edge), area.y + 10);
  }
  context.restore();
}

/** @returns the event whose mark is nearest to `x` px; undefined beyond 8 px. */
export function markAt(g, x, events) {
  return placed(g, events)
    .filter(m => Math.abs(m.x - x) <= 8)
    .sort((a, b) => Math.abs(a.x - x) - Math.abs(b.x - x) || importance[b.mark] - importance[a.mark])[0]?.event;
}
