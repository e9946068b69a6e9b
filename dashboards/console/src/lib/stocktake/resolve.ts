// What a scanned code is, from the list at hand: the same rules as the server's, which has the
// last word as soon as the scan is sent.
import type { Schemas } from '$lib/api';

export type Expected = Schemas['StockTakeExpected'];
export type Place = Schemas['StockTakePlace'];
export const NOWHERE: Place = { site: null, room: null, rack: null };
export type Verdict = 'expected' | 'elsewhere' | 'stranger' | 'unknown' | 'again' | 'place' | 'ambiguous';

/** Lowercase letters and digits only: labels are typed in many ways. */
export function plain(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}

/** Labels carry the tag, or a link that ends with it. */
export function tailOfLink(code: string): string {
  const found = /^https?:\/\/.*\/assets\/([^/?#]+)/.exec(code.trim());
  return found?.[1] ?? code.trim();
}

/** Whether two places contradict each other on the finest level that both know. */
export function differs(a: Place, b: Place): boolean {
  for (const level of ['rack', 'room', 'site'] as const) {
    if (a[level] && b[level]) return a[level] !== b[level];
  }
  return false;
}

export interface Known {
  byTag: Map<string, Expected>;
  bySerial: Map<string, Expected[]>;
  places: Map<string, Place>;
}

/** The list by what may stand on a label. */
export function known(expected: Expected[], places: Place[]): Known {
  const byTag = new Map(expected.map((one) => [plain(one.tag), one]));
  const bySerial = new Map<string, Expected[]>();
  for (const one of expected) {
    const serial = plain(one.serial ?? '');
    if (serial) bySerial.set(serial, [...(bySerial.get(serial) ?? []), one]);
  }
  const labels = places.map((place): [string, Place] => [plain(place.rack ?? place.room ?? ''), place]);
  return { byTag, bySerial, places: new Map(labels.filter(([label]) => label)) };
}

export interface Heard {
  verdict: Verdict;
  /** The thing that the scan is about: the same one again is `again`. */
  subject: string;
  tag?: string;
  recorded?: Place;
  /** Where one stands from now on, by the label of a rack or a room. */
  moved?: Place;
}

/** What a code is and what its scan says; `seen` are the subjects that were scanned before. */
export function hear(code: string, here: Place, list: Known, seen: ReadonlySet<string>): Heard {
  const key = plain(tailOfLink(code));
  const serials = list.bySerial.get(key) ?? [];
  const found = list.byTag.get(key) ?? (serials.length === 1 ? serials[0] : undefined);
  const subject = found ? `asset ${found.tag}` : `code ${key}`;
  const place = found ? undefined : list.places.get(key);
  if (place) return { verdict: 'place', subject, moved: place };
  if (seen.has(subject)) return { verdict: 'again', subject, ...(found ? { tag: found.tag, recorded: found.place } : {}) };
  if (found) return { verdict: differs(here, found.place) ? 'elsewhere' : 'expected', subject, tag: found.tag, recorded: found.place };
  return { verdict: serials.length > 1 ? 'ambiguous' : 'stranger', subject };
}
