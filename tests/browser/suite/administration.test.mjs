// What administrators do: a device is tried, added, changed and removed; a credential is sealed;
// users and tokens show their secrets once. Each write stands in the audit log.
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

/** Runs `body` on a section of the administration; afterwards nothing forbidden may have happened. */
async function onSection(section, body, expectErrors = []) {
  const { context, faults } = await newContext(browser, demo, state, { expectErrors });
  const page = await context.newPage();
  try {
    await page.goto(`${demo.origin}/admin?section=${section}`);
    await settle(page);
    await body(page, context);
    assert.deepEqual(faults, []);
  } finally {
    await context.close();
  }
}

const dialog = (page) => page.getByRole('dialog');
/** Waits until the dialog is closed; what keeps it open is told. */
async function closed(page) {
  const refused = dialog(page).getByRole('alert');
  await Promise.race([page.waitForFunction(() => !document.querySelector('dialog[open]')), refused.waitFor()]);
  if (await dialog(page).count()) assert.fail(`the dialog says: ${await refused.innerText()}`);
}

/** The actions of the newest entries of the audit log about something. */
async function audited(context, subject) {
  const log = await ask(context, demo, '/api/v1/audit?limit=100');
  return log.items.filter((entry) => JSON.stringify(entry).includes(subject));
}

test('a device is tried, added, changed and removed', () =>
  onSection('devices', async (page, context) => {
    const twin = await ask(context, demo, '/api/v1/devices/mic-core-1');
    await page.getByRole('button', { name: 'Add device' }).click();
    await dialog(page).getByLabel('Identifier').fill('mic-lab-1');
    await dialog(page).getByLabel('Site', { exact: true }).selectOption('mic');
    await dialog(page).getByLabel('Address').fill(twin.spec.address);
    await dialog(page).getByLabel('Credential').selectOption(twin.spec.credential);
    await dialog(page).getByRole('button', { name: 'Test', exact: true }).click();
    await dialog(page).getByText(/answered in/).waitFor({ timeout: 20_000 });
    // Two devices of one address are refused, with the name of the other.
    await dialog(page).getByRole('button', { name: 'Save' }).click();
    await dialog(page).getByRole('alert').getByText('mic-core-1').waitFor();
    await dialog(page).getByLabel('Address').fill('127.2.99.1:16100');
    await dialog(page).getByRole('button', { name: 'Save' }).click();
    await closed(page);
    const added = await ask(context, demo, '/api/v1/devices/mic-lab-1');
    assert.equal(added.spec.address, '127.2.99.1:16100');
    assert.equal(added.version, 1);

    await page.goto(`${demo.origin}/admin?section=devices&edit=mic-lab-1`);
    await settle(page);
    await dialog(page).getByLabel('Seconds between polls').fill('120');
    await dialog(page).getByRole('button', { name: 'Save' }).click();
    await closed(page);
    const changed = await ask(context, demo, '/api/v1/devices/mic-lab-1');
    assert.deepEqual([changed.spec.poll_seconds, changed.version], [120, 2]);

    await page.goto(`${demo.origin}/admin?section=devices&edit=mic-lab-1`);
    await settle(page);
    await dialog(page).getByRole('button', { name: 'Remove' }).click();
    await dialog(page).getByRole('alert').getByRole('button', { name: 'Remove' }).click();
    await dialog(page).waitFor({ state: 'detached' });
    const gone = await context.request.get(`${demo.origin}/api/v1/devices/mic-lab-1`);
    assert.equal(gone.status(), 404);
    assert.ok((await audited(context, 'mic-lab-1')).length >= 3, 'three writes are in the audit log');
  }, [/40[04]|422/]));

test('a device that another changed meanwhile is not overwritten, and the dialog says so', () =>
  onSection(
    'devices&edit=rfd-srv-1',
    async (page, context) => {
      const { version, spec } = await ask(context, demo, '/api/v1/devices/rfd-srv-1');
      const field = dialog(page).getByLabel('Seconds between polls');
      await field.waitFor();
      const other = await context.request.put(`${demo.origin}/api/v1/devices/rfd-srv-1`, { headers: { origin: demo.origin }, data: { version, spec: { ...spec, poll_seconds: 77 } } });
      assert.equal(other.status(), 200);
      await field.fill('99');
      await dialog(page).getByRole('button', { name: 'Save' }).click();
      await dialog(page).getByRole('alert').waitFor();
      const kept = await ask(context, demo, '/api/v1/devices/rfd-srv-1');
      assert.equal(kept.spec.poll_seconds, 77);
    },
    [/409/]
  ));

test('a credential is sealed: its secret never comes back', () =>
  onSection('credentials', async (page, context) => {
    await page.getByRole('button', { name: 'Add credential' }).click();
    await dialog(page).getByLabel('Identifier').fill('lab-v3');
    await dialog(page).getByLabel('User').fill('reader');
    await dialog(page).getByLabel('Authentication', { exact: true }).selectOption('sha256');
    await dialog(page).getByLabel('Authentication password').fill('a-long-secret-1');
    await dialog(page).getByLabel('Privacy', { exact: true }).selectOption('aes128');
    await dialog(page).getByLabel('Privacy password').fill('a-long-secret-2');
    await dialog(page).getByRole('button', { name: 'Save' }).click();
    await closed(page);
    const answer = JSON.stringify(await ask(context, demo, '/api/v1/credentials?limit=100'));
    assert.match(answer, /lab-v3/);
    assert.doesNotMatch(answer + JSON.stringify(await audited(context, 'lab-v3')), /a-long-secret/);
  }));

test('a user and a token show their secret once', () =>
  onSection('users', async (page, context) => {
    await page.getByRole('button', { name: 'Add user' }).click();
    await dialog(page).getByLabel('User name').fill('lan');
    await dialog(page).getByLabel('Role').selectOption('auditor');
    await dialog(page).getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByText(/\/sign-in#[0-9a-f]{32,}/).waitFor();
    await page.keyboard.press('Escape');
    await page.goto(`${demo.origin}/admin?section=tokens`);
    await settle(page);
    await page.getByRole('button', { name: 'Add token' }).click();
    await dialog(page).getByLabel('Purpose').fill('wallboard');
    await dialog(page).getByLabel('Role').selectOption('viewer');
    await dialog(page).getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByText('This secret is shown once.').waitFor();
    await page.keyboard.press('Escape');
    const row = page.getByRole('row').filter({ hasText: 'wallboard' });
    await row.getByRole('button', { name: 'Revoke' }).click();
    await row.getByText('Revoked').waitFor();
    assert.ok((await audited(context, 'wallboard')).length >= 1);
    const users = await ask(context, demo, '/api/v1/users?limit=100');
    assert.ok(users.items.some((user) => user.id === 'lan' && user.spec.role === 'auditor'));
  }));
