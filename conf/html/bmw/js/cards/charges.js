/** The log of charges by months, with its CSV. */

import { harmless, moment, number } from '../csv.js';
import { el } from '../dom.js';
import { charges, knownSum, sum } from '../logs.js';
import { logCard, span } from './log.js';

/** A map, because anybody may write the item: an object also has a constructor. */
const SOURCES = new Map([['bmw', 'energyOfBmw'], ['own', 'energyOfOurs']]);

export function chargesCard(context) {
  const { texts } = context;
  const { language } = texts;
  return logCard(context, {
    title: texts.t('chargingLog'), iconName: 'plug', key: 'ChargingLog', fileName: texts.t('chargingLogFile'), read: charges,
    columns: [
      [texts.t('logStart'), (charge) => [texts.moment(charge.start), charge.place && el('span', { class: 'note' }, charge.place)]],
      [texts.t('logCharge'), (charge) => span(charge, texts)],
      [texts.t('logEnergy'), (charge) => texts.quantity(charge.energy, 'kWh', 1) + (charge.toldBy === 'own' ? '\u00a0*' : '')],
      [texts.t('logCost'), (charge) => texts.number(charge.cost, 2), (found) => found.some((charge) => charge.cost !== null)],
    ],
    sums: (found) => [
      texts.t(found.length === 1 ? 'logOneCharge' : 'logCharges', { count: texts.number(found.length) }),
      knownSum(found, 'energy') === null ? null : texts.quantity(knownSum(found, 'energy'), 'kWh', 0),
      sum(found, 'cost') === null ? null : texts.number(sum(found, 'cost'), 2),
    ].filter(Boolean).join(' · '),
    note: (found) => (found.some((charge) => charge.toldBy === 'own') ? texts.t('logOurs') : ''),
    csvHeads: texts.t('chargingLogHeads').split(','),
    csvCells: (charge, name) => [
      harmless(name), moment(charge.start, language), moment(charge.end, language), harmless(charge.place),
      number(charge.odometer, 0, language), number(charge.begin, 0, language), number(charge.final, 0, language),
      number(charge.energy, 3, language), SOURCES.has(charge.toldBy) ? texts.t(SOURCES.get(charge.toldBy)) : '',
      number(charge.price, 4, language), number(charge.cost, 2, language),
      number(charge.seconds === null ? null : charge.seconds / 60, 0, language),
    ],
  });
}
