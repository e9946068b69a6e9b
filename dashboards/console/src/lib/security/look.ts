// Which mark a security state has. Unknown is hatched, never green.
import type { Schemas } from '$lib/api';
import type { Look } from '$lib/ui/tone';

export const findingLook: Record<Schemas['FindingSeverity'], Look> = {
  high: { tone: 'down', icon: 'down' },
  medium: { tone: 'warn', icon: 'degraded' },
  low: { tone: 'plain', icon: 'info' }
};

export const ipv6Look: Record<Schemas['Ipv6Readiness'], Look> = {
  ready: { tone: 'up', icon: 'up' },
  partly: { tone: 'warn', icon: 'degraded' },
  not: { tone: 'down', icon: 'down' },
  unknown: { tone: 'unknown', icon: 'unknown' }
};

const runLooks: Record<string, Look> = {
  done: { tone: 'up', icon: 'up' },
  reading: { tone: 'plain', icon: 'clock' },
  stopped: { tone: 'down', icon: 'off' },
  failed: { tone: 'down', icon: 'down' },
  broken: { tone: 'warn', icon: 'degraded' }
};

export const runLook = (state: string): Look => runLooks[state] ?? { tone: 'unknown', icon: 'unknown' };
