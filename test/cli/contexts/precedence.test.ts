import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Context } from '../../../src/cli/context.ts'
import { contextNames } from '../../../src/cli/contexts/choose-context.ts'
import { serverSettings } from '../../../src/cli/server-choice.ts'
import type { Cluster } from '../../../src/client/cluster.ts'
import { ConnectionError } from '../../../src/client/wire/connection-error.ts'
import { testIo } from '../../support/test-io.ts'

const root = mkdtempSync(join(tmpdir(), 'ktool-contexts-'))
const project = join(root, 'project')
const inner = join(project, 'src', 'deep')
const elsewhere = join(root, 'elsewhere')
const home = join(root, 'home')
const userFile = join(home, '.config', 'ktool', 'config.json')
const projectFile = join(project, '.ktool.json')
const properties = join(root, 'client.properties')
const addressed = join(root, 'addressed.properties')

const write = (path: string, content: unknown): void => {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
}

const named = (name: string, more = {}) => ({ bootstrapServers: `${name}:9092`, ...more })

beforeAll(() => {
  for (const folder of [join(project, '.git'), inner, elsewhere]) mkdirSync(folder, { recursive: true })
  write(userFile, {
    current: 'user-current',
    contexts: {
      'user-current': named('user-current'),
      other: named('other', { properties: { 'client.id': 'of-the-context', 'request.timeout.ms': 1000 } }),
      shared: named('shared-of-user'),
      empty: {},
    },
  })
  write(projectFile, {
    current: 'project-current',
    contexts: { 'project-current': named('project-current'), shared: named('shared-of-project') },
  })
  write(properties, 'client.id=of-the-file\n')
  write(addressed, 'bootstrap.servers=file:9092\n')
})

afterAll(() => rmSync(root, { recursive: true }))

const variables = { KTOOL_BOOTSTRAP_SERVERS: 'ktool:9092', KAFKA_BOOTSTRAP_SERVERS: 'kafka:9092' }
const everything = { HOME: home, KTOOL_CONTEXT: 'other', ...variables }

const settingsOf = (options: object, env: Record<string, string> = everything, cwd = inner) =>
  serverSettings(options, { cwd, env })

/** What is said and set, from the strongest to the weakest: each line drops what decided the line before. */
test.each<
  [what: string, options: object, env: Record<string, string>, cwd: string, source: string, address: string]
>([
  [
    'the option over all',
    { bootstrapServer: 'option:9092', commandConfig: addressed, context: 'shared' },
    everything,
    inner,
    '--bootstrap-server',
    'option:9092',
  ],
  [
    'the property of a file',
    { commandConfig: addressed, context: 'shared' },
    everything,
    inner,
    'bootstrap.servers',
    'file:9092',
  ],
  [
    'the context that is named; a project goes before the user',
    { context: 'shared' },
    everything,
    inner,
    "context 'shared', named by --context",
    'shared-of-project:9092',
  ],
  [
    'the context of the environment',
    {},
    everything,
    inner,
    "context 'other', named by KTOOL_CONTEXT",
    'other:9092',
  ],
  [
    'an address of the environment, over the current contexts',
    {},
    { HOME: home, ...variables },
    inner,
    'KTOOL_BOOTSTRAP_SERVERS',
    'ktool:9092',
  ],
  [
    'the second variable',
    {},
    { HOME: home, KAFKA_BOOTSTRAP_SERVERS: 'kafka:9092' },
    inner,
    'KAFKA_BOOTSTRAP_SERVERS',
    'kafka:9092',
  ],
  [
    "the project's current one",
    {},
    { HOME: home, KAFKA_BOOTSTRAP_SERVERS: '' },
    inner,
    `context 'project-current', named by ${projectFile}`,
    'project-current:9092',
  ],
  [
    "the user's current one",
    {},
    { HOME: home },
    elsewhere,
    `context 'user-current', named by ${userFile}`,
    'user-current:9092',
  ],
  [
    'no context by an empty variable',
    {},
    { ...everything, KTOOL_CONTEXT: '' },
    inner,
    'KTOOL_BOOTSTRAP_SERVERS',
    'ktool:9092',
  ],
  ['no context by option', { context: '-' }, everything, inner, 'KTOOL_BOOTSTRAP_SERVERS', 'ktool:9092'],
  ['no context and no address', { context: '-' }, { HOME: home }, inner, 'default', 'localhost:9092'],
  ['this machine', {}, {}, elsewhere, 'default', 'localhost:9092'],
])('%s decides the address', async (_, options, env, cwd, source, addresses) => {
  expect((await settingsOf(options, env, cwd)).server).toEqual({ addresses, source })
})

