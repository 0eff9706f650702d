// The rules that keep the house in order; each failure names the file and what it must not do.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { expect, test } from 'vitest'

const MAY_IMPORT: Record<string, readonly string[]> = {
  bytes: [],
  kafka: ['bytes'],
  protocol: ['bytes', 'kafka'],
  records: ['bytes', 'kafka', 'protocol'],
  log: ['bytes', 'kafka', 'protocol', 'records'],
  broker: ['bytes', 'kafka', 'protocol', 'records', 'log'],
  client: ['bytes', 'kafka', 'protocol', 'records'],
  cli: ['bytes', 'kafka', 'protocol', 'records', 'log', 'client', 'broker'],
}

/** What other programs load; it stands beside the layers. */
const ENTRIES = ['index.ts']
/** bin/ktool.js hands the process to the tools' streams; a folder's lock names the process that holds it. */
const MAY_USE_PROCESS = [...ENTRIES, 'cli/process-io.ts', 'log/processes.ts']
/** Each gathers what its importer, outside of src, needs. */
const HAND_ON = ['index.ts', 'cli/main.ts']

const MAX_LINES = 400
const MAX_MESSAGE_LINES = 500

interface SourceFile {
  readonly path: string
  readonly text: string
  /** Files of ours that it imports by a statement, types among them. */
  readonly imports: readonly string[]
  /** Files of ours that it loads when it needs them. */
  readonly loads: readonly string[]
  readonly packages: readonly string[]
}

const source = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => path.endsWith('.ts'))
  .sort()
  .map((path): SourceFile => {
    const text = readFileSync(join('src', path), 'utf8')
    const specifiers = matches(text, /^(?:import|export)\s(?:[^'"=(;]*?\sfrom\s)?['"]([^'"]+)['"]/gm)
    const loaded = matches(text, /\bimport\(\s*['"]([^'"]+)['"]/g)
    const resolve = (specifier: string) => normalize(join(dirname(path), specifier)).replaceAll('\\', '/')
    const isOurs = (specifier: string) => specifier.startsWith('.')
    return {
      path,
      text,
      imports: specifiers.filter(isOurs).map(resolve),
      loads: loaded.filter(isOurs).map(resolve),
      packages: [...specifiers, ...loaded].filter((specifier) => !isOurs(specifier)),
    }
  })

function matches(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([, found]) => found!)
}

const layerOf = (path: string) => path.split('/')[0]!
const inLayers = source.filter(({ path }) => path.includes('/'))

test('layers only import downwards', () => {
  const wrong = inLayers.flatMap(({ path, imports, loads }) =>
    [...imports, ...loads]
      .filter((target) => layerOf(target) !== layerOf(path))
      .filter((target) => !MAY_IMPORT[layerOf(path)]?.includes(layerOf(target)))
      .map((target) => `${path} imports ${target}`),
  )
  expect(wrong).toEqual([])
})

test('every folder is a layer, and only the ways in stand beside them', () => {
  const layers = new Set(inLayers.map(({ path }) => layerOf(path)))
  expect([...layers].filter((layer) => !(layer in MAY_IMPORT))).toEqual([])
  const beside = source.map(({ path }) => path).filter((path) => !path.includes('/'))
  expect(beside.filter((path) => !ENTRIES.includes(path))).toEqual([])
})

test('there are no import cycles', () => {
  const imports = new Map(source.map(({ path, imports }) => [path, imports]))
  const done = new Set<string>()
  const cycles: string[] = []
  const visit = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) cycles.push([...trail.slice(trail.indexOf(path)), path].join(' → '))
    if (done.has(path) || trail.includes(path)) return
    for (const target of imports.get(path) ?? []) visit(target, [...trail, path])
    done.add(path)
  }
  for (const { path } of source) visit(path, [])
  expect(cycles).toEqual([])
})

test('leaves do not import leaves', () => {
  const families = ['broker/handlers/', 'cli/commands/', 'protocol/messages/']
  const wrong = source.flatMap(({ path, imports }) => {
    const family = families.find((prefix) => path.startsWith(prefix))
    return imports
      .filter((target) => family && dirname(target) === dirname(path) && target.startsWith(family))
      .map((target) => `${path} imports ${target}`)
  })
  expect(wrong).toEqual([])
})

