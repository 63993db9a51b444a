/**
 * The person's settings, stored in this browser only. ?prefix, ?car, ?lang, ?theme, ?stale, ?home and ?steering in the address
 * override them, so that wall panels can differ. The token is never read from the address, because addresses are logged.
 */

const KEY = 'bmw-page.settings';

const DEFAULTS = {
  prefix: 'BMW', car: '', lang: 'auto', theme: 'auto', stale: 2, home: '', steering: 'left', token: '',
};
const CHECKS = {
  prefix: (text) => /^[A-Za-z_]\w*$/.test(text),
  car: (text) => /^\w*$/.test(text),
  lang: (text) => ['auto', 'en', 'de'].includes(text),
  theme: (text) => ['auto', 'light', 'dark'].includes(text),
  stale: (hours) => Number(hours) > 0 && Number(hours) <= 720,
  home: (text) => text.length < 60,
  steering: (text) => ['left', 'right'].includes(text),
};

/** A browser may refuse storage (private mode, a frame on another site). Then the page works without stored settings. */
const storage = {
  read(key) {
    try {
      return JSON.parse(window.localStorage.getItem(key));
    } catch (error) {
      return null;
    }
  },
  write(key, value) {
    try {
      window.localStorage.setItem(key, JSON.stringify(value));
      return true;
    } catch (error) {
      return false;
    }
  },
};

/** The current settings: stored ones, overridden by the address. */
export function readSettings(search) {
  const stored = storage.read(KEY) || {};
  const query = new URLSearchParams(search);
  const settings = { ...DEFAULTS };
  for (const [name, isGood] of Object.entries(CHECKS)) {
    // what is stored may be damaged, or of another version or page
    const found = [query.get(name), stored[name]].find((given) => ['string', 'number'].includes(typeof given) && isGood(String(given)));
    if (found !== undefined) settings[name] = found;
  }
  if (typeof stored.token === 'string') settings.token = stored.token;
  settings.stale = Number(settings.stale) || DEFAULTS.stale;
  return settings;
}

/** Stores changes for the next visit. */
export function saveSettings(changes) {
  return storage.write(KEY, { ...storage.read(KEY), ...changes });
}
