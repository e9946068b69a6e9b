// Who is signed in, and the names of the organisation that every page needs.
import { api, type Schemas } from '$lib/api';
import { local } from '$lib/i18n/index.svelte';
import { prefs } from '$lib/prefs.svelte';

class Session {
  who = $state.raw<Schemas['Session'] | undefined>(undefined);
  organisation = $state.raw<Schemas['Organisation'] | undefined>(undefined);
  sites = $state.raw<Schemas['Site'][]>([]);
  units = $state.raw<Schemas['Unit'][]>([]);

  may(permission: string): boolean {
    return this.who?.permissions.includes(permission) ?? false;
  }

  /** Learns who is signed in and the names; throws `Trouble` 401 when nobody is. */
  async load(): Promise<void> {
    this.who = await api.session();
    const [organisation, sites, units] = await Promise.all([api.organisation(), api.sites(), api.units().catch(() => undefined)]);
    this.organisation = organisation;
    this.sites = sites.items;
    this.units = units?.items ?? [];
    prefs.zone = organisation.spec.timezone;
  }

  forget(): void {
    this.who = undefined;
  }

  siteName(id: string | null | undefined): string {
    return id ? local(this.sites.find((site) => site.id === id)?.spec.name, id) : '';
  }

  unitName(id: string | null | undefined): string {
    return id ? local(this.units.find((unit) => unit.id === id)?.spec.name, id) : '';
  }
}

export const session = new Session();
