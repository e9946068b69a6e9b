// Which tone and mark a scan has; the word stands beside it.
import type { Look } from '$lib/ui/tone';
import type { Place, Verdict } from './resolve';

export const scanLook: Record<Verdict, Look> = {
  expected: { tone: 'up', icon: 'up' },
  elsewhere: { tone: 'warn', icon: 'degraded' },
  stranger: { tone: 'warn', icon: 'info' },
  unknown: { tone: 'down', icon: 'down' },
  again: { tone: 'plain', icon: 'reset' },
  place: { tone: 'plain', icon: 'site' },
  ambiguous: { tone: 'warn', icon: 'info' }
};

/** A place in words, finest last. */
export function where(place: Place | null | undefined): string {
  return [place?.site, place?.room, place?.rack].filter(Boolean).join(' / ') || '—';
}
