// The types of the API must be those of its document.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import openapiTS, { astToString, COMMENT_HEADER } from 'openapi-typescript';
import { expect, it } from 'vitest';

it('is generated from the present document: if not, run "npm run generate"', { timeout: 60_000 }, async () => {
  const document = new URL('../../../../../crates/tw-api/openapi/v1.json', import.meta.url);
  const fresh = COMMENT_HEADER + astToString(await openapiTS(document));
  const kept = await readFile(fileURLToPath(new URL('./schema.ts', import.meta.url)), 'utf8');
  expect(kept === fresh).toBe(true);
});
