// Starts the real program and a browser beside it; collects everything that a page
// must never do. `TIERWATCH_BIN` names the program, `CHROMIUM` the browser.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import { chromium } from 'playwright-core';

const here = dirname(fileURLToPath(import.meta.url));
const require = createRequire(import.meta.url);

export const LANGUAGES = ['en', 'vi'];
export const WIDTHS = [390, 1280, 2560];
export const THEMES = ['light', 'dark'];
/** How long the program may take to say where it is. */
const START_MILLIS_MAX = 60_000;
/** How long a page may take until all that it fetches is there. */
export const SETTLE_MILLIS_MAX = 20_000;

/** Starts `tierwatch demo` and waits for the line with the one-time link. */
export async function startDemo() {
  return startProgram({}, (data) => ['demo', '--seed', '1', '--listen', '127.0.0.1:0', '--data', data]);
}

/** Starts `tierwatch serve` on an inventory (the text of one file), with the one-time link of its first start. */
export async function startCentre(inventory, env) {
  return startProgram(env, async (folder) => {
    await mkdir(join(folder, 'inventory'));
    await writeFile(join(folder, 'inventory', 'site.yaml'), inventory);
    await writeFile(join(folder, 'serve.yaml'), 'listen: 127.0.0.1:0\ndata: data\ninventory: inventory\n');
    return ['serve', '--config', join(folder, 'serve.yaml')];
  });
}

/** Starts the program in a folder of its own, which goes with it. */
async function startProgram(env, prepare) {
  const program = resolve(here, process.env.TIERWATCH_BIN ?? '../../target/debug/tierwatch');
  if (!existsSync(program)) throw new Error(`there is no program ${program}; build it with "cargo build -p tierwatch", or name it in TIERWATCH_BIN`);
  const folder = await mkdtemp(join(tmpdir(), 'tierwatch-browser-'));
  const child = spawn(program, await prepare(folder), { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text) => (errors = (errors + text).slice(-8000)));
  const stop = async () => {
    await ended(child);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const link = await firstLink(child, () => errors);
    return { link, origin: new URL(link).origin, stop };
  } catch (cause) {
    await stop();
    throw cause;
  }
}

/** Ends a process that we started: by word, and if it does not hear, by force. */
export async function ended(child) {
  const gone = new Promise((done) => (child.exitCode === null && child.signalCode === null ? child.once('exit', done) : done()));
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await gone;
  clearTimeout(late);
}

function firstLink(child, errors) {
  return new Promise((done, fail) => {
    let out = '';
    const late = setTimeout(() => fail(new Error(`the program named no link within ${START_MILLIS_MAX} ms; it said:\n${out}\n${errors()}`)), START_MILLIS_MAX);
    child.once('exit', (code) => fail(new Error(`the program ended with ${code}; it said:\n${out}\n${errors()}`)));
    child.once('error', fail);
    child.stdout.setEncoding('utf8').on('data', (text) => {
      out += text;
      const found = out.match(/https?:\/\/[^\s"]+\/sign-in[#?][^\s"]+/);
      if (!found) return;
      clearTimeout(late);
      done(found[0]);
    });
  });
}

export async function startBrowser() {
  const path = process.env.CHROMIUM ?? '/usr/bin/chromium';
  if (!existsSync(path)) throw new Error(`there is no browser ${path}; install Debian's "chromium", or name it in CHROMIUM`);
  return chromium.launch({
    executablePath: path,
    args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-default-apps']
  });
}

/** Signs in once by the link; the cookies serve all contexts after that. */
export async function signIn(browser, demo) {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(demo.link);
  await page.waitForURL((url) => url.pathname === '/', { timeout: SETTLE_MILLIS_MAX });
  const state = await context.storageState();
  await context.close();
  return state;
}

/** A browser context with a language, and a list that fills with whatever must not happen. */
export async function newContext(browser, demo, state, { lang = 'en', width = 1280, theme = 'light', expectErrors = [] } = {}) {
  const context = await browser.newContext({ storageState: state, viewport: { width, height: 900 }, colorScheme: theme, reducedMotion: 'reduce' });
  const faults = [];
  await context.addInitScript((chosen) => {
    if (location.protocol === 'about:') return;
    if (!localStorage.getItem('tierwatch.preferences')) localStorage.setItem('tierwatch.preferences', JSON.stringify({ lang: chosen, theme: 'system', density: 'comfortable' }));
    document.addEventListener('securitypolicyviolation', (event) => console.error(`content policy: ${event.violatedDirective} ${event.blockedURI}`));
  }, lang);
  context.on('request', (request) => {
    const url = new URL(request.url());
    if (!['data:', 'blob:'].includes(url.protocol) && url.origin !== demo.origin) faults.push(`request to another host: ${url.href}`);
  });
  context.on('console', (message) => {
    if (message.type() !== 'error' && message.type() !== 'warning') return;
    const text = `console ${message.type()} on ${message.page()?.url()}: ${message.text()} ${message.location().url}`;
    if (!expectErrors.some((pattern) => pattern.test(text))) faults.push(text);
  });
  context.on('weberror', (error) => faults.push(`error on ${error.page()?.url()}: ${error.error().message}`));
  return { context, faults };
}

