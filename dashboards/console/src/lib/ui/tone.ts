// Which tone and mark a state has. Colour is never alone: each state has its own mark and word.
import type { Schemas } from '$lib/api';
import type { IconName } from '$lib/svg/Icon.svelte';

export type Tone = 'up' | 'down' | 'warn' | 'unknown' | 'plain';
export type State = Schemas['State'];

export interface Look {
  tone: Tone;
  icon: IconName;
}

export const stateLook: Record<State, Look> = {
  up: { tone: 'up', icon: 'up' },
  degraded: { tone: 'warn', icon: 'degraded' },
  down: { tone: 'down', icon: 'down' },
  unknown: { tone: 'unknown', icon: 'unknown' }
};

export const siteLook: Record<Schemas['SiteState'], Look> = {
  fed: { tone: 'up', icon: 'up' },
  protection_lost: { tone: 'warn', icon: 'degraded' },
  load_lost: { tone: 'down', icon: 'down' },
  not_proven: { tone: 'unknown', icon: 'unknown' }
};

export const verdictLook: Record<Schemas['Verdict'], Look> = {
  met: { tone: 'up', icon: 'up' },
  missed: { tone: 'down', icon: 'down' },
  indeterminate: { tone: 'unknown', icon: 'unknown' },
  no_target: { tone: 'plain', icon: 'minus' }
};

export const severityLook: Record<Schemas['Severity'], Look> = {
  critical: { tone: 'down', icon: 'down' },
  warning: { tone: 'warn', icon: 'degraded' },
  info: { tone: 'plain', icon: 'info' }
};

export const collectorLook: Record<Schemas['CollectorState'], Look> = {
  live: { tone: 'up', icon: 'up' },
  catching_up: { tone: 'warn', icon: 'clock' },
  silent: { tone: 'unknown', icon: 'unknown' },
  never_seen: { tone: 'unknown', icon: 'unknown' }
};

export const ageLook: Record<Schemas['AgeVerdict'], Look> = {
  over: { tone: 'down', icon: 'clock' },
  within: { tone: 'up', icon: 'up' },
  uncertain: { tone: 'warn', icon: 'degraded' },
  unknown: { tone: 'unknown', icon: 'unknown' },
  conflict: { tone: 'warn', icon: 'degraded' },
  out_of_scope: { tone: 'plain', icon: 'minus' }
};

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
