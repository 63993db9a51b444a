/** Builds the page from settings, connection, header and cards, and tells each of them what to show. */

import { accountCard, needsAttention } from './cards/account.js';
import { chargingCard } from './cards/charging.js';
import { chargesCard } from './cards/charges.js';
import { commandsCard } from './cards/commands.js';
import { allCard, bodyCard, climateCard, serviceCard, tripCard, tyreCard } from './cards/details.js';
import { heroCard } from './cards/hero.js';
import { historyCard } from './cards/history.js';
import { placeCard } from './cards/place.js';
import { tripsCard } from './cards/trips.js';
import { el, setText, show } from './dom.js';
import { guard } from './guard.js';
import { header } from './header.js';
import { Home } from './home.js';
import { chooseLanguage, Texts } from './i18n.js';
import { Live } from './live.js';
import { notices } from './notices.js';
import { Rest } from './rest.js';
import { settingsDialog } from './settings-dialog.js';
import { readSettings, saveSettings } from './settings.js';

const HOUR_MS = 3600000;
/** How often the texts that depend on the time are updated: '4 minutes ago', stale, the charge curve. */
const TICK_MS = 15000;
/** The columns from left to right. On a phone they follow each other in this order. */
const COLUMNS = [
  [heroCard, commandsCard, climateCard],
  [chargingCard, historyCard, chargesCard, bodyCard],
  [placeCard, tyreCard, serviceCard, tripCard, tripsCard, allCard],
];

const byId = (id) => document.getElementById(id);
const settings = readSettings(window.location.search);
const texts = new Texts(chooseLanguage(settings.lang, navigator.languages || [navigator.language]));
const home = new Home(settings.prefix);
const rest = new Rest(new URL('../../rest/', document.baseURI).href, () => settings.token);
const live = new Live(rest, home, redraw, redraw);

let chosenCar = settings.car ? `${settings.prefix}_${settings.car}` : null;
let isDrawing = false;
const guarded = guard(texts);

const context = {
  texts,
  settings,
  home,
  homePlace: () => settings.home,
  send: (item, value) => rest.command(item, value),
  history: (item, from, to, service) => rest.history(item, from, to, service),
  announce: (words) => setText(byId('announcer'), words),
};

function start() {
  document.documentElement.lang = texts.language;
  setText(byId('skip'), texts.t('skip'));
  const dark = window.matchMedia('(prefers-color-scheme: dark)');
  const applyTheme = () => {
    const isDark = settings.theme === 'dark' || (settings.theme === 'auto' && dark.matches);
    document.documentElement.dataset.theme = isDark ? 'dark' : 'light';
    document.querySelector('meta[name=theme-color]').content = isDark ? '#0b0e13' : '#eef1f6';
    redraw();
  };
  dark.addEventListener('change', applyTheme);
  const dialog = settingsDialog({ texts, settings, carPlace, save: keep });
  document.body.append(dialog.root);
  parts.header = header(byId('bar'), { ...context, onCar: choose, onSettings: dialog.open, onTheme: () => {
    settings.theme = document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark';
    saveSettings({ theme: settings.theme });
    applyTheme();
  } });
  parts.notices = notices(byId('notices'), { texts, onToken: useToken });
  parts.account = accountCard(context);
  buildColumns();
  applyTheme();
  live.start();
  setInterval(redraw, TICK_MS);
}

const parts = { header: null, notices: null, account: null, cards: [] };

function buildColumns() {
  const columns = COLUMNS.map((makers) => {
    const cards = makers.map((make) => make(context));
    parts.cards.push(...cards);
    return el('div', { class: 'column' }, ...cards.map((card) => card.root));
  });
  byId('columns').append(...columns);
}

/** Draws once for all changes of the same turn of the event loop. */
function redraw() {
  if (isDrawing) return;
  isDrawing = true;
  setTimeout(() => {
    isDrawing = false;
    draw(look());
  }, 0);
}

/** The data to show now. */
function look() {
  const cars = home.cars();
  const car = cars.find((one) => one.name === chosenCar) || cars[0] || null;
  const account = (car && home.accountOf(car)) || home.accounts()[0] || null;
  const updated = car && car.time('LastUpdate');
  const isStale = Boolean(updated) && Date.now() - updated > settings.stale * HOUR_MS;
  return {
    cars, car, account, updated, isStale, connection: live.connection, lastContact: live.lastContact,
    isConnected: live.connection === 'live' || live.connection === 'polling', hasToken: settings.token !== '',
  };
}

function draw(view) {
  guarded(parts.header, () => parts.header.update(view));
  guarded(parts.notices, () => parts.notices.update(view));
  document.title = view.car ? view.car.label : 'BMW';
  document.body.classList.toggle('is-offline', view.connection === 'lost');
  show(byId('columns'), view.car !== null || view.account !== null);
  parts.cards.forEach((card) => guarded(card, () => (view.car ? card.update(view.car, view) : show(card.root, false))));
  guarded(parts.account, () => parts.account.update(view.account, view));
  placeAccount(view);
  drawEmpty(view);
}

/** The account's card is the first while it needs a person, otherwise it is in the middle column. */
function placeAccount(view) {
  const root = parts.account.root;
  if (!needsAttention(view.account)) {
    const middle = byId('columns').children[1];
    if (root.parentNode !== middle) middle.append(root);
  } else if (root.parentNode !== byId('main')) {
    byId('main').prepend(root);
  }
}

function drawEmpty(view) {
  const isLoading = view.connection === 'loading';
  show(byId('empty'), view.car === null && (isLoading || view.isConnected));
  setText(byId('empty-title'), texts.t(isLoading ? 'loadingTitle' : 'noCarTitle'));
  const text = view.account ? 'noCarText' : 'noModuleText';
  setText(byId('empty-text'), texts.t(isLoading ? 'loadingText' : text, { prefix: settings.prefix }));
}

function choose(name) {
  chosenCar = name;
  redraw();
}

function carPlace() {
  const { car } = look();
  return car && car.place('Position');
}

/** Settings affect nearly everything, so the page is loaded again. */
function keep(changes) {
  saveSettings(changes);
  window.location.reload();
}

function useToken(token) {
  settings.token = token;
  saveSettings({ token });
  live.restart();
}

start();
