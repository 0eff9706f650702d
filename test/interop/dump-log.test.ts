import { expect, test } from 'vitest'
import { type CodecName, codecByName, loadCodecs } from '../../src/records/compression.ts'
import { runKafkaTool } from '../support/apache-kafka.ts'
import { describeWith } from '../support/describe-with.ts'
import { batch, realFolder, START_MS, type TestFolder } from '../support/logs.ts'

const BATCHES = 400
const CODECS: CodecName[] = ['none', 'gzip', 'snappy', 'lz4', 'zstd']
/** What the tool prints when files do not fit each other. */
const FAULT = /mismatch|out of order|corrupt|non-consecutive|exception|isvalid: false/i

/** Several segments with everything a log may hold: codecs, epochs, idempotent producers, timestamps out of order. */
function fill(folder: TestFolder): void {
  const sequences = [0, 0, 0]
  for (let i = 0; i < BATCHES; i++) {
    const producer = i % 4
    const count = 1 + (i % 7)
    const values = Array.from({ length: count }, (_, j) => `batch ${i} record ${j} `.repeat(1 + (i % 11)))
    const timestamp = START_MS + i * 10 - (i % 3) * 25
    const ids =
      producer === 3
        ? {}
        : { producerId: 1000 + producer, producerEpoch: 0, baseSequence: sequences[producer]! }
    const codec = codecByName(CODECS[i % CODECS.length]!)
    const records = batch({ values, timestamp, step: 2, codec, ...ids })
    folder.log().append(records, { leaderEpoch: Math.floor(i / 150), origin: 'client' })
    if (producer !== 3) sequences[producer]! += count
  }
}

const SETTINGS = { segmentBytes: 20_000, indexIntervalBytes: 500 }

async function dump(folder: TestFolder, suffixes: RegExp, ...flags: string[]): Promise<string> {
  const path = `${folder.folder}/orders-0`
  const names = folder.files.list(path).map((f) => f.name)
  const files = names.filter((name) => suffixes.test(name)).map((name) => `${path}/${name}`)
  expect(files.length).toBeGreaterThan(3)
  const { code, stdout, stderr } = await runKafkaTool('dump-log', ['--files', files.join(','), ...flags])
  // The tool begins to count at -1 in every file, so it stumbles over each segment that does not begin with 0.
  expect(stderr.replace(/^Non-consecutive offsets in .*\n {2}-1 is followed by \d+\n/gm, '')).toBe('')
  expect(code).toBe(0)
  return stdout.toString()
}

describeWith(['apacheKafka'], "Apache Kafka's dump-log", () => {
  test('finds nothing wrong in a log while it is open, after it was killed and after it was closed', async () => {
    await loadCodecs()
    const folder = realFolder({ settings: SETTINGS })
    fill(folder)
    const total = folder.log().endOffset
    const states: [string, () => void][] = [
      ['open', () => folder.dir.checkpoint()],
      ['killed', () => folder.crash() && folder.log()],
      ['closed', () => folder.dir.close()],
    ]
    for (const [state, reach] of states) {
      reach()
      const all = await dump(folder, /\.(log|index|timeindex|snapshot)$/, '--deep-iteration')
      expect(all, state).not.toMatch(FAULT)
      expect(all.match(/^\| offset: /gm)?.length, state).toBe(total)
    }
    expect(await dump(folder, /index$/, '--index-sanity-check')).toMatch(/passed sanity check/)
    expect(await dump(folder, /index$/, '--verify-index-only')).not.toMatch(FAULT)
    const printed = await dump(folder, /\.log$/, '--print-data-log')
    expect(printed).not.toMatch(FAULT)
    expect(printed).toContain(`batch ${BATCHES - 1} record 0`)
    const producers = await dump(folder, /\.snapshot$/)
    expect(producers).toMatch(/producerId: 1000 producerEpoch: 0/)
    folder.open()
  })
})
