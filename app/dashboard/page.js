// The page: loads what is known, follows what happens, and has it shown.

import {get, hasToken} from './api.js';
import {showBanner, showConnection, showProblem} from './banner.js';
import {Charts} from './charts.js';
import {Controls} from './controls.js';
import {Decisions} from './decisions.js';
import {byId, element, say} from './dom.js';
import {panelsOf, shapeOf} from './panels.js';
import {Store, eventsMax, pointsMax} from './store.js';
import {follow} from './stream.js';
import {withToken} from './token.js';
import {rangeWords, time} from './words.js';

const tableFirst = 100;
const youngest = 120;   // Seconds that are shown at least.
const askAgain = 30000; // ms; the series isn't asked for more often by itself.

const store = new Store();
const decisions = new Decisions();
const charts = new Charts(byId('charts'), {zoom, mark: event => decisions.open(event)});
const controls = new Controls({target, store, took, changed});

let server = null;         // {version, startedAt, ahead} of this computer's clock, in s.
let targets = [];          // As /api/v1/status has them.
let chosen = '';           // The target's name.
let range = 900;           // Seconds.
let zoomPoints = null;     // While zoomed: finer ones.
let generation = 0;        // What was asked before a choice is not for it.
let zooms = 0, shape = ''; // What the charts of the target depend on.
let due = 0;               // When the charts are drawn again, ms; 0: at once.
let asked = 0;             // For the series, ms.

function target() { return targets.find(t => t.name === chosen); }
function now() { return Date.now() / 1000 + (server?.ahead ?? 0); }

function showTarget() {
  if (!target()) return;
  showBanner(target(), server, now(), store.points.at(-1)?.settings);
  controls.update(target());
}

function draw() {
  if (document.hidden || !target()) return;
  due = Date.now() + Math.min(5000, Math.max(1000, range)); // Less often where a second is less than a pixel.
  // A young service doesn't leave most of the charts empty.
  const end = now(), first = Math.min(store.points[0]?.opened_at ?? 0, end - youngest);
  const live = [Math.max(end - range, first) * 1000, end * 1000];
  const words = charts.zoomed ? `from ${time(charts.zoomed[0] / 1000)} to ${time(charts.zoomed[1] / 1000)}`
    : `last ${rangeWords[range]}`;
  charts.draw(zoomPoints ?? store.points, store.newestFirst(), live, words);
  byId('no-data').hidden = store.points.length > 0;
}

async function loadStatus() {
  const status = await withToken(() => get('status'));
  server = {version: status.version, startedAt: status.now - status.uptime_seconds,
    ahead: status.now - Date.now() / 1000};
  targets = status.targets;
  const names = targets.map(t => t.name);
  if (!names.includes(chosen)) chosen = names[0] ?? '';
  byId('target').replaceChildren(...names.map(name => element('option', {value: name}, name || '(unnamed)')));
  byId('target').value = chosen;
  byId('target-choice').hidden = names.length < 2;
}

async function loadSeries() {
  const mine = generation;
  asked = Date.now();
  const {points} = await get('series', {target: chosen, since: now() - range, points: pointsMax});
  if (mine !== generation) return;
  store.takeSeries(points);
  draw();
}

async function loadHistory(query) {
  const mine = generation;
  const {events} = await get('history', {target: chosen, ...query});
  if (mine === generation) took(events);
}

function took(events) {
  store.takeEvents(events.filter(e => e.target === chosen));
  decisions.update(store.newestFirst(), chosen);
  due = 0;
}

function changed(state, reason) {
  Object.assign(target(), {state, reason});
  showTarget();
}

/** Shows another target or range, from the start. */
async function choose(anotherTarget) {
  ++generation;
  ++zooms;
  zoomPoints = null;
  charts.zoomed = null;
  byId('follow').hidden = true;
  say(byId('range-words'), rangeWords[range]);
  if (anotherTarget && target()) {
    shape = shapeOf(target());
    store.clear();
    decisions.clear();
    charts.setPanels(panelsOf(target()));
    charts.setLogScale(byId('log-scale').checked);
    controls.setTarget(target());
  }
  showTarget();
  await attempt(() => Promise.all([
    loadSeries(),
    loadHistory({limit: tableFirst}).then(() => loadHistory({since: now() - range, limit: eventsMax})),
  ]));
}

async function attempt(work) {
  try {
    await work();
  } catch (error) {
    showProblem(error.message);
  }
}

async function zoom(from, to) {
  const mine = ++zooms;
  byId('follow').hidden = from === undefined;
  zoomPoints = from === undefined ? null : zoomPoints;
  due = 0;
  if (from === undefined) return draw();
  await attempt(async () => {
    const {points} = await get('series', {target: chosen, since: from, until: to, points: pointsMax});
    if (mine !== zooms || !charts.zoomed) return;
    zoomPoints = points;
    draw();
  });
}

const heard = {
  point({target: name, point}) {
    if (name === chosen && store.addPoint(point, range) && Date.now() > asked + askAgain) attempt(loadSeries);
  },
  history(event) { took([event]); },
  status(status) {
    const place = targets.findIndex(t => t.name === status.name);
    if (place >= 0) targets[place] = status;
    if (status.name === chosen) showTarget();
  },
};

let started = false, interrupted = false, declined = false;
follow({
  open() {
    showConnection(true);
    if (!interrupted) return;
    interrupted = false;
    showProblem('');
    attempt(catchUp);
  },
  event: (name, data) => heard[name]?.(data),
  async lost(error, wait) {
    interrupted = true;
    showConnection(false, wait);
    if (!error?.status || declined) return;
    await attempt(catchUp); // No stream to be had: look now and then.
    declined = error.status === 401 && !hasToken();
  },
});

/** Asks for what was missed; for everything, if the target isn't what it was. */
async function catchUp() {
  await loadStatus();
  if (!started || !target() || shapeOf(target()) !== shape) return start();
  showTarget();
  await Promise.all([loadSeries(), loadHistory({since: store.unsettledSince(), limit: eventsMax})]);
}

async function start() {
  await loadStatus();
  started = true;
  await choose(true);
}

byId('target').onchange = () => {
  chosen = byId('target').value;
  choose(true);
};
for (const input of document.getElementsByName('range'))
  input.onchange = () => {
    range = Number(input.value);
    choose(false);
  };
byId('log-scale').onchange = () => charts.setLogScale(byId('log-scale').checked);
byId('follow').onclick = () => charts.showLive();
document.addEventListener('visibilitychange', draw);
setInterval(() => {
  showTarget();
  if (Date.now() >= due) draw();
}, 1000);

attempt(start);
