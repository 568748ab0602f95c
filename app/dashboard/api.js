// Requests to the control API. The token lives in this tab alone.

const tokenKey = 'auto_tuner_token';
const operatorKey = 'auto_tuner_operator';

/** What the server refused: `message` is in words for people. */
export class Refusal extends Error {
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export const hasToken = () => sessionStorage.getItem(tokenKey) !== null;
export const operator = () => sessionStorage.getItem(operatorKey) ?? '';

export function keepToken(token, name) {
  sessionStorage.setItem(tokenKey, token);
  sessionStorage.setItem(operatorKey, name);
}

export const dropToken = () => sessionStorage.removeItem(tokenKey);

function headers(extra = {}) {
  const result = {...extra};
  if (hasToken()) result.Authorization = 'Bearer ' + sessionStorage.getItem(tokenKey);
  return result;
}

async function refusal(response) {
  try {
    const {error} = await response.json();
    return new Refusal(response.status, error.code, error.message);
  } catch {
    return new Refusal(response.status, 'http', `the server answered ${response.status}`);
  }
}

async function request(path, options) {
  let response;
  try {
    response = await fetch('/api/v1/' + path, {...options, cache: 'no-store', redirect: 'error'});
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new Refusal(0, 'unreachable',
      'The server can\'t be reached. Is auto_tuner running? The page goes on trying.');
  }
  if (!response.ok) throw await refusal(response);
  return response;
}

/** @returns the answer to a GET. @throws Refusal */
export async function get(path, query = {}) {
  const text = new URLSearchParams(query).toString();
  return (await request(path + (text && '?' + text), {headers: headers()})).json();
}

/** @returns the answer to a POST. @throws Refusal */
export async function post(path, body) {
  const extra = {'Content-Type': 'application/json'};
  if (operator()) extra['X-Operator'] = operator();
  return (await request(path, {method: 'POST', headers: headers(extra), body: JSON.stringify(body)})).json();
}

/** @returns the event stream's response. EventSource can't send a token. @throws Refusal */
export function openStream(signal) {
  return request('events', {headers: headers({Accept: 'text/event-stream'}), signal});
}
