/** State of charge, range and charging power of a day, a week or a month, as openHAB's persistence has stored them. */

import { el, setAttribute, setText, show } from '../dom.js';
import {
  asPercent, extent, extentBetween, PERIODS, pointsOf, slots, startOf, timeTicks, valueTicks,
} from '../history.js';
import { drawPlot, plot } from '../plot.js';
import { RestError } from '../rest.js';
import { frame } from './card.js';

/** '' is openHAB's default service. It often is one that has the last value only, or it is not set where there are several. */
const SERVICES = ['', 'rrd4j', 'influxdb', 'jdbc'];
/** Points of a service that has the last value only: at the start, where it changed, at the end. */
const ONLY_THE_LAST = 3;
const FRESH_MS = 600000;
const RETRY_MS = 60000;
const NOTHING = 'historyNone';
const MINUTE_MS = 60000;

const SERIES = [
  { keys: ['StateOfCharge'], label: 'charge', format: (texts, value) => texts.percent(value), isPercent: true },
  { keys: ['ElectricRange', 'TotalRange', 'FuelRange'], label: 'range', format: (texts, value, unit) => texts.quantity(value, unit) },
  {
    keys: ['ChargingPower'], label: 'power', unit: 'kW', times: { W: 0.001, kW: 1 },
    format: (texts, value) => texts.quantity(value, 'kW', 1),
  },
];

export function historyCard({ texts, history }) {
  const { root, body } = frame(texts.t('history'), 'chart', 'history-card');
  const past = new Past(history);
  let period = 'day';
  let last = null;
  let drawn = '';
  const buttons = Object.keys(PERIODS).map((name) => el('button', {
    type: 'button', class: 'button', 'data-period': name, on: { click: () => { period = name; look(); } } }, texts.t(name)));
  const note = el('p', { class: 'sub', role: 'status' });
  const charts = SERIES.map((series) => chart(series, texts));
  const table = historyTable(texts);
  body.append(el('div', { class: 'periods', role: 'group', 'aria-label': texts.t('period') }, ...buttons), note,
    ...charts.map((one) => one.root), table.root);

  function look() {
    if (!last) return;
    buttons.forEach((button) => setAttribute(button, 'aria-pressed', String(button.dataset.period === period)));
    if (last.view.isConnected && document.visibilityState === 'visible') past.want(last.car, period, look);
    const stored = past.of(last.car, period);
    setText(note, noteText(stored, texts));
    show(note, note.textContent !== '');
    const now = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS;
    const state = [last.car.name, period, stored.at, now, ...charts.map((one) => last.car.text(one.keyOf(last.car)))].join('|');
    if (state === drawn) return;
    const lines = charts.map((one) => one.draw(last.car, period, stored, now)).filter(Boolean);
    table.draw(lines, period, now);
    drawn = state;
  }

  return {
    root,
    update(car, view) {
      if (!show(root, charts.some((one) => car.has(one.keyOf(car))))) return;
      last = { car, view };
      look();
    },
  };
}

function noteText(stored, texts) {
  if (stored.problem) return texts.t(stored.problem);
  return stored.at ? '' : texts.t('historyLoading');
}

/** Asks for what is stored, and keeps it: of one car and one period only. */
class Past {
  constructor(history) {
    this._history = history;
    this._kept = { at: 0, series: {} };
    this._isAsking = false;
  }

  of(car, period) {
    return this._kept.name === `${car.name}|${period}` ? this._kept : { at: 0, series: {} };
  }

  /** Asks if it is time to. Calls `onChange` with the answer. */
  want(car, period, onChange) {
    const kept = this.of(car, period);
    if (this._isAsking || (kept.at && Date.now() - kept.at < (kept.hasFailed ? RETRY_MS : FRESH_MS))) return;
    this._isAsking = true;
    this._load(car, period).catch((error) => {
      if (!kept.at) this._keep(car, period, {}, error instanceof RestError && error.isLocked ? 'historyLocked' : 'historyFailed');
      else kept.at = Date.now() - FRESH_MS + RETRY_MS;
    }).finally(() => {
      this._isAsking = false;
      onChange();
    });
  }

  async _load(car, period) {
    const to = Date.now();
    const from = startOf(period, to);
    let best = {};
    let most = 0;
    for (const service of SERVICES) {
      const found = await this._ask(car, service, from, to);
      const count = Math.max(0, ...Object.values(found).map((points) => points.length));
      if (count > most) [best, most] = [found, count];
      if (count > ONLY_THE_LAST) break;
    }
    this._keep(car, period, best, most === 0 ? NOTHING : null);
  }

