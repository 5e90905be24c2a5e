import adapter from '@sveltejs/adapter-static';
import { fileURLToPath } from 'node:url';

/** @type {import('@sveltejs/kit').Config} */
export default {
	kit: {
		// one page for every address: the shell holds no data, so nothing can be drawn before it is served
		adapter: adapter({ fallback: 'index.html' }),
		alias: {
			$components: fileURLToPath(new URL('./components', import.meta.url)),
			// what asks for figures: Evidence's own would bring a database along to every page
			'@evidence-dev/universal-sql/client-duckdb': fileURLToPath(new URL('./client/figures.js', import.meta.url))
		},
		// SvelteKit's own choice is the time of the build, which would make no two shells alike
		version: { name: 'shell' }
	}
};
