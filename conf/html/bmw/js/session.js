/**
 * The last charging session that this page has seen. openHAB itself stores no history without a persistence add-on. Pure.
 *
 * A session: {start, end (null while it runs), points: [[milliseconds, percent, watt]]}.
 */

const MAX_POINTS = 400;
const QUIET_MS = 300000;

/** Returns the session with the car's current values added; the same object if nothing changed. */
export function note(session, now, { isCharging, percent, watt }) {
  if (isCharging === null || percent === null) return session;
  const point = [now, percent, watt || 0];
  const isOpen = session && session.end === null;
  if (!isOpen) return isCharging ? { start: now, end: null, points: [point] } : session;
  if (!isCharging) return { ...session, end: now, points: [...session.points, point] };
  const [time, oldPercent, oldWatt] = session.points[session.points.length - 1];
  const isNews = percent !== oldPercent || (watt || 0) !== oldWatt || now - time > QUIET_MS;
  return isNews ? { ...session, points: thinned([...session.points, point]) } : session;
}

/** Keeps every second point if there are too many, and always the first and the last one. */
function thinned(points) {
  if (points.length <= MAX_POINTS) return points;
  return points.filter((_, at) => at % 2 === 0 || at === points.length - 1);
}

/** The stored session; null if it is not valid. */
export function checked(stored) {
  const isSession = stored && Number.isFinite(stored.start) && Array.isArray(stored.points) && stored.points.length > 0
    && stored.points.every((point) => Array.isArray(point) && point.slice(0, 3).every(Number.isFinite));
  return isSession ? stored : null;
}
