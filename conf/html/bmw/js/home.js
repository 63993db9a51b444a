/**
 * Finds accounts and cars in openHAB's items by name: <prefix>_<car>_<Key>, <prefix>_AccountState. Pure: no request, no DOM.
 */

import { parsePlace } from './geo.js';

const NOTHING = new Set(['NULL', 'UNDEF', 'Undefined', '']);

export class Home {
  constructor(prefix) {
    this.prefix = prefix;
    this._items = new Map();
  }

  /** Loads all items, but keeps states that are newer. Returns whether a state changed. */
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

  /** Returns whether the item exists. */
  setState(name, state) {
    const item = this._items.get(name);
    if (item) item.state = state;
    return Boolean(item);
  }

  /** The groups with the semantic tag Car, ordered by name. */
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

  /** All items of a car except groups. Items of i3_2 do not belong to i3. */
  itemsOf(car) {
    const inside = this.cars().map((other) => `${other.name}_`)
      .filter((other) => other.startsWith(`${car.name}_`) && other !== `${car.name}_`);
    return [...this._items.values()].filter((item) => item.name.startsWith(`${car.name}_`) && item.type !== 'Group'
      && !inside.some((other) => item.name.startsWith(other)));
  }

  /** The account of a car. */
  accountOf(car) {
    const fitting = this.accounts().filter((account) => car.name.startsWith(`${account.name}_`));
    return fitting.sort((one, other) => other.name.length - one.name.length)[0] || null;
  }
}

/** A car or an account: the items whose names start with `name`. An unknown value is null. */
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

  /** False for an item that never had a value, for example that of a command. */
  hasSaid(key) {
    return this.has(key) && isState(this.item(key).state) && this.item(key).state !== 'NULL';
  }

  /** True for an item that accepts commands: all others are marked read-only. */
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
    // not every browser understands a zone such as +0100
    const time = new Date((this.text(key) || '').replace(/([+-]\d\d)(\d\d)$/, '$1:$2'));
    return Number.isNaN(time.getTime()) ? null : time;
  }

  place(key) {
    return parsePlace(this.text(key));
  }
}

/** The state may be missing: openHAB 5.2 restores states that are null. */
export function isState(state) {
  return typeof state === 'string';
}
