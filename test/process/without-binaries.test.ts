// A platform for which native packages have no binary: here, one on which no binary can be loaded.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runKtool } from '../support/start-ktool.ts'

let folder: string
let env: Record<string, string>

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ktool-without-binaries-'))
  const hook = join(folder, 'no-binaries.cjs')
  writeFileSync(hook, "process.dlopen = () => { throw new Error('no binary for this platform') }\n")
  env = { NODE_OPTIONS: `--require=${hook}`, KTOOL_CONTEXT: '', HOME: folder }
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test.each(['none', 'gzip', 'snappy', 'lz4', 'zstd'])(
  'records packed with %s are written and read',
  async (codec) => {
    const lines = Array.from({ length: 2000 }, (_, index) => `line ${index}`)
    const script = `
    seq -f 'line %.0f' 0 1999 | "$NODE" "$KTOOL" produce -t orders --compression-codec ${codec}
    "$NODE" "$KTOOL" consume -t orders --from earliest --until end`
    const { code, stdout, stderr } = await runKtool(
      ['serve', '--debug', '--topic', 'orders', '--exec', '--', 'sh', '-ec', script],
      { env: { ...env, NODE: process.execPath, KTOOL: join(import.meta.dirname, '../../bin/ktool.js') } },
    )
    expect(code, stderr).toBe(0)
    expect(stdout.toString().trimEnd().split('\n')).toEqual(lines)
    expect(stderr).toMatch(
      /^'@node-rs\/crc32' cannot be loaded \(.+\): a slower, portable implementation is used instead$/m,
    )
  },
)

test('only --debug mentions it', async () => {
  const { code, stderr } = await runKtool(['serve', '--exec', '--', 'true'], { env })
  expect(code).toBe(0)
  expect(stderr).not.toContain('cannot be loaded')
})
