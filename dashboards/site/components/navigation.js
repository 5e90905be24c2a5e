const everyone = ['network', 'analyst', 'school', 'group'];
const acrossSchools = ['network', 'analyst'];

/**
 * The pages by audience, in the order of the bars. Those of one `section` share a place in the first bar and stand side
 * by side in the second. `audiences` are kinds: network, analyst, school (a school's own
 * edition), group (pupils of a tutor or champion). `{own}` stands for the reader's own school.
 */
export const pages = [
	{ to: '/schools/{own}/this-week', label: 'Our school', audiences: ['school'] },
	{ to: '/schools/{own}/this-week', label: 'My pupils', audiences: ['group'] },
	{ to: '/', label: 'Network', audiences: everyone },
	{ to: '/compare', label: 'Schools', section: 'Compare', audiences: acrossSchools },
	{ to: '/movers', label: 'Movers', section: 'Compare', audiences: acrossSchools },
	{ to: '/contributions', label: 'Contributions', section: 'Compare', audiences: acrossSchools },
	{ to: '/transition', label: 'Moving up', section: 'Compare', audiences: acrossSchools },
	{ to: '/codes', label: 'Codes', section: 'Compare', audiences: acrossSchools },
	{ to: '/revised', label: 'Revised', section: 'Compare', audiences: acrossSchools },
	{ to: '/data-quality', label: 'Data quality', audiences: ['network', 'analyst', 'school'] },
	{ to: '/extracts', label: 'Extracts', section: 'Data', audiences: ['analyst'] },
	{ to: '/pipeline', label: 'Pipeline', section: 'Data', audiences: ['analyst'] },
	{ to: '/catalogue', label: 'Catalogue', section: 'Data', audiences: ['analyst'] },
	{ to: '/lineage', label: 'Lineage', section: 'Data', audiences: ['analyst'] },
	{ to: '/status', label: 'Status', audiences: ['network', 'analyst', 'school'] },
	{ to: '/tasks', label: 'Tasks', audiences: ['network', 'analyst', 'school'] },
	{ to: '/definitions', label: 'Method', section: 'Guide', audiences: everyone },
	{ to: '/code-guide', label: 'Codes', section: 'Guide', audiences: everyone }
];

/** The pages about one school, below /schools/<slug>; `own`: only in that school's own edition. */
export const schoolPages = [
	{ to: '/this-week', label: 'This week', audiences: ['school', 'group'], own: true },
	{ to: '', label: 'Overview', audiences: ['network', 'analyst', 'school', 'group'] },
	{ to: '/at-risk', label: 'At risk', audiences: ['school', 'group'], own: true },
	{ to: '/bands', label: 'Bands', audiences: ['school', 'group'], own: true },
	{ to: '/groups', label: 'Groups', audiences: ['school'], own: true },
	{ to: '/codes', label: 'Codes and lateness', audiences: ['school'], own: true },
	{ to: '/transition', label: 'Moving up', audiences: ['school'], own: true },
	{ to: '/benchmark', label: 'Comparison', audiences: ['network', 'analyst', 'school'] },
	{ to: '/registers', label: 'Registers', audiences: ['school'], own: true }
];

/** {kind, own} of an audience as the data's manifest names it: network, analyst, school/<slug>, school/<slug>/<group>. */
export function reader(audience = '') {
	const [kind, own, group] = audience.split('/');
	return { kind: group ? 'group' : kind, own };
}

const plain = (path) => path.replace(/\/$/, '');

/** The links of the first bar for a reader; `paths` are the pages behind a link, for a section several. */
export function bar({ kind, own }) {
	const open = pages
		.filter((page) => page.audiences.includes(kind))
		.map((page) => ({ ...page, to: page.to.replace('{own}', own) }));
	return open
		.filter((page, place) => !page.section || place === open.findIndex((other) => other.section === page.section))
		.map((page) => {
			const beside = page.section ? open.filter((other) => other.section === page.section) : [page];
			return { to: page.to, label: page.section ?? page.label, paths: beside.map((other) => plain(other.to)) };
		});
}

/** The links of the second bar on a page of a section: its other pages; none elsewhere. */
export function sectionBar({ kind }, path) {
	const open = pages.filter((page) => page.audiences.includes(kind));
	const here = open.find((page) => plain(page.to) === plain(path))?.section;
	return here ? open.filter((page) => page.section === here) : [];
}

/** The links of the second bar, about the school with this slug. */
export function schoolBar({ kind, own }, slug) {
	return schoolPages
		.filter((page) => page.audiences.includes(kind) && (!page.own || own === slug))
		.map((page) => ({ ...page, to: `/schools/${slug}${page.to}` }));
}
