/** Makes lines and tables of what openHAB's persistence has stored of an item. Pure: no request, no DOM. */

/** The periods and their days. */
export const PERIODS = { day: 1, week: 7, month: 30 };
const DAY_MS = 86400000;
/** More than a screen shows: a month of an item that is stored each minute has 43,200. */
const BUCKETS = 120;

/** The first moment of a period that ends at `now` (milliseconds). */
export function startOf(period, now) {
  return now - PERIODS[period] * DAY_MS;
}

/**
 * The points [[milliseconds, number or null]] of an answer of openHAB, in the order of time, thinned out. openHAB leaves units out.
 * What is no number, such as UNDEF, is a gap: null. What has no time is left out.
 */
export function pointsOf(answer, from, to) {
  const data = answer && Array.isArray(answer.data) ? answer.data : [];
  const points = [];
  for (const entry of data) {
    const time = entry ? Number(entry.time) : NaN;
    if (Number.isFinite(time) && entry.time !== null && time <= to) points.push([Math.max(time, from), numberOf(entry.state)]);
  }
  return thinned(points.sort((one, other) => one[0] - other[0]), from, to);
}

function numberOf(state) {
  const value = parseFloat(state);
  return Number.isFinite(value) ? value : null;
}

/** The first, the lowest, the highest and the last point of each of the equal parts of the time. */
function thinned(points, from, to) {
  const parts = new Map();
  for (const point of points) {
    const part = Math.floor(((point[0] - from) / (to - from)) * BUCKETS);
    if (!parts.has(part)) parts.set(part, []);
    parts.get(part).push(point);
  }
  return [...parts.values()].flatMap(typical);
}

function typical(points) {
  if (points.length <= 4) return points;
  const known = points.filter((point) => point[1] !== null);
  const best = (isBetter) => known.reduce((one, other) => (one && !isBetter(other[1], one[1]) ? one : other), null);
  const kept = new Set([points[0], best((one, other) => one < other), best((one, other) => one > other), points[points.length - 1]]);
  return points.filter((point) => kept.has(point));
}

/** Points of a percentage. Some services store 0.68 for 68 %; `current` is the item's percent now. */
export function asPercent(points, current) {
  const isPart = current > 1 && points.every(([, value]) => value === null || (value >= 0 && value <= 1))
    && points.some(([, value]) => value > 0);
  return isPart ? points.map(([time, value]) => [time, value === null ? null : value * 100]) : points;
}

/** The lowest and the highest value, or null. */
export function extent(points) {
  const known = points.map((point) => point[1]).filter((value) => value !== null);
  return known.length ? [Math.min(...known), Math.max(...known)] : null;
}

/** The lowest and the highest value between two moments, with the value that holds at the first one; or null. */
export function extentBetween(points, from, to) {
  const before = points.filter(([time]) => time <= from).slice(-1);
  return extent([...before, ...points.filter(([time]) => time > from && time < to)]);
}

/** Labels of a value axis from 0 on: 0, 100, 200 ... up to the first one that is not below `highest`. */
export function valueTicks(highest) {
  const rough = Math.max(highest, 1) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((one) => one * power).find((one) => one >= rough);
  const count = Math.ceil(Math.max(highest, 1) / step);
  return Array.from({ length: count + 1 }, (_, at) => at * step);
}

/** Local moments (Date) for labels of the time axis: each six hours, each day, or each week. */
export function timeTicks(period, from, to) {
  const [hours, days] = { day: [6, 0], week: [0, 1], month: [0, 7] }[period];
  return moments(from, to, hours, days);
}

/** The rows of a table: [[from, to]] of each hour of a day, or of each day. */
export function slots(period, from, to) {
  const edges = period === 'day' ? moments(from, to, 1, 0) : moments(from, to, 0, 1);
  const times = [from, ...edges.map((edge) => edge.getTime()).filter((time) => time > from), to];
  return times.slice(1).map((time, at) => [times[at], time]).filter(([start, end]) => end > start);
}

/** Full local hours or midnights; a day of 23 or 25 hours is a day. */
function moments(from, to, hours, days) {
  const found = [];
  const start = new Date(from);
  start.setHours(0, 0, 0, 0);
  for (let n = 0; n < 1000; n += 1) {
    const moment = new Date(start);
    if (days) moment.setDate(start.getDate() + n * days);
    else moment.setHours(n * hours);
    if (moment.getTime() > to) break;
    if (moment.getTime() >= from) found.push(moment);
  }
  return found;
}
