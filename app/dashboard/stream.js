// Server-sent events, read by fetch, opened again when they end.

import {openStream} from './api.js';

const backOffFirst = 1000, backOffMax = 15000; // ms
const silenceMax = 40000; // ms; the server says something every 15 s.

/** @returns {name, data} of one event's text; null for a comment. */
export function parseEvent(text) {
  let name = 'message';
  const data = [];
  for (const line of text.split('\n')) {
    if (line.startsWith('event:')) name = line.slice(6).trim();
    else if (line.startsWith('data:')) data.push(line.slice(5).trimStart());
  }
  return data.length ? {name, data: data.join('\n')} : null;
}

async function read(response, heard, deliver) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const {done, value} = await reader.read();
    if (done) return;
    heard();
    const parts = (rest + value).replaceAll('\r', '').split('\n\n');
    rest = parts.pop();
    for (const part of parts) {
      const event = parseEvent(part);
      if (event?.name === 'lagged') return;
      if (event) deliver(event.name, JSON.parse(event.data));
    }
  }
}

const pause = ms => new Promise(done => setTimeout(done, ms));

/**
 * Follows the events for ever. `on.open()` is called each time the stream opens,
 * `on.event(name, data)` for each event, `on.lost(error, seconds)` when it ends:
 * it will be tried again after that many seconds.
 */
export async function follow(on) {
  for (let wait = backOffFirst;; wait = Math.min(wait * 2, backOffMax)) {
    const abort = new AbortController();
    let timer = 0, why = null;
    const heard = () => {
      clearTimeout(timer);
      timer = setTimeout(() => abort.abort(), silenceMax);
    };
    try {
      heard();
      const response = await openStream(abort.signal);
      on.open();
      await read(response, heard, (name, data) => {
        wait = backOffFirst;
        on.event(name, data);
      });
    } catch (error) {
      why = error;
    }
    clearTimeout(timer);
    abort.abort();
    const delay = wait * (0.75 + Math.random() / 2); // Many pages don't return at once.
    await on.lost(why, delay / 1000);
    await pause(delay);
  }
}
