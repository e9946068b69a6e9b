// The parts of a row of the forecast in the order in which people read them.
import type { Schemas } from '$lib/api';
import type { ForecastWords } from '$lib/i18n/en/forecast';

export interface Period {
  key: string;
  label: string;
  tone: 'over' | 'due' | 'unknown';
  sum: Schemas['ForecastSum'];
}

/** `2027-04-01` as `Q2/2027`. */
export function quarterName(first: string): string {
  const [year = '', month = '1'] = first.split('-');
  return `Q${Math.ceil(Number(month) / 3)}/${year}`;
}

export function periods(forecast: Schemas['Forecast'], row: Schemas['ForecastRow'], words: ForecastWords): Period[] {
  return [
    { key: 'backlog', label: words.backlog, tone: 'over', sum: row.backlog },
    ...row.quarters.map((sum, index): Period => ({ key: forecast.quarters[index] ?? String(index), label: quarterName(forecast.quarters[index] ?? ''), tone: 'due', sum })),
    { key: 'beyond', label: words.beyond, tone: 'due', sum: row.beyond },
    { key: 'uncertain', label: words.uncertain, tone: 'unknown', sum: row.uncertain },
    { key: 'unknown', label: words.unknown, tone: 'unknown', sum: row.unknown }
  ];
}
