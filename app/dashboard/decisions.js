// The table of decisions, newest first; each opens to its details.

import {get} from './api.js';
import {detailsOf, movesOf} from './details.js';
import {byId, element, say} from './dom.js';
import {keyOf} from './store.js';
import {moves, outcome, time} from './words.js';

const step = 50;
let count = 0;

class Row {
  constructor(event, targetName) {
    this.target = targetName;
    this.id = `details-${++count}`;
    this.opener = element('button', {type: 'button', className: 'opener',
      'aria-expanded': 'false', 'aria-controls': this.id, onclick: () => this.toggle()});
    this.cells = Object.fromEntries(['when', 'settings', 'outcome', 'why'].map(name =>
      [name, element('td', {className: name, role: 'cell'})]));
    this.why = element('span', {className: 'clamp'});
    this.cells.why.append(this.why);
    // Roles are said, because a phone's layout would take them away.
    this.row = element('tr', {role: 'row'},
      element('th', {scope: 'row', role: 'rowheader'}, this.opener), ...Object.values(this.cells));
    this.inside = element('div', {className: 'inside', id: this.id});
    this.details = element('tr', {className: 'details', role: 'row', hidden: true},
      element('td', {colSpan: 5, role: 'cell'}, this.inside));
    this.update(event);
  }

  update(event) {
    const text = JSON.stringify(event);
    if (text === this.text) return;
    this.text = text;
    this.event = event;
    const {mark, sign, words} = outcome(event);
    const name = event.kind === 'tuning' ? `#${event.id}` : event.kind === 'rollback' ? `↩ #${event.id}` : 'edit';
    say(this.opener, name);
    this.opener.setAttribute('aria-label', event.kind === 'rollback'
      ? `Roll-back of change ${event.id}, details` : event.kind === 'tuning'
        ? `Change ${event.id}, details` : `Edit at ${time(event.at)}, details`);
    say(this.cells.when, time(event.at));
    say(this.cells.settings, moves(event.moves));
    this.cells.outcome.replaceChildren(
      element('span', {className: `mark ${mark}`, 'aria-hidden': 'true'}, sign), ' ' + words);
    say(this.why, event.reason);
    if (!this.details.hidden) this.load();
  }

  toggle(open = this.details.hidden) {
    this.details.hidden = !open;
    this.row.className = open ? 'open' : '';
    this.opener.setAttribute('aria-expanded', String(open));
    if (open) this.load();
  }

  async load() {
    if (this.event.kind !== 'tuning') {
      this.inside.replaceChildren(...movesOf(this.event));
      return;
    }
    if (!this.inside.children.length) this.inside.replaceChildren('Loading…');
    try {
      const decision = await get(`decisions/${this.event.id}`, {target: this.target});
      this.inside.replaceChildren(...detailsOf(decision));
    } catch (error) {
      this.inside.replaceChildren(element('p', {className: 'across'}, error.message));
    }
  }
}

export class Decisions {
  constructor() {
    this.body = byId('decisions');
    this.more = byId('more');
    this.more.onclick = () => {
      this.shown += step;
      this.update(this.events, this.target);
    };
    this.clear();
  }

  clear() {
    this.rows = new Map();
    this.events = [];
    this.shown = step;
    this.body.replaceChildren();
  }

  /** @param events newest first. */
  update(events, target) {
    this.events = events;
    this.target = target;
    const wanted = events.slice(0, this.shown);
    const keys = new Set(wanted.map(keyOf));
    for (const [key, row] of this.rows) {
      if (keys.has(key)) continue;
      row.row.remove();
      row.details.remove();
      this.rows.delete(key);
    }
    let place = this.body.firstChild; // Rows that stay aren't touched: one may have the focus.
    for (const event of wanted) {
      const key = keyOf(event);
      const row = this.rows.get(key);
      row?.update(event);
      if (row?.row === place) {
        place = row.details.nextSibling;
        continue;
      }
      const added = row ?? new Row(event, target);
      this.rows.set(key, added);
      place ? place.before(added.row, added.details) : this.body.append(added.row, added.details);
    }
    this.more.hidden = events.length <= this.shown;
    byId('no-decisions').hidden = events.length > 0;
  }

  /** Opens the decision that belongs to `event` and goes there. */
  open(event) {
    const place = this.events.findIndex(e => keyOf(e) === keyOf(event));
    if (place < 0) return;
    this.shown = Math.max(this.shown, place + 1);
    this.update(this.events, this.target);
    const row = this.rows.get(keyOf(event));
    row.toggle(true);
    row.opener.focus();
    row.row.scrollIntoView({block: 'center'});
  }
}
