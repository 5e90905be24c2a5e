/** How figures look: one decimal place, half up, a true minus sign, and nothing that is not there. */

const MINUS = '\u2212';
const halves = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 1 });
const tenths = new Intl.NumberFormat('en-GB', { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const grouped = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 0 });

/** Half up, away from zero, to one place. The small push undoes binary fractions (94.35 is stored as 94.3499…). */
export function round1(value) {
	const size = Math.floor(Math.abs(value) * 10 + 0.5 + 1e-9) / 10;
	return value < 0 ? -size : size;
}

const isNumber = (value) => typeof value === 'number' && Number.isFinite(value);

const decimal = (value) => Math.abs(round1(value)).toFixed(1);

export const percent = (value) => (isNumber(value) ? `${decimal(value)}%` : null);

/** Percentage points with a sign: +0.4, −1.2, 0.0 */
export function points(value) {
	if (!isNumber(value)) return null;
	const rounded = round1(value);
	return `${rounded > 0 ? '+' : rounded < 0 ? MINUS : ''}${decimal(value)}`;
}

export const count = (value) => (isNumber(value) ? grouped.format(value) : null);

/** Sessions as days, to the half day: 15 → "7.5", 14 → "7"; aligned, for a column: "7.0". */
export const days = (sessions, aligned = false) => (isNumber(sessions) ? (aligned ? tenths : halves).format(sessions / 2) : null);

export const plural = (n, one, many = `${one}s`) => `${count(n)} ${n === 1 ? one : many}`;

/** Whether a change is for the better, the worse, or neither at one decimal place. */
export function verdict(change, better) {
	const rounded = isNumber(change) ? round1(change) : 0;
	if (rounded === 0 || !better) return 'same';
	return rounded > 0 === (better === 'higher') ? 'better' : 'worse';
}

/** A row as a plain object, whichever database it comes from. */
export const plain = (row) => row?.toJSON?.() ?? row;

/** A query's rows as plain objects; undefined while they are on their way. */
export function rowsOf(query) {
	if (!query) return undefined;
	if (query.isQuery !== true) return query;
	if (query.error) return [];
	return query.ready ? [...query].map(plain) : undefined;
}

/** One row for each value of `key`, with a column for each value of `heading` that holds `figure`: the server's queries cannot pivot. */
export function across(query, key, heading, figure) {
	const rows = rowsOf(query);
	const made = new Map();
	for (const row of rows ?? []) made.set(row[key], { ...(made.get(row[key]) ?? row), [row[heading]]: row[figure] });
	return rows && [...made.values()];
}

/** Axis limits and ticks that hold all values: steps of 1, 2 or 5 × 10ⁿ, not from zero unless asked. */
export function axis(values, { from, to, steps = 5 } = {}) {
	const known = values.filter(isNumber);
	if (!known.length) return { low: 0, high: 1, ticks: [] };
	const least = from ?? Math.min(...known);
	const most = to ?? Math.max(...known);
	const rough = Math.max(most - least, 0.5) / steps;
	const power = 10 ** Math.floor(Math.log10(rough));
	const step = [1, 2, 5, 10].find((n) => n * power >= rough) * power;
	const low = from ?? Math.floor(least / step) * step;
	const high = to ?? Math.ceil(most / step) * step;
	const ticks = [];
	for (let tick = low; tick <= high + step / 1000; tick += step) ticks.push(Math.round(tick * 1e6) / 1e6);
	return { low, high, ticks };
}
