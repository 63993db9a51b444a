/** Charging: the current values, the power of the running or last charge, and the charge that this page has seen. */

import { el, setText, show, svg } from '../dom.js';
import { valueTicks } from '../history.js';
import { curve as curveOf } from '../logs.js';
import { drawPlot, plot as emptyPlot } from '../plot.js';
import { checked, note } from '../session.js';
import { storage } from '../settings.js';
import { facts, frame } from './card.js';

const WIDTH = 360;
const HEIGHT = 150;
const LEFT = 30;
const BOTTOM = 20;
const TOP = 8;

export function chargingCard({ texts }) {
  const { root, body, aside } = frame(texts.t('charging'), 'bolt', 'charging-card');
  const headline = el('p', { class: 'headline' });
  const sub = el('p', { class: 'sub' });
  const list = facts(rows(texts));
  const curve = chargeCurve(texts);
  const power = powerCurve(texts);
  body.append(el('div', { class: 'headlines' }, headline, sub), list.root, curve.root, power.root);
  return {
    root,
    update(car) {
      if (!show(root, car.has('ChargingStatus') || car.has('Charging') || car.has('PluggedIn'))) return;
      const isCharging = car.is('Charging', 'ON');
      root.classList.toggle('is-on', isCharging);
      setText(headline, headlineText(car, texts, isCharging));
      setText(sub, subText(car, texts, isCharging));
      setText(aside, car.has('PluggedIn') ? texts.t(car.is('PluggedIn', 'ON') ? 'plugged' : 'unplugged') : '');
      list.update(car);
      curve.update(car, isCharging);
      power.update(car);
    },
  };
}

const isOn = (car, key) => (car.number(key) || 0) > 0;

function rows(texts) {
  const whenOn = (format) => (car, key) => (isOn(car, key) ? format(car, key) : '–');
  const one = (key, label, format) => [key, texts.t(label), (car) => format(car, key)];
  return [
    one('ChargingPower', 'power', whenOn((car, key) => texts.power(car.number(key)))),
    one('ChargingVoltage', 'voltage', whenOn((car, key) => texts.quantity(car.number(key), 'V'))),
    one('EnergyToFull', 'energyToFull', (car, key) => texts.quantity(car.number(key), 'kWh', 1)),
    one('BatteryCapacity', 'full', (car, key) => texts.quantity(car.number(key), 'kWh', 1)),
    one('StateOfHealth', 'health', (car, key) => texts.percent(car.number(key))),
    one('ChargingMethod', 'method', (car, key) => texts.word(car.text(key))),
    one('ChargingPreference', 'plan', (car, key) => texts.word(car.text(key))),
    ['ChargingWindowStart', texts.t('chargingWindow'), (car) => (
      `${car.text('ChargingWindowStart') || '–'} – ${car.text('ChargingWindowEnd') || '–'}`)],
  ];
}

function headlineText(car, texts, isCharging) {
  const status = texts.word(car.text('ChargingStatus') || (isCharging ? 'CHARGING' : null));
  return isCharging && isOn(car, 'ChargingPower') ? `${status} · ${texts.power(car.number('ChargingPower'))}` : status;
}

function subText(car, texts, isCharging) {
  const target = car.number('TargetStateOfCharge');
  const parts = target === null ? [] : [texts.t('target', { percent: texts.percent(target) })];
  const minutes = car.number('ChargingTimeRemaining');
  if (isCharging && minutes) {
    const done = new Date(Date.now() + minutes * 60000);
    parts.push(texts.t('chargingFor', { time: texts.minutes(minutes) }), texts.t('doneAt', { time: texts.clock(done) }));
  }
  return parts.join(' · ');
}

/** The power of the running or last charge, as the module's log has it. */
function powerCurve(texts) {
  const picture = emptyPlot();
  const caption = el('figcaption', {});
  const root = el('figure', { 'data-curve': 'power' }, picture, caption);
  let drawn = null;
  return {
    root,
    update(car) {
      const text = car.text('ChargingCurve');
      const found = curveOf(text);
      if (!show(root, found !== null) || drawn === text) return;
      drawn = text;
      const highest = Math.max(...found.points.map((point) => point[1]));
      const values = { start: texts.moment(found.start), end: found.end && texts.moment(found.end), power: texts.quantity(highest, 'kW', 1) };
      const words = texts.t(found.end ? 'powerEnded' : 'powerRunning', values);
      setText(caption, words);
      const [from, last] = [found.start.getTime(), found.points[found.points.length - 1][0]];
      const to = Math.max(found.end ? found.end.getTime() : last, from + 60000);
      drawPlot(picture, {
        points: found.points, from, to, words,
        times: [from, to].map((time) => [time, texts.clock(new Date(time))]),
        values: valueTicks(highest).map((value) => [value, texts.number(value)]),
      });
    },
  };
}

