// Every tool that prints data prints it in every format it declares, and ends quietly when its reader goes away. The
// command lines are the tools' own examples.
import { rmSync, symlinkSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type BrokerHandle, startBroker } from '../../src/broker/start.ts'
import { type Command, type CommandGroup, lineOf } from '../../src/cli/command.ts'
import { OutputClosed } from '../../src/cli/io.ts'
import { main } from '../../src/cli/main.ts'
import type { Format } from '../../src/cli/output/listing.ts'
import { TOOLS } from '../../src/cli/registry.ts'
import { seed, workingFolder } from '../support/example-place.ts'
import { plainWords } from '../support/plain-words.ts'
import { KTOOL } from '../support/start-ktool.ts'
import { testIo } from '../support/test-io.ts'

/** Command lines that can be run again and again, for tools whose examples cannot. */
const AGAIN: Readonly<Record<string, string>> = {
  topics: 'topics list',
  lag: 'lag',
  link: 'link bin --force',
  'context import': 'context import client.properties --force',
}

interface Printing {
  readonly name: string
  readonly args: readonly string[]
  readonly formats: readonly Format[]
}

async function printing(): Promise<Printing[]> {
  const loaded = await Promise.all(TOOLS.map(async ({ name, load }) => printingOf(name, await load())))
  return loaded.flat()
}

function printingOf(name: string, tool: Command | CommandGroup): Printing[] {
  if ('subcommands' in tool) return tool.subcommands.flatMap((sub) => printingOf(`${name} ${sub.name}`, sub))
  if (!tool.formats || tool.needsKafka) return []
  const plain = (tool.examples ?? []).filter((each) => typeof each === 'string' || !each.exit).map(lineOf)
  const line =
    AGAIN[name] ??
    plain.find((each) => !/[|&;<]| -o/.test(each)) ??
    plain.find((each) => !/[|&;<]/.test(each))
  return line === undefined ? [] : [{ name, args: withoutFormat(plainWords(line)), formats: tool.formats }]
}

function withoutFormat(words: readonly string[]): string[] {
  const at = words.indexOf('-o')
  return at < 0 ? [...words] : words.toSpliced(at, 2)
}

const ALL = await printing()
const here = process.cwd()
let folder: string
let broker: BrokerHandle

beforeAll(async () => {
  folder = workingFolder()
  const config = { 'offsets.topic.num.partitions': '1', 'group.initial.rebalance.delay.ms': '0' }
  broker = await startBroker({ dataDir: `${folder}/.local/share/ktool/broker`, config })
  await seed(broker.bootstrapServers)
  process.chdir(folder)
  for (const name of ['orders-0', '__consumer_offsets-0']) symlinkSync(`${broker.dataDir}/${name}`, name)
})
afterAll(async () => {
  process.chdir(here)
  await broker.close()
  rmSync(folder, { recursive: true, force: true })
})

const ioOf = () =>
  testIo({
    programPath: KTOOL,
    cwd: folder,
    env: { KTOOL_BOOTSTRAP_SERVERS: broker.bootstrapServers, HOME: folder, XDG_STATE_HOME: folder },
    now: Date.now(),
  })

/** Reads the text as a program would; throws when it is not of the format. */
const READ: Partial<Record<Format, (text: string) => unknown>> = {
  json: (text) => expect(JSON.parse(text)).toBeTypeOf('object'),
  jsonl(text) {
    for (const line of text.split('\n').filter(Boolean)) expect(JSON.parse(line)).toBeTypeOf('object')
  },
  csv: (text) => expect(text.split('\n')[0]).toMatch(/^[\w.,#]+$/),
}

test('most tools print data', () => {
  expect(ALL.length).toBeGreaterThan(20)
})

describe.each(ALL)('$name', ({ args, formats }) => {
  test.each(formats)('-o %s', async (format) => {
    const io = ioOf()
    const exit = await main('ktool', [...args, '-o', format], io)
    expect(exit, io.stderr).toBe(0)
    READ[format]?.(io.stdout)
  })

  test('ends quietly when nobody reads on', async () => {
    const io = {
      ...ioOf(),
      out: () => {
        throw new OutputClosed('closed')
      },
    }
    expect(await main('ktool', args, io)).toBe(0)
  })
})
