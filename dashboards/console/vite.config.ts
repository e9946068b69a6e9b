// Build and test settings. The plugin below keeps the strict content policy free of exceptions.
import { sveltekit } from '@sveltejs/kit/vite';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

/** SvelteKit's route announcer carries a style attribute, which `style-src 'self'` refuses.
 *  `app.css` hides the announcer instead. */
function announcerWithoutInlineStyle(): Plugin {
  return {
    name: 'announcer-without-inline-style',
    enforce: 'pre',
    transform(code, id) {
      if (!id.endsWith('/generated/root.svelte')) return null;
      return code.replace(/(id="svelte-announcer"[^>]*?)\sstyle="[^"]*"/, '$1');
    }
  };
}

const api = process.env['TIERWATCH_URL'] ?? 'http://127.0.0.1:8420';

export default defineConfig({
  plugins: [announcerWithoutInlineStyle(), sveltekit()],
  server: { proxy: { '/api': api } },
  build: { assetsInlineLimit: 0 },
  test: { include: ['src/**/*.test.ts'], environment: 'node' }
});
