// The monthly report on paper, as other programs read it and as a printer without colours prints it.
// Needs Debian's "poppler-utils".
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { ask, LANGUAGES, newContext, signIn, startBrowser, startDemo } from '../harness.mjs';

/** Dots an inch of the pictures. */
const DPI = 60;
/** What no printer reaches, in millimetres. */
const MARGIN_MM = 8;
/** Paper below this is paper; ink is darker. */
const PAPER = 250;
const PARTS = 11;

let demo, browser, state, folder, context;

before(async () => {
  if (!existsSync('/usr/bin/pdftotext')) throw new Error('pdftotext is missing; install Debian\'s "poppler-utils"');
  folder = await mkdtemp(join(tmpdir(), 'tierwatch-papers-'));
  demo = await startDemo();
  browser = await startBrowser();
  state = await signIn(browser, demo);
  ({ context } = await newContext(browser, demo, state));
});
after(async () => {
  await browser?.close();
  await demo?.stop();
  if (folder) await rm(folder, { recursive: true, force: true });
});

async function fetched(path, name) {
  const answer = await context.request.get(demo.origin + path);
  assert.equal(answer.status(), 200, `GET ${path}: ${await answer.text()}`);
  const file = join(folder, name);
  await writeFile(file, await answer.body());
  return file;
}

const run = (program, ...words) => execFileSync(program, words, { encoding: 'utf8', maxBuffer: 1 << 26 });
/** A text as a reader takes it in: without the breaks of its lines. */
const words = (text) => text.normalize('NFC').replace(/\u00ad/g, '').replace(/\s+/g, '');

/** The picture of a page: width, height, and the grey of each dot. */
async function picture(file) {
  const bytes = await readFile(file);
  const head = bytes.subarray(0, 64).toString('latin1').match(/^P5\s+(\d+)\s+(\d+)\s+255\s/);
  assert.ok(head, 'a grey picture');
  return { width: Number(head[1]), height: Number(head[2]), grey: bytes.subarray(head[0].length) };
}

for (const lang of LANGUAGES) {
  test(`the monthly report is whole on paper in ${lang}`, { timeout: 300_000 }, async () => {
    const months = (await ask(context, demo, '/api/v1/sites/vnta/months')).items;
    const { month, status } = months.sort((a, b) => a.month.localeCompare(b.month)).at(-2);
    const path = `/api/v1/sites/vnta/months/${month}`;
    if (status !== 'final') {
      // The centre's own job may be quicker: then there is nothing left to close.
      const closed = await context.request.post(`${demo.origin}${path}/close`, { data: { reason: 'month end', version: 0, declare_lost: true }, headers: { origin: demo.origin } });
      assert.ok(closed.ok() || closed.status() === 409, await closed.text());
    }
    // A revision is one file for ever: what is asked for twice is the same.
    const pdf = await fetched(`${path}/report.pdf?lang=${lang}&rev=1`, `${lang}.pdf`);
    const html = await readFile(await fetched(`${path}/report.html?lang=${lang}&rev=1`, `${lang}.html`), 'utf8');

    // Fonts are in the file, with the way back from each glyph to its letter.
    for (const row of run('pdffonts', pdf).trim().split('\n').slice(2)) assert.match(row, /\byes +yes +yes\b/, row);

    // What the web page says stands on paper too, to the last cell; letters with their marks.
    const text = words(run('pdftotext', '-raw', pdf, '-'));
    const page = await context.newPage();
    await page.setContent(html);
    const said = await page.locator(':is(h1, h2, td, th, dt, dd, p):not(figure *)').allTextContents();
    await page.close();
    assert.ok(said.length > 100, `${said.length} texts`);
    const letters = (one) => words(one).length > 0;
    const lost = said.filter((one) => letters(one) && !text.includes(words(one)));
    assert.deepEqual(lost, []);
    const headings = said.filter((one) => /^\d+\. /.test(one.trim()));
    assert.equal(new Set(headings.map((one) => parseInt(one, 10))).size, PARTS, headings.join(' | '));
    if (lang === 'vi') assert.match(text, /Báocáotínhsẵnsàngtháng/);
    assert.doesNotMatch(text, /undefined|NaN|\[object|\{\}/);

    // Nothing reaches into the margins, and no page is empty.
    run('pdftoppm', '-gray', '-r', String(DPI), pdf, join(folder, lang));
    const pages = (await readdir(folder)).filter((name) => name.startsWith(`${lang}-`) && name.endsWith('.pgm'));
    assert.ok(pages.length >= 3, `${pages.length} pages`);
    const margin = Math.floor((MARGIN_MM / 25.4) * DPI);
    for (const name of pages) {
      const { width, height, grey } = await picture(join(folder, name));
      let inside = 0;
      let outside = 0;
      for (let y = 0; y < height; y += 1) {
        for (let x = 0; x < width; x += 1) {
          if (grey[y * width + x] >= PAPER) continue;
          if (x < margin || y < margin || x >= width - margin || y >= height - margin) outside += 1;
          else inside += 1;
        }
      }
      assert.equal(outside, 0, `${name}: ink in the margin`);
      assert.ok(inside > 500, `${name}: ${inside} dots of ink`);
    }
  });
}
