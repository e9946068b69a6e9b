// What people do: keys, filters that live in the address, lost streams, hostile texts, failures.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ask, newContext, settle, signIn, startBrowser, startDemo } from '../harness.mjs';

let demo, browser, state;

before(async () => {
  demo = await startDemo();
  browser = await startBrowser();
  state = await signIn(browser, demo);
});
after(async () => {
  await browser?.close();
  await demo?.stop();
});

/** Runs `body` on a fresh page; afterwards nothing forbidden may have happened. */
async function onPage(address, options, body) {
  const { context, faults } = await newContext(browser, demo, state, options);
  const page = await context.newPage();
  try {
    await options.before?.(page);
    await page.goto(demo.origin + address);
    await settle(page);
    await body(page, context);
    assert.deepEqual(faults, []);
  } finally {
    await context.close();
  }
}

const focused = (page) => page.evaluate(() => document.activeElement?.textContent?.trim() || document.activeElement?.id);

test('the first Tab offers to skip to the content', () =>
  onPage('/', {}, async (page) => {
    await page.keyboard.press('Tab');
    assert.equal(await focused(page), 'Skip to content');
    await page.keyboard.press('Enter');
    assert.equal(await page.evaluate(() => document.activeElement?.id), 'content');
  }));

test('a slash leads to the search, and the search to the devices', () =>
  onPage('/', {}, async (page) => {
    await page.keyboard.press('/');
    assert.equal(await page.evaluate(() => document.activeElement?.id), 'search');
    await page.keyboard.type('core');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/devices\?q=core$/);
    await page.waitForSelector('tbody a');
    const rows = await page.locator('tbody th a').allTextContents();
    assert.ok(rows.length > 0 && rows.every((row) => row.includes('core')), rows.join(', '));
  }));

test('arrow keys move between rows and Enter opens one', () =>
  onPage('/devices', {}, async (page) => {
    const names = await page.locator('tbody th a').allTextContents();
    await page.locator('tbody th a').first().focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    assert.equal(await focused(page), names[2]);
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    await page.waitForURL((url) => url.pathname === `/devices/${encodeURIComponent(names[1])}`);
  }));

test('a question mark shows the keys, Escape puts them away', () =>
  onPage('/', {}, async (page) => {
    await page.keyboard.press('?');
    await page.waitForSelector('dialog[open]');
    await page.keyboard.press('Escape');
    await page.waitForSelector('dialog[open]', { state: 'hidden' });
    await page.keyboard.press('g');
    await page.keyboard.press('d');
    await page.waitForURL(/\/devices$/);
  }));

test('filters, sorting and columns live in the address and survive a reload', () =>
  onPage('/devices', {}, async (page) => {
    await page.getByRole('combobox', { name: 'Class' }).selectOption('router');
    await page.waitForURL(/class=router/);
    await page.locator('thead button', { hasText: 'Device' }).click();
    await page.waitForURL(/sort=-id/);
    await page.locator('summary', { hasText: 'Columns' }).click();
    await page.getByRole('checkbox', { name: 'Vendor' }).uncheck();
    await page.waitForURL(/columns=/);
    await page.reload();
    await settle(page);
    await page.waitForSelector('tbody a');
    const rows = await page.locator('tbody th a').allTextContents();
    assert.deepEqual(rows, [...rows].sort().reverse());
    assert.equal(await page.locator('thead', { hasText: 'Vendor' }).count(), 0);
    assert.equal(await page.locator('th[aria-sort="descending"]').count(), 1);
  }));

test('the CSV holds what the table shows', () =>
  onPage('/devices?class=router', {}, async (page, context) => {
    const rows = await page.locator('tbody th a').allTextContents();
    const href = await page.getByText('Export CSV').getAttribute('href');
    const answer = await context.request.get(demo.origin + href);
    assert.equal(answer.status(), 200);
    assert.match(answer.headers()['content-type'], /text\/csv/);
    const text = await answer.text();
    for (const row of rows) assert.ok(text.includes(row), `${row} is missing in the file`);
  }));

test('a chart is zoomed and moved by keys, and has a table twin', async () => {
  const { context } = await newContext(browser, demo, state);
  const device = (await ask(context, demo, '/api/v1/devices?class=router&limit=1')).items[0].id;
  const id = (await ask(context, demo, `/api/v1/devices/${device}/interfaces?limit=1`)).items[0].id;
  await context.close();
  await onPage(`/interfaces/${encodeURIComponent(id)}`, {}, async (page) => {
    await page.waitForSelector('.uplot canvas');
    await page.locator('.plot').first().focus();
    await page.keyboard.press('+');
    await page.waitForURL(/from=.*to=/);
    const before = new URL(page.url()).searchParams;
    await page.keyboard.press('ArrowLeft');
    await page.waitForURL((url) => url.searchParams.get('from') !== before.get('from'));
    await page.keyboard.press('0');
    await page.waitForURL((url) => !url.searchParams.has('from'));
    await page.getByRole('button', { name: 'Show as table' }).click();
    await page.waitForSelector('.twin tbody th');
    assert.equal(await page.locator('.uplot').count(), 0);
  });
});

