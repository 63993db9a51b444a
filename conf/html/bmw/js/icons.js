/** Small line icons, 24 x 24, our own drawings. An icon is decoration: the words beside it say what it means. */

import { svg } from './dom.js';

const PATHS = {
  lock: 'M7 11V8a5 5 0 0 1 10 0v3M5.5 11h13v9.500h-13zM12 14.700v2.3',
  unlock: 'M7 11V7.500a5 5 0 0 1 9.6-2M5.5 11h13v9.500h-13zM12 14.700v2.3',
  light: 'M13.5 5c4.5 0 7 3 7 7s-2.5 7-7 7c-1.5-4-1.5-10 0-14zM2.5 7.500h7M2.5 12h6.500M2.5 16.500h7',
  horn: 'M4 9.500h3.500L15 4.500v15l-7.5-5H4zM18 9a4.5 4.5 0 0 1 0 6M20.3 6.500a8 8 0 0 1 0 11',
  find: 'M12 21s6.5-6 6.5-11a6.5 6.5 0 0 0-13 0c0 5 6.5 11 6.5 11zM12 12.300a2.3 2.3 0 1 0 0-4.6 2.3 2.3 0 0 0 0 4.600z',
  climate: 'M12 3v18M4.2 7.500l15.6 9M19.8 7.500l-15.6 9M9.5 4.500L12 7l2.5-2.500M9.5 19.500L12 17l2.5 2.5',
  bolt: 'M13 2.500L5 13.500h6l-1 8 8-11h-6z',
  plug: 'M8.5 3v5M15.5 3v5M6 8h12v3.500a6 6 0 0 1-12 0zM12 17.500V21',
  refresh: 'M20 5v5h-5M4 19v-5h5M19.5 10A8 8 0 0 0 5.6 7.200M4.5 14a8 8 0 0 0 13.9 2.8',
  gear: 'M12 15.200a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.400zM12 2.500v3M12 18.500v3M2.5 12h3M18.5 12h3M5.3 5.300l2.1 2.100M16.6 16.600l2.1 2.100M5.3 18.700l2.1-2.100M16.6 7.400l2.1-2.1',
  moon: 'M20 14.500A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.500z',
  sun: 'M12 16.500a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM12 2v2.500M12 19.500V22M2 12h2.500M19.5 12H22M4.9 4.900l1.8 1.800M17.3 17.300l1.8 1.800M4.9 19.100l1.8-1.800M17.3 6.700l1.8-1.8',
  door: 'M5 20.500V10.500L10.5 3.500h8.500v17zM5.5 11.500H19M15.5 15h-2',
  window: 'M4.5 18.500v-7L10.5 5.500h9v13zM8 14.500l4-4M12 15l3.5-3.5',
  check: 'M4.5 12.500l5 5 10-11',
  alert: 'M12 3.500L22 20.500H2zM12 10v5M12 17.300v.4',
  wrench: 'M14.5 6.500a4 4 0 0 1 5-2.500l-2.5 2.5 1.5 1.500L21 5.500a4 4 0 0 1-5.5 5L7 19a2.1 2.1 0 0 1-3-3z',
  road: 'M8 3.500L4 20.500M16 3.500l4 17M12 4v3M12 10.500v3M12 17v3',
  link: 'M10 14a4 4 0 0 0 5.7 0l3-3a4 4 0 0 0-5.7-5.700l-1 1M14 10a4 4 0 0 0-5.7 0l-3 3A4 4 0 0 0 11 18.700l1-1',
  tyre: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 15.500a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7z',
  person: 'M12 11.500a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20.500a7.5 7.5 0 0 1 15 0z',
  close: 'M6 6l12 12M18 6L6 18',
};

/** An icon; `swap` shows another one in the same place. */
export function icon(name) {
  return svg('svg', { class: 'icon', viewBox: '0 0 24 24', 'aria-hidden': 'true', focusable: 'false' },
    svg('path', { d: PATHS[name] }));
}

export function swap(node, name) {
  const path = node.firstChild;
  if (path.getAttribute('d') !== PATHS[name]) path.setAttribute('d', PATHS[name]);
}