test('only serve and smoke start a broker, and only the tools for files open a log', () => {
  const commandsThatImport = (layer: string) =>
    source
      .filter(({ path }) => path.startsWith('cli/commands/'))
      .filter(({ imports, loads }) => [...imports, ...loads].some((target) => layerOf(target) === layer))
      .map(({ path }) => path.slice('cli/commands/'.length).replace(/(\.ts|\/.*)$/, ''))
  expect(commandsThatImport('broker').filter((name) => name !== 'serve' && name !== 'smoke')).toEqual([])
  expect(commandsThatImport('log').filter((name) => !['dump-log', 'storage'].includes(name))).toEqual([])
})

const MAY_USE: Record<string, (path: string) => boolean> = {
  'node:fs': (path) => path === 'log/files.ts' || layerOf(path) === 'cli' || ENTRIES.includes(path),
  'node:fs/promises': (path) =>
    ['log/files.ts', 'client/security/store-file.ts'].includes(path) ||
    layerOf(path) === 'cli' ||
    ENTRIES.includes(path),
  'node:net': (path) =>
    [
      'broker/server.ts',
      'broker/input.ts',
      'client/wire/connection.ts',
      'client/wire/transport.ts',
      // A pipe whose reader is slow.
      'cli/streams/port.ts',
    ].includes(path),
  'node:tls': (path) => ['broker/server.ts', 'client/security/tls-transport.ts'].includes(path),
  'node:process': (path) => MAY_USE_PROCESS.includes(path),
}

/** Members of the global; Kafka has settings whose names begin alike. */
const PROCESS_USE =
  /(?<![.\w])process\.(env|argv|exit|exitCode|std(in|out|err)|cwd|pid|ppid|on|once|off|hrtime|kill|nextTick|platform|memoryUsage|cpuUsage|uptime|versions?|execPath)\b/

test('files, sockets and the process are reached from the places made for it', () => {
  const wrong = source.flatMap(({ path, packages, text }) => {
    const used = packages.filter((name) => MAY_USE[name] && !MAY_USE[name](path))
    const code = text.replace(/^\s*(\/\/|\*|\/\*).*$/gm, '')
    if (PROCESS_USE.test(code) && !MAY_USE_PROCESS.includes(path)) used.push('process')
    return used.map((name) => `${path} uses ${name}`)
  })
  expect(wrong).toEqual([])
})

test('the wall clock is read where a Clock is made', () => {
  const makers = ['broker/clock.ts', 'client/clock.ts', 'cli/process-io.ts']
  const readers = source.filter(({ text }) => /\bDate\.now\b|\bnew Date\(\)/.test(text))
  expect(readers.map(({ path }) => path).filter((path) => !makers.includes(path))).toEqual([])
})

test('the error table imports nothing', () => {
  const errors = source.find(({ path }) => path === 'protocol/errors.ts')!
  expect([...errors.imports, ...errors.packages]).toEqual([])
})

test('nothing but the ways in hands on what another file defines', () => {
  const barrels = source
    .filter(({ path }) => !HAND_ON.includes(path))
    .filter(({ text }) => /^export\b[^'"=(]*\bfrom\s*['"]/m.test(text))
  expect(barrels.map(({ path }) => path)).toEqual([])
})

test('files stay short', () => {
  const long = source.flatMap(({ path, text }) => {
    const lines = text.split('\n').length - 1
    const limit = path.startsWith('protocol/messages/') ? MAX_MESSAGE_LINES : MAX_LINES
    // One row per error code, and Kafka has that many.
    const isTable = path === 'protocol/errors.ts'
    return lines > limit && !isTable ? [`${path} has ${lines} lines`] : []
  })
  expect(long).toEqual([])
})

test('nothing is left for later', () => {
  const wrong = source.filter(({ text }) =>
    /\b(TODO|FIXME|XXX)\b|@ts-(ignore|nocheck|expect-error)/.test(text),
  )
  expect(wrong.map(({ path }) => path)).toEqual([])
})
