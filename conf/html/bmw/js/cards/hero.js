/** The first card: the car, its state of charge or fuel, and its range. */

import { el, setAttribute, setText, show, svg } from '../dom.js';
import { icon, swap } from '../icons.js';
import { drawing, openParts } from './drawing.js';

const LOW = 20;
const MIDDLE = 40;
const DOOR_KEYS = ['doorDriverFront', 'doorPassengerFront', 'doorDriverRear', 'doorPassengerRear', 'hood', 'trunk'];
const WINDOW_KEYS = ['windowDriverFront', 'windowPassengerFront', 'windowDriverRear', 'windowPassengerRear', 'trunkWindow',
  'sunroof'];

export function heroCard({ texts, settings }) {
  const car = drawing();
  const gauge = ring();
  const ranges = el('dl', { class: 'ranges' });
  const chips = el('ul', { class: 'chips' });
  const badge = el('p', { class: 'stale-badge', hidden: true }, icon('alert'), el('span', {}, texts.t('stale')));
  const name = el('h2', { class: 'hero-name', id: 'hero-name' });
  const root = el('section', { class: 'card hero', 'aria-labelledby': 'hero-name' },
    el('div', { class: 'hero-head' }, name, badge),
    el('div', { class: 'hero-body' }, el('div', { class: 'hero-car' }, car.root),
      el('div', { class: 'hero-energy' }, gauge.root, ranges)), chips);
  const chipList = keyed(chips, () => makeChip());
  const rangeList = keyed(ranges, () => makeRange());
  return {
    root,
    update(now, { isStale }) {
      show(root, true);
      setText(name, now.label);
      show(badge, isStale);
      root.classList.toggle('is-stale', isStale);
      car.update(now, texts, settings.steering);
      gauge.update(now, texts);
      rangeList(rangeRows(now, texts));
      chipList(chipRows(now, texts));
    },
  };
}

/** Nodes for rows with a key. A node stays while its key stays, so that nothing flickers. */
function keyed(parent, make) {
  const nodes = new Map();
  return (rows) => {
    const wanted = new Set(rows.map((row) => row.key));
    for (const [key, node] of nodes) {
      if (!wanted.has(key)) {
        node.root.remove();
        nodes.delete(key);
      }
    }
    rows.forEach((row, at) => {
      if (!nodes.has(row.key)) nodes.set(row.key, make());
      const node = nodes.get(row.key);
      if (parent.children[at] !== node.root) parent.insertBefore(node.root, parent.children[at] || null);
      node.update(row);
    });
    parent.hidden = rows.length === 0;
  };
}

function makeChip() {
  const sign = icon('check');
  const label = el('span', {});
  const root = el('li', { class: 'chip' }, sign, label);
  return {
    root,
    update(row) {
      swap(sign, row.icon);
      setText(label, row.text);
      setAttribute(root, 'data-tone', row.tone);
    },
  };
}

function makeRange() {
  const label = el('dt', {});
  const number = el('span', { class: 'figure' });
  const unit = el('span', { class: 'unit' });
  return {
    root: el('div', {}, label, el('dd', {}, number, unit)),
    update(row) {
      setText(label, row.label);
      setAttribute(number.parentNode, 'data-key', row.key);
      setText(number, row.number);
      setText(unit, row.unit ? `\u00a0${row.unit}` : '');
    },
  };
}

function rangeRows(car, texts) {
  const hasFuel = car.has('FuelRange');
  const rows = [['ElectricRange', hasFuel ? 'electricRange' : 'range'],
    ['FuelRange', car.has('ElectricRange') ? 'fuelRange' : 'range'], ['Odometer', 'odometer']];
  if (!car.has('ElectricRange') && !hasFuel) rows.unshift(['TotalRange', 'range']);
  return rows.filter(([key]) => car.has(key)).map(([key, label]) => (
    { key, label: texts.t(label), number: texts.number(car.number(key)), unit: car.unit(key) }));
}

