import { writable } from 'svelte/store';

/**
 * The row of rpt_release, once it is there, with the audience and the release's name and time: every page's freshness
 * and small-number rule.
 */
export const release = writable(null);

const DAY = 864e5;

/** When a release was made, from its name (20261114-064012-0001, in UTC); undefined for any other name. */
export function releasedAt(name) {
	const [, year, month, day, hour, minute] = /^(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)/.exec(name ?? '') ?? [];
	return year && new Date(Date.UTC(year, month - 1, day, hour, minute));
}

const shown = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });

/** What a reader should know of how new the figures are: {released, isOld}; old is more days than the rule allows. */
export function freshness({ release: name, old_days: oldDays } = {}, now = new Date()) {
	const at = releasedAt(name);
	return { released: at && shown.format(at), isOld: Boolean(at && oldDays && now - at > oldDays * DAY) };
}
