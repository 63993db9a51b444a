/** The running or last charge, as the module's log has it: the state of charge and, below it on the same time axis, the power. */

import { el, setText, show } from '../dom.js';
import { valueTicks } from '../history.js';
import { curve } from '../logs.js';
import { drawPlot, plot } from '../plot.js';

const MINUTE_MS = 60000;
/** Minutes that no charge takes: a forecast of more is none. */
export const MAX_MINUTES = 14 * 24 * 60;
const PERCENTS = [0, 50, 100];

export function chargeCourse(texts) {
  const heading = el('p', { class: 'sub' });
  const level = picture('level');
  const power = picture('power');
  const root = el('div', { class: 'course' }, heading, level.root, power.root);
  let drawn = null;

  function draw(charge, expected, now) {
    const span = spanOf(charge, expected, now);
    const words = headingText(charge, span, texts);
    setText(heading, words);
    const times = [span.from, span.to].map((time) => [time, texts.clock(new Date(time))]);
    level.draw(levelOf(charge, expected, texts), { ...span, times }, words);
    power.draw(powerOf(charge, now, texts), { ...span, times }, words);
  }

  return {
    root,
    update(car) {
      const charge = curve(car.text('ChargingCurve'));
      const now = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS;
      const running = charge !== null && charge.end === null && car.is('Charging', 'ON') ? { ...charge, isRunning: true } : charge;
      const expected = running !== null && running.isRunning ? projection(car, charge.levels, now) : null;
      const state = [car.name, car.text('ChargingCurve'), running && running.isRunning ? now : '', expected].join('|');
      if (!show(root, charge !== null) || state === drawn) return;
      draw(running, expected, now);
      drawn = state;
    },
  };
}

/** The car's own forecast of the end: [milliseconds, percent], or null. */
function projection(car, levels, now) {
  const minutes = car.number('ChargingTimeRemaining');
  const target = Math.min(car.number('TargetStateOfCharge') || 100, 100);
  const isForecast = minutes > 0 && minutes <= MAX_MINUTES && levels.length > 0 && target > levels[levels.length - 1][1];
  return isForecast ? [now + minutes * MINUTE_MS, target] : null;
}

/** The time axis of both pictures: {from, to, last: when anything was told last}. */
function spanOf({ start, end, points, levels, isRunning }, expected, now) {
  const told = [...points, ...levels].map(([time]) => time);
  const from = Math.min(start.getTime(), ...told);
  const last = Math.max(...told);
  const to = Math.max(end ? end.getTime() : last, last, isRunning ? now : 0, expected ? expected[0] : 0, from + MINUTE_MS);
  return { from, to, last };
}

function headingText({ start, end, isRunning }, { last }, texts) {
  if (isRunning) return texts.t('chargeRunning', { start: texts.moment(start) });
  // an end on the day of the start needs no date
  return texts.t('chargeLast', { start: texts.moment(start), end: texts.moment(end || new Date(last), start) });
}

/** What is drawn of the state of charge: {caption, points, ...}; null if nothing is known. One that was told once is no line. */
function levelOf({ levels, begin, final }, expected, texts) {
  const [first, last] = [levels[0], levels[levels.length - 1]].map((point) => (point ? point[1] : null));
  const [low, high] = [begin ?? first, final ?? last];
  if (low === null && high === null) return null;
  const caption = `${texts.t('charge')}: ${texts.t('historyLine', { low: texts.percent(low), high: texts.percent(high) })}`;
  const values = PERCENTS.map((value) => [value, texts.number(value)]);
  return { caption, points: levels.length > 1 || expected ? levels : [], values, expected, isSloped: true };
}

/** The same of the power. It holds until the car tells another one. */
function powerOf({ points, isRunning }, now, texts) {
  if (!points.length) return null;
  const [time, kilowatt] = points[points.length - 1];
  const highest = Math.max(...points.map((point) => point[1]));
  return {
    caption: `${texts.t('power')}: ${texts.t('upTo', { value: texts.quantity(highest, 'kW', 1) })}`,
    points: isRunning && now > time ? [...points, [now, kilowatt]] : points,
    values: valueTicks(highest).map((value) => [value, texts.number(value)]),
  };
}

/** One picture with its caption, or the caption only. */
function picture(name) {
  const image = plot();
  const caption = el('figcaption', {});
  const root = el('figure', { class: 'history', 'data-curve': name }, caption, image);
  return {
    root,
    draw(found, axis, heading) {
      if (!show(root, found !== null)) return;
      setText(caption, found.caption);
      if (show(image, found.points.length > 0)) drawPlot(image, { ...axis, ...found, words: `${heading}. ${found.caption}` });
    },
  };
}
