// Names and looks of the parts of a chain.
import type { Schemas } from '$lib/api';
import { local } from '$lib/i18n/index.svelte';
import type { Look } from '$lib/ui/tone';

export type Facility = Schemas['Facility'];
export type Part = Schemas['FacilityNode'];

export const partLook: Record<Schemas['NodeState'], Look> = {
  normal: { tone: 'up', icon: 'up' },
  degraded: { tone: 'warn', icon: 'degraded' },
  out: { tone: 'down', icon: 'down' },
  unknown: { tone: 'unknown', icon: 'unknown' },
  assumed: { tone: 'plain', icon: 'minus' }
};

/** What people call a part; its id where the chain does not have it. */
export function nameOf(facility: Facility | undefined, id: string): string {
  return local(facility?.nodes.find((node) => node.id === id)?.name, id);
}

export const kilowatts = (watts: number): number => watts / 1000;

const TIERS = ['I', 'II', 'III', 'IV'];

/** The number of a level as `III`, or 0. */
export const tierNumber = (level: string | null | undefined): number => TIERS.indexOf(level ?? '') + 1;

/** The word of a Tier's number. */
export const tierWord = (tier: number): string => TIERS[tier - 1] ?? String(tier);

/** The Tier that a rule belongs to; network rules belong to none. */
export const tierOfRule = (rule: string): number => Number(/^T(\d)/.exec(rule)?.[1] ?? 0);
