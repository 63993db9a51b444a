/** English and German: texts, the words of item states, numbers and times. Knows no DOM and no item. */

import { EN, DE } from './texts.js';

const LANGUAGES = { en: EN, de: DE };

/** The language: the person's choice, or the first one of the browser's languages that we have. */
export function chooseLanguage(setting, browser) {
  if (LANGUAGES[setting]) return setting;
  const known = browser.map((language) => language.slice(0, 2).toLowerCase());
  return known.find((language) => LANGUAGES[language]) || 'en';
}

const isTime = (time) => time instanceof Date && !Number.isNaN(time.getTime());

export class Texts {
  constructor(language) {
    this.language = language;
    this._texts = LANGUAGES[language];
    this._numbers = {};
  }

  /** A text with its {name} placeholders filled in. */
  t(key, values) {
    const text = this._texts[key];
    if (text === undefined) throw new Error(`no text ${key}`);
    return text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  }

  /** A state word such as FINISHED_NOT_FULL in the person's language. An unknown word is made readable. */
  word(state) {
    if (state === null) return this.t('unknown');
    const known = this._texts.words[state.toUpperCase()];
    if (known) return known;
    if (!/^[A-Z0-9_]+$/.test(state)) return state;
    const words = state.toLowerCase().replace(/_/g, ' ');
    return words.charAt(0).toUpperCase() + words.slice(1);
  }

  number(value, digits = 0) {
    if (value === null) return '–';
    const key = `n${digits}`;
    this._numbers[key] = this._numbers[key] || new Intl.NumberFormat(
      this.language, { minimumFractionDigits: digits, maximumFractionDigits: digits });
    return this._numbers[key].format(value);
  }

  /** A number and its unit, kept on one line. */
  quantity(value, unit, digits = 0) {
    return value === null ? '–' : `${this.number(value, digits)}\u00a0${unit}`;
  }

  percent(value) {
    return this.quantity(value, '%');
  }

  /** 7200 W -> 7.2 kW. */
  power(watt) {
    if (watt === null) return '–';
    return watt >= 1000 ? this.quantity(watt / 1000, 'kW', 1) : this.quantity(watt, 'W');
  }

  /** kPa -> bar, as at the filling station. */
  pressure(value, unit) {
    return unit === 'kPa' ? this.quantity(value === null ? null : value / 100, 'bar', 1) : this.quantity(value, unit, 1);
  }

  distance(value, unit) {
    return this.quantity(value, unit, value !== null && value < 10 ? 1 : 0);
  }

  /** 85 -> 1 h 25 min. */
  minutes(value) {
    if (value === null) return '–';
    const rounded = Math.round(value);
    const hours = Math.floor(rounded / 60);
    const rest = this.quantity(rounded % 60, this.t('min'));
    return hours ? `${this.quantity(hours, 'h')} ${rest}` : rest;
  }

  /** A time that no Date can be, such as in 1e300 minutes, is unknown: Intl throws. */
  _time(time, fields) {
    return isTime(time) ? new Intl.DateTimeFormat(this.language, fields).format(time) : this.t('unknown');
  }

  clock(time) {
    return this._time(time, { hour: '2-digit', minute: '2-digit' });
  }

  date(time) {
    return this._time(time, { year: 'numeric', month: 'short', day: 'numeric' });
  }

  month(time) {
    return this._time(time, { year: 'numeric', month: 'long' });
  }

  /** 'Mon'. */
  weekday(time) {
    return this._time(time, { weekday: 'short' });
  }

  /** '28 Nov'. */
  dayMonth(time) {
    return this._time(time, { day: 'numeric', month: 'short' });
  }

  /** The time; on another day with the date. */
  moment(time, now = new Date()) {
    if (isTime(time) && time.toDateString() === now.toDateString()) return this.clock(time);
    return this._time(time, { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });
  }

  /** '4 minutes ago'. */
  ago(time, now = new Date()) {
    if (!isTime(time)) return this.t('unknown');
    const minutes = Math.round((now - time) / 60000);
    const relative = new Intl.RelativeTimeFormat(this.language, { numeric: 'auto' });
    if (Math.abs(minutes) < 1) return this.t('justNow');
    if (Math.abs(minutes) < 60) return relative.format(-minutes, 'minute');
    if (Math.abs(minutes) < 48 * 60) return relative.format(-Math.round(minutes / 60), 'hour');
    return relative.format(-Math.round(minutes / 1440), 'day');
  }

  compass(index) {
    return this._texts.compass[index];
  }
}
