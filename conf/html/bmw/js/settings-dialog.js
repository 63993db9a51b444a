/** The settings dialog. */

import { el, setText, show } from './dom.js';
import { parsePlace } from './geo.js';

/** `save(changes)` stores the changes; `carPlace()` returns the car's position, or null. */
export function settingsDialog({ texts, settings, save, carPlace }) {
  const fields = {
    lang: choice('lang', texts.t('language'), [['auto', 'auto'], ['en', 'english'], ['de', 'german']]),
    theme: choice('theme', texts.t('look'), [['auto', 'auto'], ['light', 'light'], ['dark', 'dark']]),
    steering: choice('steering', texts.t('steering'), [['left', 'left'], ['right', 'right']]),
    stale: entry('stale', texts.t('staleAfter'), { type: 'number', min: 0.25, max: 720, step: 'any' }),
    home: entry('home', texts.t('home'), { type: 'text', inputmode: 'text', placeholder: '48.137, 11.575' }),
    token: entry('token', texts.t('tokenLabel'), { type: 'password', autocomplete: 'off' }, texts.t('tokenHint')),
  };
  const problem = el('p', { class: 'problem', role: 'alert', hidden: true }, texts.t('homeBad'));
  const here = el('button', { type: 'button', class: 'button', on: { click: () => {
    const place = carPlace();
    if (place) fields.home.control.value = `${place.lat}, ${place.lon}`;
  } } }, texts.t('homeHere'));
  fields.home.root.append(here, problem);
  const close = el('button', { type: 'button', class: 'button' }, texts.t('cancel'));
  const form = el('form', { method: 'dialog', on: { submit } }, el('h2', { id: 'settings-title' }, texts.t('settings')),
    ...Object.values(fields).map((field) => field.root),
    el('div', { class: 'dialog-buttons' }, el('button', { class: 'button main', id: 'settings-save' }, texts.t('save')), close));
  const root = el('dialog', { class: 'dialog settings', 'aria-labelledby': 'settings-title' }, form);
  close.addEventListener('click', () => root.close());

  function submit(event) {
    event.preventDefault();
    const changes = Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.control.value.trim()]));
    if (show(problem, changes.home !== '' && !parsePlace(changes.home))) return;
    root.close();
    save({ ...changes, stale: Number(changes.stale) || settings.stale });
  }

  function choice(name, label, options) {
    const control = el('select', { id: `set-${name}` }, ...options.map(([value, key]) => el('option', { value }, texts.t(key))));
    return { control, root: el('div', { class: 'field' }, el('label', { for: control.id }, label), control) };
  }

  function entry(name, label, attributes, hint) {
    const control = el('input', { id: `set-${name}`, ...attributes, 'aria-describedby': hint ? `hint-${name}` : null });
    const note = hint ? el('p', { class: 'sub', id: `hint-${name}` }, hint) : null;
    return { control, root: el('div', { class: 'field' }, el('label', { for: control.id }, label), control, note) };
  }

  return {
    root,
    open() {
      for (const [name, field] of Object.entries(fields)) field.control.value = settings[name];
      here.hidden = carPlace() === null;
      problem.hidden = true;
      setText(document.getElementById('announcer'), '');
      root.showModal();
    },
  };
}
