/**
 * Reads the logs that the module writes into items of a car (bmw.logbook.dashboard). Pure: no request, no DOM.
 *
 * Anybody may write the items, so a row that is not as expected is left out, and of an endless text nothing is read.
 */

const VERSION = 1;
const MAX_CHARACTERS = 65536;
const MAX_POINTS = 500;
const MAX_KW = 1000;
const MAX_PERCENT = 100;
/** Milliseconds from 1970 on: the year 2100. No charge or trip of ours is later. */
const LATEST = 4102444800000;
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
  return isTime(start) && isTime(end) ? { ...found, start, end } : null;
}

function checked(field, value) {
  if (field === 'hasGap') return value === true;
  if (TEXTS.has(field)) return typeof value === 'string' ? value : null;
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

/**
 * One charge: {start: Date, end: Date or null while it goes on, points: [[milliseconds, kW]], levels: [[milliseconds, percent]],
 * begin, final: percent or null}. Points and levels are those of the text, or empty. Null if nothing of it can be drawn.
 */
export function curve(text) {
  const told = parsed(text);
  if (told === null || typeof told !== 'object' || told.version !== VERSION) return null;
  const [start, end] = [told.start, told.end].map((time) => (Number.isFinite(time) ? new Date(time * 1000) : null));
  const [points, levels] = [pointsOf(told.points, MAX_KW), pointsOf(told.levels, MAX_PERCENT)];
  if (!points.length && levels.length < 2) return null;
  const [begin, final] = [told.from, told.to].map((value) => (isBetween(value, MAX_PERCENT) ? value : null));
  return isTime(start) && (end === null || isTime(end)) ? { start, end, points, levels, begin, final } : null;
}

/** The points of a list, in milliseconds; empty if it is none, or not in order of time. */
function pointsOf(list, most) {
  if (!Array.isArray(list) || list.length > MAX_POINTS) return [];
  const points = list.filter((point) => isPoint(point, most)).map(([time, value]) => [time * 1000, value]);
  return points.every(([time], index) => index === 0 || time >= points[index - 1][0]) ? points : [];
}

const isTime = (date) => date !== null && date.getTime() >= 0 && date.getTime() < LATEST;
const isBetween = (value, most) => Number.isFinite(value) && value >= 0 && value <= most;

function isPoint(point, most) {
  return Array.isArray(point) && point.length === 2 && Number.isFinite(point[0]) && isTime(new Date(point[0] * 1000))
    && isBetween(point[1], most);
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
