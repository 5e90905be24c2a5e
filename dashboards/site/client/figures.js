/**
 * Answers the pages' queries. `rollcall serve` is asked, with all queries of one moment in one request; where the site
 * lies on a plain web host, nobody answers there, and a database in the browser is loaded that reads the tables' files.
 * Stands in for Evidence's own client (svelte.config.js), so that nothing else brings that database along.
 */

const COMMENTS = /^(?:\s*--[^\n]*\n)*\s*/;
const DESCRIBE = /^DESCRIBE\s+/;
// what the answers to Evidence's questions about a query's columns are called there
const TYPES = { number: 'DOUBLE', string: 'VARCHAR', boolean: 'BOOLEAN', date: 'DATE' };
const NOBODY = [404, 405, 501]; // what plain web hosts say to a request that is no file
const KEPT = 300;

/** answers by the query's text, as promises: a page that is opened again has them at once */
const known = new Map();
let waiting = [];
let figures = null; // which release and audience the answers are about
let inBrowser; // the database in the browser, once it is known that nobody else answers

/** A query's rows, or for DESCRIBE its columns. */
export async function query(sql) {
	const text = sql.replace(COMMENTS, '').trim();
	const { rows, columns } = await answerTo(text.replace(DESCRIBE, ''));
	if (!DESCRIBE.test(text)) return rows;
	return columns.map(({ name, type }) => ({ column_name: name, column_type: TYPES[type] }));
}

function answerTo(text) {
	const answer = known.get(text) ?? ask(text);
	known.delete(text);
	known.set(text, answer); // the newest last
	if (known.size > KEPT) known.delete(known.keys().next().value);
	answer.catch(() => known.delete(text));
	return answer;
}

function ask(text) {
	return new Promise((resolve, reject) => {
		if (!waiting.length) setTimeout(send);
		waiting.push({ text, resolve, reject });
	});
}

async function send() {
	const asked = waiting;
	waiting = [];
	try {
		const answers = await fromServer(asked.map(({ text }) => text));
		answers.forEach((answer, place) => {
			if (answer.error) asked[place].reject(new Error(answer.error));
			else asked[place].resolve(asTable(answer));
		});
	} catch (problem) {
		asked.forEach(({ reject }) => reject(problem));
	}
}

async function fromServer(queries) {
	if (inBrowser) return fromBrowser(queries);
	const response = await fetch('/query', {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify({ figures, queries })
	});
	const isJson = response.headers.get('content-type')?.startsWith('application/json');
	if (figures === null && (NOBODY.includes(response.status) || (response.ok && !isJson))) return fromBrowser(queries);
	// a new release, signed out, another audience to choose: the page is loaded anew, and shows figures of one release
	if ([401, 409].includes(response.status) || (response.status === 403 && !isJson)) return reload();
	if (!response.ok || !isJson) throw new Error(`The figures could not be loaded (HTTP ${response.status})`);
	const answer = await response.json();
	figures = answer.figures;
	return answer.answers;
}

function reload() {
	window.location.reload();
	return new Promise(() => {});
}

async function fromBrowser(queries) {
	inBrowser ??= import('./in-browser.js').then((database) => database.open());
	const { query } = await inBrowser;
	return Promise.all(queries.map(async (text) => ({ rows: await query(text) })));
}

/** An answer's rows as objects, its dates as dates, with what Evidence wants to know of their columns. */
export function asTable({ columns, values, rows }) {
	if (rows) return { rows, columns: rows._evidenceColumnTypes.map(({ name, evidenceType }) => ({ name, type: evidenceType })) };
	const toDate = (value) => (value === null ? null : new Date(value));
	const read = values.map((column, place) => (columns[place].type === 'date' ? column.map(toDate) : column));
	const made = Array.from({ length: read[0]?.length ?? 0 }, (_, row) =>
		Object.fromEntries(columns.map(({ name }, place) => [name, read[place][row]]))
	);
	Object.defineProperty(made, '_evidenceColumnTypes', {
		enumerable: false,
		value: columns.map(({ name, type }) => ({ name, evidenceType: type, typeFidelity: 'precise' }))
	});
	return { rows: made, columns };
}
