// Which assets are chosen: some by their tags, on any page, or all that match the filter.
import { SvelteSet } from 'svelte/reactivity';

export type Filter = Record<string, string>;

export class Selection {
  tags = new SvelteSet<string>();
  /** The filter whose matches are all chosen. */
  filter = $state.raw<Filter | undefined>(undefined);
  /** How many the filter matched when it was chosen. */
  matched = $state(0);

  get all(): boolean {
    return this.filter !== undefined;
  }

  get count(): number {
    return this.all ? this.matched : this.tags.size;
  }

  has(tag: string): boolean {
    return this.all || this.tags.has(tag);
  }

  /** Chooses rows, or not; who had chosen all goes on with the rows that are in sight. */
  choose(tags: string[], chosen: boolean, inSight: string[]): void {
    if (this.all) {
      this.filter = undefined;
      this.tags.clear();
      for (const tag of inSight) this.tags.add(tag);
    }
    for (const tag of tags) {
      if (chosen) this.tags.add(tag);
      else this.tags.delete(tag);
    }
  }

  chooseAll(filter: Filter, matched: number): void {
    this.tags.clear();
    this.filter = filter;
    this.matched = matched;
  }

  clear(): void {
    this.tags.clear();
    this.filter = undefined;
  }

  /** The chosen assets as parameters of an address. */
  query(): Filter {
    return this.filter ?? { tags: [...this.tags].join(',') };
  }
}
