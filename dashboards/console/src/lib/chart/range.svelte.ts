// The range of time of a page: it lives in the address as `range` (until now) or `from` and `to`.
import { live } from '$lib/api/live.svelte';
import { param, setParams } from '$lib/address.svelte';

export const RANGES = { h1: 3600, h6: 6 * 3600, h24: 24 * 3600, d2: 2 * 86400, d7: 7 * 86400 } as const;
export type RangeName = keyof typeof RANGES;
/** Ranges until now move on in steps of this many seconds, so that not every second asks anew. */
const STEP_SECONDS = 30;

export class Range {
  readonly name = $derived.by((): RangeName | '' => {
    if (param('from') && param('to')) return '';
    const wanted = param('range', this.standard);
    return wanted in RANGES ? (wanted as RangeName) : this.standard;
  });
  readonly #now = $derived(Math.ceil(live.now / (STEP_SECONDS * 1000)) * STEP_SECONDS * 1000);
  readonly to = $derived(this.name ? this.#now : Date.parse(param('to')) || this.#now);
  readonly from = $derived(this.name ? this.#now - RANGES[this.name] * 1000 : Date.parse(param('from')) || this.#now - 3600e3);

  constructor(readonly standard: RangeName = 'h6') {}

  query = (): { from: string; to: string } => ({ from: new Date(this.from).toISOString(), to: new Date(this.to).toISOString() });

  choose = (name: RangeName): void => void setParams({ range: name === this.standard ? null : name, from: null, to: null }, true);

  zoom = (from: number, to: number): void =>
    void setParams({ from: new Date(from).toISOString().slice(0, 19) + 'Z', to: new Date(to).toISOString().slice(0, 19) + 'Z', range: null }, true);

  reset = (): void => void setParams({ from: null, to: null, range: null }, true);
}