/** The most important states as short words; normal states are less prominent. */
function chipRows(car, texts) {
  const rows = [];
  const add = (key, iconName, text, tone) => rows.push({ key, icon: iconName, text, tone });
  if (car.text('Locked') !== null) {
    const isLocked = car.is('Locked', 'ON');
    add('lock', isLocked ? 'lock' : 'unlock', texts.t(isLocked ? 'carLocked' : 'carUnlocked'), isLocked ? 'good' : 'warn');
  }
  addOpenings('doors', 'door', DOOR_KEYS, 'Doors', 'doorsClosed');
  addOpenings('windows', 'window', WINDOW_KEYS, 'Windows', 'windowsClosed');
  if (car.is('PluggedIn', 'ON')) add('plug', 'plug', texts.t('plugged'), car.is('Charging', 'ON') ? 'good' : 'calm');
  if (car.is('ClimateActive', 'ON')) add('climate', 'climate', texts.t('climateOn'), 'accent');
  if (car.is('Moving', 'ON')) add('moving', 'road', texts.t('moving'), 'accent');
  if (car.is('Lights', 'ON')) add('lights', 'light', texts.t('lightsOn'), 'warn');
  if (car.is('Alarm', 'ON')) add('alarm', 'alert', texts.t('alarmOn'), 'bad');
  return rows;

  function addOpenings(key, iconName, keys, item, closed) {
    const open = openParts(car, texts, keys);
    if (open.length) add(key, iconName, open.length === 1 ? `${open[0]}: ${texts.word('OPEN')}` : `${texts.t(key)}: ${
      texts.t('openCount', { count: open.length })}`, 'warn');
    else if (car.text(item) !== null) add(key, iconName, texts.t(closed), 'good');
  }
}

/** The ring: state of charge with a mark at the target, or the fuel of a car without a battery. */
function ring() {
  const circle = (name) => svg('circle', { class: name, cx: 100, cy: 100, r: 84, pathLength: 100 });
  const arc = circle('ring-arc');
  const fuelArc = svg('circle', { class: 'ring-fuel', cx: 100, cy: 100, r: 69, pathLength: 100 });
  const mark = svg('line', { class: 'ring-target', x1: 100, y1: 6, x2: 100, y2: 26 });
  const figure = el('span', { class: 'ring-figure', id: 'ring-figure' });
  const note = el('span', { class: 'ring-note' });
  const sign = icon('bolt');
  const picture = svg('svg', { viewBox: '0 0 200 200', 'aria-hidden': 'true', focusable: 'false' },
    circle('ring-track'), fuelArc, arc, mark);
  const centre = el('div', { class: 'ring-centre' }, sign, el('span', { class: 'ring-line' }, figure,
    el('span', { class: 'ring-unit' }, '%')), note);
  const root = el('div', { class: 'ring' }, picture, centre);
  return { root, update: (car, texts) => updateRing({ root, arc, fuelArc, mark, figure, note, sign }, car, texts) };
}

function updateRing(ui, car, texts) {
  const isElectric = car.has('StateOfCharge');
  if (!show(ui.root, isElectric || car.has('FuelLevel'))) return;
  const percent = car.number(isElectric ? 'StateOfCharge' : 'FuelLevel');
  const isCharging = car.is('Charging', 'ON');
  ui.arc.style.strokeDasharray = `${percent || 0} 100`;
  setAttribute(ui.root, 'data-level', isCharging ? 'charging' : level(percent));
  setText(ui.figure, texts.number(percent));
  ui.sign.classList.toggle('is-hidden', !isCharging);
  const target = isElectric ? car.number('TargetStateOfCharge') : null;
  ui.mark.toggleAttribute('hidden', target === null || target >= 100);
  setAttribute(ui.mark, 'transform', `rotate(${(target || 0) * 3.6} 100 100)`);
  const fuel = isElectric ? car.number('FuelLevel') : null;
  ui.fuelArc.toggleAttribute('hidden', fuel === null);
  ui.fuelArc.style.strokeDasharray = `${fuel || 0} 100`;
  setText(ui.note, note(car, texts, isElectric, fuel));
}

function note(car, texts, isElectric, fuel) {
  if (!isElectric) return texts.t('fuel');
  if (fuel !== null) return `${texts.t('fuel')} ${texts.percent(fuel)}`;
  const left = car.number('ChargingTimeRemaining');
  return car.is('Charging', 'ON') && left ? texts.minutes(left) : texts.t('charge');
}

function level(percent) {
  if (percent === null) return 'unknown';
  return percent < LOW ? 'low' : percent < MIDDLE ? 'middle' : 'high';
}
