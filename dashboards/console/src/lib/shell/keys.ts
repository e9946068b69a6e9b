// Keys that work on every page. Letters typed into a field stay letters.

/** Where `g` and a letter lead. */
export const GOTO: Record<string, string> = { o: '/', d: '/devices', w: '/wan', a: '/alerts', s: '/assets', r: '/assets/age', c: '/collectors' };
/** How long `g` waits for its letter. */
const WAIT_MILLIS = 1200;

export interface KeyActions {
  search: () => void;
  help: () => void;
  go: (path: string) => void;
}

export function keyHandler(actions: KeyActions): (event: KeyboardEvent) => void {
  let pressedG = -Infinity;
  return (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const target = event.target;
    if (target instanceof HTMLElement && target.closest('input, select, textarea, dialog, [contenteditable]')) return;
    if (event.key === '/') {
      event.preventDefault();
      actions.search();
    } else if (event.key === '?') {
      event.preventDefault();
      actions.help();
    } else if (event.key === 'g') {
      pressedG = event.timeStamp;
    } else if (event.timeStamp - pressedG < WAIT_MILLIS) {
      pressedG = -Infinity;
      const path = GOTO[event.key];
      if (path) actions.go(path);
    }
  };
}
