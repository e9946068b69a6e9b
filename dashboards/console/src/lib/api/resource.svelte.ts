// Something that is fetched, shown, and fetched again when the live stream says that it changed.
import { Trouble } from './client';
import { live, POLL_SECONDS, type LiveEvent } from './live.svelte';

/** Events in a burst lead to one fetch after this time. */
const GATHER_MILLIS = 1500;

export class Resource<T> {
  data = $state.raw<T | undefined>(undefined);
  error = $state.raw<Trouble | undefined>(undefined);
  loading = $state(true);
  #run = 0;
  #abort: AbortController | undefined;
  #again: (() => void) | undefined;

  /** Must be made while a component is set up. `load` is called anew when what it reads changes. */
  constructor(load: (signal: AbortSignal) => Promise<T>, wanted?: (event: LiveEvent) => boolean) {
    $effect(() => {
      void this.#fetch(load);
      this.#again = () => void this.#fetch(load);
      return () => this.#abort?.abort();
    });
    if (wanted) $effect(() => this.#follow(wanted));
  }

  /** Fetches again; what is there stays until the answer comes. */
  refresh(): void {
    this.#again?.();
  }

  async #fetch(load: (signal: AbortSignal) => Promise<T>): Promise<void> {
    const run = ++this.#run;
    this.#abort?.abort();
    const abort = new AbortController();
    this.#abort = abort;
    const answer = load(abort.signal); // reads its dependencies before the first wait
    this.loading = true;
    try {
      const data = await answer;
      if (run !== this.#run) return;
      this.data = data;
      this.error = undefined;
      this.loading = false;
    } catch (cause) {
      if (run !== this.#run || abort.signal.aborted) return;
      this.error = cause instanceof Trouble ? cause : new Trouble(0, 'network', String(cause));
      this.loading = false;
    }
  }

  #follow(wanted: (event: LiveEvent) => boolean): () => void {
    let pending: ReturnType<typeof setTimeout> | undefined;
    const soon = () => {
      pending ??= setTimeout(() => {
        pending = undefined;
        if (document.visibilityState === 'visible') this.refresh();
      }, GATHER_MILLIS);
    };
    const stop = live.listen((event) => {
      if (event.type === 'missed' || wanted(event)) soon();
    });
    const poll = setInterval(() => {
      if (live.state === 'lost') this.refresh();
    }, POLL_SECONDS * 1000);
    const shown = () => document.visibilityState === 'visible' && this.refresh();
    document.addEventListener('visibilitychange', shown);
    return () => {
      stop();
      clearTimeout(pending);
      clearInterval(poll);
      document.removeEventListener('visibilitychange', shown);
    };
  }
}
