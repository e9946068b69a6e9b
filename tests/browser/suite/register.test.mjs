// The asset register by hand: choosing over pages, one change for many, labels, files, documents, waivers.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ask, newContext, settle, SETTLE_MILLIS_MAX, signIn, startBrowser, startDemo, violations } from '../harness.mjs';

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

const dialog = (page) => page.getByRole('dialog');

test('assets chosen on two pages are changed together after a preview, and labelled', async () => {
  const { context, faults } = await newContext(browser, demo, state);
  const page = await context.newPage();
  try {
    await page.goto(`${demo.origin}/assets?class=desktop`);
    await settle(page);
    const tags = (await ask(context, demo, '/api/v1/assets?class=desktop&limit=101')).items.map((one) => one.id);
    assert.equal(tags.length, 101, 'there is a second page');
    await page.getByRole('checkbox', { name: `Choose ${tags[0]}`, exact: true }).check();
    await page.getByRole('button', { name: 'Next page', exact: true }).click();
    await page.getByRole('link', { name: tags[100], exact: true }).waitFor({ timeout: SETTLE_MILLIS_MAX });
    await page.getByRole('checkbox', { name: `Choose ${tags[100]}`, exact: true }).check();
    await page.getByText('2 assets chosen', { exact: true }).waitFor();

    await page.getByRole('button', { name: 'Change', exact: true }).click();
    await dialog(page).getByRole('checkbox', { name: 'Change: Note' }).check();
    await dialog(page).getByRole('textbox', { name: 'Note' }).fill('checked by hand');
    assert.deepEqual(await violations(page), []);
    await dialog(page).getByRole('button', { name: 'Preview' }).click();
    await dialog(page).getByText('0 new, 2 changed, 0 unchanged, 0 wrong.').waitFor();
    assert.notEqual((await ask(context, demo, `/api/v1/assets/${tags[0]}/history`)).record.note, 'checked by hand', 'not before the commit');
    await dialog(page).getByRole('button', { name: 'Commit 2 changes' }).click();
    await dialog(page).getByText('2 assets were made or changed.').waitFor({ timeout: SETTLE_MILLIS_MAX });
    for (const tag of [tags[0], tags[100]]) assert.equal((await ask(context, demo, `/api/v1/assets/${tag}/history`)).record.note, 'checked by hand');
    await dialog(page).getByRole('button', { name: 'Close' }).click();

    await page.getByRole('checkbox', { name: 'Choose all on this page' }).check();
    await page.getByRole('button', { name: /^Choose all .* that match$/ }).click();
    await page.getByRole('button', { name: 'Labels', exact: true }).click();
    const open = dialog(page).getByRole('link', { name: 'Open PDF' });
    const address = await open.getAttribute('href');
    assert.match(address, /class=desktop/);
    assert.deepEqual(await violations(page), []);
    const pdf = await context.request.get(demo.origin + address);
    assert.equal(pdf.headers()['content-type'], 'application/pdf');
    assert.deepEqual(faults, []);
  } finally {
    await context.close();
  }
});

test('a workbook that was exported says nothing new when it is imported', async () => {
  const { context, faults } = await newContext(browser, demo, state);
  const page = await context.newPage();
  try {
    await page.goto(`${demo.origin}/assets?class=printer`);
    await settle(page);
    const saved = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Export XLSX' }).click();
    const path = await (await saved).path();
    const total = (await ask(context, demo, '/api/v1/assets?class=printer&limit=1')).total;
    await page.getByRole('button', { name: 'Import', exact: true }).click();
    const { readFile } = await import('node:fs/promises');
    await dialog(page).getByLabel('File').setInputFiles({ name: 'assets.xlsx', mimeType: 'application/octet-stream', buffer: await readFile(path) });
    await dialog(page).getByRole('button', { name: 'Preview' }).click();
    await dialog(page).getByText(`0 new, 0 changed, ${total} unchanged, 0 wrong.`).waitFor({ timeout: SETTLE_MILLIS_MAX });
    assert.deepEqual(await violations(page), []);
    assert.deepEqual(faults, []);
  } finally {
    await context.close();
  }
});

test('a document is kept with an asset, and a waiver is asked for', async () => {
  const { context, faults } = await newContext(browser, demo, state);
  const page = await context.newPage();
  try {
    const old = (await ask(context, demo, '/api/v1/assets?age=over&waived=false&limit=1')).items[0].id;
    const person = (await ask(context, demo, '/api/v1/people?limit=1')).items[0].id;
    await page.goto(`${demo.origin}/assets/${encodeURIComponent(old)}`);
    await settle(page);
    await page.getByLabel('File').setInputFiles({ name: 'bien-ban.html', mimeType: 'text/html', buffer: Buffer.from('<script>document.title = "taken"</script>') });
    await page.getByRole('button', { name: 'Add document' }).click();
    const link = page.getByRole('link', { name: 'bien-ban.html' });
    await link.waitFor({ timeout: SETTLE_MILLIS_MAX });
    const saved = page.waitForEvent('download');
    await link.click();
    assert.equal((await saved).suggestedFilename(), 'bien-ban.html');

    await page.getByRole('button', { name: 'Ask for a waiver' }).click();
    const until = new Date(Date.now() + 100 * 86_400_000).toISOString().slice(0, 10);
    await dialog(page).getByLabel('Last day').fill(until);
    await dialog(page).getByLabel('Who asks (staff code)').fill(person);
    await dialog(page).getByLabel('Reason').fill('No successor was delivered yet');
    await dialog(page).getByLabel(/^Document number/).fill('12/QĐ');
    await dialog(page).getByLabel(/^Done instead/).fill('Kept in a network of its own');
    assert.deepEqual(await violations(page), []);
    await dialog(page).getByRole('button', { name: 'Ask for a waiver' }).click();
    await page.getByText('Waits for a second person').waitFor({ timeout: SETTLE_MILLIS_MAX });
    assert.deepEqual(await violations(page), []);
    await page.goto(`${demo.origin}/assets/age`);
    await settle(page);
    await page.getByRole('table', { name: 'Waivers of the age rule' }).getByText('No successor was delivered yet').waitFor();
    assert.deepEqual(faults, []);
  } finally {
    await context.close();
  }
});

test('the dialogs of a stock-take and of a plan open, and say what they need', async () => {
  const { context, faults } = await newContext(browser, demo, state);
  const page = await context.newPage();
  try {
    for (const [path, name] of [['/assets/stocktake', 'Open a stock-take'], ['/assets/plan', 'Keep as draft']]) {
      await page.goto(demo.origin + path);
      await settle(page);
      await page.locator('main').getByRole('button', { name, exact: true }).first().click({ timeout: SETTLE_MILLIS_MAX });
      await dialog(page).getByRole('button', { name, exact: true }).waitFor();
      assert.deepEqual(await violations(page), [], path);
      await page.keyboard.press('Escape');
    }
    assert.deepEqual(faults, []);
  } finally {
    await context.close();
  }
});
