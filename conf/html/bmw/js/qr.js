/**
 * Makes QR codes (ISO/IEC 18004): bytes, error correction level M, versions 1 to 10. That is enough for 213 bytes; sign-in links
 * are shorter. Pure: takes a text, returns a square of booleans.
 */

/** For each version: the error correction codewords per block, and the data codewords of each block. */
const BLOCKS = [
  null,
  [10, [16]], [16, [28]], [26, [44]], [18, [32, 32]], [24, [43, 43]],
  [16, [27, 27, 27, 27]], [18, [31, 31, 31, 31]], [22, [38, 38, 39, 39]], [22, [36, 36, 36, 37, 37]],
  [26, [43, 43, 43, 43, 44]],
];
const ALIGNMENT = [
  null, [], [6, 18], [6, 22], [6, 26], [6, 30], [6, 34], [6, 22, 38], [6, 24, 42], [6, 26, 46], [6, 28, 50],
];
const MASKS = [
  (x, y) => (x + y) % 2 === 0,
  (x, y) => y % 2 === 0,
  (x) => x % 3 === 0,
  (x, y) => (x + y) % 3 === 0,
  (x, y) => (Math.floor(y / 2) + Math.floor(x / 3)) % 2 === 0,
  (x, y) => ((x * y) % 2) + ((x * y) % 3) === 0,
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2 === 0,
  (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2 === 0,
];
const LEVEL_M = 0b00;
const FINDER_LIKE = ['10111010000', '00001011101'];

/** Returns rows of booleans (true = dark) without the white border; null if the text is too long. */
export function encode(text) {
  const bytes = new TextEncoder().encode(text);
  const version = BLOCKS.findIndex((blocks, number) => number > 0 && bytes.length <= capacity(number));
  if (version < 0) return null;
  const codewords = interleave(version, dataCodewords(version, bytes));
  const candidates = MASKS.map((_, mask) => draw(version, codewords, mask));
  return candidates.reduce((best, one) => (penalty(one) < penalty(best) ? one : best));
}

const dataLength = (version) => BLOCKS[version][1].reduce((sum, length) => sum + length, 0);
const lengthBits = (version) => (version < 10 ? 8 : 16);
const capacity = (version) => Math.floor((dataLength(version) * 8 - 4 - lengthBits(version)) / 8);

function dataCodewords(version, bytes) {
  const bits = [];
  const push = (value, count) => {
    for (let bit = count - 1; bit >= 0; bit -= 1) bits.push((value >> bit) & 1);
  };
  push(0b0100, 4);
  push(bytes.length, lengthBits(version));
  bytes.forEach((byte) => push(byte, 8));
  const total = dataLength(version) * 8;
  push(0, Math.min(4, total - bits.length));
  while (bits.length % 8) bits.push(0);
  for (let pad = 0xec; bits.length < total; pad ^= 0xec ^ 0x11) push(pad, 8);
  const codewords = [];
  for (let at = 0; at < bits.length; at += 8) codewords.push(parseInt(bits.slice(at, at + 8).join(''), 2));
  return codewords;
}

function interleave(version, data) {
  const [correction, lengths] = BLOCKS[version];
  let start = 0;
  const blocks = lengths.map((length) => data.slice(start, (start += length)));
  const checks = blocks.map((block) => remainder(block, generator(correction)));
  return [...columns(blocks), ...columns(checks)];
}

function columns(rows) {
  const longest = Math.max(...rows.map((row) => row.length));
  const out = [];
  for (let at = 0; at < longest; at += 1) {
    for (const row of rows) if (at < row.length) out.push(row[at]);
  }
  return out;
}

// The field of 256 elements, with the polynomial of the standard.
function multiply(a, b) {
  let product = 0;
  for (let bit = 7; bit >= 0; bit -= 1) {
    product = (product << 1) ^ ((product >> 7) * 0x11d);
    product ^= ((b >> bit) & 1) * a;
  }
  return product;
}

function generator(degree) {
  let polynomial = [1];
  for (let at = 0, root = 1; at < degree; at += 1, root = multiply(root, 2)) {
    const next = [...polynomial, 0];
    polynomial.forEach((factor, index) => { next[index + 1] ^= multiply(factor, root); });
    polynomial = next;
  }
  return polynomial;
}

function remainder(block, divisor) {
  const rest = [...block, ...new Array(divisor.length - 1).fill(0)];
  for (let at = 0; at < block.length; at += 1) {
    const factor = rest[at];
    divisor.forEach((value, index) => { rest[at + index] ^= multiply(value, factor); });
  }
  return rest.slice(block.length);
}

function draw(version, codewords, mask) {
  const size = version * 4 + 17;
  const modules = Array.from({ length: size }, () => new Array(size).fill(null));
  const set = (x, y, isDark) => { if (modules[y] && x >= 0 && x < size) modules[y][x] = Boolean(isDark); };
  drawFinders(set, size);
  drawAlignment(set, modules, ALIGNMENT[version]);
  for (let at = 8; at < size - 8; at += 1) {
    set(at, 6, at % 2 === 0);
    set(6, at, at % 2 === 0);
  }
  drawFormat(set, size, mask);
  if (version >= 7) drawVersion(set, size, version);
  drawData(modules, size, codewords, MASKS[mask]);
  return modules;
}

function drawFinders(set, size) {
  for (const [left, top] of [[0, 0], [size - 7, 0], [0, size - 7]]) {
    for (let y = -1; y <= 7; y += 1) {
      for (let x = -1; x <= 7; x += 1) {
        const ring = Math.max(Math.abs(x - 3), Math.abs(y - 3));
        set(left + x, top + y, ring !== 2 && ring !== 4);
      }
    }
  }
}

function drawAlignment(set, modules, centres) {
  for (const cy of centres) {
    for (const cx of centres) {
      if (modules[cy][cx] !== null) continue; // a finder is there
      for (let y = -2; y <= 2; y += 1) {
        for (let x = -2; x <= 2; x += 1) set(cx + x, cy + y, Math.max(Math.abs(x), Math.abs(y)) !== 1);
      }
    }
  }
}

/** Appends the check bits of a BCH code. */
function withCheck(value, polynomial, checkBits) {
  let rest = value << checkBits;
  const top = Math.floor(Math.log2(polynomial));
  while (rest && Math.floor(Math.log2(rest)) >= top) rest ^= polynomial << (Math.floor(Math.log2(rest)) - top);
  return (value << checkBits) | rest;
}

function drawFormat(set, size, mask) {
  const format = withCheck((LEVEL_M << 3) | mask, 0b10100110111, 10) ^ 0b101010000010010;
  for (let at = 0; at < 15; at += 1) {
    const bit = (format >> at) & 1;
    const near = at < 6 ? at : at < 8 ? at + 1 : 0;
    if (at < 8) set(8, near, bit);
    else set(at === 8 ? 7 : 14 - at, 8, bit);
    if (at < 8) set(size - 1 - at, 8, bit);
    else set(8, size - 15 + at, bit);
  }
  set(8, size - 8, true);
}

function drawVersion(set, size, version) {
  const bits = withCheck(version, 0b1111100100101, 12);
  for (let at = 0; at < 18; at += 1) {
    const bit = (bits >> at) & 1;
    const across = size - 11 + (at % 3);
    const along = Math.floor(at / 3);
    set(across, along, bit);
    set(along, across, bit);
  }
}

function drawData(modules, size, codewords, mask) {
  let at = 0;
  for (let right = size - 1; right >= 1; right -= 2) {
    if (right === 6) right = 5; // the timing column
    const isUp = ((right + 1) & 2) === 0;
    for (let step = 0; step < size; step += 1) {
      const y = isUp ? size - 1 - step : step;
      for (const x of [right, right - 1]) {
        if (modules[y][x] !== null) continue;
        const bit = at < codewords.length * 8 ? (codewords[at >> 3] >> (7 - (at & 7))) & 1 : 0;
        modules[y][x] = Boolean(bit) !== mask(x, y);
        at += 1;
      }
    }
  }
}

/** The penalty of a mask: runs, squares, patterns like a finder, and the balance of dark and light. */
function penalty(modules) {
  const rows = modules.map((row) => row.map((dark) => (dark ? '1' : '0')).join(''));
  const turned = modules.map((_, x) => modules.map((row) => (row[x] ? '1' : '0')).join(''));
  let points = 0;
  for (const line of [...rows, ...turned]) {
    for (const run of line.match(/0{5,}|1{5,}/g) || []) points += run.length - 2;
    for (const pattern of FINDER_LIKE) {
      for (let at = line.indexOf(pattern); at >= 0; at = line.indexOf(pattern, at + 1)) points += 40;
    }
  }
  for (let y = 1; y < rows.length; y += 1) {
    for (let x = 1; x < rows.length; x += 1) {
      const square = rows[y - 1][x - 1] + rows[y - 1][x] + rows[y][x - 1] + rows[y][x];
      if (square === '0000' || square === '1111') points += 3;
    }
  }
  const dark = rows.join('').split('1').length - 1;
  return points + 10 * Math.floor(Math.abs((dark / rows.length ** 2) * 20 - 10));
}