describe('an environment that overrides the current context', () => {
  const current = (name: string) => `the current context '${name}' (${name}:9092)`

  test.each([
    [
      { KAFKA_BOOTSTRAP_SERVERS: 'localhost:1' },
      `using localhost:1 (KAFKA_BOOTSTRAP_SERVERS), not ${current('project-current')}`,
    ],
    [
      { KTOOL_CONTEXT: 'other' },
      `using other:9092 (context 'other', named by KTOOL_CONTEXT), not ${current('project-current')}`,
    ],
    [{ KTOOL_CONTEXT: '', KTOOL_BOOTSTRAP_SERVERS: 'localhost:1' }, undefined],
    [{ KAFKA_BOOTSTRAP_SERVERS: 'project-current:9092' }, undefined],
    [{ KTOOL_CONTEXT: 'project-current' }, undefined],
    [{}, undefined],
  ])('%j is reported when it names another cluster', async (env, notice) => {
    expect((await settingsOf({}, { HOME: home, ...env })).notice).toBe(notice)
  })

  test('is not reported when an option decides', async () => {
    expect((await settingsOf({ bootstrapServer: 'option:9092' })).notice).toBeUndefined()
    expect((await settingsOf({ context: 'shared' })).notice).toBeUndefined()
  })

  test('needs no context file that can be read', async () => {
    const broken = join(root, 'unreadable')
    write(join(broken, '.ktool.json'), '{"contexts"')
    const env = { KAFKA_BOOTSTRAP_SERVERS: 'kafka:9092' }
    expect(await settingsOf({}, env, broken)).toMatchObject({
      server: { addresses: 'kafka:9092' },
      notice: undefined,
    })
  })
})

describe('properties', () => {
  const client = async (options: object, env = everything) =>
    (await settingsOf(options, env)).properties.get('client.id')

  test('of the command line win over those of its file, and those over the context', async () => {
    expect(await client({})).toBe('of-the-context')
    expect(await client({ commandConfig: properties })).toBe('of-the-file')
    expect(await client({ commandConfig: properties, commandProperty: ['client.id=of-the-line'] })).toBe(
      'of-the-line',
    )
    const { properties: all, inherited } = await settingsOf({ commandConfig: properties })
    expect(all.get('request.timeout.ms')).toBe('1000')
    expect([...inherited].sort()).toEqual(['bootstrap.servers', 'request.timeout.ms'])
  })

  test('of a context are not for an address from elsewhere, unless the context is named', async () => {
    expect(await client({ bootstrapServer: 'option:9092' })).toBeUndefined()
    expect(await client({ commandConfig: addressed })).toBeUndefined()
    expect(await client({ bootstrapServer: 'option:9092', context: 'other' })).toBe('of-the-context')
  })
})

test('a name that no file knows is told with the nearest', async () => {
  await expect(settingsOf({ context: 'shard' })).rejects.toThrow(
    expect.objectContaining({
      name: 'UsageError',
      message: "there is no context 'shard', which --context names",
      hint: 'did you mean shared?',
    }),
  )
  await expect(settingsOf({}, { ...everything, KTOOL_CONTEXT: 'nothing-like-it' })).rejects.toThrow(
    "there is no context 'nothing-like-it', which KTOOL_CONTEXT names",
  )
})

test('a context without an address is not taken for one on this machine', async () => {
  await expect(settingsOf({ context: 'empty' })).rejects.toThrow("context 'empty' has no bootstrapServers")
  expect((await settingsOf({ context: 'empty', bootstrapServer: 'option:9092' })).server.addresses).toBe(
    'option:9092',
  )
})

test('the names of all contexts are known, and none when a file is broken', async () => {
  expect(contextNames({ cwd: inner, env: everything })).toEqual([
    'empty',
    'other',
    'project-current',
    'shared',
    'user-current',
  ])
  const broken = join(root, 'broken')
  write(join(broken, '.ktool.json'), '{"contexts"')
  expect(contextNames({ cwd: broken, env: everything })).toEqual([])
})

test('XDG_CONFIG_HOME goes before HOME', async () => {
  const config = join(root, 'xdg')
  write(join(config, 'ktool', 'config.json'), { current: 'x', contexts: { x: named('xdg') } })
  const env = { HOME: home, XDG_CONFIG_HOME: config }
  expect((await settingsOf({}, env, elsewhere)).server.addresses).toBe('xdg:9092')
})

