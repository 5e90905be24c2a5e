import { browser } from '$app/environment';
import { query as runQuery } from '@evidence-dev/universal-sql/client-duckdb';
import { setTrackProxy } from '@evidence-dev/sdk/usql';

export const ssr = false;
export const prerender = false;
export const trailingSlash = 'ignore';

/** Whose figures these are, and of which release. */
async function readManifest() {
	const response = await fetch('/data/manifest.json', { cache: 'no-cache' });
	if (!response.ok) throw new Error(`The figures could not be loaded (HTTP ${response.status})`);
	const { audience, release } = await response.json();
	return { audience, release };
}

const manifest = browser ? readManifest() : Promise.resolve({});
// a failure is shown by the page that asks for the data
manifest.catch(() => {});

const query = async (sql, { callback = (rows) => rows } = {}) => callback(await runQuery(sql));

// shared by all pages, so that a chosen period stays chosen from page to page
const inputs = setTrackProxy({
	label: '',
	value: '(SELECT NULL WHERE 0 /* nothing chosen yet */)'
});

/** What Evidence's page code expects from its layout. */
export function load() {
	return {
		__db: { query, manifest: () => manifest, load: () => manifest, updateParquetURLs: async () => {} },
		inputs,
		data: {},
		customFormattingSettings: { customFormats: [] },
		evidencemeta: { queries: [] },
		pagesManifest: {},
		isUserPage: true
	};
}
