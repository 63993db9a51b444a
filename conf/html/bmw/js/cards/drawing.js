/**
 * The car seen from above, as an SVG: open doors and lids, open windows, and the cable when it is plugged in.
 * The label of the drawing says the same in words.
 */

import { setAttribute, svg } from '../dom.js';

const MIRRORED = 'matrix(-1 0 0 1 300 0)';
const BODY = 'M150 22C189 22 212 29 220 60C227 88 229 112 229 140L229 332C229 372 225 396 213 408C200 419 176 422 150 422'
  + 'C124 422 100 419 87 408C75 396 71 372 71 332L71 140C71 112 73 88 80 60C88 29 111 22 150 22Z';
const HOOD = 'M150 36C178 36 200 42 206 64C211 84 213 100 214 118C190 108 110 108 86 118C87 100 89 84 94 64'
  + 'C100 42 122 36 150 36Z';
const WINDSHIELD = 'M88 132C112 119 188 119 212 132L196 180C178 174 122 174 104 180Z';
const ROOF = 'M104 184C122 178 178 178 196 184L198 306C180 312 120 312 102 306Z';
const REAR_WINDOW = 'M102 312C120 318 180 318 198 312L208 344C186 354 114 354 92 344Z';
const TRUNK = 'M92 352C114 361 186 361 208 352C211 370 210 388 203 398C192 408 172 411 150 411C128 411 108 408 97 398'
  + 'C90 388 89 370 92 352Z';
const SIDE = {
  front: 'M84 144L99 188L98 238L80 238C78 200 79 165 84 144Z',
  rear: 'M80 244L98 244L98 300L86 330C81 305 80 270 80 244Z',
};
const DOOR = { front: [72, 150, 90], rear: [72, 244, 84] };
const HINGE_DEGREES = 42;

/** Returns {root, update(car, texts, steering)}. */
export function drawing() {
  const parts = {
    left: side('left'), right: side('right'),
    hood: lid('hood', HOOD, 'M94 70C112 60 188 60 206 70L212 112C188 104 112 104 88 112Z'),
    trunk: lid('trunk', TRUNK, 'M96 358C116 366 184 366 204 358L200 394C184 404 116 404 100 394Z'),
    sunroof: svg('path', { class: 'sunroof', d: 'M116 196C130 192 170 192 184 196L184 244C170 247 130 247 116 244Z' }),
    trunkWindow: svg('path', { class: 'glass', d: REAR_WINDOW }),
    beams: svg('g', { class: 'beams' }, beam('M92 44L58 0L128 0L116 32Z'), beam('M208 44L242 0L172 0L184 32Z')),
    cable: cable(), shackle: lock(),
  };
  const root = svg('svg', { class: 'car', viewBox: '0 0 300 446', role: 'img' },
    defs(), svg('ellipse', { class: 'shadow', cx: 150, cy: 228, rx: 104, ry: 206 }), parts.beams, wheels(),
    svg('path', { class: 'body', d: BODY }), parts.hood.root, parts.trunk.root,
    svg('path', { class: 'glass', d: WINDSHIELD }), svg('path', { class: 'roof', d: ROOF }), parts.sunroof,
    parts.trunkWindow, ...lamps(), parts.left.root, parts.right.root, parts.cable, parts.shackle.root);
  return { root, update: (car, t, steering) => update(root, parts, car, t, steering) };
}

function defs() {
  const stop = (offset, name) => svg('stop', { offset, class: name });
  return svg('defs', {},
    svg('linearGradient', { id: 'paint', x1: 0, y1: 0, x2: 1, y2: 0 },
      stop('0', 'paint-edge'), stop('.18', 'paint-high'), stop('.5', 'paint-mid'), stop('.82', 'paint-high'),
      stop('1', 'paint-edge')),
    svg('linearGradient', { id: 'pane', x1: 0, y1: 0, x2: 1, y2: 1 }, stop('0', 'pane-high'), stop('1', 'pane-low')),
    svg('linearGradient', { id: 'beam', x1: 0, y1: 1, x2: 0, y2: 0 }, stop('0', 'beam-near'), stop('1', 'beam-far')),
    svg('radialGradient', { id: 'ground' }, stop('.6', 'ground-near'), stop('1', 'ground-far')));
}

function side(name) {
  const door = (row) => {
    const [x, y, length] = DOOR[row];
    const leaf = `M${x} ${y}C${x - 2} ${y + 30} ${x - 2} ${y + length - 30} ${x} ${y + length}L${x + 9} ${y + length}`
      + `C${x + 6} ${y + length - 30} ${x + 6} ${y + 30} ${x + 9} ${y}Z`;
    return svg('path', { class: 'door', d: leaf });
  };
  const parts = {
    front: door('front'), rear: door('rear'),
    frontWindow: svg('path', { class: 'glass', d: SIDE.front }), rearWindow: svg('path', { class: 'glass', d: SIDE.rear }),
  };
  const mirror = svg('path', { class: 'mirror', d: 'M72 154C60 150 50 152 50 160C50 166 62 168 73 166Z' });
  const transform = name === 'right' ? MIRRORED : null;
  return { ...parts, root: svg('g', { transform }, mirror, parts.frontWindow, parts.rearWindow, parts.front, parts.rear) };
}

