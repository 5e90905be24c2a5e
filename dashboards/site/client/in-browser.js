/** The database in the browser, for a site that lies on a plain web host: it reads the tables' files itself. */
import { initDB, query, setParquetURLs, updateSearchPath } from '../node_modules/@evidence-dev/universal-sql/src/client-duckdb/browser.js';

/** Starts it and tells it which tables this audience's data folder has. */
export async function open() {
	const [response] = await Promise.all([fetch('/data/manifest.json', { cache: 'no-cache' }), initDB()]);
	if (!response.ok) throw new Error(`The figures could not be loaded (HTTP ${response.status})`);
	const { renderedFiles } = await response.json();
	await setParquetURLs(renderedFiles);
	await updateSearchPath(Object.keys(renderedFiles));
	return { query };
}
