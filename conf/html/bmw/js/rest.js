/**
 * openHAB's REST interface: reads items, sends commands, follows events. Knows no item and draws nothing.
 *
 * It reads the event stream with fetch: EventSource cannot send the token in a header.
 */

const FIELDS = 'name,type,state,label,tags,stateDescription';
const COLLECTION = 'application/json';
/** A slow Raspberry Pi needs less than this for a thousand items. */
const PATIENCE_MS = 20000;
/** A month of an item that is stored each minute takes 2 MB; a page on a phone holds no answer without end. */
const HISTORY_CHARS = 6000000;
const HISTORY_PATIENCE_MS = 40000;

/** openHAB refused the request. `isLocked`: it needs a token, or another one. */
export class RestError extends Error {
  constructor(status) {
    super(`openHAB answered ${status}`);
    this.status = status;
    this.isLocked = status === 401 || status === 403;
  }
}

export class Rest {
  /** `base` ends in /rest/. `token` is called for each request and may return ''. */
  constructor(base, token) {
    this._base = base;
    this._token = token;
  }

  /** All items. */
  async items() {
    return (await this._ask(`items?recursive=false&fields=${FIELDS}`, {}, COLLECTION)).json();
  }

  /** Calls `onOpen` when the stream is open, then `onEvent(topic, payload)` for each event. Resolves when openHAB ends the stream. */
  async follow(topics, onOpen, onEvent, signal) {
    const answer = await this._ask(`events?topics=${topics.join(',')}`, { signal }, 'text/event-stream');
    onOpen();
    const reader = answer.body.getReader();
    const decoder = new TextDecoder();
    let text = '';
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const blocks = (text + decoder.decode(value, { stream: true })).replace(/\r\n?/g, '\n').split('\n\n');
      text = blocks.pop();
      blocks.forEach((block) => deliver(block, onEvent));
    }
  }

  /** What a persistence service ('' is the default one) has stored of an item: {data: [{time, state}]}. Needs no administrator. */
  async history(item, from, to, service) {
    const query = new URLSearchParams({ starttime: from.toISOString(), endtime: to.toISOString(), boundary: 'true' });
    if (service) query.set('serviceId', service);
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(), HISTORY_PATIENCE_MS);
    try {
      const path = `persistence/items/${encodeURIComponent(item)}?${query}`;
      return JSON.parse(await textOf(await this._ask(path, { signal: patience.signal }, COLLECTION), HISTORY_CHARS));
    } finally {
      clearTimeout(timer);
    }
  }

  async command(item, value) {
    const body = { method: 'POST', body: String(value), headers: { 'Content-Type': 'text/plain' } };
    await this._ask(`items/${encodeURIComponent(item)}`, body, '*/*');
  }

  async _ask(path, options, accept) {
    const headers = { Accept: accept, ...options.headers };
    if (this._token()) headers.Authorization = `Bearer ${this._token()}`;
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(), PATIENCE_MS);
    if (options.signal) options.signal.addEventListener('abort', () => patience.abort());
    try {
      const request = { ...options, headers, signal: patience.signal, cache: 'no-store', credentials: 'same-origin' };
      const answer = await fetch(this._base + path, request);
      if (!answer.ok) throw new RestError(answer.status);
      return answer;
    } finally {
      clearTimeout(timer);
    }
  }
}

/** The text of an answer; throws if it is longer than `most`. */
async function textOf(answer, most) {
  const reader = answer.body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text;
    text += decoder.decode(value, { stream: true });
    if (text.length > most) {
      await reader.cancel();
      throw new Error('the answer is too long');
    }
  }
}

function deliver(block, onEvent) {
  const data = block.split('\n').filter((line) => line.startsWith('data:')).map((line) => line.slice(5)).join('\n');
  if (!data) return;
  try {
    const event = JSON.parse(data);
    if (event && event.topic) onEvent(event.topic, JSON.parse(event.payload));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error; // not an event of openHAB: left out
  }
}
