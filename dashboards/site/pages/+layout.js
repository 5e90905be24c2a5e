import { browser } from '$app/environment';
import {
	initDB,
	query as runQuery,
	setParquetURLs,
	updateSearchPath
} from '@evidence-dev/universal-sql/client-duckdb';
import { setTrackProxy } from '@evidence-dev/sdk/usql';

export const ssr = false;
export const prerender = false;
export const trailingSlash = 'ignore';

/** Starts DuckDB in the browser and tells it which tables this audience's data folder has. */
async function openData() {
	const [response] = await Promise.all([fetch('/data/manifest.json', { cache: 'no-cache' }), initDB()]);
	if (!response.ok) throw new Error(`The figures could not be loaded (HTTP ${response.status})`);
	const { renderedFiles, audience, release } = await response.json();
	await setParquetURLs(renderedFiles);
	await updateSearchPath(Object.keys(renderedFiles));
	return { audience, release };
}

const opened = browser ? openData() : Promise.resolve({});
// a failure is shown by the page that asks for the data
opened.catch(() => {});

async function query(sql, { callback = (rows) => rows } = {}) {
	await opened;
	return callback(await runQuery(sql));
}

// shared by all pages, so that a chosen period stays chosen from page to page
const inputs = setTrackProxy({
	label: '',
	value: '(SELECT NULL WHERE 0 /* nothing chosen yet */)'
});

/** What Evidence's page code expects from its layout. */
export function load() {
	return {
		__db: { query, manifest: () => opened, load: () => opened, updateParquetURLs: async () => {} },
		inputs,
		data: {},
		customFormattingSettings: { customFormats: [] },
		evidencemeta: { queries: [] },
		pagesManifest: {},
		isUserPage: true
	};
}