/** Waits until the page has its head and nothing is being waited for. */
export async function settle(page) {
  await page.waitForSelector('h1', { timeout: SETTLE_MILLIS_MAX });
  await page.waitForFunction(() => !document.querySelector('.bone') && !document.querySelector('main > [role="status"]'), undefined, { timeout: SETTLE_MILLIS_MAX });
}

const axeSource = await readFile(require.resolve('axe-core/axe.min.js'), 'utf8');

/** The violations that axe finds, contrast on, as readable lines. */
export async function violations(page) {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axeSource);
  const results = await page.evaluate(async () => {
    const found = await window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'], resultTypes: ['violations'] });
    return found.violations.map(({ id, help, nodes }) => ({ id, help, nodes: nodes.slice(0, 4).map((node) => `${node.target.join(' ')}: ${(node.any[0] ?? node.all[0] ?? node.none[0])?.message ?? ''}`) }));
  });
  return results.map(({ id, help, nodes }) => `${id} (${help})\n    ${nodes.join('\n    ')}`);
}

/** Asks the API with the browser's session. */
export async function ask(context, demo, path) {
  const answer = await context.request.get(demo.origin + path);
  if (!answer.ok()) throw new Error(`GET ${path} answered ${answer.status()}`);
  return answer.json();
}

/** The size of a script as a server that compresses would send it. */
export function compressed(body) {
  const plain = body[0] === 0x1f && body[1] === 0x8b ? gunzipSync(body) : body;
  return gzipSync(plain, { level: 9 }).length;
}

/** The addresses of all pages, with identifiers that exist in the demo. */
export async function pages(context, demo) {
  const [sites, devices, racks, circuits, assets] = await Promise.all([
    ask(context, demo, '/api/v1/sites?limit=10'),
    ask(context, demo, '/api/v1/devices?class=router&limit=10'),
    ask(context, demo, '/api/v1/racks?limit=10'),
    ask(context, demo, '/api/v1/circuits?limit=10'),
    ask(context, demo, '/api/v1/assets?limit=10')
  ]);
  const device = devices.items[0].id;
  const interfaces = await ask(context, demo, `/api/v1/devices/${device}/interfaces?limit=10`);
  const ups = await ask(context, demo, '/api/v1/devices?class=ups&limit=1');
  const enc = encodeURIComponent;
  return [
    '/',
    `/sites/${enc(sites.items[0].id)}`,
    '/sites/vnta?out=vnta-ups-a',
    '/sites/vnta?shape=2016-01-01',
    '/availability',
    `/availability/${enc(sites.items[0].id)}/${new Date().toISOString().slice(0, 7)}`,
    '/devices',
    '/devices?q=no-such-device',
    `/devices/${enc(device)}`,
    ...ups.items.map((one) => `/devices/${enc(one.id)}`),
    ...interfaces.items.slice(0, 1).map((one) => `/interfaces/${enc(one.id)}`),
    ...racks.items.slice(0, 1).map((one) => `/racks/${enc(one.id)}`),
    '/wan',
    `/wan/circuits/${enc(circuits.items[0].id)}`,
    '/assets',
    `/assets/${enc(assets.items[0].id)}`,
    '/assets/age',
    '/assets/stocktake',
    '/assets/discrepancies',
    '/assets/discrepancies?status=all&kind=date_conflict',
    '/assets/forecast',
    '/assets/plan',
    '/assets/contracts',
    '/assets/units',
    '/reports/yearly',
    '/systems',
    '/findings',
    '/findings?q=no-such-device',
    '/admin/sources',
    '/alerts',
    '/alerts?state=past',
    '/maintenance',
    '/maintenance?show=past',
    '/collectors',
    '/admin?section=devices',
    `/admin?section=devices&edit=${enc(device)}`,
    '/admin?section=credentials',
    '/admin?section=users',
    '/admin?section=tokens',
    '/admin?section=audit',
    '/no-such-page'
  ];
}
