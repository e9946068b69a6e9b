// The one event stream of the console, and the clock that goes with it. A lost stream shows its
// age; pages then ask again every `POLL_SECONDS`.
import type { Schemas } from './client';

export type LiveEvent = Schemas['StreamEvent'];
type Listener = (event: LiveEvent) => void;

/** Seconds without any event after which the stream counts as lost; the server sends a sign of
 *  life every 15 seconds. */
export const SILENT_SECONDS_MAX = 20;
/** How often pages ask again while the stream is lost. */
export const POLL_SECONDS = 15;
const RETRY_SECONDS_MAX = 30;
const TYPES: LiveEvent['type'][] = ['hello', 'device', 'interface', 'circuit', 'site', 'alert', 'readings', 'missed'];

class Live {
  /** The server's clock in milliseconds, moved on each second. */
  now = $state(Date.now());
  state = $state<'connecting' | 'live' | 'lost'>('connecting');
  /** Seconds since the newest event. */
  age = $state(0);

  #source: EventSource | null = null;
  #listeners = new Set<Listener>();
  #offset = 0;
  #heardAt = 0;
  #timer: ReturnType<typeof setInterval> | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #retrySeconds = 1;

  start(): void {
    if (this.#timer) return;
    this.#heardAt = performance.now();
    this.#timer = setInterval(() => this.#tick(), 1000);
    this.#open();
  }

  stop(): void {
    clearInterval(this.#timer);
    clearTimeout(this.#retry);
    this.#timer = undefined;
    this.#source?.close();
    this.#source = null;
    this.state = 'connecting';
  }

  /** Calls `listener` with each event until the returned function is called. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The server said what time it is there. */
  setClock(now: string): void {
    this.#offset = Date.parse(now) - Date.now();
    this.now = Date.now() + this.#offset;
  }

  #tick(): void {
    this.now = Date.now() + this.#offset;
    this.age = Math.floor((performance.now() - this.#heardAt) / 1000);
    if (this.state === 'live' && this.age > SILENT_SECONDS_MAX) this.#lose();
  }

  #open(): void {
    const source = new EventSource('/api/v1/stream');
    this.#source = source;
    for (const type of TYPES) source.addEventListener(type, (event) => this.#hear(event));
    source.addEventListener('error', () => {
      if (this.#source === source) this.#lose();
    });
  }

  #hear(message: MessageEvent<string>): void {
    let event: LiveEvent;
    try {
      event = JSON.parse(message.data) as LiveEvent;
    } catch {
      return; // An event that is not understood is no sign of life.
    }
    const before = this.state;
    this.#heardAt = performance.now();
    this.#retrySeconds = 1;
    this.age = 0;
    this.state = 'live';
    if (event.type === 'hello') this.setClock(event.now);
    // What happened while the stream was away was not heard: pages ask again.
    if (before === 'lost') this.#tell({ type: 'missed', count: 0 });
    this.#tell(event);
  }

  #tell(event: LiveEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  #lose(): void {
    this.state = 'lost';
    this.#source?.close();
    this.#source = null;
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.#open(), this.#retrySeconds * 1000);
    this.#retrySeconds = Math.min(this.#retrySeconds * 2, RETRY_SECONDS_MAX);
  }
}

export const live = new Live();
