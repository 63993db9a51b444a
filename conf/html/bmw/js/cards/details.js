/** The less important cards: doors and windows, climate, tyres, service, last trip, and all values. Tables of rows. */

import { el, setAttribute, setText, show } from '../dom.js';
import { isState } from '../home.js';
import { facts, frame, isKnown } from './card.js';
import { isOpen } from './drawing.js';

const SEATS = [['DriverFront', 'driverFront'], ['PassengerFront', 'passengerFront'], ['DriverRear', 'driverRear'],
  ['PassengerRear', 'passengerRear']];
const OTHER_ROWS = [
  ['DoorLockState', 'lock'], ['Hood', 'hood'], ['Trunk', 'trunk'], ['TrunkWindow', 'trunkWindow'], ['Sunroof', 'sunroof'],
  ['SunroofTilt', 'sunroofTilt'], ['ConvertibleRoof', 'roof'], ['ChargeFlap', 'chargeFlap'], ['AlarmArmed', 'alarm'],
];
const UNLOCKED = new Set(['UNLOCKED', 'SELECTIVE_LOCKED', 'PARTIALLY_LOCKED']);
/** These are often open, for loading or charging; that is no warning. */
const MAY_BE_OPEN = new Set(['ChargeFlap', 'AlarmArmed', 'DoorLockState']);

/** A table of doors and windows by seat, and a list of the other openings. */
export function bodyCard({ texts }) {
  const { root, body } = frame(texts.t('body'), 'door');
  const column = (name) => el('th', { scope: 'col' }, name);
  const windowsHead = column(texts.t('window'));
  const seats = SEATS.map(([place, label]) => {
    const door = el('td', { 'data-key': `Door${place}` });
    const pane = el('td', { 'data-key': `Window${place}` });
    return { place, door, pane, row: el('tr', {}, el('th', { scope: 'row' }, texts.t(label)), door, pane) };
  });
  const table = el('table', { class: 'seats' }, el('thead', {}, el('tr', {}, el('td', {}), column(texts.t('door')), windowsHead)),
    el('tbody', {}, ...seats.map((seat) => seat.row)));
  const tone = (car, key) => (
    UNLOCKED.has(car.text(key)) || (!MAY_BE_OPEN.has(key) && isOpen(car, key)) ? 'warn' : null);
  const rows = OTHER_ROWS.map(([key, label]) => [key, texts.t(label), (car) => texts.word(car.text(key))]);
  const others = facts(rows, { tone });
  body.append(table, others.root);
  return {
    root,
    update(car) {
      const hasWindows = SEATS.some(([place]) => car.has(`Window${place}`));
      show(windowsHead, hasWindows);
      const shown = seats.filter((seat) => show(seat.row, car.has(`Door${seat.place}`) || car.has(`Window${seat.place}`)));
      shown.forEach((seat) => {
        updateOpening(seat.door, car, `Door${seat.place}`, texts);
        updateOpening(seat.pane, car, `Window${seat.place}`, texts);
        show(seat.pane, hasWindows);
      });
      show(table, shown.length > 0);
      show(root, others.update(car) || shown.length > 0);
    },
  };
}

function updateOpening(cell, car, key, texts) {
  setText(cell, car.has(key) ? texts.word(car.text(key)) : '–');
  setAttribute(cell, 'data-tone', isOpen(car, key) ? 'warn' : null);
}

/** A card of rows [key, label, format(car, key)] only. */
function listCard(title, iconName, rows, isShown) {
  const { root, body } = frame(title, iconName);
  const list = facts(rows.map(([key, label, format]) => [key, label, (car) => format(car, key)]), { isShown });
  body.append(list.root);
  return { root, update: (car) => show(root, list.update(car)) };
}

export function climateCard({ texts }) {
  const word = (car, key) => texts.word(car.text(key));
  const percent = (car, key) => (car.number(key) ? texts.percent(car.number(key)) : texts.word(car.text(key) && 'OFF'));
  return listCard(texts.t('climate'), 'climate', [
    ['ClimateStatus', texts.t('state'), word],
    ['ClimateTimeRemaining', texts.t('climateLeft'), (car, key) => (
      car.number(key) ? texts.minutes(car.number(key)) : '–')],
    ['ClimateTargetTemperature', texts.t('climateTarget'), (car, key) => (
      texts.quantity(car.number(key), car.unit(key) || '°C', 1))],
    ['ClimateAtDeparture', texts.t('atDeparture'), word],
    ['RearDefrost', texts.t('defrost'), word],
    ['MirrorHeating', texts.t('mirrors'), word],
    ['SteeringWheelHeating', texts.t('wheel'), percent],
    ['SeatHeatingDriver', texts.t('seatDriver'), percent],
    ['SeatHeatingPassenger', texts.t('seatPassenger'), percent],
  ]);
}

const AUX_PERCENT = 'AuxiliaryBatteryStateOfCharge';

