/** The database in the browser, for a site that lies on a plain web host: it reads the tables' files itself. */
import { initDB, query as run, setParquetURLs, updateSearchPath } from '../node_modules/@evidence-dev/universal-sql/src/client-duckdb/browser.js';

/** Starts it and tells it which tables this audience's data folder has. */
export async function open() {
	const [response] = await Promise.all([fetch('/data/manifest.json', { cache: 'no-cache' }), initDB()]);
	if (!response.ok) throw new Error(`The figures could not be loaded (HTTP ${response.status})`);
	const { renderedFiles, parts, slug } = await response.json();
	const shared = Object.values(parts).map((files) => files.shared);
	const own = Object.values(parts).map((files) => files.own);
	await setParquetURLs({ ...renderedFiles, shared, own });
	await updateSearchPath(Object.keys(renderedFiles));

	/** A table that a school has in two parts: everybody's rows but its own, and these as the school has them. */
	const joined = (table) => `
		CREATE VIEW rollcall."${table}" AS
		SELECT * FROM shared."${table}" WHERE slug IS DISTINCT FROM '${slug}'
		UNION ALL BY NAME SELECT * FROM own."${table}"`;
	const views = new Map();

	/** A query's rows. Files are fetched when a query first names their table, and its parts then joined. */
	async function query(sql) {
		const named = Object.keys(parts).filter((table) => new RegExp(`\\b${table}\\b`, 'i').test(sql));
		for (const table of named) if (!views.has(table)) views.set(table, run(joined(table)));
		await Promise.all(named.map((table) => views.get(table)));
		return run(sql);
	}
	return { query };
}
