// Values of a discrepancy as people read them.
import type { Schemas } from '$lib/api';
import { m, word } from '$lib/i18n/index.svelte';
import { session } from '$lib/session.svelte';

/** A recorded or seen value: sites by their name, states by their word. */
export function shownValue(one: Schemas['Discrepancy'], value: string | null | undefined): string | null {
  if (!value) return null;
  if (one.field === 'site') return session.siteName(value);
  if (one.field === 'status') return word({ ...m().assetState, ...m().discrepancies.answers }, value);
  return value;
}
