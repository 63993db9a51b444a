/** The BMW account: its state, and the sign-in with link, code and QR code. */

import { el, setAttribute, setText, show, svg } from '../dom.js';
import { icon } from '../icons.js';
import { signInLink } from '../links.js';
import { encode } from '../qr.js';
import { facts, frame, isKnown } from './card.js';

const FINE = new Set(['ONLINE']);
const SIGN_IN = new Set(['SIGN_IN_NEEDED', 'SIGN_IN_FAILED', 'ACCESS_DENIED', 'WAITING_FOR_APPROVAL']);

/** `update` takes an account (see Home), not a car. */
export function accountCard({ texts, send, announce }) {
  const { root, body, aside } = frame(texts.t('account'), 'person', 'account-card');
  const state = el('p', { class: 'headline' });
  const text = el('p', { class: 'sub' });
  const list = facts(rows(texts), { isShown: isKnown });
  const prompt = signInPrompt(texts);
  const captcha = captchaForm(texts, (token) => send(account.item('SignInInput').name, token), announce);
  let account = null;
  const press = (value) => () => send(account.item('SignIn').name, value).catch((error) => announce(error.message));
  const start = el('button', { type: 'button', class: 'button main', 'data-action': 'sign-in', on: { click: press('ON') } },
    texts.t('signIn'));
  const cancel = el('button', { type: 'button', class: 'button', 'data-action': 'cancel', on: { click: press('OFF') } },
    texts.t('cancel'));
  body.append(state, text, prompt.root, captcha, el('div', { class: 'row-buttons' }, start, cancel), list.root);
  let told = null;
  return {
    root,
    update(now, { isConnected }) {
      if (!show(root, now !== null)) return;
      account = now;
      const word = now.text('AccountState');
      setText(state, texts.word(word));
      setAttribute(state, 'data-tone', FINE.has(word) ? 'good' : 'warn');
      const words = now.text('Account') || '';
      setText(text, words.toUpperCase() === word ? '' : words);
      setText(aside, now.label === now.name ? '' : now.label);
      const isAsking = prompt.update(now);
      const mayStart = !isAsking && (SIGN_IN.has(word) || isStreamDenied(now));
      show(captcha, now.has('SignInInput') && mayStart);
      show(start, now.has('SignIn') && mayStart && !now.has('SignInInput'));
      show(cancel, now.has('SignIn') && isAsking);
      start.disabled = !isConnected;
      cancel.disabled = !isConnected;
      list.update(now);
      if (told !== null && told !== word && word) announce(`${texts.t('account')}: ${texts.word(word)}`);
      told = word || told;
    },
  };
}

/** Polls work, but the stream needs a new sign-in: BMW does not add it to an existing one. */
function isStreamDenied(account) {
  return (account.text('StreamState') || '').startsWith('ACCESS_DENIED');
}

/** Returns whether a person has to do something for this account. */
export function needsAttention(account) {
  return account !== null && !FINE.has(account.text('AccountState'));
}

function rows(texts) {
  const moment = (key) => (account) => texts.moment(account.time(key));
  return [
    ['LastRefresh', texts.t('lastRefresh'), moment('LastRefresh')],
    ['NextRefresh', texts.t('nextRefresh'), moment('NextRefresh')],
    ['CallsLeft', texts.t('callsLeftShort'), (account) => texts.number(account.number('CallsLeft'))],
    ['StreamState', texts.t('stream'), (account) => texts.word(account.text('StreamState'))],
  ];
}

/** For clouds whose sign-in starts with a solved captcha. */
function captchaForm(texts, onToken, announce) {
  const input = el('input', {
    id: 'captcha', autocomplete: 'off', spellcheck: 'false', required: true, 'aria-describedby': 'captcha-hint' });
  const submit = async (event) => {
    event.preventDefault();
    try {
      await onToken(input.value.trim());
      input.value = '';
    } catch (error) {
      announce(error.message);
    }
  };
  return el('form', { class: 'field', on: { submit } }, el('label', { for: 'captcha' }, texts.t('captcha')),
    el('p', { class: 'sub', id: 'captcha-hint' }, texts.t('captchaHint')),
    el('div', { class: 'token' }, input, el('button', { class: 'button main' }, texts.t('signIn'))));
}

/** Link, code and QR code. `update` returns whether there is a link. */
function signInPrompt(texts) {
  const qr = el('div', { class: 'qr' });
  const link = el('a', { class: 'button main', target: '_blank', rel: 'noopener noreferrer', id: 'sign-in-link' }, icon('link'),
    el('span', {}, texts.t('openLink')), el('span', { class: 'visually-hidden' }, ` ${texts.t('newTab')}`));
  const refused = el('p', { class: 'sub', hidden: true }, texts.t('badLink'));
  const code = el('code', { class: 'code', id: 'sign-in-code' });
  const copyLabel = el('span', {}, texts.t('copy'));
  const copy = el('button', { type: 'button', class: 'button', on: { click: copyCode } }, copyLabel);
  const root = el('div', { class: 'sign-in' }, qr, el('div', { class: 'sign-in-text' }, el('p', {}, texts.t('signInSteps')),
    el('p', { class: 'code-line' }, el('span', { class: 'label' }, texts.t('code')), code, copy), link, refused));
  let drawn = null;

  async function copyCode() {
    try {
      await navigator.clipboard.writeText(code.textContent);
      setText(copyLabel, texts.t('copied'));
    } catch (error) {
      window.getSelection().selectAllChildren(code); // no clipboard without https: the person copies what is selected
    }
  }

  return {
    root,
    update(account) {
      const text = account.text('SignInLink');
      const address = text === null ? null : signInLink(text, window.location.hostname);
      if (text !== drawn) {
        drawn = text;
        setText(copyLabel, texts.t('copy'));
        qr.replaceChildren(...(address ? [qrImage(address, texts)].filter(Boolean) : []));
        setAttribute(link, 'href', address);
        show(link, address !== null);
        show(refused, text !== null && address === null);
      }
      setText(code, account.text('SignInCode'));
      show(code.parentNode, account.text('SignInCode') !== null);
      return show(root, text !== null || account.text('SignInCode') !== null);
    },
  };
}

/** Always dark on white and with a white border: QR readers need both. */
function qrImage(text, texts) {
  const modules = encode(text);
  if (!modules) return null;
  const size = modules.length + 8;
  const path = modules.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x + 4} ${y + 4}h1v1h-1z` : ''))).join('');
  const attributes = { role: 'img', 'aria-label': texts.t('qrLabel'), 'shape-rendering': 'crispEdges' };
  return svg('svg', { viewBox: `0 0 ${size} ${size}`, ...attributes },
    svg('rect', { width: size, height: size, class: 'qr-paper' }), svg('path', { d: path, class: 'qr-ink' }));
}
