/** Keeps an error in one part of the page from stopping the others. Knows no item. */

import { el, show } from './dom.js';

/** Returns guarded(part, update): calls update(); an error goes to the console once, and the part says so until it works again. */
export function guard(texts) {
  const told = new Set();
  return (part, update) => {
    try {
      update();
      mark(part.root, false, texts);
    } catch (error) {
      if (!told.has(part)) console.error(error);
      told.add(part);
      mark(part.root, true, texts);
    }
  };
}

/** A card that cannot be shown keeps its title only. A part without a root, such as the bar at the top, stays as it is. */
function mark(root, isBroken, texts) {
  if (!root || root.classList.contains('is-broken') === isBroken) return;
  root.classList.toggle('is-broken', isBroken);
  if (isBroken) {
    show(root, true);
    root.append(el('p', { class: 'broken' }, texts.t('cardBroken')));
  } else {
    root.querySelectorAll(':scope > .broken').forEach((one) => one.remove());
  }
}
