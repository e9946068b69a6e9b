// The page of a site for those who do not see it or have no mouse: the six answers in their order,
// every state in words, everything reached and worked by keys.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { newContext, settle, SETTLE_MILLIS_MAX, signIn, startBrowser, startDemo } from '../harness.mjs';

const SAID = {
  en: {
    list: 'Six answers',
    questions: ['Are the loads fed?', 'What is the margin?', 'What drops a load next?', 'How much budget is left?', 'What is proven?', 'What is planned?']
  },
  vi: {
    list: 'Sáu câu trả lời',
    questions: ['Tải có được cấp điện và làm mát không?', 'Còn bao nhiêu dự trữ?', 'Sự cố nào tiếp theo làm mất tải?', 'Còn bao nhiêu hạn mức?', 'Điều gì đã được chứng minh?', 'Kế hoạch sắp tới?']
  }
};
/** More stops than any page has; a trap would never leave. */
const STOPS_MAX = 400;

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

async function onSite(lang, body) {
  const { context, faults } = await newContext(browser, demo, state, { lang });
  const page = await context.newPage();
  try {
    await page.goto(`${demo.origin}/sites/vnta`);
    await settle(page);
    await page.locator('svg [role="button"]').first().waitFor({ timeout: SETTLE_MILLIS_MAX });
    await page.locator('ol[aria-label] > li:nth-child(6)').waitFor({ timeout: SETTLE_MILLIS_MAX });
    await body(page);
    assert.deepEqual(faults, []);
  } finally {
    await context.close();
  }
}

/** Where the focus is: its name for a reader, which part of the page it is in, whether it is seen. */
const focus = (page) =>
  page.evaluate(() => {
    const at = document.activeElement;
    if (!at || at === document.body) return null;
    at.dataset.visited = (Number(at.dataset.visited ?? 0) + 1).toString();
    const name = at.getAttribute('aria-label') || at.textContent?.trim() || at.querySelector('title')?.textContent || at.labels?.[0]?.textContent?.trim() || '';
    const box = at.querySelector(':scope > rect') ?? at;
    const drawn = (one) => one && getComputedStyle(one).outlineStyle !== 'none';
    const part = at.closest('ol[aria-label]') ? 'answers' : at.closest('svg') ? 'drawing' : at.closest('main') ? 'rest' : 'frame';
    return { name, part, times: Number(at.dataset.visited), marked: drawn(at) || drawn(at.parentElement) || (box !== at && getComputedStyle(box).strokeWidth === '3px'), clipped: at.getBoundingClientRect().width === 0 };
  });

for (const lang of ['en', 'vi']) {
  test(`a reader of the page hears the six answers in their order in ${lang}`, () =>
    onSite(lang, async (page) => {
      const said = SAID[lang];
      const list = page.getByRole('list', { name: said.list, exact: true });
      const tree = await list.ariaSnapshot();
      const asked = [...tree.matchAll(/heading "([^"]+)" \[level=2\]/g)].map((found) => found[1]);
      assert.deepEqual(asked, said.questions);
      for (const [index, answer] of (await list.locator(':scope > li').all()).entries()) {
        const told = (await answer.innerText()).replace(said.questions[index], '').trim();
        assert.ok(told.length > 1, `"${said.questions[index]}" is answered by "${told}"`);
      }
      // They are the first thing after the title: no heading comes between.
      const headings = await page.locator('main :is(h1, h2)').allTextContents();
      assert.deepEqual(headings.slice(1, 7), said.questions);
    }));

  test(`no state is told by its colour alone in ${lang}`, () =>
    onSite(lang, async (page) => {
      const pills = await page.locator('main .pill:visible').allInnerTexts();
      assert.ok(pills.length >= 3 && pills.every((text) => text.trim().length > 1), pills.join(' | '));
      const parts = await page.locator('svg [role="button"]').evaluateAll((found) =>
        found.map((part) => ({ title: part.querySelector('title')?.textContent ?? '', word: part.querySelector('.state')?.textContent ?? '' }))
      );
      assert.ok(parts.length > 10, `${parts.length} parts are drawn`);
      for (const { title, word } of parts) assert.ok(word.length > 1 && title.includes(word.replace(/^✕ /, '')), `"${title}" shows "${word}"`);
      const strips = await page.locator('.strip svg').evaluateAll((found) => found.map((strip) => strip.getAttribute('aria-label')));
      assert.ok(strips.length > 0 && strips.every((label) => /: .*\d/.test(label ?? '')), strips.join(' | '));
    }));
}

test('every stop of the Tab key has a name and a mark, and none holds it', () =>
  onSite('en', async (page) => {
    const stops = [];
    for (let stop = 0; stop < STOPS_MAX; stop += 1) {
      await page.keyboard.press('Tab');
      const at = await focus(page);
      if (!at || at.times > 1) break;
      stops.push(at);
    }
    assert.ok(stops.length < STOPS_MAX, 'the end of the page is reached');
    assert.deepEqual(stops.filter((stop) => !stop.name || !stop.marked || stop.clipped), []);
    const order = stops.map((stop) => stop.part).filter((part, index, all) => part !== 'rest' && part !== all[index - 1]);
    assert.deepEqual(order, ['frame', 'answers', 'drawing']);
    const missed = await page.evaluate(() =>
      [...document.querySelectorAll('main :is(a[href], button:not([disabled]), select, input, summary, [tabindex="0"])')]
        .filter((one) => !('visited' in one.dataset) && one.checkVisibility({ checkVisibilityCSS: true }) && one.tabIndex >= 0 && !(one instanceof HTMLInputElement && one.type === 'radio'))
        .map((one) => one.outerHTML.slice(0, 120))
    );
    assert.deepEqual(missed, []);
  }));

test('what if is asked and put away by keys, from the answers and from the drawing', () =>
  onSite('en', async (page) => {
    const part = page.locator('svg [role="button"]', { has: page.locator('title', { hasText: 'UPS A:' }) }).first();
    await part.focus();
    await page.keyboard.press('Enter');
    await page.waitForURL(/[?&]out=/);
    assert.equal(await part.getAttribute('aria-pressed'), 'true');
    const told = page.locator('.what-if');
    await told.getByText('Margin then').waitFor({ timeout: SETTLE_MILLIS_MAX });
    await told.getByRole('button', { name: 'Close' }).focus();
    await page.keyboard.press('Enter');
    await told.waitFor({ state: 'detached' });
    assert.ok(!new URL(page.url()).searchParams.has('out'));
    await part.focus();
    await page.keyboard.press('Space');
    await page.waitForURL(/[?&]out=/);
  }));
