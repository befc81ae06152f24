/// <reference types="vitest/config" />
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';
import { mock } from './dev/mock.ts';

// `vite` alone serves invented data from dev/mock.ts; with ORIEL_URL=http://127.0.0.1:8480 it passes
// the API on to a running server.
const server = process.env.ORIEL_URL;

export default defineConfig({
  plugins: [svelte(), ...(server ? [] : [mock()])],
  server: { proxy: server ? { '/api': server } : {} },
  build: {
    target: ['chrome120', 'firefox128'],
    // The content policy allows neither inline code nor data: fonts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
  },
  test: { include: ['src/**/*.test.ts'] },
});
