import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

// Groups that can be run alone: `npx vitest run --project unit`. test/run.js knows which need outside programs.
const group = (name: string, include: string[], more: object = {}) => ({
  // Whoever runs the tests may have a current context, which is not what they are about.
  test: { name, include, testTimeout: 60_000, hookTimeout: 120_000, env: { KTOOL_CONTEXT: '' }, ...more },
})

export default defineConfig({
  test: {
    // Unless told, one of two cores is left idle.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      // Files share the modules that are loaded: loading them anew for each takes longer than the tests do.
      group('unit', ['test/{bytes,protocol,records,log,broker,client,cli}/**/*.test.ts', 'test/*.test.ts'], {
        testTimeout: 30_000,
        isolate: false,
        // Worker threads of brokers inherit it.
        execArgv: ['--import', new URL('test/support/typescript-hooks.mjs', import.meta.url).href],
      }),
      group('process', ['test/process/**/*.test.ts']),
      group('crash', ['test/crash/**/*.test.ts'], { fileParallelism: false }),
      group('fuzz', ['test/fuzz/**/*.test.ts'], { testTimeout: 300_000 }),
      group('interop', ['test/interop/**/*.test.ts'], { fileParallelism: false, testTimeout: 180_000 }),
      group('churn', ['test/churn/**/*.test.ts'], { fileParallelism: false }),
      group('parity', ['test/parity/**/*.test.ts'], { fileParallelism: false, testTimeout: 900_000 }),
    ],
  },
})
