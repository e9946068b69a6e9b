// A device that is not ours, on the open page: its rates, its end and its return, with nobody reloading.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { IN_BYTES, OUT_BYTES, startAgent } from '../agent.mjs';
import { newContext, settle, signIn, startBrowser, startCentre } from '../harness.mjs';

/** How long the page may take to show what must come; the polls are a second apart. */
const PATIENCE_MILLIS = 60_000;

let agent, centre, browser, state;

before(async () => {
  agent = await startAgent();
  centre = await startCentre(`organisation: {id: o, name: {en: O, vi: O}, timezone: Asia/Ho_Chi_Minh}
site: {id: s, name: {en: S, vi: S}, timezone: Asia/Ho_Chi_Minh}
credentials:
  - {id: c, snmp: {version: 2c, community_env: AGENT_COMMUNITY}}
devices:
  - {id: foreign, name: foreign, class: server, address: "${agent.address}", credential: c, poll_seconds: 1, witness: true}
`, { AGENT_COMMUNITY: 'public' });
  browser = await startBrowser();
  state = await signIn(browser, centre);
});
after(async () => {
  await browser?.close();
  await centre?.stop();
  await agent?.remove();
});

/** Waits until the page's head says a state. */
const says = (page, word) => page.locator('.page-head .pill').getByText(word, { exact: true }).waitFor({ timeout: PATIENCE_MILLIS });

test('the console follows a foreign agent through its rates, its end and its return', async () => {
  const { context, faults } = await newContext(browser, centre, state);
  const page = await context.newPage();
  let loads = 0;
  page.on('load', () => (loads += 1));
  await page.goto(`${centre.origin}/devices/foreign`);
  await settle(page);
  await says(page, 'Up');
  const row = page.locator('tbody tr', { has: page.getByRole('link', { name: 'lo', exact: true }) });
  // The table shows three digits; bits per second.
  const near = (text, bytes) => {
    const [, number, unit] = text.replace(/\s/g, ' ').match(/([\d.,]+) ?(bit|kbit|Mbit)\/s/) ?? [];
    const bits = Number(number?.replace(',', '')) * { bit: 1, kbit: 1e3, Mbit: 1e6 }[unit];
    return Math.abs(bits / (bytes * 8) - 1) <= 0.01;
  };
  const deadline = Date.now() + PATIENCE_MILLIS;
  for (let right = false; !right; ) {
    const cells = await row.locator('td.num').allTextContents();
    right = cells.length > 2 && near(cells[1], IN_BYTES) && near(cells[2], OUT_BYTES);
    assert.ok(right || Date.now() < deadline, `the rates are ${cells.join(' | ')}`);
    if (!right) await page.waitForTimeout(200);
  }
  await agent.stop();
  await says(page, 'Down');
  await agent.start();
  await says(page, 'Up');
  assert.equal(loads, 1, 'the page was loaded once');
  await context.close();
  assert.deepEqual(faults, []);
});
