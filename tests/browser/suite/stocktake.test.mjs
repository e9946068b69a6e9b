// Taking stock with a scanner while the network comes and goes: nothing is lost, nothing counts twice.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ask, newContext, settle, SETTLE_MILLIS_MAX, signIn, startBrowser, startDemo } from '../harness.mjs';

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

/** Asks for a change with the browser's session, as our own page does. */
async function post(context, path, data) {
  const answer = await context.request.post(demo.origin + path, { data, headers: { origin: demo.origin } });
  assert.ok(answer.ok(), `POST ${path} answered ${answer.status()}: ${await answer.text()}`);
  return answer.json();
}

/** What a scanner does: it types the code and Enter, wherever the page has the focus. */
async function scan(page, code, verdict) {
  await page.keyboard.type(code);
  await page.keyboard.press('Enter');
  const answer = page.locator('.answer');
  await page.waitForFunction(([code]) => document.querySelector('.answer')?.textContent?.includes(code), [code], { timeout: SETTLE_MILLIS_MAX });
  assert.equal(await answer.getAttribute('data-verdict'), verdict, code);
}

const pending = (page, count) => page.waitForSelector(`[data-pending="${count}"]`, { timeout: SETTLE_MILLIS_MAX, state: 'attached' });

test('scans survive a network that goes away in the middle, and none counts twice', async () => {
  const expectErrors = [/ERR_INTERNET_DISCONNECTED/, /ERR_FAILED/, /ERR_NETWORK_CHANGED/, /EventSource/];
  const { context, faults } = await newContext(browser, demo, state, { expectErrors });
  const page = await context.newPage();
  try {
    const opened = await post(context, '/api/v1/stocktakes', { name: 'Machine room', scope: { kind: 'rack', id: 'mic-r01' } });
    const path = `/api/v1/stocktakes/${opened.id}`;
    const tags = (await ask(context, demo, path)).expected.map((one) => one.tag);
    assert.ok(tags.length >= 6, `${tags.length} assets are expected in the rack`);
    await page.goto(`${demo.origin}/assets/stocktake/${opened.id}`);
    await settle(page);

    // The network is there.
    await scan(page, tags[0], 'expected');
    await scan(page, tags[1], 'expected');
    await pending(page, 0);

    // It goes away. The list is at hand: what is double or strange is told at once.
    await context.setOffline(true);
    await scan(page, tags[2], 'expected');
    await scan(page, tags[3], 'expected');
    await scan(page, tags[0], 'again');
    await scan(page, 'STRANGER-1', 'stranger');
    await pending(page, 4);
    assert.equal((await page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('tierwatch.stocktake.')))).length, 4, 'kept on this device');
    await context.setOffline(false);
    await pending(page, 0);

    // The server hears, and its answer is lost on the way: the same scans are sent again.
    let lost = 0;
    await page.route('**/scans', async (route) => {
      if (lost++ > 0) return route.continue();
      await route.fetch();
      return route.abort();
    });
    await scan(page, tags[4], 'expected');
    await pending(page, 1);
    await page.getByRole('button', { name: 'Send now' }).click();
    await pending(page, 0);
    assert.ok(lost >= 2, 'the scan was sent twice');
    await scan(page, tags[5], 'expected');
    await pending(page, 0);

    const kept = await ask(context, demo, path);
    assert.equal(kept.scans.length, 8, 'eight scans were made');
    assert.deepEqual([...kept.findings.found].sort(), tags.slice(0, 6).sort());
    assert.deepEqual(kept.findings.duplicates, [{ code: tags[0], times: 2 }]);
    assert.deepEqual(kept.findings.unknown, ['STRANGER-1']);
    assert.deepEqual([...kept.findings.missing].sort(), tags.slice(6).sort());
    assert.equal(await page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('tierwatch.stocktake.')).length), 0, 'nothing waits any more');

    // What the server knows replaces what the device guessed.
    await page.getByText('Not in the register', { exact: true }).last().waitFor();
    await page.getByRole('button', { name: 'Close the stock-take' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Close the stock-take' }).click();
    await page.getByRole('heading', { name: 'Missing' }).waitFor();
    assert.deepEqual(faults, []);
  } finally {
    await context.close();
  }
});
