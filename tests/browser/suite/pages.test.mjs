// Every page, in both languages, at three widths, light and dark.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { LANGUAGES, newContext, pages, settle, signIn, startBrowser, startDemo, THEMES, violations, WIDTHS, compressed } from '../harness.mjs';

/** The initial script must stay below this, compressed. */
const SCRIPT_BYTES_MAX = 200_000;

let demo, browser, state, addresses;

before(async () => {
  demo = await startDemo();
  browser = await startBrowser();
  state = await signIn(browser, demo);
  const { context } = await newContext(browser, demo, state);
  addresses = await pages(context, demo);
  await context.close();
});
after(async () => {
  await browser?.close();
  await demo?.stop();
});

/** Words that stand on a page only when the program is wrong. */
const BROKEN = /\bundefined\b|\bNaN\b|\[object Object\]|\bInvalid Date\b/;

async function look(page, address, lang) {
  const found = [];
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    for (const theme of THEMES) {
      await page.emulateMedia({ colorScheme: theme });
      await settle(page);
      const where = `${address} in ${lang}, ${width} px, ${theme}`;
      for (const line of await violations(page)) found.push(`${where}: ${line}`);
      const scroll = await page.evaluate(() => document.documentElement.scrollWidth);
      if (scroll > width) found.push(`${where}: is ${scroll} px wide`);
      if (process.env.SHOTS) await page.screenshot({ path: `shots/${address.replace(/\W+/g, '_')}-${lang}-${width}-${theme}.png`, fullPage: true });
    }
  }
  return found;
}

for (const lang of LANGUAGES) {
  describe(`pages in ${lang}`, () => {
    test('have no violation, no console error, no content policy report, no outside request', { timeout: 900_000 }, async (t) => {
      for (const address of addresses) {
        await t.test(address, { timeout: 120_000 }, async () => {
          const expectErrors = address === '/no-such-page' ? [/404/] : [];
          const { context, faults } = await newContext(browser, demo, state, { lang, expectErrors });
          const page = await context.newPage();
          await page.goto(demo.origin + address);
          await settle(page);
          const found = await look(page, address, lang);
          const text = await page.evaluate(() => document.body.innerText);
          if (BROKEN.test(text)) found.push(`${address}: says ${text.match(BROKEN)[0]}`);
          assert.equal(await page.evaluate(() => document.documentElement.lang), lang);
          assert.match(await page.title(), /Tierwatch$/);
          assert.match(text, lang === 'vi' ? /Dữ liệu mô phỏng/ : /Simulated data/, 'what is simulated must say so');
          await context.close();
          assert.deepEqual([...found, ...faults], []);
        });
      }
    });
  });
}

test('the sign-in page is sound for strangers', async () => {
  for (const lang of LANGUAGES) {
    const { context, faults } = await newContext(browser, demo, undefined, { lang, expectErrors: [/401/] });
    const page = await context.newPage();
    await page.goto(`${demo.origin}/devices?q=core`);
    await page.waitForURL(/\/sign-in\?next=/);
    const found = await look(page, '/sign-in', lang);
    await context.close();
    assert.deepEqual([...found, ...faults], []);
  }
});

test('the initial script is small', async () => {
  const { context } = await newContext(browser, demo, state);
  const page = await context.newPage();
  const scripts = [];
  page.on('response', (response) => {
    if (new URL(response.url()).pathname.endsWith('.js')) scripts.push(response.body().then(compressed));
  });
  await page.goto(demo.origin);
  await settle(page);
  const bytes = (await Promise.all(scripts)).reduce((sum, size) => sum + size, 0);
  await context.close();
  assert.ok(scripts.length > 0, 'no script was seen');
  assert.ok(bytes < SCRIPT_BYTES_MAX, `${bytes} bytes of script`);
  console.log(`initial script: ${bytes} bytes compressed in ${scripts.length} files`);
});