  /** {key: points} of a service; empty if there is no such service. The others are not asked for if there is none. */
  async _ask(car, service, from, to) {
    const found = {};
    for (const series of SERIES) {
      const key = keyOf(series, car);
      if (car.has(key)) {
        try {
          found[key] = pointsOf(await this._history(car.item(key).name, new Date(from), new Date(to), service), from, to);
        } catch (error) {
          if (!(error instanceof RestError) || error.isLocked) throw error;
          return found;
        }
      }
    }
    return found;
  }

  _keep(car, period, series, problem) {
    const hasFailed = problem !== null && problem !== NOTHING;
    this._kept = { name: `${car.name}|${period}`, at: Date.now(), series, problem, hasFailed };
  }
}

function keyOf(series, car) {
  return series.keys.find((key) => car.has(key)) || series.keys[0];
}

/** One line with its heading. draw() returns {label, points, words(value)} for the table, or null. */
function chart(series, texts) {
  const picture = plot();
  const caption = el('figcaption', {});
  const root = el('figure', { class: 'history' }, caption, picture);
  const factorOf = (car, key) => (series.times ? series.times[car.unit(key)] || series.times.W : 1);
  return {
    root,
    keyOf: (car) => keyOf(series, car),
    draw(car, period, stored, now) {
      const key = keyOf(series, car);
      setAttribute(root, 'data-history', key);
      const points = pointsNow(series, car, key, stored.series[key] || [], factorOf(car, key), now);
      if (!show(root, points.length > 0)) return null;
      const words = (value) => series.format(texts, value, car.unit(key));
      const [lowest, highest] = extent(points) || [null, null];
      const label = texts.t(series.label);
      const summary = texts.t('historyLine', { low: words(lowest), high: words(highest) });
      setText(caption, `${label}: ${summary}`);
      const from = startOf(period, now);
      drawPlot(picture, {
        points, from, to: now, words: `${label}, ${texts.t(period)}: ${summary}`,
        times: timeTicks(period, from, now).map((time) => [time.getTime(), timeText(time, period, texts)]),
        values: (series.isPercent ? [0, 50, 100] : valueTicks(highest || 0)).map((value) => [value, texts.number(value)]),
      });
      return { label, points, words };
    },
  };
}

/** The stored points up to now, in the unit that is shown, and what the item says now. Empty if nothing is stored. */
function pointsNow(series, car, key, stored, factor, now) {
  const current = car.number(key);
  const points = (series.isPercent ? asPercent(stored, current) : stored).filter(([time]) => time <= now);
  if (!points.some((point) => point[1] !== null)) return [];
  return [...points, [now, current]].map(([time, value]) => [time, value === null ? null : value * factor]);
}

function timeText(time, period, texts) {
  if (period === 'day') return texts.clock(time);
  return period === 'week' ? texts.weekday(time) : texts.dayMonth(time);
}

/** The lowest and the highest values of each hour or day, for those who do not see the lines. */
function historyTable(texts) {
  const head = el('tr', {});
  const rows = el('tbody', {});
  const details = el('details', {}, el('summary', {}, texts.t('asTable')),
    el('div', { class: 'scroll' }, el('table', {}, el('thead', {}, head), rows)));
  let draw = () => {};
  details.addEventListener('toggle', () => draw());
  return {
    root: details,
    draw(lines, period, now) {
      draw = () => {
        if (!details.open) return;
        head.replaceChildren(...[texts.t('time'), ...lines.map((line) => line.label)].map((label) => el('th', { scope: 'col' }, label)));
        rows.replaceChildren(...slots(period, startOf(period, now), now).reverse().map(([from, to]) => el('tr', {},
          el('th', { scope: 'row' }, slotText(from, period, texts)),
          ...lines.map((line) => el('td', {}, rangeText(line, from, to))))));
      };
      show(details, lines.length > 0);
      draw();
    },
  };
}

function slotText(from, period, texts) {
  return period === 'day' ? texts.moment(new Date(from)) : `${texts.weekday(new Date(from))} ${texts.dayMonth(new Date(from))}`;
}

function rangeText(line, from, to) {
  const found = extentBetween(line.points, from, to);
  if (!found) return '–';
  const [low, high] = found.map(line.words);
  return low === high ? low : `${low} – ${high}`;
}
