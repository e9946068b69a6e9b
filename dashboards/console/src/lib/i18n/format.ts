// Numbers, dates and quantities as people of a language read them. Pure: no clock, no state.

export type Lang = 'en' | 'vi';

const LOCALE: Record<Lang, string> = { en: 'en-GB', vi: 'vi-VN' };
const cache = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat | Intl.RelativeTimeFormat>();

function cached<T extends Intl.NumberFormat | Intl.DateTimeFormat | Intl.RelativeTimeFormat>(key: string, make: () => T): T {
  let found = cache.get(key) as T | undefined;
  if (!found) cache.set(key, (found = make()));
  return found;
}

export function number(lang: Lang, value: number, digits = 0): string {
  const make = () => new Intl.NumberFormat(LOCALE[lang], { maximumFractionDigits: digits, minimumFractionDigits: digits });
  return cached(`n ${lang} ${digits}`, make).format(value);
}

/** Three significant digits, as meters show them: 0.123, 1.23, 12.3, 123, 1,234. */
export function significant(lang: Lang, value: number): string {
  const size = Math.abs(value);
  const digits = size === 0 || size >= 99.95 ? 0 : size >= 9.995 ? 1 : size >= 0.9995 ? 2 : 3;
  return number(lang, value, digits);
}

const DECIMAL = ['', 'k', 'M', 'G', 'T', 'P'];

function scaled(lang: Lang, value: number, base: number, prefixes: string[], unit: string): string {
  let step = 0;
  let rest = value;
  while (Math.abs(rest) >= base * 0.9995 && step < prefixes.length - 1) {
    rest /= base;
    step += 1;
  }
  const shown = step === 0 && Number.isInteger(rest) ? number(lang, rest) : significant(lang, rest);
  return `${shown} ${prefixes[step]}${unit}`;
}

/** Bits a second with a decimal prefix: 1.25 Gbit/s. */
export const bitRate = (lang: Lang, bps: number): string => scaled(lang, bps, 1000, DECIMAL, 'bit/s');

/** Octets with a binary prefix: 1.5 MiB. */
export const octets = (lang: Lang, bytes: number): string => scaled(lang, bytes, 1024, ['', 'Ki', 'Mi', 'Gi', 'Ti'], 'B');

/** A share of 0 to 1 as percent. */
export function percent(lang: Lang, ratio: number, digits = 1): string {
  return `${number(lang, ratio * 100, digits)}${lang === 'vi' ? '%' : ' %'}`;
}

/** Percent that the server already floored, as `99.981234`: digits are kept as they are. */
export function percentText(lang: Lang, text: string): string {
  const shown = lang === 'vi' ? text.replace('.', ',') : text;
  return `${shown}${lang === 'vi' ? '%' : ' %'}`;
}

const unitWords: Record<Lang, Record<'d' | 'h' | 'min' | 's' | 'ms', string>> = {
  en: { d: 'd', h: 'h', min: 'min', s: 's', ms: 'ms' },
  vi: { d: 'ngày', h: 'giờ', min: 'phút', s: 'giây', ms: 'ms' }
};

/** A span of time with its two largest units: 3 d 4 h, 12 min 5 s, 340 ms. */
export function duration(lang: Lang, seconds: number): string {
  const word = unitWords[lang];
  const sign = seconds < 0 ? '−' : '';
  const size = Math.abs(seconds);
  if (size === 0) return `0 ${word.s}`;
  if (size < 0.9995) return `${sign}${significant(lang, size * 1000)} ${word.ms}`;
  if (size < 9.95) return `${sign}${number(lang, size, Number.isInteger(size) ? 0 : 1)} ${word.s}`;
  const whole = Math.round(size);
  if (whole < 60) return `${sign}${whole} ${word.s}`;
  const parts: [number, string][] = [
    [Math.floor(whole / 86400), word.d],
    [Math.floor((whole % 86400) / 3600), word.h],
    [Math.floor((whole % 3600) / 60), word.min],
    [whole % 60, word.s]
  ];
  const first = parts.findIndex(([n]) => n > 0);
  const shown = parts.slice(first, first + 2).filter(([n]) => n > 0);
  return sign + shown.map(([n, unit]) => `${number(lang, n)} ${unit}`).join(' ');
}

/** Minutes and seconds as budgets are told: 7:46, 0:05, 1:02:03. Tenths are rounded up. */
export function clockSpan(seconds: number): string {
  const whole = Math.ceil(Math.abs(seconds) - 1e-6);
  const two = (n: number) => String(n).padStart(2, '0');
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  return `${seconds < 0 ? '−' : ''}${h > 0 ? `${h}:${two(m)}` : m}:${two(s)}`;
}

export function dateTime(lang: Lang, zone: string, at: string | number, seconds = false): string {
  const options: Intl.DateTimeFormatOptions = {
    timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hourCycle: 'h23',
    ...(seconds ? { second: '2-digit' as const } : {})
  };
  return cached(`dt ${lang} ${zone} ${seconds}`, () => new Intl.DateTimeFormat(LOCALE[lang], options)).format(new Date(at));
}

export function time(lang: Lang, zone: string, at: string | number, seconds = false): string {
  const options: Intl.DateTimeFormatOptions = {
    timeZone: zone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23', ...(seconds ? { second: '2-digit' as const } : {})
  };
  return cached(`t ${lang} ${zone} ${seconds}`, () => new Intl.DateTimeFormat(LOCALE[lang], options)).format(new Date(at));
}

/** A civil day such as `2026-11-22`: it has no zone and is never moved. */
export function day(lang: Lang, civil: string): string {
  const options: Intl.DateTimeFormatOptions = { timeZone: 'UTC', year: 'numeric', month: '2-digit', day: '2-digit' };
  return cached(`d ${lang}`, () => new Intl.DateTimeFormat(LOCALE[lang], options)).format(new Date(`${civil}T00:00:00Z`));
}

/** The civil day of an instant in a zone, as `2026-11-22`. */
export function civilDay(zone: string, at: number): string {
  const parts = new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' });
  return parts.format(new Date(at));
}

/** How long ago: 5 minutes ago, in 2 hours. */
export function ago(lang: Lang, at: string | number, now: number): string {
  const seconds = (new Date(at).getTime() - now) / 1000;
  const format = cached(`r ${lang}`, () => new Intl.RelativeTimeFormat(LOCALE[lang], { numeric: 'always', style: 'short' }));
  const size = Math.abs(seconds);
  if (size < 60) return format.format(Math.round(seconds), 'second');
  if (size < 3600) return format.format(Math.trunc(seconds / 60), 'minute');
  if (size < 86400) return format.format(Math.trunc(seconds / 3600), 'hour');
  return format.format(Math.trunc(seconds / 86400), 'day');
}

/** Whole đồng. */
export const dong = (lang: Lang, vnd: number): string => `${number(lang, vnd)} ₫`;

const UNITS: Record<string, string> = {
  celsius: '°C', volts: 'V', amperes: 'A', watts: 'W', volt_amperes: 'VA', hertz: 'Hz', joules: 'J', pascals: 'Pa',
  rpm: 'rpm', dbm: 'dBm', decibel_milliwatts: 'dBm', metres_per_second: 'm/s', litres_per_second: 'l/s'
};

/** A sensor's value in its unit. */
export function reading(lang: Lang, value: number, unit: string): string {
  if (unit === 'ratio') return percent(lang, value);
  if (unit === 'seconds') return duration(lang, value);
  if (unit === 'octets' || unit === 'bytes') return octets(lang, value);
  const known = UNITS[unit];
  return known ? `${significant(lang, value)} ${known}` : significant(lang, value);
}
