// Something that is written to the server, with its trouble and its wait.
import { Trouble } from '$lib/api';

export class Saving {
  busy = $state(false);
  failed = $state.raw<Trouble | undefined>(undefined);

  /** Runs `work`; tells whether it was done. What went wrong is in `failed`. */
  async run(work: () => Promise<unknown>): Promise<boolean> {
    this.busy = true;
    this.failed = undefined;
    try {
      await work();
      return true;
    } catch (cause) {
      if (!(cause instanceof Trouble)) throw cause;
      this.failed = cause;
      return false;
    } finally {
      this.busy = false;
    }
  }
}