test('language and colours are chosen by hand and kept', () =>
  onPage('/devices', {}, async (page) => {
    await page.locator('header summary').click();
    await page.getByRole('button', { name: 'Tiếng Việt' }).click();
    await page.getByRole('button', { name: 'Tối' }).click();
    assert.equal(await page.locator('h1').textContent(), 'Thiết bị');
    const kept = await page.evaluate(() => localStorage.getItem('tierwatch.preferences'));
    assert.deepEqual(JSON.parse(kept), { lang: 'vi', theme: 'dark', density: 'comfortable' });
    assert.equal(await page.evaluate(() => getComputedStyle(document.documentElement).colorScheme), 'dark');
  }));

const HOSTILE = '<img src=x onerror="window.broken=1"><script>window.broken=1</script>"\'>{{7*7}}\u202e\u0007';

/** The real answer with every text of the device replaced. */
async function poison(page, pattern, keys) {
  await page.route(pattern, async (route) => {
    const answer = await route.fetch();
    const text = JSON.stringify(await answer.json(), (key, value) => (keys.includes(key) && typeof value === 'string' ? HOSTILE : value));
    await route.fulfill({ response: answer, body: text });
  });
}

test('what a device says of itself is text and nothing else', async () => {
  const { context } = await newContext(browser, demo, state);
  const id = (await ask(context, demo, '/api/v1/devices?class=router&limit=1')).items[0].id;
  await context.close();
  const keys = ['sys_descr', 'sys_name', 'sys_location', 'sys_contact', 'vendor', 'model', 'serial', 'alias', 'descr', 'name', 'detail', 'label', 'structure', 'state_word'];
  for (const address of [`/devices/${id}`, '/devices', '/', '/wan']) {
    await onPage(address, { before: (page) => poison(page, /\/api\/v1\/(devices|overview|circuits|events|sites)/, keys) }, async (page) => {
      await page.waitForTimeout(0);
      assert.equal(await page.evaluate(() => window.broken), undefined);
      assert.equal(await page.locator('main img, main script').count(), 0);
      if (address !== '/' && address !== '/wan') assert.ok((await page.locator('main').innerText()).includes('<img src=x'), 'the text itself is shown');
    });
  }
});

test('a lost stream shows its age, and the page goes on by asking', () =>
  onPage('/', { expectErrors: [/stream/, /ERR_FAILED/], before: (page) => page.route('**/api/v1/stream', (route) => route.abort()) }, async (page) => {
    await page.getByText(/No live data for \d+ s/).waitFor();
    const asked = page.waitForResponse((response) => response.url().endsWith('/api/v1/overview'), { timeout: 30_000 });
    assert.ok((await asked).ok());
  }));

test('a failure is told with its number and can be tried again', () =>
  onPage('/', { expectErrors: [/500/] }, async (page) => {
    let broken = true;
    await page.route('**/api/v1/collectors*', (route) =>
      broken ? route.fulfill({ status: 500, contentType: 'application/problem+json', body: JSON.stringify({ type: 'about:blank', title: 'Internal Server Error', status: 500, code: 'internal', detail: '', params: {}, request_id: 'r-42' }) }) : route.continue()
    );
    await page.keyboard.press('g');
    await page.keyboard.press('c');
    await page.getByRole('alert').getByText('r-42').waitFor();
    broken = false;
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.waitForSelector('main table tbody th');
    assert.equal(await page.getByRole('alert').count(), 0);
  }));

test('the age report prints without the frame', () =>
  onPage('/assets/age', {}, async (page) => {
    await page.emulateMedia({ media: 'print' });
    assert.equal(await page.locator('#sidebar').isVisible(), false);
    assert.equal(await page.locator('header.no-print').isVisible(), false);
    assert.equal(await page.locator('h1').isVisible(), true);
    assert.match(await page.locator('.headline').first().innerText(), /within.*over.*uncertain.*unknown, of/);
  }));

test('the small screen has a drawer', () =>
  onPage('/', { width: 390 }, async (page) => {
    assert.equal(await page.locator('#sidebar').isVisible(), false);
    await page.getByRole('button', { name: 'Open navigation' }).click();
    await page.locator('#sidebar').getByText('Devices').click();
    await page.waitForURL(/\/devices$/);
    await page.locator('#sidebar').waitFor({ state: 'hidden' });
  }));
