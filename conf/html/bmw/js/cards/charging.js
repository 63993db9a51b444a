/** Charging: the current values, and the course of the running or last charge. */

import { el, setText, show } from '../dom.js';
import { facts, frame } from './card.js';
import { chargeCourse, MAX_MINUTES } from './charge-course.js';

export function chargingCard({ texts }) {
  const { root, body, aside } = frame(texts.t('charging'), 'bolt', 'charging-card');
  const headline = el('p', { class: 'headline' });
  const sub = el('p', { class: 'sub' });
  const list = facts(rows(texts));
  const course = chargeCourse(texts);
  body.append(el('div', { class: 'headlines' }, headline, sub), list.root, course.root);
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
      course.update(car);
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
  if (isCharging && minutes && minutes <= MAX_MINUTES) {
    const done = new Date(Date.now() + minutes * 60000);
    parts.push(texts.t('chargingFor', { time: texts.minutes(minutes) }), texts.t('doneAt', { time: texts.clock(done) }));
  }
  return parts.join(' · ');
}
