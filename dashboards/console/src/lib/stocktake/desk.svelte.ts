// A scan is kept on this device before anything else happens, each under its own key, so that two
// tabs do not overwrite each other; it goes away when the server has it. The client's own number
// makes it count once, however often it is sent.
import { api, Trouble, type Schemas } from '$lib/api';
import { NOWHERE, hear, known, type Heard, type Known, type Place, type Verdict } from './resolve';

/** Scans in one request; the server takes 1,000. */
const SEND_MAX = 200;
/** How long after a failed sending the next is tried. */
const AGAIN_MILLIS = 5_000;
/** Scans that are listed. */
export const LISTED_MAX = 50;

/** A scan as it waits on this device. */
interface Waiting {
  client_id: string;
  code: string;
  scanned_at: string;
  place: Place | null;
}

/** A scan as the page shows it. */
export interface Line {
  client_id: string;
  code: string;
  verdict: Verdict;
  tag?: string | undefined;
  recorded?: Place | undefined;
  at: string;
  sent: boolean;
}

/** `randomUUID` needs a secure context, which a plain address in the machine room is not. */
function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

export class ScanDesk {
  lines = $state.raw<Line[]>([]);
  last = $state.raw<Line | undefined>(undefined);
  pending = $state(0);
  offline = $state(false);
  refused = $state.raw<Trouble | undefined>(undefined);
  counts = $state.raw<Schemas['StockTakeCounts'] | undefined>(undefined);
  here = $state.raw<Place>(NOWHERE);
  #list: Known = known([], []);
  #subjects = new Set<string>();
  #waiting = new Map<string, Waiting>();
  #sending = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly id: string,
    readonly onsent: () => void = () => undefined
  ) {}

  /** Takes the frozen list and what the server has; what waits on this device comes on top. */
  start(detail: Schemas['StockTakeDetail'], places: Place[]): void {
    this.#list = known(detail.expected, places);
    this.counts = detail.stocktake.counts ?? undefined;
    this.#subjects = new Set();
    this.lines = [];
    for (const scan of detail.scans) this.#show(this.#fromServer(scan));
    this.#readWaiting();
    for (const scan of this.#waiting.values()) this.#hear(scan);
    this.last = undefined;
    void this.send();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  scan(text: string): void {
    const code = text.trim();
    if (!code) return;
    const place = Object.values(this.here).some(Boolean) ? this.here : null;
    const scan: Waiting = { client_id: newId(), code, scanned_at: new Date().toISOString(), place };
    localStorage.setItem(this.#key(scan.client_id), JSON.stringify(scan));
    this.#waiting.set(scan.client_id, scan);
    this.pending = this.#waiting.size;
    this.#hear(scan);
    void this.send();
  }

  /** Sends what waits. What the server has goes away here; what it refuses stays and is told. */
  async send(): Promise<void> {
    if (this.#sending || this.#waiting.size === 0) return;
    this.#sending = true;
    clearTimeout(this.#timer);
    const batch = [...this.#waiting.values()].slice(0, SEND_MAX);
    try {
      const answer = await api.uploadScans(this.id, { scans: batch });
      for (const scan of answer.scans) this.#kept(scan);
      this.offline = false;
      this.refused = undefined;
      this.counts = answer.counts;
    } catch (cause) {
      if (!(cause instanceof Trouble)) throw cause;
      this.offline = cause.code === 'network' || cause.status >= 500;
      this.refused = this.offline ? undefined : cause;
    } finally {
      this.#sending = false;
    }
    if (this.offline) this.#timer = setTimeout(() => void this.send(), AGAIN_MILLIS);
    else if (!this.refused && this.#waiting.size > 0) await this.send();
    else if (!this.refused) this.onsent();
  }

  #key(client: string): string {
    return `tierwatch.stocktake.${this.id}.${client}`;
  }

  #readWaiting(): void {
    const prefix = this.#key('');
    const keys = Object.keys(localStorage).filter((key) => key.startsWith(prefix));
    const scans = keys.map((key) => JSON.parse(localStorage.getItem(key) ?? 'null') as Waiting | null);
    const found = scans.filter((scan) => scan !== null).sort((a, b) => a.scanned_at.localeCompare(b.scanned_at));
    this.#waiting = new Map(found.map((scan) => [scan.client_id, scan]));
    this.pending = this.#waiting.size;
  }

  #hear(scan: Waiting): void {
    const heard: Heard = hear(scan.code, this.here, this.#list, this.#subjects);
    if (heard.moved) this.here = heard.moved;
    else this.#subjects.add(heard.subject);
    this.#show({ client_id: scan.client_id, code: scan.code, verdict: heard.verdict, tag: heard.tag, recorded: heard.recorded, at: scan.scanned_at, sent: false });
  }

  #fromServer(scan: Schemas['StockTakeScan']): Line {
    this.#subjects.add(scan.tag ? `asset ${scan.tag}` : hear(scan.code, NOWHERE, this.#list, new Set()).subject);
    return { client_id: scan.client_id, code: scan.code, verdict: scan.verdict as Verdict, tag: scan.tag ?? undefined, recorded: scan.recorded ?? undefined, at: scan.scanned_at, sent: true };
  }

  #kept(scan: Schemas['StockTakeScan']): void {
    localStorage.removeItem(this.#key(scan.client_id));
    this.#waiting.delete(scan.client_id);
    this.pending = this.#waiting.size;
    const line = this.#fromServer(scan);
    this.lines = this.lines.map((one) => (one.client_id === line.client_id ? line : one));
    if (this.last?.client_id === line.client_id) this.last = line;
  }

  #show(line: Line): void {
    this.last = line;
    this.lines = [line, ...this.lines.filter((one) => one.client_id !== line.client_id)].slice(0, LISTED_MAX);
  }
}
