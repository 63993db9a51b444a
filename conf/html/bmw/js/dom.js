/**
 * Makes and fills elements. The only room that builds DOM, so that one look shows that text is never markup: children
 * that are strings become text nodes, and no attribute is made from an item's state (the sign-in link goes through links.js).
 * Knows no car and no openHAB.
 */

const SVG = 'http://www.w3.org/2000/svg';

/** An HTML element; `on` in the attributes holds listeners. */
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

/** Sets an attribute, or removes it when the value is null or false; writes nothing that is there already. */
export function setAttribute(node, name, value) {
  if (value === null || value === undefined || value === false) {
    if (node.hasAttribute(name)) node.removeAttribute(name);
    return;
  }
  const text = value === true ? '' : String(value);
  if (node.getAttribute(name) !== text) node.setAttribute(name, text);
}

/** Sets the text if it changed: a screen reader repeats what is written again. */
export function setText(node, text) {
  const wanted = text === null || text === undefined ? '' : String(text);
  if (node.textContent !== wanted) node.textContent = wanted;
}

/** Shows the node if there is something to show; returns that. */
export function show(node, isShown) {
  node.toggleAttribute('hidden', !isShown);
  return Boolean(isShown);
}
