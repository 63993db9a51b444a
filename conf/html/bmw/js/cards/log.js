/** A card with a log by months: a line with the sums of each month, which opens to a table, and the log as CSV. Knows no item. */

import { csv, save } from '../csv.js';
import { el, setText, show } from '../dom.js';
import { byMonth } from '../logs.js';
import { frame } from './card.js';

const NOTHING = { car: null, text: null, entries: [] };

/**
 * Args:
 *   title, iconName, key of the item, fileName of the CSV.
 *   read(text of the item) -> {entries, isCut}, columns: [name, cell(entry) -> text or elements, isShown(entries)],
 *   sums(entries) -> text of a month, note(entries) -> text below the months or '', csvHeads: names of the columns of the CSV,
 *   csvCells(entry, name of the car) -> their texts.
 */
export function logCard({ texts, home }, log) {
  const { root, body, aside } = frame(log.title, log.iconName, 'log-card');
  const months = el('div', { class: 'months' });
  const note = el('p', { class: 'note' });
  const button = el('button', { type: 'button', class: 'button', on: { click: () => download() } }, texts.t('downloadCsv'));
  body.append(months, note, button);
  let shown = NOTHING;

  function download() {
    const name = nameOf(shown.car, home);
    const rows = [...shown.entries].reverse().map((entry) => log.csvCells(entry, name));
    save(`${log.fileName}-${name}.csv`, csv([log.csvHeads, ...rows], texts.language));
  }

  function draw(entries, isCut, wasOpen) {
    months.replaceChildren(...byMonth(entries).map((month) => monthOf(month, log, texts, wasOpen)));
    setText(aside, texts.number(entries.length));
    setText(note, [log.note(entries), isCut ? texts.t('logIsCut') : ''].filter(Boolean).join(' '));
    show(note, note.textContent !== '');
  }

  return {
    root,
    update(car) {
      const text = car.text(log.key);
      if (shown.text === text && shown.car && shown.car.name === car.name) return;
      const { entries, isCut } = log.read(text);
      const wasOpen = shown.car && shown.car.name === car.name ? openMonths(months) : new Set();
      shown = NOTHING; // after an error in the next line it is drawn again
      if (show(root, entries.length > 0)) draw(entries, isCut, wasOpen);
      shown = { car, text, entries };
    },
  };
}

/** The car's name in the names of its items, such as i3. */
function nameOf(car, home) {
  const account = home.accountOf(car);
  return account ? car.name.slice(account.name.length + 1) : car.name;
}

function openMonths(months) {
  return new Set([...months.children].filter((one) => one.open).map((one) => one.dataset.month));
}

function monthOf({ month, entries }, log, texts, wasOpen) {
  const rows = el('div', { class: 'scroll' });
  const summary = el('summary', {}, el('span', {}, texts.month(month)), el('span', { class: 'note' }, log.sums(entries)));
  const key = `${month.getFullYear()}-${month.getMonth() + 1}`;
  const root = el('details', { 'data-month': key, open: wasOpen.has(key) }, summary, rows);
  // the table is made when it is looked at: two years of rows take an old tablet a second
  const fill = () => { if (root.open && !rows.firstChild) rows.append(table(entries, log)); };
  root.addEventListener('toggle', fill);
  fill();
  return root;
}

function table(entries, log) {
  const [first, ...rest] = log.columns.filter(([, , isShown]) => !isShown || isShown(entries));
  const head = el('tr', {}, ...[first, ...rest].map(([name]) => el('th', { scope: 'col' }, name)));
  const rows = entries.map((entry) => el('tr', {}, el('th', { scope: 'row' }, ...first[1](entry)),
    ...rest.map(([, cell]) => el('td', {}, cell(entry)))));
  return el('table', { class: 'log' }, el('thead', {}, head), el('tbody', {}, ...rows));
}

/** The states of charge before and after, as text. */
export function span({ begin, final }, texts) {
  if (begin === null && final === null) return '–';
  return `${begin === null ? '?' : texts.number(begin)} – ${final === null ? '?' : texts.percent(final)}`;
}
