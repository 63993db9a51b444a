/**
 * Keeps a Home up to date with openHAB's event stream. Loads all items when the stream opens, every now and then after that, and
 * at short intervals while there is no stream. Draws nothing.
 */

import { RestError } from './rest.js';

const CHECK_MS = 60000; // the stream has no heartbeat in openHAB 3.0: this finds a dead one
const POLL_MS = 10000;
/** after the last news of an item that was made or removed: usually several follow */
const SETTLE_MS = 500;
const RECONNECT_MS = [1000, 2000, 5000, 10000];
/** topic roots of openHAB 3 and later, and of 2.5 */
const ROOTS = ['openhab', 'smarthome'];

/** live: the stream runs; polling: REST answers; lost: nothing answers; locked: openHAB wants a token. */
export class Live {
  constructor(rest, home, onChange, onConnection) {
    this._rest = rest;
    this._home = home;
    this._onChange = onChange;
    this._onConnection = onConnection;
    this._changedWhileLoading = null;
    this._isOutdated = false;
    this._isStreaming = false;
    this._failures = 0;
    this._stream = null;
    this._timers = {};
    this.connection = 'loading';
    this.lastContact = null;
  }

  start() {
    this._open();
    this._load();
    const wake = () => { if (!document.hidden) this.restart(); };
    document.addEventListener('visibilitychange', wake);
    window.addEventListener('online', wake);
    // the browser may keep this page for its back button; an open stream would use one of its six connections to openHAB
    window.addEventListener('pagehide', () => this.stop());
    window.addEventListener('pageshow', (event) => { if (event.persisted) this.restart(); });
  }

  /** Opens a new stream and loads all items again. */
  restart() {
    this.stop();
    this._failures = 0;
    this._open();
  }

  stop() {
    Object.values(this._timers).forEach(clearTimeout);
    if (this._stream) this._stream.abort();
    this._stream = null;
    this._isStreaming = false;
  }

  async _open() {
    clearTimeout(this._timers.open);
    const stream = new AbortController();
    this._stream = stream;
    const names = `items/${this._home.prefix}*`;
    const topics = ROOTS.flatMap((root) => ['statechanged', 'added', 'updated', 'removed'].map(
      (kind) => `${root}/${names}/${kind}`));
    try {
      await this._rest.follow(topics, () => this._opened(), (...event) => this._event(...event), stream.signal);
    } catch (error) {
      if (error instanceof RestError && error.isLocked) this._tell('locked');
    }
    if (this._stream !== stream) return; // there is a newer stream
    this._isStreaming = false;
    this._later('open', RECONNECT_MS[Math.min(this._failures, RECONNECT_MS.length - 1)], () => this._open());
    this._failures += 1;
    this._load();
  }

  _opened() {
    this._isStreaming = true;
    this._failures = 0;
    this._load();
  }

  _event(topic, payload) {
    const [, , name, kind] = topic.split('/');
    if (kind !== 'statechanged') {
      this._later('reload', SETTLE_MS, () => this._load()); // an item was added or removed
      return;
    }
    if (this._changedWhileLoading) this._changedWhileLoading.add(name);
    this.lastContact = new Date();
    if (this._home.setState(name, payload.value)) this._onChange();
  }

  async _load() {
    if (this._changedWhileLoading) {
      this._isOutdated = true; // what is on its way may be older than the reason for this call
      return;
    }
    this._changedWhileLoading = new Set();
    const wasStreaming = this._isStreaming && this.connection === 'live';
    try {
      const items = await this._rest.items();
      const missed = this._home.replace(items, this._changedWhileLoading);
      this.lastContact = new Date();
      this._tell(this._isStreaming ? 'live' : 'polling');
      this._onChange();
      if (missed && wasStreaming) this.restart(); // the stream missed a change, so it is dead
    } catch (error) {
      this._tell(error instanceof RestError && error.isLocked ? 'locked' : 'lost');
    } finally {
      this._changedWhileLoading = null;
      const pause = this._isStreaming ? CHECK_MS : POLL_MS;
      this._later('load', this._isOutdated ? SETTLE_MS : pause, () => this._load());
      this._isOutdated = false;
    }
  }

  _tell(connection) {
    this.connection = connection;
    this._onConnection(connection);
  }

  _later(name, milliseconds, action) {
    clearTimeout(this._timers[name]);
    this._timers[name] = setTimeout(action, milliseconds);
  }
}
