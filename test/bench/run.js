// `npm run bench`: bundles the questions and runs them, or those named: `npm run bench -- latency start`.
import { spawnSync } from 'node:child_process'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '../..')
const bin = (name) => join(root, 'node_modules/.bin', name)
const run = (program, args, output = 'inherit') => {
  const { status } = spawnSync(program, args, { cwd: root, stdio: ['inherit', output, 'inherit'] })
  if (status !== 0) process.exit(status ?? 1)
}

run('npm', ['run', '--silent', 'build'], 'ignore')
// Two folders below the root, as the sources are: both find it the same way.
const file = 'dist/bench/main.js'
// What has native parts stays where it is.
const external = ['@node-rs/crc32', 'snappy', 'lz4-napi', '@bokuweb/zstd-wasm', 'kafkajs'].flatMap((name) => [
  '--external',
  name,
])
run(
  bin('rolldown'),
  ['test/bench/main.ts', '--platform', 'node', '--dir', 'dist/bench', '--log-level', 'warn', ...external],
  'ignore',
)
run(process.execPath, [file, ...process.argv.slice(2)])
