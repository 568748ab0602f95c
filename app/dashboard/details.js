// What stands behind one decision: evidence, candidates, verdict, explanation.

import {element, table} from './dom.js';
import {moves, number, percent, settings, span} from './words.js';

const figures = [
  ['p50', p => number(p.p50_ms, 'ms')],
  ['p95', p => number(p.p95_ms, 'ms')],
  ['p99', p => number(p.p99_ms, 'ms')],
  ['Completed', p => number(p.throughput_rps, '/s')],
  ['Offered', p => number(p.offered_rps, '/s')],
  ['Requests', p => number(p.completed)],
  ['Failed', p => number(p.failed)],
  ['Busy workers', p => number(p.busy_workers)],
  ['Mean batch', p => number(p.batch_size_mean)],
  ['Waiting', p => number(p.queue_length)],
  ['Cache hits', p => percent(p.cache_hit_ratio)],
  ['Memory', p => number(p.memory_mib, 'MiB')],
  ['Length', p => span(p.closed_at - p.opened_at)],
];

function part(title, className, ...content) {
  return element('section', {className}, element('h3', {}, title), ...content);
}

function evidence(decision) {
  const windows = [
    ['Seen at the decision', decision.evidence],
    ['Judged: before', decision.verdict_before],
    ['Judged: since', decision.verdict_after],
  ].filter(([, point]) => point);
  if (!windows.length) return element('p', {className: 'hint'}, 'No evidence was recorded.');
  const rows = figures
    .map(([name, value]) => [name, ...windows.map(([, point]) => value(point))])
    .filter(cells => cells.slice(1).some(x => x !== '–'));
  return table('Evidence', ['Figure', ...windows.map(([name]) => name)], rows);
}

/** @returns the place of the candidate that the change led to; -1: none. */
function chosen(decision) {
  const target = new Map(Object.entries(decision.evidence?.settings ?? {}));
  for (const m of decision.moves) target.set(m.knob, m.to);
  return decision.considered.findIndex(c => Object.entries(c.settings).every(([knob, value]) =>
    !target.has(knob) || Math.abs(target.get(knob) - value) <= 1e-6 * Math.max(1, Math.abs(value))));
}

function candidates(decision) {
  if (!decision.considered.length)
    return element('p', {className: 'hint'}, 'This policy weighs no candidates by a model.');
  const best = chosen(decision);
  const rows = decision.considered.slice(0, 20).map((c, i) => [
    settings(c.settings) + (i === best ? ' (chosen)' : ''),
    number(c.p95_ms, 'ms'), number(c.cost), c.feasible ? 'yes' : 'no',
  ]);
  const after = decision.verdict_after;
  if (after) rows.push(['Measured since the change', number(after.p95_ms, 'ms'), number(after.busy_workers), '']);
  return table('Candidates', ['Settings', 'p95', 'Cost, busy workers', 'Meets the objective'], rows, best);
}

function verdict(decision) {
  const numbers = Object.entries(decision.numbers);
  return [
    element('p', {}, decision.verdict_reason || 'No verdict yet.'),
    ...numbers.length
      ? [table('Numbers of the verdict', ['Number', 'Value'], numbers.map(([name, x]) => [name.replaceAll('_', ' '), number(x)]))]
      : [],
  ];
}

/** @returns the details of a decision. */
export function detailsOf(decision) {
  const scroll = x => element('div', {className: 'scroll'}, x);
  return [
    element('div', {},
      part('Evidence', 'evidence', scroll(evidence(decision)))),
    element('div', {},
      part('Candidates, predicted against measured', 'candidates', scroll(candidates(decision))),
      part('Verdict', 'verdict', ...verdict(decision)),
      part('Explanation', 'explanation', element('pre', {}, decision.explanation ?? ''))),
  ];
}

/** @returns the details of what has no evidence: a roll-back or an edit. */
export function movesOf(event) {
  return [part('Settings', 'across', element('p', {}, moves(event.moves)),
    ...event.moves.filter(m => m.reason && m.reason !== event.reason)
      .map(m => element('p', {className: 'hint'}, `${m.knob}: ${m.reason}`)))];
}
