/** The commands: a button for each, a confirmation before it is sent, and its progress. */

import { el, setAttribute, setText, show } from '../dom.js';
import { icon, swap } from '../icons.js';
import { frame } from './card.js';

/** A switch sends ON. A switch with `active` sends the opposite of that item's state, and its name says which one. */
const SWITCHES = [
  { key: 'Lock', icon: 'lock' },
  { key: 'Unlock', icon: 'unlock', warning: 'confirmUnlock' },
  { key: 'Climate', icon: 'climate', active: 'ClimateActive' },
  { key: 'Charge', icon: 'bolt', active: 'Charging' },
  { key: 'FlashLights', icon: 'light' },
  { key: 'SoundHorn', icon: 'horn', warning: 'confirmHorn' },
  { key: 'FindVehicle', icon: 'find' },
];
const NUMBERS = [
  { key: 'ChargingTarget', unit: '%', least: 20, most: 100, step: 5, now: 'TargetStateOfCharge' },
  { key: 'ChargingCurrentLimit', unit: 'A', least: 6, most: 32, step: 1, now: 'CurrentLimit' },
];
const STEPS = ['QUEUED', 'SENT', 'PENDING', 'DELIVERED', 'EXECUTED'];

/** `send(item, value)` returns a promise that openHAB accepts the command; `announce(text)` is for screen readers. */
export function commandsCard({ texts, send, announce }) {
  const { root, body } = frame(texts.t('commands'), 'remote', 'commands-card');
  const question = confirmDialog(texts);
  let car = null;
  const progress = progressLine(texts);

  const order = async (name, part, value, warning) => {
    if (!(await question.ask(name, warning))) return;
    progress.expect(name, car);
    try {
      await send(part, value);
      announce(texts.t('sent', { command: name }));
    } catch (error) {
      progress.fail(texts.t('notSent', { command: name, reason: error.message }));
    }
  };
  const switches = SWITCHES.map((row) => switchButton(row, texts, () => car, order));
  const numbers = NUMBERS.map((row) => numberRow(row, texts, () => car, order));
  body.append(el('div', { class: 'buttons' }, ...switches.map((one) => one.root)), ...numbers.map((one) => one.root),
    progress.root, question.root);
  return {
    root,
    update(now, { isConnected }) {
      if (car && car.name !== now.name) progress.forget();
      car = now;
      const shown = [...switches, ...numbers].filter((one) => show(one.root, now.takes(one.key)));
      shown.forEach((one) => one.update(now, isConnected));
      show(root, shown.length > 0 || now.has('CommandStatus'));
      const told = progress.update(now);
      if (told) announce(told);
    },
  };
}

function switchButton(row, texts, car, order) {
  const label = el('span', {});
  const sign = icon(row.icon);
  const value = () => (row.active && car().is(row.active, 'ON') ? 'OFF' : 'ON');
  const name = () => texts.t(row.active ? row.key + value() : row.key);
  const click = () => order(name(), car().item(row.key).name, value(), texts.t(row.warning || 'confirmText'));
  const root = el('button', { type: 'button', class: 'command', 'data-command': row.key, on: { click } }, sign, label);
  return {
    root,
    key: row.key,
    update(now, isConnected) {
      setText(label, name());
      root.disabled = !isConnected;
      root.classList.toggle('is-on', Boolean(row.active) && now.is(row.active, 'ON'));
    },
  };
}

function numberRow(row, texts, car, order) {
  const id = `number-${row.key}`;
  const output = el('output', { for: id });
  const slider = el('input', { type: 'range', id, min: row.least, max: row.most, step: row.step });
  let isTouched = false; // by a person: what the car says no longer moves it
  const tell = () => {
    setText(output, texts.quantity(Number(slider.value), row.unit));
    setAttribute(slider, 'aria-valuetext', output.textContent);
  };
  slider.addEventListener('input', () => { isTouched = true; tell(); });
  const click = async () => {
    const item = car().item(row.key);
    const name = texts.t('confirmSet', { command: texts.t(row.key), value: output.textContent });
    const value = item.type.includes(':') ? `${slider.value} ${row.unit}` : slider.value;
    await order(name, item.name, value, texts.t('confirmText'));
    isTouched = false;
  };
  const button = el('button', { type: 'button', class: 'button', 'data-command': row.key, on: { click } }, texts.t('set'),
    el('span', { class: 'visually-hidden' }, ` ${texts.t(row.key)}`));
  return {
    root: el('div', { class: 'slider' }, el('label', { for: id }, texts.t(row.key)), output, slider, button),
    key: row.key,
    update(now, isConnected) {
      const known = now.number(row.key) === null ? now.number(row.now) : now.number(row.key);
      if (!isTouched && known !== null) slider.value = known;
      button.disabled = !isConnected;
      slider.disabled = !isConnected;
      tell();
    },
  };
}

