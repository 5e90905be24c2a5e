/**
 * The pages by audience, in the order of the bars. `audiences` are kinds: network, analyst, school (a school's own
 * edition), group (pupils of a tutor or champion). `{own}` stands for the reader's own school.
 */
export const pages = [
	{ to: '/schools/{own}', label: 'Our school', audiences: ['school'] },
	{ to: '/', label: 'Network', audiences: ['network', 'analyst', 'school', 'group'] },
	{ to: '/data-quality', label: 'Data quality', audiences: ['network', 'analyst', 'school'] },
	{ to: '/status', label: 'Status', audiences: ['network', 'analyst', 'school'] },
	{ to: '/definitions', label: 'Definitions', audiences: ['network', 'analyst', 'school', 'group'] }
];

/** The pages about one school, below /schools/<slug>; `own`: only in that school's own edition. */
export const schoolPages = [
	{ to: '', label: 'Overview', audiences: ['network', 'analyst', 'school', 'group'] },
	{ to: '/follow-up', label: 'Follow-up', audiences: ['school'], own: true },
	{ to: '/figures', label: 'Where a figure comes from', audiences: ['school'], own: true }
];

/** {kind, own} of an audience as the data's manifest names it: network, analyst, school/<slug>, school/<slug>/<group>. */
export function reader(audience = '') {
	const [kind, own, group] = audience.split('/');
	return { kind: group ? 'group' : kind, own };
}

/** The links of the first bar for a reader. */
export function bar({ kind, own }) {
	return pages
		.filter((page) => page.audiences.includes(kind))
		.map((page) => ({ ...page, to: page.to.replace('{own}', own) }));
}

/** The links of the second bar, about the school with this slug. */
export function schoolBar({ kind, own }, slug) {
	return schoolPages
		.filter((page) => page.audiences.includes(kind) && (!page.own || own === slug))
		.map((page) => ({ ...page, to: `/schools/${slug}${page.to}` }));
}
