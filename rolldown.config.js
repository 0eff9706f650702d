import { defineConfig } from 'rolldown'

// One entry per way in; every tool and codec behind a dynamic import becomes a chunk of its own, loaded on demand.
export default defineConfig({
  input: { main: 'src/cli/main.ts', index: 'src/index.ts' },
  platform: 'node',
  external: [/^[^./]/],
  output: { dir: 'dist', format: 'esm', minify: false, chunkFileNames: 'chunks/[name]-[hash].js' },
})
