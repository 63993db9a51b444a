/** The log of trips by months, with its CSV. */

import { harmless, moment, number } from '../csv.js';
import { el } from '../dom.js';
import { sum, trips } from '../logs.js';
import { logCard, span } from './log.js';

/** km below which a consumption would be one of whole percents only */
const LEAST = 10;

export function tripsCard(context) {
  const { texts } = context;
  const { language } = texts;
  const words = new Map([['HOME', texts.t('logHome')], ['ELSEWHERE', '']]); // no object: a place may be named constructor
  const placeName = (name) => words.get(name) ?? name ?? '';
  return logCard(context, {
    title: texts.t('tripLog'), iconName: 'road', key: 'TripLog', fileName: texts.t('tripLogFile'), read: trips,
    columns: [
      [texts.t('logStart'), (trip) => [texts.moment(trip.start), way(trip, placeName) && el('span', { class: 'note' }, way(trip, placeName))]],
      [texts.t('tripDistance'), (trip) => texts.quantity(trip.distance, 'km', 0) + (trip.hasGap ? '\u00a0*' : '')],
      [texts.t('logCharge'), (trip) => span(trip, texts)],
      [texts.t('logUse'), (trip) => texts.number(consumption(trip), 1), (found) => found.some((trip) => consumption(trip) !== null)],
    ],
    sums: (found) => [texts.t(found.length === 1 ? 'logOneTrip' : 'logTrips', { count: texts.number(found.length) }),
      sum(found, 'distance') === null ? null : texts.quantity(sum(found, 'distance'), 'km', 0)].filter(Boolean).join(' · '),
    note: (found) => `${texts.t('logTripsOurs')}${found.some((trip) => trip.hasGap) ? ` ${texts.t('logGaps')}` : ''}`,
    csvHeads: texts.t('tripLogHeads').split(','),
    csvCells: (trip, name) => [
      harmless(name), moment(trip.start, language), moment(trip.end, language), harmless(placeName(trip.origin)),
      harmless(placeName(trip.destination)), number(trip.distance, 1, language), number(trip.odometer, 1, language),
      number(trip.begin, 1, language), number(trip.final, 1, language), number(trip.energy, 3, language),
      number(consumption(trip), 1, language), trip.hasGap ? texts.t('yes') : '',
    ],
  });
}

function consumption({ energy, distance }) {
  return energy === null || distance === null || distance < LEAST ? null : (energy / distance) * 100;
}

function way(trip, placeName) {
  const ends = [placeName(trip.origin), placeName(trip.destination)];
  return ends.some(Boolean) ? ends.map((end) => end || '?').join(' – ') : '';
}
