/** A table as a file for spreadsheets: what begins like a formula stays text. The rules are those of quality/safe_cells.py. */

const RUNS = /^[ \u00a0\ufeff]*[=+\-@\t\r\n\0＝＋－＠]/;

export function cell(value) {
	if (value == null) return '';
	if (typeof value === 'number' || typeof value === 'bigint') return String(value);
	const text = String(value);
	const safe = RUNS.test(text) ? `'${text}` : text;
	return /[",\r\n]/.test(safe) || safe !== safe.trim() ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Rows of cells as the text of a CSV file, with byte order mark and lines ended as spreadsheets end them. */
export const csv = (rows) => `\ufeff${rows.map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`;

/** Hands the reader a file that was made on the page; nothing is sent anywhere. */
export function download(name, text) {
	const address = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }));
	const link = Object.assign(document.createElement('a'), { href: address, download: name });
	document.body.append(link);
	link.click();
	link.remove();
	setTimeout(() => URL.revokeObjectURL(address), 1000);
}
