/**
 * Reads the logs that the module writes into items of a car (bmw.logbook.dashboard). Pure: no request, no DOM.
 *
 * Anybody may write the items, so a row that is not as expected is left out, and of an endless text nothing is read.
 */

const VERSION = 1;
const MAX_CHARACTERS = 65536;
const MAX_POINTS = 500;
const MAX_KW = 1000;
const CHARGE = ['start', 'end', 'seconds', 'energy', 'begin', 'final', 'price', 'cost', 'place', 'toldBy', 'odometer'];
const TRIP = ['start', 'end', 'distance', 'odometer', 'begin', 'final', 'energy', 'origin', 'destination', 'hasGap'];
const TEXTS = new Set(['place', 'toldBy', 'origin', 'destination']);

/** The charges, the newest first: {entries, isCut}. A charge has Dates start and end, and null where something is unknown. */
export const charges = (text) => entries(text, CHARGE);

/** The same of the trips. */
export const trips = (text) => entries(text, TRIP);

function entries(text, fields) {
  const told = parsed(text);
  const isLog = told !== null && typeof told === 'object' && told.version === VERSION && Array.isArray(told.rows);
  if (!isLog) return { entries: [], isCut: false };
  return { entries: told.rows.map((row) => entry(row, fields)).filter(Boolean), isCut: told.cut === true };
}

function parsed(text) {
  if (text === null || text.length > MAX_CHARACTERS) return null;
  try {
    return JSON.parse(text);
  } catch (error) {
    return null;
  }
}

function entry(row, fields) {
  if (!Array.isArray(row) || row.length !== fields.length) return null;
  const found = Object.fromEntries(fields.map((field, index) => [field, checked(field, row[index])]));
  if (found.start === null || found.end === null) return null;
  const [start, end] = [new Date(found.start * 1000), new Date(found.end * 1000)];
  return Number.isNaN(start.getTime()) || Number.isNaN(end.getTime()) ? null : { ...found, start, end };
}

function checked(field, value) {
  if (field === 'hasGap') return value === true;
  if (TEXTS.has(field)) return typeof value === 'string' ? value : null;
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

/** The power of one charge: {start: Date, end: Date or null while it goes on, points: [[milliseconds, kW]]}; null if it is none. */
export function curve(text) {
  const told = parsed(text);
  if (told === null || typeof told !== 'object' || told.version !== VERSION || !Array.isArray(told.points)) return null;
  const points = told.points.filter(isPoint).map(([time, power]) => [time * 1000, power]);
  const [start, end] = [told.start, told.end].map((time) => (Number.isFinite(time) ? new Date(time * 1000) : null));
  const isGood = points.length > 0 && told.points.length <= MAX_POINTS && isTime(start) && (end === null || isTime(end))
    && points.every(([time], index) => index === 0 || time >= points[index - 1][0]);
  return isGood ? { start, end, points } : null;
}

const isTime = (date) => date !== null && !Number.isNaN(date.getTime());

function isPoint(point) {
  return Array.isArray(point) && point.length === 2 && point.every(Number.isFinite) && isTime(new Date(point[0] * 1000))
    && point[1] >= 0 && point[1] <= MAX_KW;
}

/** [{month: Date of its first day, entries}], the newest first. A charge or trip belongs to the month in which it began. */
export function byMonth(found) {
  const months = new Map();
  for (const one of found) {
    const key = one.start.getFullYear() * 12 + one.start.getMonth();
    if (!months.has(key)) months.set(key, []);
    months.get(key).push(one);
  }
  return [...months.keys()].sort((one, other) => other - one)
    .map((key) => ({ month: new Date(Math.floor(key / 12), key % 12, 1), entries: months.get(key) }));
}

/** The sum of a field, or null if one of its values is unknown. */
export function sum(found, field) {
  return found.some((one) => one[field] === null) ? null : found.reduce((total, one) => total + one[field], 0);
}

/** The same of the known values; null if none is known. */
export function knownSum(found, field) {
  const known = found.filter((one) => one[field] !== null);
  return known.length ? sum(known, field) : null;
}
