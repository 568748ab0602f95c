// Numbers, times and states in words.

export const rangeWords = {900: '15 minutes', 3600: 'hour', 21600: '6 hours', 86400: '24 hours'};

const plain = new Map();

/** @returns `x` with about three significant digits, "–" where unknown. */
export function number(x, unit = '') {
  if (x === null || x === undefined || !Number.isFinite(x))
    return '–';
  const size = Math.abs(x);
  const digits = size >= 100 || Number.isInteger(x) ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
  if (!plain.has(digits))
    plain.set(digits, new Intl.NumberFormat('en', {maximumFractionDigits: digits}));
  return plain.get(digits).format(x) + (unit && `\u00a0${unit}`);
}

/** @returns a ratio as `93.4 %`. */
export function percent(x) {
  return x === null || x === undefined ? '–' : number(x * 100, '%');
}

const clock = new Intl.DateTimeFormat('en-GB', {hour: '2-digit', minute: '2-digit', second: '2-digit'});
const day = new Intl.DateTimeFormat('en-GB', {day: 'numeric', month: 'short'});

/** @param at Unix seconds. @returns `16:45:03`, with the day if it isn't today. */
export function time(at) {
  const date = new Date(at * 1000);
  const today = date.toDateString() === new Date().toDateString();
  return (today ? '' : day.format(date) + ', ') + clock.format(date);
}

/** @returns `45 s`, `12 min`, `3 h 5 min`, `4 d 2 h`. */
export function span(seconds) {
  const s = Math.max(0, Math.round(seconds));
  const m = Math.floor(s / 60), h = Math.floor(m / 60), d = Math.floor(h / 24);
  if (d) return `${d} d ${h % 24} h`;
  if (h) return `${h} h ${m % 60} min`;
  return m ? `${m} min` : `${s} s`;
}

/** @returns the moves of a change: `batch_size 32 → 23`. */
export function moves(list) {
  return list.map(m => `${m.knob} ${number(m.from)} → ${number(m.to)}`).join(', ');
}

/** @returns settings: `batch_size 32, batch_timeout_ms 50`. */
export function settings(x) {
  return Object.entries(x).map(([knob, value]) => `${knob} ${number(value)}`).join(', ');
}

const states = {
  enabled: ['✓', 'Tuning'],
  advise: ['i', 'Advising only'],
  paused: ['❚❚', 'Paused'],
  degraded: ['!', 'Degraded'],
  disabled: ['○', 'Switched off'],
};

/** @returns [icon, words] of a target's state. */
export function state(name) {
  return states[name] ?? ['?', name];
}

const outcomes = {
  open: ['trial', '○', 'trial running'],
  doubted: ['trial', '○', 'doubted: looking at the old settings'],
  retried: ['trial', '○', 'doubted: tried once more'],
  kept: ['kept', '▲', 'kept'],
  rolled_back: ['rolled_back', '✕', 'rolled back'],
  inconclusive: ['inconclusive', '◇', 'undone without blame'],
};

/** @returns {mark, sign, words}: how an event looks on the charts and in the table. */
export function outcome(event) {
  if (event.kind === 'rollback')
    return {mark: 'rollback', sign: '↩', words: 'settings put back'};
  if (event.kind !== 'tuning')
    return {mark: 'edit', sign: '■', words: event.kind === 'edit' ? 'set by hand' : event.kind};
  const [mark, sign, words] = outcomes[event.verdict]
    ?? ['inconclusive', '◇', String(event.verdict).replaceAll('_', ' ')];
  const later = event.undone && event.verdict === 'kept' ? ', undone later' : '';
  return {mark, sign, words: words + later};
}
