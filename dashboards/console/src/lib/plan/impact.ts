// The redundancy impact of a plan's line in words.
import type { Schemas } from '$lib/api';
import { fmt, local, m, word } from '$lib/i18n/index.svelte';

type Impact = Schemas['PlanImpact'];

/** So many loads are named; the rest is counted. */
const LOADS_NAMED_MAX = 6;

/** The number, and where it is from. */
export function impactShort(impact: Impact): string {
  const source = word(m().impact.source, impact.source);
  return impact.percent === null || impact.percent === undefined ? source : `${fmt.percent(impact.percent / 100, 0)}, ${source}`;
}

function named(loads: Impact['only_path_for']): string {
  const names = loads.slice(0, LOADS_NAMED_MAX).map((load) => local(load));
  const more = loads.length - LOADS_NAMED_MAX;
  if (more > 0) names.push(m().impact.more(fmt.number(more)));
  return names.join(', ');
}

/** One sentence of reason. */
export function impactSentence(impact: Impact): string {
  const words = m().impact;
  const parts: string[] = [];
  const byGraph = impact.graph_percent ?? null;
  if (impact.source === 'hand') parts.push(byGraph === null ? words.byHand : words.byHandInstead(fmt.percent(byGraph / 100, 0)));
  if (impact.only_path_for.length) parts.push(words.onlyPath(named(impact.only_path_for)));
  if (impact.without_redundancy.length) parts.push(words.withoutRedundancy(named(impact.without_redundancy)));
  if (!impact.only_path_for.length && !impact.without_redundancy.length && byGraph !== null) parts.push(words.nothing);
  if (impact.source === 'none') parts.push(words.unknown);
  const text = parts.join('; ');
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