/** The curve of the last session that this page has seen, stored in this browser. */
function chargeCurve(texts) {
  const plot = svg('svg', { class: 'curve', viewBox: `0 0 ${WIDTH} ${HEIGHT}`, 'aria-hidden': 'true', focusable: 'false' });
  const caption = el('figcaption', {});
  const root = el('figure', {}, plot, caption);
  let shown = null;
  return {
    root,
    update(car, isCharging) {
      const key = `bmw-page.session.${car.name}`;
      const old = checked(storage.read(key)) || (shown && shown.key === key ? shown.session : null);
      const session = note(old, Date.now(), {
        isCharging: car.text('Charging') === null ? null : isCharging,
        percent: car.number('StateOfCharge'), watt: car.number('ChargingPower'),
      });
      if (session !== old) storage.write(key, session);
      shown = { key, session };
      show(plot, session !== null);
      setText(caption, captionText(session, texts));
      if (session) plot.replaceChildren(...draw(session, projection(car, session), texts));
    },
  };
}

function captionText(session, texts) {
  if (!session) return texts.t('curveEmpty');
  const last = session.points[session.points.length - 1];
  const values = {
    from: texts.percent(session.points[0][1]), to: texts.percent(last[1]),
    start: texts.moment(new Date(session.start)), end: texts.moment(new Date(session.end || Date.now())),
  };
  return `${texts.t(session.end === null ? 'curve' : 'curveEnded', values)} ${texts.t('curveSeen')}`;
}

/** The car's own forecast of the end: [milliseconds, percent], or null. */
function projection(car, session) {
  const minutes = car.number('ChargingTimeRemaining');
  const target = car.number('TargetStateOfCharge') || 100;
  if (session.end !== null || !minutes || target <= (car.number('StateOfCharge') || 0)) return null;
  return [Date.now() + minutes * 60000, target];
}

function draw(session, expected, texts) {
  const points = session.end === null
    ? [...session.points, [Date.now(), session.points[session.points.length - 1][1]]] : session.points;
  const from = points[0][0];
  const to = Math.max(expected ? expected[0] : 0, points[points.length - 1][0], from + 60000);
  const x = (time) => LEFT + ((time - from) / (to - from)) * (WIDTH - LEFT - 8);
  const y = (percent) => TOP + (1 - percent / 100) * (HEIGHT - TOP - BOTTOM);
  const line = points.map(([time, percent]) => `${x(time).toFixed(1)} ${y(percent).toFixed(1)}`).join('L');
  const last = points[points.length - 1];
  const label = (at, row, text, anchor) => svg('text', { class: 'tick', x: at, y: row, 'text-anchor': anchor }, text);
  const grid = [0, 50, 100].flatMap((percent) => [
    svg('line', { class: 'grid', x1: LEFT, x2: WIDTH - 8, y1: y(percent), y2: y(percent) }),
    label(LEFT - 6, y(percent) + 4, String(percent), 'end')]);
  return [
    svg('defs', {}, svg('linearGradient', { id: 'under', x1: 0, y1: 0, x2: 0, y2: 1 },
      svg('stop', { offset: 0, class: 'under-high' }), svg('stop', { offset: 1, class: 'under-low' }))),
    ...grid,
    svg('path', { class: 'under', d: `M${line}L${x(last[0]).toFixed(1)} ${y(0)}L${LEFT} ${y(0)}Z` }),
    expected && svg('path', { class: 'expected', d: `M${x(last[0])} ${y(last[1])}L${x(expected[0])} ${y(expected[1])}` }),
    svg('path', { class: 'line', d: `M${line}` }),
    svg('circle', { class: 'dot', cx: x(last[0]), cy: y(last[1]), r: 4.5 }),
    label(LEFT, HEIGHT - 4, texts.clock(new Date(from)), 'start'),
    label(WIDTH - 8, HEIGHT - 4, texts.clock(new Date(to)), 'end'),
  ].filter(Boolean);
}
