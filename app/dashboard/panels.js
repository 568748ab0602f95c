// Which charts there are for a target, and what each takes from a point.

import {number, percent} from './words.js';

const served = value => p => p.completed > 0 ? value(p) : null;
const ms = x => number(x, 'ms');
const rps = x => number(x, '/s');

/**
 * @returns panels {title, series: [{name, value(point), swatch, dashed, width}],
 * format, range, step, wide, optional}: an optional one is hidden while nothing
 * is known.
 */
export function panelsOf(target) {
  const goal = target.slo?.p95_latency_ms;
  const latency = [
    {name: 'p50', value: served(p => p.p50_ms), swatch: 's1'},
    {name: 'p95', value: served(p => p.p95_ms), swatch: 's2', width: 1.5},
    {name: 'p99', value: served(p => p.p99_ms), swatch: 's3'},
  ];
  if (goal)
    latency.push({name: 'p95 objective', value: () => goal, swatch: 'objective', dashed: true});
  return [
    {title: 'Latency', series: latency, format: ms, wide: true, latency: true},
    {title: 'Throughput', format: rps, series: [
      {name: 'offered', value: p => p.offered_rps, swatch: 's1', width: 2.5},
      {name: 'completed', value: p => p.throughput_rps, swatch: 's3'},
    ]},
    {title: 'Busy workers', format: number, series: [
      {name: 'mean', value: p => p.busy_workers, swatch: 's1'}]},
    {title: 'Cache hit ratio', format: percent, range: [0, 1.2], optional: true, series: [
      {name: 'hits', value: p => p.cache_hit_ratio, swatch: 's1', width: 1.5}]},
    {title: 'Memory', format: x => number(x, 'MiB'), optional: true, series: [
      {name: 'used', value: p => p.memory_mib, swatch: 's1', width: 1.5}]},
    ...target.knobs.map(knob => ({
      title: knob.name, step: true, format: x => number(x, knob.unit), series: [
        {name: 'in force', value: p => p.settings?.[knob.name] ?? null, swatch: 's1', width: 2}],
    })),
  ];
}

/** @returns rows [ms, point or null]; a null row breaks the lines where nothing was seen. */
export function rowsOf(points) {
  const rows = [];
  let last = null;
  for (const p of points) {
    const longest = last ? Math.max(p.closed_at - p.opened_at, last.closed_at - last.opened_at) : 0;
    if (last && p.opened_at - last.closed_at > 2 * longest + 1)
      rows.push([(last.closed_at + p.opened_at) * 500, null]);
    rows.push([p.closed_at * 1000, p]);
    last = p;
  }
  return rows;
}

/** @returns what the charts of a target depend on, to be compared. */
export const shapeOf = ({name, knobs, slo}) => JSON.stringify({name, knobs, slo});
