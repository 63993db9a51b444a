/** The bar at the top: choice of the car, age of the values, "Update now", look and settings. */

import { el, setAttribute, setText, show } from './dom.js';
import { icon, swap } from './icons.js';

/** Returns {update(view)}. main.js makes the view: car, cars, account, connection, isStale, updated. */
export function header(root, { texts, send, announce, onCar, onTheme, onSettings }) {
  const title = el('h1', {}, 'BMW');
  const tabs = el('nav', { class: 'tabs', 'aria-label': texts.t('cars') });
  const dot = el('i', { 'aria-hidden': 'true' });
  const status = el('span', {});
  const pill = el('p', { class: 'pill', id: 'connection' }, dot, status);
  const updated = el('p', { class: 'updated', id: 'updated' });
  const forceLabel = el('span', { class: 'button-text' }, texts.t('updateNow'));
  let account = null;
  const force = el('button', { type: 'button', class: 'button', id: 'force', on: { click: async () => {
    try {
      await send(account.item('ForceUpdate').name, 'ON');
      announce(texts.t('updating'));
    } catch (error) {
      announce(error.message);
    }
  } } }, icon('refresh'), forceLabel);
  const themeIcon = icon('moon');
  const theme = el('button', { type: 'button', class: 'button round', id: 'theme', on: { click: onTheme } }, themeIcon);
  const settings = el('button', { type: 'button', class: 'button round', id: 'settings', 'aria-label': texts.t('settings'),
    title: texts.t('settings'), on: { click: onSettings } }, icon('gear'));
  root.append(el('div', { class: 'bar-title' }, title, tabs), el('div', { class: 'bar-state' }, pill, updated),
    el('div', { class: 'bar-buttons' }, force, theme, settings));
  return {
    update(view) {
      account = view.account;
      show(title, view.cars.length < 2);
      updateTabs(tabs, view, onCar);
      setText(status, texts.t(view.connection));
      setAttribute(pill, 'data-state', view.connection);
      const moment = view.updated ? texts.t('updated', { ago: texts.ago(view.updated) }) : texts.t('neverUpdated');
      setText(updated, view.isStale ? `${texts.t('stale')} · ${moment}` : moment);
      setAttribute(updated, 'data-tone', view.isStale ? 'warn' : null);
      show(updated, view.car !== null);
      updateForce();
      updateTheme();
    },
    updateTheme,
  };

  function updateForce() {
    if (!show(force, account !== null && account.takes('ForceUpdate') && account.is('AccountState', 'ONLINE'))) return;
    const isRunning = account.is('ForceUpdate', 'ON');
    force.disabled = isRunning;
    force.classList.toggle('is-running', isRunning);
    setText(forceLabel, texts.t(isRunning ? 'updating' : 'updateNow'));
    const left = account.number('CallsLeft');
    setAttribute(force, 'title', left === null ? null : texts.t('callsLeft', { count: texts.number(left) }));
  }

  function updateTheme() {
    const isDark = document.documentElement.dataset.theme === 'dark';
    swap(themeIcon, isDark ? 'sun' : 'moon');
    setAttribute(theme, 'aria-label', texts.t(isDark ? 'toLight' : 'toDark'));
    setAttribute(theme, 'title', texts.t(isDark ? 'toLight' : 'toDark'));
  }
}

function updateTabs(tabs, view, onCar) {
  const key = view.cars.map((car) => `${car.name} ${car.label}`).join('\n');
  if (tabs.dataset.key !== key) {
    tabs.dataset.key = key;
    tabs.replaceChildren(...view.cars.map((car) => el('button', { type: 'button', 'data-car': car.name,
      on: { click: () => onCar(car.name) } }, car.label)));
  }
  show(tabs, view.cars.length > 1);
  [...tabs.children].forEach((tab) => setAttribute(
    tab, 'aria-current', view.car && tab.dataset.car === view.car.name ? 'true' : null));
}