test('a context may be read-only', async () => {
  const folder = join(root, 'careful')
  write(join(folder, '.ktool.json'), { contexts: { prod: named('prod', { readOnly: true }) } })
  const readOnly = async (options: object) => (await settingsOf(options, {}, folder)).readOnly
  expect(await readOnly({ context: 'prod' })).toBe("context 'prod' is read-only")
  expect(await readOnly({ context: 'prod', bootstrapServer: 'elsewhere:9092' })).toBe(
    "context 'prod' is read-only",
  )
  expect(await readOnly({ bootstrapServer: 'prod:9092' })).toBeUndefined()
})

test('which group reads is not for a context to say', async () => {
  const folder = join(root, 'grouped')
  write(join(folder, '.ktool.json'), {
    current: 'a',
    contexts: {
      a: named('a', { properties: { 'group.id': 'g', 'group.instance.id': 'i', 'client.id': 'c' } }),
    },
  })
  expect([...(await settingsOf({}, {}, folder)).properties.keys()]).toEqual([
    'client.id',
    'bootstrap.servers',
  ])
})

describe("a project's file", () => {
  test('is looked for upwards, as far as the repository goes', async () => {
    const nested = join(project, 'nested')
    mkdirSync(join(nested, '.git'), { recursive: true })
    expect((await settingsOf({}, {}, nested)).server.source).toBe('default')
    expect((await settingsOf({}, {}, join(project, 'src'))).server.addresses).toBe('project-current:9092')
  })

  test('outside of a repository counts in its own folder alone', async () => {
    const loose = join(root, 'loose')
    mkdirSync(join(loose, 'below'), { recursive: true })
    write(join(loose, '.ktool.json'), { current: 'a', contexts: { a: named('loose') } })
    expect((await settingsOf({}, {}, loose)).server.addresses).toBe('loose:9092')
    expect((await settingsOf({}, {}, join(loose, 'below'))).server.source).toBe('default')
  })

  test('may name the properties file beside it, and none of anybody else', async () => {
    const folder = join(root, 'stranger')
    const entry = (more: object) => write(join(folder, '.ktool.json'), { contexts: { a: named('a', more) } })
    write(join(folder, 'conf', 'client.properties'), 'client.id=c\nssl.truststore.location=ca.pem\n')
    entry({ propertiesFile: 'conf/client.properties' })
    const found = (await settingsOf({ context: 'a' }, {}, folder)).properties
    expect(found.get('client.id')).toBe('c')
    expect(found.get('ssl.truststore.location')).toBe(join(folder, 'conf', 'ca.pem'))
    for (const path of ['../client.properties', properties]) {
      entry({ propertiesFile: path })
      await expect(settingsOf({ context: 'a' }, {}, folder)).rejects.toThrow('outside of its folder')
    }
    entry({ properties: { 'sasl.oauthbearer.token.endpoint.url': 'file:///home/me/token' } })
    await expect(settingsOf({ context: 'a' }, {}, folder)).rejects.toThrow(
      "'sasl.oauthbearer.token.endpoint.url'",
    )
  })

  test('names no providers that would read what is not its own', async () => {
    const folder = join(root, 'providing')
    const provider = { 'config.providers': 'env', 'config.providers.env.class': 'EnvVarConfigProvider' }
    write(join(folder, '.ktool.json'), { contexts: { a: named('a', { properties: provider }) } })
    await expect(settingsOf({ context: 'a' }, {}, folder)).rejects.toThrow(
      "context 'a' of a project names config providers",
    )
  })
})

test('of several clusters in one tool, the one that failed is told', async () => {
  const folder = join(root, 'two')
  write(join(folder, '.ktool.json'), { contexts: { a: named('a'), b: named('b') } })
  const connect = () => ({ close() {} }) as unknown as Cluster
  const given = { has: () => false, texts: () => [], order: [], command: null }
  const io = testIo({ cwd: folder })
  const context = new Context(io, { args: [], given, format: 'text', color: false, connect })
  await context.cluster({ context: 'a' })
  await context.cluster({ context: 'b' })
  const failure = (address: string) => new ConnectionError('unreachable', address, 'refused')
  expect(context.serverOf(failure('a:9092'))?.source).toBe("context 'a', named by --context")
  expect(context.serverOf(failure('b:9092'))?.source).toBe("context 'b', named by --context")
  expect(context.serverOf(failure('elsewhere:9092'))?.addresses).toBe('b:9092')
})

test("a project's file does not send what config providers read", async () => {
  const folder = join(root, 'providers')
  write(join(folder, '.ktool.json'), {
    contexts: { a: named('a', { properties: { 'config.providers': 'env' } }) },
  })
  await expect(settingsOf({ context: 'a' }, {}, folder)).rejects.toThrow(
    "context 'a' of a project names config providers",
  )
})