function lid(name, path, bay) {
  const leaf = svg('path', { class: `lid ${name}`, d: path });
  return { leaf, root: svg('g', {}, svg('path', { class: 'bay', d: bay }), leaf) };
}

function wheels() {
  const wheel = (x, y) => svg('rect', { class: 'wheel', x, y, width: 18, height: 56, rx: 6 });
  return svg('g', {}, wheel(63, 82), wheel(219, 82), wheel(63, 318), wheel(219, 318));
}

function lamps() {
  const lamp = (kind, d) => [svg('path', { class: kind, d }), svg('path', { class: kind, d, transform: MIRRORED })];
  return [...lamp('headlamp', 'M88 46C94 36 106 30 122 28L120 35C108 37 98 43 93 52Z'),
    ...lamp('taillamp', 'M86 394C92 406 106 413 124 415L124 409C110 407 100 401 94 390Z')];
}

const beam = (d) => svg('path', { class: 'beam', d });

function cable() {
  const path = 'M228 352C262 350 276 366 274 392C272 412 280 430 300 438';
  return svg('g', { class: 'cable' }, svg('path', { class: 'cable-cord', d: path }),
    svg('path', { class: 'cable-flow', d: path }),
    svg('circle', { class: 'cable-plug', cx: 228, cy: 352, r: 7 }));
}

function lock() {
  const bow = svg('path', { class: 'lock-bow', d: 'M142 272V266a8 8 0 0 1 16 0v6' });
  const root = svg('g', { class: 'lock-sign' }, svg('circle', { class: 'lock-disc', cx: 150, cy: 273, r: 23 }), bow,
    svg('rect', { class: 'lock-case', x: 138, y: 272, width: 24, height: 16, rx: 3 }));
  return { root, bow };
}

const OPENINGS = ['doorDriverFront', 'doorPassengerFront', 'doorDriverRear', 'doorPassengerRear', 'hood', 'trunk',
  'windowDriverFront', 'windowPassengerFront', 'windowDriverRear', 'windowPassengerRear', 'trunkWindow', 'sunroof'];
const itemKey = (key) => key[0].toUpperCase() + key.slice(1);

/** A convertible's roof is CLOSEDSECURED. */
const CLOSED = new Set(['CLOSED', 'CLOSEDSECURED', 'OFF']);

/** True if an opening is not closed, in any of BMW's words. */
export function isOpen(car, key) {
  const state = car.text(itemKey(key)); // the key may be the item's already
  return state !== null && !CLOSED.has(state);
}

/** The names of all open doors, windows and lids. */
export function openParts(car, texts, keys = OPENINGS) {
  return keys.filter((key) => isOpen(car, key)).map((key) => texts.t(key));
}

function update(root, parts, car, texts, steering) {
  const driver = steering === 'right' ? parts.right : parts.left;
  const passenger = steering === 'right' ? parts.left : parts.right;
  for (const [side_, name] of [[driver, 'Driver'], [passenger, 'Passenger']]) {
    for (const row of ['Front', 'Rear']) {
      swing(side_[row.toLowerCase()], isOpen(car, `door${name}${row}`), DOOR[row.toLowerCase()]);
      side_[`${row.toLowerCase()}Window`].classList.toggle('open', isOpen(car, `window${name}${row}`));
    }
  }
  for (const key of ['hood', 'trunk']) parts[key].leaf.classList.toggle('open', isOpen(car, key));
  parts.trunkWindow.classList.toggle('open', isOpen(car, 'trunkWindow'));
  parts.sunroof.toggleAttribute('hidden', !car.has('Sunroof') && !car.has('SunroofTilt'));
  parts.sunroof.classList.toggle('open', isOpen(car, 'sunroof'));
  root.classList.toggle('lights', car.is('Lights', 'ON'));
  root.classList.toggle('plugged', car.is('PluggedIn', 'ON'));
  root.classList.toggle('charging', car.is('Charging', 'ON'));
  const locked = car.text('Locked');
  root.classList.toggle('lock-known', locked !== null);
  root.classList.toggle('unlocked', locked === 'OFF');
  setAttribute(parts.shackle.bow, 'transform', locked === 'OFF' ? 'rotate(28 158 272)' : null);
  const open = openParts(car, texts);
  const words = open.length ? texts.t('isOpen', { parts: open.join(', ') }) : texts.t('allClosed');
  setAttribute(root, 'aria-label', `${texts.t('carFromAbove')}: ${words}`);
}

function swing(leaf, isOpened, [x, y]) {
  leaf.classList.toggle('open', isOpened);
  leaf.style.transformOrigin = `${x}px ${y}px`;
  leaf.style.transform = isOpened ? `rotate(${HINGE_DEGREES}deg)` : 'none';
}
