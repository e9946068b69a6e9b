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
