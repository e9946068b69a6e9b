// Which tone and mark a request and a verdict have; each has its own word beside it.
import type { Schemas } from '$lib/api';
import type { Look } from '$lib/ui/tone';

export const workLook: Record<Schemas['MaintenanceState'], Look> = {
  requested: { tone: 'plain', icon: 'clock' },
  approved: { tone: 'up', icon: 'up' },
  refused: { tone: 'down', icon: 'down' },
  working: { tone: 'warn', icon: 'degraded' },
  closed: { tone: 'plain', icon: 'up' },
  cancelled: { tone: 'plain', icon: 'minus' }
};

export const whatIfLook: Record<Schemas['MaintenanceVerdict'], Look> = {
  safe: { tone: 'up', icon: 'up' },
  margin_lost: { tone: 'warn', icon: 'degraded' },
  not_proven: { tone: 'unknown', icon: 'unknown' },
  drops_load: { tone: 'down', icon: 'down' }
};
