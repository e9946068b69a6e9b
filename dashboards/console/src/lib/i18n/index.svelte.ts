// The chosen language, and the words and formats in it. Components take all text from here.
import { prefs } from '$lib/prefs.svelte';
import { en, type Messages } from './en';
import * as format from './format';
import { vi } from './vi';

export type { Messages } from './en';
export type { Lang } from './format';

const catalogues: Record<format.Lang, Messages> = { en, vi };

/** The words of the chosen language. */
export const m = (): Messages => catalogues[prefs.lang];

/** A word of a code that the server sent; a code that is new to us is shown as it is. */
export function word(words: Record<string, string>, code: string | null | undefined): string {
  if (!code) return m().common.unknown;
  return Object.hasOwn(words, code) ? words[code]! : code.replaceAll('_', ' ');
}

/** A text of the register in the chosen language, or in the other one. */
export function local(text: { en?: string | null; vi?: string | null } | undefined, fallback = ''): string {
  if (!text) return fallback;
  return (prefs.lang === 'vi' ? (text.vi ?? text.en) : (text.en ?? text.vi)) ?? fallback;
}

/** The formats of `format.ts` in the chosen language and the zone that holds on the page. */
export const fmt = {
  number: (value: number, digits = 0) => format.number(prefs.lang, value, digits),
  significant: (value: number) => format.significant(prefs.lang, value),
  bitRate: (bps: number) => format.bitRate(prefs.lang, bps),
  octets: (bytes: number) => format.octets(prefs.lang, bytes),
  percent: (ratio: number, digits = 1) => format.percent(prefs.lang, ratio, digits),
  percentText: (text: string) => format.percentText(prefs.lang, text),
  duration: (seconds: number) => format.duration(prefs.lang, seconds),
  /** Minutes and seconds as budgets are told; from a day on, days and hours. */
  clockSpan: (seconds: number) => (Math.abs(seconds) >= 86400 ? format.duration(prefs.lang, seconds) : format.clockSpan(seconds)),
  dateTime: (at: string | number, seconds = false) => format.dateTime(prefs.lang, prefs.zone, at, seconds),
  time: (at: string | number, seconds = false) => format.time(prefs.lang, prefs.zone, at, seconds),
  day: (civil: string) => format.day(prefs.lang, civil),
  ago: (at: string | number, now: number) => format.ago(prefs.lang, at, now),
  dong: (vnd: number) => format.dong(prefs.lang, vnd),
  reading: (value: number, unit: string) => format.reading(prefs.lang, value, unit)
};
