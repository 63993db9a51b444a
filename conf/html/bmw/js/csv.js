/**
 * CSV that LibreOffice and Excel open with right numbers and dates, as `python3 -m bmw charges --csv` writes it: with semicolons and
 * decimal commas in German, else with commas and points.
 */

import { el } from './dom.js';

/** For Excel, which else does not read UTF-8. */
const MARK = '\ufeff';
/** Where a program takes a text for a formula. */
const FORMULA = /^(?=[=+\-@\t\r])/;
/** The same behind what separates cells in another language, in which somebody may open the file. */
const INNER_FORMULA = /([,;\t\r\n])(?=[=+\-@])/g;

/** The text of rows of texts. */
export function csv(rows, language) {
  const separator = language === 'de' ? ';' : ',';
  return MARK + rows.map((row) => `${row.map((cell) => quoted(cell, separator)).join(separator)}\n`).join('');
}

function quoted(cell, separator) {
  return /["\n\r\t]/.test(cell) || cell.includes(separator) ? `"${cell.replace(/"/g, '""')}"` : cell;
}

/** A text that no program takes for a formula. */
export function harmless(text) {
  return (text === null ? '' : text).replace(INNER_FORMULA, '$1\'').replace(FORMULA, '\'');
}

/** A number as text; empty for null. */
export function number(value, digits, language) {
  if (value === null) return '';
  const text = value.toFixed(digits);
  return language === 'de' ? text.replace('.', ',') : text;
}

/** A time (Date) as text that the programs read in that language. */
export function moment(time, language) {
  const two = (part) => String(part).padStart(2, '0');
  const [year, month, day] = [String(time.getFullYear()).padStart(4, '0'), two(time.getMonth() + 1), two(time.getDate())];
  const clock = `${two(time.getHours())}:${two(time.getMinutes())}`;
  return language === 'de' ? `${day}.${month}.${year} ${clock}` : `${year}-${month}-${day} ${clock}`;
}

/** Lets the browser save a text as a file. */
export function save(name, text) {
  const href = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }));
  el('a', { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href), 60000);
}
