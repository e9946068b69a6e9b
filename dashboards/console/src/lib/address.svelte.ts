// The address holds what a page shows: filters, sorting, range and page can be linked and reloaded.
import { goto } from '$app/navigation';
import { page } from '$app/state';

/** A parameter of the address, or the value that stands for its absence. */
export function param(name: string, otherwise = ''): string {
  return page.url.searchParams.get(name) ?? otherwise;
}

/** Changes parameters; an empty value takes one away. The focus and the place stay. */
export function setParams(change: Record<string, string | number | null | undefined>, push = false): Promise<void> {
  const params = new URLSearchParams(page.url.searchParams);
  for (const [name, value] of Object.entries(change)) {
    if (value === null || value === undefined || value === '') params.delete(name);
    else params.set(name, String(value));
  }
  const query = params.toString();
  return goto(query ? `?${query}` : page.url.pathname, { replaceState: !push, keepFocus: true, noScroll: true });
}

/** The addresses of the pages; identifiers may hold characters that an address must escape. */
export const to = {
  site: (id: string) => `/sites/${encodeURIComponent(id)}`,
  device: (id: string) => `/devices/${encodeURIComponent(id)}`,
  interface: (id: string) => `/interfaces/${encodeURIComponent(id)}`,
  rack: (id: string) => `/racks/${encodeURIComponent(id)}`,
  circuit: (id: string) => `/wan/circuits/${encodeURIComponent(id)}`,
  asset: (tag: string) => `/assets/${encodeURIComponent(tag)}`,
  maintenance: (id: string) => `/maintenance?id=${encodeURIComponent(id)}`,
  stocktake: (id: string) => `/assets/stocktake/${encodeURIComponent(id)}`,
  /** The page of what an alert is about. */
  subject: (kind: string, id: string) =>
    kind === 'site' ? to.site(id)
    : kind === 'device' ? to.device(id)
    : kind === 'interface' ? to.interface(id)
    : kind === 'circuit' ? to.circuit(id)
    : kind === 'maintenance' ? to.maintenance(id)
    : kind === 'collector' ? '/collectors'
    : '/alerts'
};
