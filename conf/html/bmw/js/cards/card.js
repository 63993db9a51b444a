/** Shared by all cards: the frame with its heading, and lists of label and value. A card is {root, update(car)}. */

import { el, setAttribute, setText, show } from '../dom.js';
import { icon } from '../icons.js';

let number = 0;

export const hasSaid = (car, key) => car.hasSaid(key);
export const isKnown = (car, key) => car.text(key) !== null;

/** A section with a heading. Returns {root, body, aside}; aside is at the right end of the heading. */
export function frame(title, iconName, className = '') {
  number += 1;
  const id = `card-${number}`;
  const aside = el('span', { class: 'aside' });
  const heading = el('div', { class: 'card-head' }, el('h2', { id }, icon(iconName), el('span', {}, title)), aside);
  const body = el('div', { class: 'card-body' });
  return { root: el('section', { class: `card ${className}`, 'aria-labelledby': id }, heading, body), body, aside };
}

/**
 * A list of rows [key, label, format(car) -> text]. A row is shown if the car ever sent a value for its key.
 * `tone(car, key)` returns 'warn' for a value that needs attention. `isShown` hides rows that make no sense without a value.
 * Returns {root, update(car) -> whether any row is shown}.
 */
export function facts(rows, { tone = () => null, isShown = hasSaid } = {}) {
  const parts = rows.map(([key, label, format]) => {
    const value = el('dd', { 'data-key': key });
    const row = el('div', { class: 'fact' }, el('dt', {}, label), value);
    return { key, format, value, row };
  });
  return {
    root: el('dl', { class: 'facts' }, ...parts.map((part) => part.row)),
    update(car) {
      const shown = parts.filter((part) => show(part.row, isShown(car, part.key)));
      shown.forEach((part) => {
        setText(part.value, part.format(car));
        setAttribute(part.value, 'data-tone', tone(car, part.key));
      });
      return shown.length > 0;
    },
  };
}
