/** The car's position: a map without tiles. Home is the centre, rings show the distance, an arrow the direction. */

import { el, setAttribute, setText, show, svg } from '../dom.js';
import { bearing, compassIndex, distanceKm, niceRadius, parsePlace } from '../geo.js';
import { icon } from '../icons.js';
import { frame } from './card.js';

const WIDTH = 360;
const HEIGHT = 210;
const CENTRE = { x: WIDTH / 2, y: HEIGHT / 2 };
const OUTER = 84;
/** A car nearer than this (km) is at home: accuracy of the position plus the length of a driveway. */
const AT_HOME = 0.15;
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
      const home = parsePlace(homePlace());
      const words = whereText(place, home, texts);
      setText(where, words);
      setText(address, car.text('Address'));
      show(address, car.text('Address') !== null);
      show(hint, home === null);
      const degrees = car.number('Heading');
      show(heading, degrees !== null);
      setText(heading, degrees === null ? '' : texts.t('heading', { direction: direction(degrees, texts) }));
      setAttribute(link, 'href', mapLink(place));
      setAttribute(plot, 'aria-label', texts.t('mapLabel', { where: words }));
      plot.replaceChildren(...draw(place, home, degrees, texts));
    },
  };
}

const direction = (degrees, texts) => `${texts.compass(compassIndex(degrees))} (${texts.number(degrees)}°)`;

function mapLink({ lat, lon }) {
  return `https://www.openstreetmap.org/?mlat=${lat.toFixed(6)}&mlon=${lon.toFixed(6)}`
    + `#map=16/${lat.toFixed(6)}/${lon.toFixed(6)}`;
}

function whereText(place, home, texts) {
  if (!home) return `${texts.number(place.lat, 4)}, ${texts.number(place.lon, 4)}`;
  const km = distanceKm(home, place);
  if (km < AT_HOME) return texts.t('atHome');
  return texts.t('fromHome', { distance: lengthText(km, texts), direction: texts.compass(compassIndex(bearing(home, place))) });
}

function lengthText(km, texts) {
  return km < 1 ? texts.quantity(Math.round(km * 1000), 'm') : texts.quantity(km, 'km', km < 100 ? 1 : 0);
}

function draw(place, home, degrees, texts) {
  const km = home ? distanceKm(home, place) : 0;
  const radius = niceRadius(Math.max(km * 1.05, 0.25));
  const turn = home ? (bearing(home, place) * Math.PI) / 180 : 0;
  const reach = (km / radius) * OUTER;
  const car = { x: CENTRE.x + reach * Math.sin(turn), y: CENTRE.y - reach * Math.cos(turn) };
  const isApart = home && km >= AT_HOME;
  const text = (x, y, name, words) => svg('text', { class: name, x, y, 'text-anchor': 'middle' }, words);
  const circle = (r) => svg('circle', { class: 'map-ring', cx: CENTRE.x, cy: CENTRE.y, r });
  return [
    ...lines(), circle(OUTER), circle(OUTER / 2),
    text(CENTRE.x, 15, 'map-north', 'N'),
    home && text(CENTRE.x, CENTRE.y + OUTER / 2 + 12, 'tick', lengthText(radius / 2, texts)),
    home && text(CENTRE.x, CENTRE.y + OUTER + 13, 'tick', lengthText(radius, texts)),
    isApart && svg('line', { class: 'map-way', x1: CENTRE.x, y1: CENTRE.y, x2: car.x, y2: car.y }),
    home && svg('g', { class: 'map-home', transform: `translate(${CENTRE.x} ${CENTRE.y})` },
      svg('circle', { r: 15 }), svg('path', { d: HOUSE })),
    svg('g', { class: 'map-car', transform: `translate(${car.x.toFixed(1)} ${car.y.toFixed(1)})` },
      svg('circle', { class: 'map-halo', r: isApart || !home ? 20 : 25 }),
      isApart || !home
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
