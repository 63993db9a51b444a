/**
 * Which sign-in link a person may be sent to: everybody who may write items can write one, too. Pure.
 */

/** BMW's own; what is below them is BMW's as well. */
const BMW_DOMAINS = ['bmwgroup.com', 'bmw.com', 'mini.com'];
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);
const LABEL = /^[a-z0-9-]+$/;
const STRANGE = /[^\x21-\x7e]|[\\@]/;

/**
 * The address if it is BMW's, by https and without a port, or null. On the machine that `page` (the host of this page) is on,
 * a simulated BMW may be on the same.
 */
export function signInLink(text, page) {
  const url = parsed(text);
  if (url === null) return null;
  const isHere = ['http:', 'https:'].includes(url.protocol) && LOOPBACK.has(url.hostname) && LOOPBACK.has(page);
  const isBmw = url.protocol === 'https:' && url.port === '' && isBelow(url.hostname);
  return isHere || isBmw ? url.href : null;
}

/** The URL of a text that says the same to a person as to a browser: no user, no backslash, no letters that only look alike. */
function parsed(text) {
  if (STRANGE.test(text)) return null;
  try {
    const url = new URL(text);
    return text.toLowerCase().startsWith(`${url.protocol}//${url.host}`) ? url : null;
  } catch (error) {
    return null;
  }
}

function isBelow(host) {
  // in evil.com;.bmwgroup.com a phone that reads the QR code may see another host than a browser does
  if (host.split('.').some((label) => !LABEL.test(label) || label.startsWith('xn--'))) return false;
  return BMW_DOMAINS.some((domain) => host === domain || host.endsWith(`.${domain}`));
}
