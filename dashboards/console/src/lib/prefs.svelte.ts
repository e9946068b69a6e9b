// What a person chose for this browser: language, colours, density. Kept in local storage.
import type { Lang } from '$lib/i18n/format';

export type Theme = 'system' | 'light' | 'dark';
export type Density = 'comfortable' | 'compact';

const KEY = 'tierwatch.preferences';

interface Kept {
  lang: Lang;
  theme: Theme;
  density: Density;
}

function read(): Kept {
  const standard: Kept = { lang: navigator.language.startsWith('vi') ? 'vi' : 'en', theme: 'system', density: 'comfortable' };
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Record<keyof Kept, unknown>>;
    return {
      lang: kept.lang === 'vi' || kept.lang === 'en' ? kept.lang : standard.lang,
      theme: kept.theme === 'light' || kept.theme === 'dark' ? kept.theme : standard.theme,
      density: kept.density === 'compact' ? kept.density : standard.density
    };
  } catch {
    return standard;
  }
}

class Preferences {
  lang = $state<Lang>('en');
  theme = $state<Theme>('system');
  density = $state<Density>('comfortable');
  /** The zone in which times are shown: the organisation's, or the site's on its pages. */
  zone = $state('Asia/Ho_Chi_Minh');

  /** Reads what was kept; called once, when the console starts. */
  start(): void {
    Object.assign(this, read());
    this.apply();
  }

  set(change: Partial<Kept>): void {
    Object.assign(this, change);
    const { lang, theme, density } = this;
    try {
      localStorage.setItem(KEY, JSON.stringify({ lang, theme, density }));
    } catch {
      // A browser without storage forgets the choice, nothing else.
    }
    this.apply();
  }

  private apply(): void {
    const root = document.documentElement;
    root.lang = this.lang;
    root.dataset['theme'] = this.theme;
    root.dataset['density'] = this.density;
  }
}

export const prefs = new Preferences();
