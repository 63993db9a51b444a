/**
 * The car's position: a map without tiles. Home is the centre, rings show the distance, an arrow the direction. Where home is says the
 * person's setting, else openHAB, by the car's items.
 */

import { el, setAttribute, setText, show, svg } from '../dom.js';
import { bearing, compassIndex, distanceKm, niceRadius, parsePlace } from '../geo.js';
import { icon } from '../icons.js';
import { frame } from './card.js';

const WIDTH = 360;
const HEIGHT = 210;
const CENTRE = { x: WIDTH / 2, y: HEIGHT / 2 };
const OUTER = 84;
/** With a home of the person's own: a car nearer than this (km) is there. */
const AT_HOME = 0.15;
const IN_KM = { km: 1, m: 0.001, mi: 1.609344 };
/** No place on earth is farther away (km). */
const FARTHEST = 20100;
/** States of the item Place that are no name of the person's own. */
const NO_NAME = ['HOME', 'ELSEWHERE'];
const ARROW = 'M0 -13L9 10L0 5L-9 10Z';
const HOUSE = 'M-8 1L0 -7L8 1V9H3V4H-3V9H-8Z';

export function placeCard({ texts, homePlace }) {
  const { root, body } = frame(texts.t('place'), 'find', 'place-card');
  const plot = svg('svg', { class: 'map', viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'img' });
  const where = el('p', { class: 'headline' });
  const address = el('p', { class: 'sub' });
  const heading = el('p', { class: 'sub' });
  const hint = el('p', { class: 'sub' }, texts.t('noHome'));
  const link = el('a', { class: 'button', target: '_blank', rel: 'noopener noreferrer' }, icon('link'),
    el('span', {}, texts.t('openMap')), el('span', { class: 'visually-hidden' }, ` ${texts.t('newTab')}`));
  body.append(plot, where, address, heading, hint, link);
  return {
    root,
    update(car) {
      const place = car.place('Position');
      if (!show(root, place !== null)) return;
      const seen = seenFromHome(car, place, parsePlace(homePlace()));
      const words = whereText(car, place, seen, texts);
      setText(where, words);
      setText(address, car.text('Address'));
      show(address, car.text('Address') !== null);
      show(hint, seen === null);
      const degrees = car.number('Heading');
      show(heading, degrees !== null);
      setText(heading, degrees === null ? '' : texts.t('heading', { direction: direction(degrees, texts) }));
      setAttribute(link, 'href', mapLink(place));
      setAttribute(plot, 'aria-label', texts.t('mapLabel', { where: words }));
      plot.replaceChildren(...draw(seen, degrees, texts));
    },
  };
}

const direction = (degrees, texts) => `${texts.compass(compassIndex(degrees))} (${texts.number(degrees)}°)`;

function mapLink({ lat, lon }) {
  return `https://www.openstreetmap.org/?mlat=${lat.toFixed(6)}&mlon=${lon.toFixed(6)}`
    + `#map=16/${lat.toFixed(6)}/${lon.toFixed(6)}`;
}

/** Distance (km), direction (degrees, null if unknown) from home and whether it is there; null without a home. */
function seenFromHome(car, place, home) {
  if (home) {
    const km = distanceKm(home, place);
    return { km, degrees: bearing(home, place), isThere: km < AT_HOME };
  }
  const km = car.number('DistanceFromHome') * IN_KM[car.unit('DistanceFromHome')];
  if (!car.text('DistanceFromHome') || !(km >= 0 && km <= FARTHEST)) return null;
  return { km, degrees: car.number('DirectionFromHome'), isThere: car.is('AtHome', 'ON') };
}

function whereText(car, place, seen, texts) {
  const name = car.text('Place');
  const isNamed = name !== null && !NO_NAME.includes(name);
  return `${isNamed ? `${name} · ` : ''}${distanceText(place, seen, texts)}`;
}

function distanceText(place, seen, texts) {
  if (!seen) return `${texts.number(place.lat, 4)}, ${texts.number(place.lon, 4)}`;
  if (seen.isThere) return texts.t('atHome');
  const distance = lengthText(seen.km, texts);
  if (seen.degrees === null) return texts.t('awayFromHome', { distance });
  return texts.t('fromHome', { distance, direction: texts.compass(compassIndex(seen.degrees)) });
}

function lengthText(km, texts) {
  return km < 1 ? texts.quantity(Math.round(km * 1000), 'm') : texts.quantity(km, 'km', km < 100 ? 1 : 0);
}

function draw(seen, degrees, texts) {
  const km = seen ? seen.km : 0;
  const radius = niceRadius(Math.max(km * 1.05, 0.25));
  const isAimed = seen && seen.degrees !== null;
  const turn = isAimed ? (seen.degrees * Math.PI) / 180 : 0;
  const reach = isAimed ? (km / radius) * OUTER : 0;
  const car = { x: CENTRE.x + reach * Math.sin(turn), y: CENTRE.y - reach * Math.cos(turn) };
  const isApart = seen && !seen.isThere;
  const text = (x, y, name, words) => svg('text', { class: name, x, y, 'text-anchor': 'middle' }, words);
  const circle = (r) => svg('circle', { class: 'map-ring', cx: CENTRE.x, cy: CENTRE.y, r });
  return [
    ...lines(), circle(OUTER), circle(OUTER / 2),
    text(CENTRE.x, 15, 'map-north', 'N'),
    seen && text(CENTRE.x, CENTRE.y + OUTER / 2 + 12, 'tick', lengthText(radius / 2, texts)),
    seen && text(CENTRE.x, CENTRE.y + OUTER + 13, 'tick', lengthText(radius, texts)),
    isApart && svg('line', { class: 'map-way', x1: CENTRE.x, y1: CENTRE.y, x2: car.x, y2: car.y }),
    seen && svg('g', { class: 'map-home', transform: `translate(${CENTRE.x} ${CENTRE.y})` },
      svg('circle', { r: 15 }), svg('path', { d: HOUSE })),
    svg('g', { class: 'map-car', transform: `translate(${car.x.toFixed(1)} ${car.y.toFixed(1)})` },
      svg('circle', { class: 'map-halo', r: isApart || !seen ? 20 : 25 }),
      isApart || !seen
        ? svg('path', { d: degrees === null ? 'M0 -8A8 8 0 1 0 .01 -8Z' : ARROW, transform: `rotate(${degrees || 0})` })
        : svg('path', { class: 'map-badge', d: ARROW, transform: `rotate(${degrees || 0}) translate(0 -25) scale(.7)` })),
  ].filter(Boolean);
}

function lines() {
  const out = [];
  for (let x = 0; x <= WIDTH; x += 30) out.push(svg('line', { class: 'map-grid', x1: x, x2: x, y1: 0, y2: HEIGHT }));
  for (let y = 15; y <= HEIGHT; y += 30) out.push(svg('line', { class: 'map-grid', x1: 0, x2: WIDTH, y1: y, y2: y }));
  return out;
}
