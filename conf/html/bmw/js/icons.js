/** Small line icons, 24 x 24, drawn by us. Icons are decoration: the text beside them has the meaning. */

import { svg } from './dom.js';

const PATHS = {
  lock: 'M7 11V8a5 5 0 0 1 10 0v3M5.5 11h13v9.5h-13zM12 14.7v2.3',
  unlock: 'M7 11V7.5a5 5 0 0 1 9.6-2M5.5 11h13v9.5h-13zM12 14.7v2.3',
  light: 'M13.5 5c4.5 0 7 3 7 7s-2.5 7-7 7c-1.5-4-1.5-10 0-14zM2.5 7.5h7M2.5 12h6.5M2.5 16.5h7',
  horn: 'M4 9.5h3.5L15 4.5v15l-7.5-5H4zM18 9a4.5 4.5 0 0 1 0 6M20.3 6.5a8 8 0 0 1 0 11',
  find: 'M12 21s6.5-6 6.5-11a6.5 6.5 0 0 0-13 0c0 5 6.5 11 6.5 11zM12 12.3a2.3 2.3 0 1 0 0-4.6 2.3 2.3 0 0 0 0 4.6z',
  climate: 'M12 3v18M4.2 7.5l15.6 9M19.8 7.5l-15.6 9M9.5 4.5L12 7l2.5-2.5M9.5 19.5L12 17l2.5 2.5',
  bolt: 'M13 2.5L5 13.5h6l-1 8 8-11h-6z',
  plug: 'M8.5 3v5M15.5 3v5M6 8h12v3.5a6 6 0 0 1-12 0zM12 17.5V21',
  refresh: 'M20 5v5h-5M4 19v-5h5M19.5 10A8 8 0 0 0 5.6 7.2M4.5 14a8 8 0 0 0 13.9 2.8',
  gear: 'M12 15.2a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.4zM12 2.5v3M12 18.5v3M2.5 12h3M18.5 12h3M5.3 5.3l2.1 2.1M16.6 16.6l2.1 2.1M5.3 18.7l2.1-2.1M16.6 7.4l2.1-2.1',
  moon: 'M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5z',
  sun: 'M12 16.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM12 2v2.5M12 19.5V22M2 12h2.5M19.5 12H22M4.9 4.9l1.8 1.8M17.3 17.3l1.8 1.8M4.9 19.1l1.8-1.8M17.3 6.7l1.8-1.8',
  door: 'M5 20.5V10.5L10.5 3.5h8.5v17zM5.5 11.5H19M15.5 15h-2',
  window: 'M4 17.5v-5.5L9.5 6h10.5v11.5zM4.5 12H20M13 6v6',
  check: 'M4.5 12.5l5 5 10-11',
  alert: 'M12 3.5L22 20.5H2zM12 10v5M12 17.3v.4',
  wrench: 'M14.5 6.5a4 4 0 0 1 5-2.5l-2.5 2.5 1.5 1.5L21 5.5a4 4 0 0 1-5.5 5L7 19a2.1 2.1 0 0 1-3-3z',
  road: 'M8 3.5L4 20.5M16 3.5l4 17M12 4v3M12 10.5v3M12 17v3',
  link: 'M10 14a4 4 0 0 0 5.7 0l3-3a4 4 0 0 0-5.7-5.7l-1 1M14 10a4 4 0 0 0-5.7 0l-3 3A4 4 0 0 0 11 18.7l1-1',
  tyre: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 15.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7z',
  person: 'M12 11.5a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20.5a7.5 7.5 0 0 1 15 0z',
  remote: 'M8 2.5h8a1.5 1.5 0 0 1 1.5 1.5v16a1.5 1.5 0 0 1-1.5 1.5H8A1.5 1.5 0 0 1 6.5 20V4A1.5 1.5 0 0 1 8 2.5zM10.5 6.5h3M12 11.5v3M10.5 13h3',
  chart: 'M4 4v16h16M7.5 15l4-5 3.5 3 4.5-6.5',
  close: 'M6 6l12 12M18 6L6 18',
};

/** Creates an icon; `swap` replaces it by another one. */
export function icon(name) {
  return svg('svg', { class: 'icon', viewBox: '0 0 24 24', 'aria-hidden': 'true', focusable: 'false' },
    svg('path', { d: PATHS[name] }));
}

export function swap(node, name) {
  const path = node.firstChild;
  if (path.getAttribute('d') !== PATHS[name]) path.setAttribute('d', PATHS[name]);
}
