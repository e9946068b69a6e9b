// Between instants and the fields of a form that people fill in the time of a site. Pure.

const pad = (value: number, width = 2): string => String(value).padStart(width, '0');

/** Milliseconds that a zone's clock is ahead of UTC at an instant. */
function ahead(at: number, zone: string): number {
  const format = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit' });
  const part = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  const shown = Date.UTC(part['year']!, part['month']! - 1, part['day']!, part['hour']!, part['minute']!, part['second']!);
  return shown - Math.floor(at / 1000) * 1000;
}

/** An instant as the text of a `datetime-local` field: `2026-11-29T22:00`. */
export function toField(at: number | string, zone: string): string {
  const instant = typeof at === 'string' ? Date.parse(at) : at;
  const local = new Date(instant + ahead(instant, zone));
  return `${pad(local.getUTCFullYear(), 4)}-${pad(local.getUTCMonth() + 1)}-${pad(local.getUTCDate())}T${pad(local.getUTCHours())}:${pad(local.getUTCMinutes())}`;
}

/** The instant of such a text, as RFC 3339 in UTC; nothing for a text that is none. */
export function fromField(text: string, zone: string): string | undefined {
  const local = Date.parse(`${text}Z`);
  if (Number.isNaN(local)) return undefined;
  // The offset is looked up where the instant is about to lie; once more around a change of it.
  const first = local - ahead(local, zone);
  return new Date(local - ahead(first, zone)).toISOString();
}
