/**
 * openHAB's items as accounts and cars, found by name: <prefix>_<car>_<Key>, <prefix>_AccountState. Pure: no request, no DOM.
 */

import { parsePlace } from './geo.js';

const NOTHING = new Set(['NULL', 'UNDEF', 'Undefined', '']);

export class Home {
  constructor(prefix) {
    this.prefix = prefix;
    this._items = new Map();
  }

  /** Takes over all items but those whose state is known better; returns whether a state was another one. */
  replace(items, better) {
    const next = new Map();
    let missed = false;
    for (const item of items) {
      if (!item.name.startsWith(this.prefix)) continue;
      const old = this._items.get(item.name);
      if (old && better.has(item.name)) item.state = old.state;
      missed = missed || Boolean(old && old.state !== item.state);
      next.set(item.name, item);
    }
    this._items = next;
    return missed;
  }

  /** Returns whether there is such an item. */
  setState(name, state) {
    const item = this._items.get(name);
    if (item) item.state = state;
    return Boolean(item);
  }

  /** Groups with the semantic tag Car, in the order of their names. */
  cars() {
    return [...this._items.values()]
      .filter((item) => item.type === 'Group' && (item.tags || []).includes('Car'))
      .map((item) => new Part(this._items, item.name, item.label))
      .sort((one, other) => (one.name < other.name ? -1 : 1));
  }

  accounts() {
    const end = '_AccountState';
    return [...this._items.keys()].filter((name) => name.endsWith(end)).sort()
      .map((name) => new Part(this._items, name.slice(0, -end.length), ''));
  }

  /** All of a car's items but groups; those of i3_2 are not those of i3. */
  itemsOf(car) {
    const inside = this.cars().map((other) => `${other.name}_`)
      .filter((other) => other.startsWith(`${car.name}_`) && other !== `${car.name}_`);
    return [...this._items.values()].filter((item) => item.name.startsWith(`${car.name}_`) && item.type !== 'Group'
      && !inside.some((other) => item.name.startsWith(other)));
  }

  /** The account that a car belongs to. */
  accountOf(car) {
    const fitting = this.accounts().filter((account) => car.name.startsWith(`${account.name}_`));
    return fitting.sort((one, other) => other.name.length - one.name.length)[0] || null;
  }
}

/** A car or an account: the items whose names begin with `name`. A value that is not known is null. */
export class Part {
  constructor(items, name, label) {
    this._items = items;
    this.name = name;
    this.label = label || name;
  }

  item(key) {
    return this._items.get(`${this.name}_${key}`) || null;
  }

  has(key) {
    return this.item(key) !== null;
  }

  /** Not for an item that was made for a command or for later and never had a value. */
  hasSaid(key) {
    return this.has(key) && isState(this.item(key).state) && this.item(key).state !== 'NULL';
  }

  /** An item that takes commands: one that only tells is marked read-only. */
  takes(key) {
    const item = this.item(key);
    return item !== null && !(item.stateDescription && item.stateDescription.readOnly);
  }

  text(key) {
    const item = this.item(key);
    return item && isState(item.state) && !NOTHING.has(item.state) ? item.state : null;
  }

  is(key, state) {
    return this.text(key) === state;
  }

  number(key) {
    const value = parseFloat(this.text(key));
    return Number.isFinite(value) ? value : null;
  }

  unit(key) {
    return (this.text(key) || '').split(' ')[1] || '';
  }

  time(key) {
    // the zone as +0100 is not understood by every browser
    const time = new Date((this.text(key) || '').replace(/([+-]\d\d)(\d\d)$/, '$1:$2'));
    return Number.isNaN(time.getTime()) ? null : time;
  }

  place(key) {
    return parsePlace(this.text(key));
  }
}

/** Not when openHAB itself has none: 5.2 restores states that are null. */
function isState(state) {
  return typeof state === 'string';
}