export function serviceCard({ texts }) {
  const word = (car, key) => texts.word(car.text(key));
  const date = (car, key) => (car.time(key) ? texts.date(car.time(key)) : '–');
  const length = (car, key) => texts.distance(car.number(key), car.unit(key));
  return listCard(texts.t('service'), 'wrench', [
    ['NextService', texts.t('nextService'), word],
    ['ServiceDistance', texts.t('inDistance'), length],
    ['ServiceDate', texts.t('serviceDate'), date],
    ['InspectionDate', texts.t('inspection'), date],
    ['CheckControl', texts.t('checks'), word],
    ['AuxiliaryBatteryVoltage', texts.t('aux'), (car, key) => [
      texts.quantity(car.number(key), 'V', 1),
      isKnown(car, AUX_PERCENT) ? texts.percent(car.number(AUX_PERCENT)) : null,
    ].filter(Boolean).join(' · ')],
  ], isKnown);
}

export function tripCard({ texts }) {
  const length = (car, key) => texts.distance(car.number(key), car.unit(key));
  const use = (car, key) => texts.quantity(car.number(key), 'kWh/100 km', 1);
  return listCard(texts.t('trips'), 'road', [
    ['LastTripEnd', texts.t('tripEnd'), (car, key) => texts.moment(car.time(key))],
    ['LastTripDistance', texts.t('tripDistance'), length],
    ['LastTripDuration', texts.t('tripDuration'), (car, key) => texts.minutes(car.number(key))],
    ['LastTripConsumption', texts.t('tripUse'), use],
    ['AverageConsumption', texts.t('averageUse'), use],
    ['AverageSpeed', texts.t('speed'), (car, key) => texts.quantity(car.number(key), car.unit(key))],
  ], isKnown);
}

const WHEELS = [['FrontLeft', 'frontLeft'], ['FrontRight', 'frontRight'], ['RearLeft', 'rearLeft'], ['RearRight', 'rearRight']];
/** A tyre this far below its target pressure gets a warning. */
const LOW_TYRE = 0.9;

export function tyreCard({ texts }) {
  const { root, body } = frame(texts.t('tyres'), 'tyre');
  const wheels = WHEELS.map(([key, label]) => {
    const figure = el('span', { class: 'figure', 'data-key': `TyrePressure${key}` });
    const note = el('span', { class: 'note' });
    return { key, figure, note, row: el('li', {}, el('span', { class: 'label' }, texts.t(label)), figure, note) };
  });
  body.append(el('ul', { class: 'wheels' }, ...wheels.map((wheel) => wheel.row)));
  return {
    root,
    update(car) {
      const shown = wheels.filter((wheel) => show(wheel.row, car.has(`TyrePressure${wheel.key}`)));
      if (show(root, shown.length > 0)) shown.forEach((wheel) => updateWheel(wheel, car, texts));
    },
  };
}

function updateWheel({ key, figure, note, row }, car, texts) {
  const unit = car.unit(`TyrePressure${key}`);
  const pressure = car.number(`TyrePressure${key}`);
  const target = car.number(`TyreTarget${key}`);
  const warmth = car.number(`TyreTemperature${key}`);
  const isLow = pressure !== null && target !== null && pressure < target * LOW_TYRE;
  setText(figure, texts.pressure(pressure, unit));
  setText(note, [
    isLow ? texts.t('tyreLow') : null,
    target === null ? null : texts.t('tyreTarget', { pressure: texts.pressure(target, unit) }),
    warmth === null ? null : texts.quantity(warmth, '°C'),
  ].filter(Boolean).join(' · '));
  setAttribute(row, 'data-tone', isLow ? 'warn' : null);
}

/** The logs have cards of their own. */
const LOGS = /_(ChargingLog|ChargingCurve|TripLog)$/;

/** All items of the car with their labels from openHAB, also those that no other card shows. */
export function allCard({ texts, home }) {
  const rows = el('tbody', {});
  const table = el('table', {}, el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, texts.t('name')),
    el('th', { scope: 'col' }, texts.t('value')))), rows);
  const details = el('details', {}, el('summary', {}, el('h2', {}, texts.t('allValues'))), el('div', { class: 'scroll' }, table));
  const root = el('section', { class: 'card all', 'aria-label': texts.t('allValues') }, details);
  let last = null;
  const draw = () => {
    if (!details.open || !last) return;
    const items = home.itemsOf(last).filter((item) => !LOGS.test(item.name)).sort((one, other) => nameOf(one).localeCompare(nameOf(other)));
    rows.replaceChildren(...items.map((item) => el('tr', {},
      el('th', { scope: 'row' }, nameOf(item)), el('td', {}, valueText(item, texts)))));
  };
  details.addEventListener('toggle', draw);
  return {
    root,
    update(car) {
      show(root, true);
      last = car;
      draw();
    },
  };
}

function nameOf(item) {
  return item.label || item.name;
}

function valueText(item, texts) {
  if (!isState(item.state) || item.state === 'NULL' || item.state === 'UNDEF') return '–';
  if (item.type === 'DateTime') {
    const time = new Date(item.state.replace(/([+-]\d\d)(\d\d)$/, '$1:$2'));
    return Number.isNaN(time.getTime()) ? item.state : texts.moment(time);
  }
  return texts.word(item.state);
}
