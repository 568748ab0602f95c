// The status banner: what state, why, and the trial that runs.

import {byId, say} from './dom.js';
import {number, settings, span, state} from './words.js';

function objective(slo) {
  const parts = [];
  if (slo?.p95_latency_ms) parts.push(`p95 ≤ ${number(slo.p95_latency_ms, 'ms')}`);
  if (slo?.error_ratio) parts.push(`errors ≤ ${number(slo.error_ratio * 100, '%')}`);
  return parts.length ? `objective ${parts.join(', ')}` : 'no objective';
}

/** @param server {version, startedAt}. @param now the server's clock, Unix seconds. */
export function showBanner(target, server, now, inForce) {
  const [icon, words] = state(target.state);
  byId('banner').dataset.state = target.state;
  say(byId('state-icon'), icon);
  say(byId('state'), words);
  say(byId('reason'), target.reason ? `– ${target.reason}` : '');
  document.title = `${words} – Auto-Tuner` + (target.name && `: ${target.name}`);
  say(byId('facts'), [
    settings(inForce ?? target.settings ?? {}),
    objective(target.slo),
    `policy ${target.policy}`,
    `judge ${target.judge}`,
    `version ${server.version}, up ${span(now - server.startedAt)}`,
  ].filter(Boolean).join(' · '));
  showTrial(target.trial, now);
}

function showTrial(trial, now) {
  const line = byId('trial');
  line.hidden = !trial;
  if (!trial) return;
  const left = Math.ceil(trial.check_at - now);
  say(line, `○ Trial of change #${trial.id} running for ${span(now - trial.since)}, `
    + (left > 0 ? `verdict in ${left} s` : 'verdict due'));
}

/** Whether events arrive. @param wait seconds until the next attempt, unless live. */
export function showConnection(live, wait = 0) {
  const line = byId('connection');
  line.toggleAttribute('data-live', live);
  say(line, live ? 'Live' : `No live updates, trying again in ${Math.ceil(wait)} s`);
}

export function showProblem(text) {
  byId('problem').hidden = !text;
  say(byId('problem-text'), text);
  if (text) say(byId('done'), '');
}

export function showDone(text) {
  showProblem('');
  say(byId('done'), text);
}
