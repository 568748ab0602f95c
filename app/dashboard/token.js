// Asks for the token, and once for all who need it at the same time.

import {dropToken, keepToken, operator} from './api.js';
import {byId, say} from './dom.js';

let asking = null;

/** @returns the form's submit as true, closing or cancelling as false. */
export function ask(dialog, form) {
  return new Promise(done => {
    let sent = false;
    form.onsubmit = event => {
      event.preventDefault();
      sent = true;
      dialog.close();
    };
    form.querySelector('[data-close]').onclick = () => dialog.close();
    dialog.onclose = () => done(sent);
    dialog.showModal();
  });
}

async function askForToken(why) {
  dropToken();
  say(byId('token-why'), why);
  byId('token').value = '';
  byId('operator').value = operator();
  if (!await ask(byId('token-dialog'), byId('token-form'))) return false;
  keepToken(byId('token').value.trim(), byId('operator').value.trim());
  byId('token').value = '';
  return true;
}

/** Does `work`, and again with a token as often as the server wants one. @throws Refusal */
export async function withToken(work) {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (error.status !== 401) throw error;
      asking ??= askForToken(error.message).finally(() => { asking = null; });
      if (!await asking) throw error;
    }
  }
}
