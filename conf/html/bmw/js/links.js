/**
 * Decides which sign-in links the page opens: everybody who may write items can write a link, too. Pure.
 */

/** BMW's domains; their subdomains are BMW's, too. */
const BMW_DOMAINS = ['bmwgroup.com', 'bmw.com', 'mini.com'];
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);
const LABEL = /^[a-z0-9-]+$/;
const STRANGE = /[^\x21-\x7e]|[\\@]/;

/**
 * Returns the address if it is BMW's, with https and without a port; otherwise null. If `page`, the host of this page, is this
 * machine, a simulated BMW may be on this machine, too.
 */
export function signInLink(text, page) {
  const url = parsed(text);
  if (url === null) return null;
  const isHere = ['http:', 'https:'].includes(url.protocol) && LOOPBACK.has(url.hostname) && LOOPBACK.has(page);
  const isBmw = url.protocol === 'https:' && url.port === '' && isBelow(url.hostname);
  return isHere || isBmw ? url.href : null;
}

/** The URL of a text that people and browsers read alike: no user, no backslash, no look-alike letters. */
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
  // a phone that reads evil.com;.bmwgroup.com from the QR code may see another host than the browser
  if (host.split('.').some((label) => !LABEL.test(label) || label.startsWith('xn--'))) return false;
  return BMW_DOMAINS.some((domain) => host === domain || host.endsWith(`.${domain}`));
}
