/** Distance and direction on the globe. Pure. */

const EARTH_RADIUS_KM = 6371.0088;
const radians = (degrees) => (degrees * Math.PI) / 180;

/** Kilometres between two {lat, lon} along the great circle. */
export function distanceKm(from, to) {
  const dLat = radians(to.lat - from.lat);
  const dLon = radians(to.lon - from.lon);
  const h = Math.sin(dLat / 2) ** 2
    + Math.cos(radians(from.lat)) * Math.cos(radians(to.lat)) * Math.sin(dLon / 2) ** 2;
  return 2 * EARTH_RADIUS_KM * Math.asin(Math.min(1, Math.sqrt(h)));
}

/** The initial direction in degrees (0 = north, 90 = east) from one place to the other. */
export function bearing(from, to) {
  const dLon = radians(to.lon - from.lon);
  const y = Math.sin(dLon) * Math.cos(radians(to.lat));
  const x = Math.cos(radians(from.lat)) * Math.sin(radians(to.lat))
    - Math.sin(radians(from.lat)) * Math.cos(radians(to.lat)) * Math.cos(dLon);
  return ((Math.atan2(y, x) * 180) / Math.PI + 360) % 360;
}

/** The index 0..7 of the compass point: N, NE, E ... */
export function compassIndex(degrees) {
  return Math.round((((degrees % 360) + 360) % 360) / 45) % 8;
}

/** Parses '48.17,11.55' (an altitude may follow) into a place; null if it is none. */
export function parsePlace(text) {
  const parts = String(text || '').split(',').slice(0, 2).map((part) => (part.trim() ? Number(part) : NaN));
  const [lat, lon] = parts;
  const isPlace = parts.length === 2 && Math.abs(lat) <= 90 && Math.abs(lon) <= 180;
  return isPlace ? { lat, lon } : null;
}

/** The smallest of 0.25, 0.5, 1, 2.5, 5, 10 ... that is at least the distance. */
export function niceRadius(km) {
  for (let unit = 0.1; unit < 1e5; unit *= 10) {
    for (const step of [2.5, 5, 10]) {
      if (km <= unit * step) return unit * step;
    }
  }
  return km;
}
