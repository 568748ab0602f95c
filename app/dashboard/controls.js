// Pause, resume, roll back and set.

import {post} from './api.js';
import {showDone, showProblem} from './banner.js';
import {byId, element, say} from './dom.js';
import {ask, withToken} from './token.js';
import {moves, number} from './words.js';

export class Controls {
  /** @param page {target(): its status, store, took(events), changed(state, reason)} */
  constructor(page) {
    this.page = page;
    byId('pause').onclick = () => this.pauseOrResume();
    byId('rollback').onclick = () => this.rollBack();
    byId('set-knob').onchange = () => this.showLimits();
    byId('set-form').onsubmit = event => {
      event.preventDefault();
      this.set();
    };
    byId('problem-close').onclick = () => showProblem('');
  }

  /** Shows the knobs of another target. */
  setTarget(target) {
    const usable = target.knobs.filter(k => k.enabled !== false);
    byId('set-knob').replaceChildren(...usable.map(k => element('option', {value: k.name}, k.name)));
    byId('set-form').hidden = usable.length === 0;
    this.showLimits();
  }

  update(target) {
    const off = target.state === 'disabled';
    for (const id of ['pause', 'rollback', 'set']) byId(id).disabled = off;
    say(byId('pause'), target.state === 'paused' ? 'Resume' : 'Pause');
  }

  showLimits() {
    const knob = this.page.target()?.knobs.find(k => k.name === byId('set-knob').value);
    if (!knob) return;
    const input = byId('set-value');
    input.min = knob.min;
    input.max = knob.max;
    input.step = knob.step > 0 ? knob.step : 'any';
    input.value = '';
    say(byId('set-limits'), `${number(knob.min)} to ${number(knob.max, knob.unit)}; `
      + 'the tuner then leaves the knob alone until Resume');
  }

  async act(work) {
    if (this.acting) return;
    this.acting = true;
    try {
      showDone(await withToken(work));
    } catch (error) {
      showProblem(error.message);
    } finally {
      this.acting = false;
    }
  }

  pauseOrResume() {
    const {name, state} = this.page.target();
    const command = state === 'paused' ? 'resume' : 'pause';
    return this.act(async () => {
      const now = await post(command, {target: name});
      this.page.changed(now.state, now.reason);
      return command === 'pause' ? 'Paused.' : 'Resumed.';
    });
  }

  async rollBack() {
    const newest = this.page.store.newestStanding();
    say(byId('rollback-what'), newest
      ? `The newest change that stands is #${newest.id}: ${moves(newest.moves)}.`
      : 'No change that stands is known here; the server may know one.');
    byId('rollback-steps').value = 1;
    if (!await ask(byId('rollback-dialog'), byId('rollback-form'))) return;
    const steps = Number(byId('rollback-steps').value);
    await this.act(async () => {
      const {events} = await post('rollback', {target: this.page.target().name, steps});
      this.page.took(events);
      return `Rolled back: ${events.map(e => moves(e.moves)).join('; ')}.`;
    });
  }

  set() {
    const knob = byId('set-knob').value, value = Number(byId('set-value').value);
    return this.act(async () => {
      const event = await post('set', {target: this.page.target().name, settings: {[knob]: value}});
      this.page.took([event]);
      byId('set-value').value = '';
      return `Set: ${moves(event.moves)}.`;
    });
  }
}
