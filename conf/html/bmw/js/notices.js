/** Warnings about the shown values: no connection, a token is needed, the values are stale. */

import { el, setText, show } from './dom.js';
import { icon } from './icons.js';

export function notices(root, { texts, onToken }) {
  const lost = notice('lost', texts.t('lostTitle'));
  const stale = notice('stale', texts.t('staleTitle'));
  const locked = notice('locked', texts.t('lockedTitle'));
  const input = el('input', { type: 'password', id: 'token', autocomplete: 'off', spellcheck: 'false', required: true });
  const form = el('form', { class: 'token', on: { submit: (event) => {
    event.preventDefault();
    if (input.value.trim()) onToken(input.value.trim());
  } } }, el('label', { for: 'token' }, texts.t('tokenLabel')), input,
  el('button', { class: 'button main' }, texts.t('useToken')));
  locked.root.append(form);
  root.append(lost.root, locked.root, stale.root);
  return {
    update(view) {
      show(lost.root, view.connection === 'lost');
      if (view.connection === 'lost') {
        lost.tell(texts.t('lostText', { time: view.lastContact ? texts.moment(view.lastContact) : texts.t('unknown') }));
      }
      show(locked.root, view.connection === 'locked');
      if (view.connection === 'locked') locked.tell(texts.t(view.hasToken ? 'tokenRefused' : 'lockedText'));
      if (show(stale.root, view.isStale && view.connection !== 'lost')) {
        stale.tell(texts.t('staleText', { ago: texts.ago(view.updated), time: texts.moment(view.updated) }));
      }
    },
  };
}

/** The live region must exist before its text comes, else a screen reader does not read it. */
function notice(kind, title) {
  const text = el('span', {});
  const root = el('section', { class: 'notice', 'data-kind': kind, 'aria-label': title, hidden: true },
    icon('alert'), el('p', { role: 'status' }, el('strong', {}, title), ' ', text));
  return { root, tell: (words) => setText(text, words) };
}
