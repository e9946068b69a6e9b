// How far a user or token reaches, in words and as a choice.
import type { Schemas } from '$lib/api';
import { m } from '$lib/i18n/index.svelte';
import { session } from '$lib/session.svelte';

export type Scope = Schemas['Scope'];

export function scopeWord(scope: Scope): string {
  if (scope.kind === 'site') return m().admin.scopeSite(session.siteName(scope.site));
  if (scope.kind === 'unit') return m().admin.scopeUnit(session.unitName(scope.unit));
  return m().admin.scopeAll;
}

/** The choices of a select; the value is `all`, `site:ID` or `unit:ID`. */
export function scopeOptions(): { value: string; label: string }[] {
  return [
    { value: 'all', label: m().admin.scopeAll },
    ...session.sites.map((site) => ({ value: `site:${site.id}`, label: m().admin.scopeSite(session.siteName(site.id)) })),
    ...session.units.map((unit) => ({ value: `unit:${unit.id}`, label: m().admin.scopeUnit(session.unitName(unit.id)) }))
  ];
}

export function scopeOf(value: string): Scope {
  if (value.startsWith('site:')) return { kind: 'site', site: value.slice(5) };
  if (value.startsWith('unit:')) return { kind: 'unit', unit: value.slice(5) };
  return { kind: 'all' };
}
