/**
 * Creates and fills elements. Only this module builds DOM, so it is easy to check that text never becomes markup: strings
 * become text nodes, and an item's state never becomes an attribute (links.js checks the sign-in link). Knows no car and no openHAB.
 */

const SVG = 'http://www.w3.org/2000/svg';

/** Creates an HTML element. `on` among the attributes holds the listeners. */
export function el(tag, attributes, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/** An SVG element. */
export function svg(tag, attributes, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name === 'on') {
      for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener);
    } else {
      setAttribute(node, name, value);
    }
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

/** Sets an attribute, or removes it if the value is null or false. Does nothing if it has that value. */
export function setAttribute(node, name, value) {
  if (value === null || value === undefined || value === false) {
    if (node.hasAttribute(name)) node.removeAttribute(name);
    return;
  }
  const text = value === true ? '' : String(value);
  if (node.getAttribute(name) !== text) node.setAttribute(name, text);
}

/** Sets the text, but only if it changed: a screen reader reads a rewritten text again. */
export function setText(node, text) {
  const wanted = text === null || text === undefined ? '' : String(text);
  if (node.textContent !== wanted) node.textContent = wanted;
}

/** Shows or hides the node; returns whether it is shown. */
export function show(node, isShown) {
  node.toggleAttribute('hidden', !isShown);
  return Boolean(isShown);
}
