import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { compressBuild } from './compress-plugin.ts';

const DEVELOPMENT_API = 'http://127.0.0.1:6060';

export default defineConfig(({ command }) => {
  // A build started by a test runner would otherwise bundle React's development version.
  if (command === 'build') process.env.NODE_ENV = 'production';
  return {
    root: import.meta.dirname,
    // Relative, so that the page works under any path that a server mounts it at.
    base: './',
    plugins: [react(), compressBuild()],
    build: {
      outDir: '../../dist/dashboard',
      emptyOutDir: true,
      // An inlined asset would be a data: URL, which the Content-Security-Policy forbids.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      rolldownOptions: {
        checks: {
          // Compressing as well as possible takes a second or two, and may.
          pluginTimings: false,
          // Generated code has its marks of purity where Rolldown does not read them.
          invalidAnnotation: false,
        },
      },
    },
    server: { proxy: { '/graphql': { target: DEVELOPMENT_API, ws: true } } },
  };
});
