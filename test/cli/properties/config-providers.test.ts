import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { resolveVariables } from '../../../src/cli/properties/config-providers.ts'

const PACKAGE = 'org.apache.kafka.common.config.provider'
const folder = mkdtempSync(join(tmpdir(), 'ktool-providers-'))
const secrets = join(folder, 'secrets.properties')
const mounted = join(folder, 'mounted')
mkdirSync(mounted)
writeFileSync(secrets, 'password=from\\u0020file\n')
writeFileSync(join(mounted, 'token'), 'from folder\n')
afterAll(() => rmSync(folder, { recursive: true }))

const PROVIDERS = {
  'config.providers': 'env,file, dir',
  'config.providers.env.class': `${PACKAGE}.EnvVarConfigProvider`,
  'config.providers.file.class': `${PACKAGE}.FileConfigProvider`,
  'config.providers.dir.class': `${PACKAGE}.DirectoryConfigProvider`,
}

/** As it stands in a file: a dollar sign and braces. */
const variable = (...parts: readonly string[]): string => `$\{${parts.join(':')}}`

const resolved = async (properties: Record<string, string>): Promise<Record<string, string>> =>
  Object.fromEntries(
    await resolveVariables(new Map(Object.entries(properties)), { USER_NAME: 'alice', OTHER: 'x' }),
  )

test.each<[value: string, resolved: string]>([
  [variable('env', 'USER_NAME'), 'alice'],
  [variable('file', secrets, 'password'), 'from file'],
  [variable('dir', mounted, 'token'), 'from folder\n'],
  [`a "${variable('env', 'USER_NAME')}" and ${variable('env', 'OTHER')}`, 'a "alice" and x'],
  [variable('env', 'NOT_SET'), variable('env', 'NOT_SET')],
  [variable('file', secrets, 'none'), variable('file', secrets, 'none')],
  [variable('other', 'x'), variable('other', 'x')],
  ['no variable', 'no variable'],
])('%s becomes %j', async (value, expected) => {
  expect(await resolved({ ...PROVIDERS, x: value })).toEqual({ x: expected })
})

test('what a value is replaced by is not read again', async () => {
  const properties = new Map(Object.entries({ ...PROVIDERS, x: variable('env', 'A') }))
  const found = await resolveVariables(properties, { A: variable('env', 'B'), B: 'b' })
  expect(found.get('x')).toBe(variable('env', 'B'))
})

test.each<[parameter: Record<string, string>, value: string]>([
  [{ 'config.providers.env.param.allowlist.pattern': 'KAFKA_.*' }, variable('env', 'USER_NAME')],
  [{ 'config.providers.file.param.allowed.paths': mounted }, variable('file', secrets, 'password')],
  [
    { 'config.providers.file.param.allowed.paths': mounted },
    variable('file', `${mounted}/../secrets.properties`, 'password'),
  ],
  [{ 'config.providers.dir.param.allowed.paths': `${folder}/mount` }, variable('dir', mounted, 'token')],
])('%j keeps %s as it is', async (parameter, value) => {
  expect(await resolved({ ...PROVIDERS, ...parameter, x: value })).toEqual({ x: value })
})

test('a path within one that is allowed is read', async () => {
  const parameter = { 'config.providers.file.param.allowed.paths': folder }
  expect(await resolved({ ...PROVIDERS, ...parameter, x: variable('file', secrets, 'password') })).toEqual({
    x: 'from file',
  })
})

test.each<[properties: Record<string, string>, message: string]>([
  [{ 'config.providers': 'vault' }, "the config provider 'vault' has no config.providers.vault.class"],
  [
    { 'config.providers': 'v', 'config.providers.v.class': 'com.example.Vault' },
    'config.providers.v.class=com.example.Vault is not supported',
  ],
  [{ ...PROVIDERS, x: variable('file', '/none', 'password') }, 'Could not read properties from file /none'],
  [{ ...PROVIDERS, x: variable('dir', '/none', 'password') }, 'Could not read the files of directory /none'],
  [
    { ...PROVIDERS, x: variable('env', '/a', 'b') },
    "Path is not supported for EnvVarConfigProvider, invalid value '/a'",
  ],
])('%j cannot be resolved', async (properties, message) => {
  await expect(resolved(properties)).rejects.toThrow(expect.objectContaining({ name: 'Failure', message }))
})
