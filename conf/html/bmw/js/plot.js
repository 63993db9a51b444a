/** Draws a line over time with its axes, as SVG. A value holds until the next one, or goes straight to it. Knows no item and no openHAB. */

import { setAttribute, svg } from './dom.js';

const WIDTH = 360;
const HEIGHT = 130;
const LEFT = 34;
const RIGHT = 8;
const TOP = 8;
const BOTTOM = 20;

/** An empty plot. */
export function plot() {
  return svg('svg', { class: 'curve', viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'img' });
}

/**
 * Draws into a plot. points: [[milliseconds, number or null: a gap]], not empty; times: [[milliseconds, text]];
 * values: [[number, text]], the first one the lowest of the axis, the last one the highest; words: what a screen reader says;
 * isSloped: each value goes straight to the next one; expected: [milliseconds, number] of a forecast, or null.
 */
export function drawPlot(node, { points, from, to, times, values, words, isSloped = false, expected = null }) {
  const [lowest, highest] = [values[0][0], values[values.length - 1][0]];
  const x = (time) => round(LEFT + ((time - from) / (to - from)) * (WIDTH - LEFT - RIGHT));
  const y = (value) => round(TOP + (1 - (value - lowest) / (highest - lowest)) * (HEIGHT - TOP - BOTTOM));
  const runs = runsOf(points);
  const line = isSloped ? slopes : steps;
  const last = points[points.length - 1];
  setAttribute(node, 'aria-label', words);
  node.replaceChildren(
    ...values.flatMap(([value, text]) => [
      svg('line', { class: 'grid', x1: LEFT, x2: WIDTH - RIGHT, y1: y(value), y2: y(value) }),
      svg('text', { class: 'tick', x: LEFT - 6, y: y(value) + 4, 'text-anchor': 'end' }, text)]),
    ...times.map(([time, text]) => svg('text', { class: 'tick', x: x(time), y: HEIGHT - 4, 'text-anchor': anchor(x(time)) }, text)),
    ...runs.map((run) => svg('path', { class: 'area', d: `${line(run, x, y)}V${y(lowest)}H${x(run[0][0])}Z` })),
    ...runs.map((run) => svg('path', { class: 'line', d: line(run, x, y) })),
    ...(expected ? [svg('path', { class: 'expected', d: `M${x(last[0])} ${y(last[1])}L${x(expected[0])} ${y(expected[1])}` }),
      svg('circle', { class: 'dot', cx: x(last[0]), cy: y(last[1]), r: 4.5 })] : []),
  );
}

const round = (value) => Math.round(value * 10) / 10;

function anchor(x) {
  if (x < LEFT + 16) return 'start';
  return x > WIDTH - RIGHT - 16 ? 'end' : 'middle';
}

/** The parts without a gap. A gap ends the one before it at its own moment. */
function runsOf(points) {
  const runs = [[]];
  for (const [time, value] of points) {
    const run = runs[runs.length - 1];
    if (value !== null) {
      run.push([time, value]);
    } else if (run.length) {
      run.push([time, run[run.length - 1][1]]);
      runs.push([]);
    }
  }
  return runs.filter((run) => run.length);
}

function steps(run, x, y) {
  return `M${x(run[0][0])} ${y(run[0][1])}${run.slice(1).map(([time, value]) => `H${x(time)}V${y(value)}`).join('')}`;
}

function slopes(run, x, y) {
  return `M${run.map(([time, value]) => `${x(time)} ${y(value)}`).join('L')}`;
}