/** The progress of the last command, in words and as a line of steps. */
function progressLine(texts) {
  const sign = icon('check');
  const words = el('span', {});
  const clock = el('span', { class: 'note' });
  const steps = el('span', { class: 'steps', 'aria-hidden': 'true' }, ...STEPS.map(() => el('i', {})));
  const root = el('div', { class: 'progress', hidden: true }, sign, words, clock, steps);
  let last = null;
  let sent = null; // {name, before, time}: what this page sent, and the time by which openHAB's items tell of it
  const draw = (text, tone, reached) => {
    root.hidden = false;
    setText(words, text);
    setAttribute(root, 'data-tone', tone);
    swap(sign, tone === 'bad' ? 'alert' : tone === 'good' ? 'check' : 'refresh');
    [...steps.children].forEach((step, at) => step.classList.toggle('is-reached', at <= reached));
  };
  return {
    root,
    forget() {
      last = null;
      sent = null;
    },
    /** The items do not say which command was sent by a switch, so the page remembers its own. */
    expect(name, car) {
      sent = { name, before: car.text('LastCommand'), time: null };
    },
    fail(text) {
      setText(clock, '');
      draw(text, 'bad', -1);
    },
    /** Returns the text to announce if the progress changed since the page was opened. */
    update(car) {
      const status = car.text('CommandStatus');
      const time = car.text('LastCommand');
      const key = `${status}|${time}`;
      if (key === last) return null;
      if (sent && sent.time === null && time !== sent.before) sent.time = time;
      const isFirst = last === null;
      last = key;
      if (status === null) {
        root.hidden = true;
        return null;
      }
      const name = sent && sent.time === time ? sent.name : texts.t('lastCommand');
      const { text, tone, reached } = meaning(name, status, texts);
      const when = car.time('LastCommand');
      setText(clock, when ? texts.moment(when) : '');
      draw(text, tone, reached);
      return isFirst ? null : text;
    },
  };
}

function meaning(command, status, texts) {
  const [word, reason] = status.split(/:\s*(.*)/s);
  const state = texts.word(word) + (reason ? ` (${reason})` : '');
  const reached = STEPS.indexOf(word);
  const tone = word === 'EXECUTED' ? 'good' : reached >= 0 ? 'calm' : 'bad';
  return { text: texts.t('commandState', { command, state }), tone, reached };
}

/** The confirmation of a command; ask() returns a promise of the answer. */
function confirmDialog(texts) {
  const title = el('h2', { id: 'confirm-title' });
  const text = el('p', { id: 'confirm-text' });
  const yes = el('button', { type: 'button', class: 'button main', id: 'confirm-yes' }, texts.t('confirm'));
  const no = el('button', { type: 'button', class: 'button', id: 'confirm-no' }, texts.t('cancel'));
  const root = el('dialog', { class: 'dialog', 'aria-labelledby': 'confirm-title', 'aria-describedby': 'confirm-text' },
    title, text, el('div', { class: 'dialog-buttons' }, yes, no));
  yes.addEventListener('click', () => root.close('yes'));
  no.addEventListener('click', () => root.close('no'));
  return {
    root,
    ask(name, warning) {
      setText(title, texts.t('confirmTitle', { command: name }));
      setText(text, warning);
      root.returnValue = 'no';
      root.showModal();
      no.focus(); // the answer that does nothing, so that Enter by mistake unlocks no car
      return new Promise((resolve) => {
        root.addEventListener('close', () => resolve(root.returnValue === 'yes'), { once: true });
      });
    },
  };
}
