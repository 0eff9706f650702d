import { defineConfig } from 'rolldown'

// Packages with native or WebAssembly parts, or too large for a tool that may not use them, stay in node_modules.
const external = [/^node:/, '@node-rs/crc32', 'snappy', 'lz4-napi', '@bokuweb/zstd-wasm', 'node-forge']
const chunkFileNames = 'chunks/[name]-[hash].js'

// What every tool loads, in two files instead of a dozen: opening files is what start-up time goes into.
const COMMAND_LINE_CHUNKS = [
  {
    name: 'cli',
    test: /src\/cli\/(run|failures|command|options|output\/listing|patterns\/names)\.ts$/,
    priority: 3,
  },
  { name: 'wire', test: /src\/client\/cluster\.ts$|messages\/metadata\.ts/, priority: 1 },
]

export default defineConfig([
  {
    // The command line is CommonJS, with commander inside: loading it takes half the time that ES modules take.
    // Every tool and codec behind a dynamic import becomes a chunk of its own, loaded on demand.
    input: { main: 'src/cli/main.ts' },
    platform: 'node',
    external,
    output: {
      dir: 'dist/cli',
      format: 'cjs',
      chunkFileNames,
      codeSplitting: { groups: COMMAND_LINE_CHUNKS },
    },
  },
  {
    // The code of worker threads, for both of the others.
    input: { main: 'src/broker/workers/worker-main.ts' },
    platform: 'node',
    external,
    output: { dir: 'dist/worker', format: 'esm', chunkFileNames },
  },
  {
    input: { index: 'src/index.ts' },
    platform: 'node',
    external,
    output: { dir: 'dist', format: 'esm', chunkFileNames },
  },
])
