import { writable } from 'svelte/store';

/** The row of rpt_release, once it is there: every page's freshness, audience and small-number rule. */
export const release = writable(null);
