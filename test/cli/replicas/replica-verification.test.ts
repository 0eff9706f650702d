import { expect, test } from 'vitest'

import { ReplicaComparison } from '../../../src/cli/replicas/compare.ts'
import { type Answers, fakeCluster, topic } from '../../support/fake-cluster.ts'
import { runTool } from '../../support/run-tool.ts'

/** A batch as far as it is looked at: its first and last offset, and a checksum. */
function batch(first: number, last: number, checksum: number): Buffer {
  const bytes = Buffer.alloc(70)
  bytes.writeBigInt64BE(BigInt(first))
  bytes.writeInt32BE(bytes.length - 12, 8)
  bytes.writeUInt32BE(checksum, 17)
  bytes.writeInt32BE(last - first, 23)
  return bytes
}

const whole = [batch(0, 4, 11), batch(5, 9, 12), batch(10, 10, 13)]
const A0 = { topic: 'a', partition: 0 }

function compare(...replicas: { highWatermark: number; records: Buffer | null }[]) {
  const found: string[] = []
  const comparison = new ReplicaComparison([{ ...A0, offset: 0 }], (what) => found.push(what))
  const lag = comparison.compare(
    new Map([['a-0', replicas.map((data, at) => ({ broker: at + 1, ...data }))]]),
  )
  return { ...lag, found }
}

test('replicas are the same up to the high watermark that all of them have reached', () => {
  const records = Buffer.concat(whole)
  expect(compare({ highWatermark: 11, records }, { highWatermark: 11, records })).toMatchObject({
    offset: 11,
    maxLag: 0,
    found: [],
  })
  expect(compare({ highWatermark: 11, records }, { highWatermark: 7, records })).toMatchObject({
    offset: 5,
    maxLag: 6,
  })
  // A batch that was cut off at the end of what was read is compared with the next reading.
  expect(
    compare({ highWatermark: 11, records }, { highWatermark: 11, records: records.subarray(0, 150) }),
  ).toMatchObject({ offset: 10, maxLag: 1 })
  expect(compare({ highWatermark: 11, records }, { highWatermark: -1, records: null })).toMatchObject({
    offset: 0,
    maxLag: 11,
  })
})

test('a batch with another checksum is told, and the next ones are compared', () => {
  const other = Buffer.concat([whole[0]!, batch(5, 9, 99), whole[2]!])
  const { offset, found } = compare(
    { highWatermark: 11, records: Buffer.concat(whole) },
    { highWatermark: 11, records: other },
  )
  expect([offset, found]).toEqual([
    11,
    ["partition a-0 has unmatched checksum at offset 9; replica 1's checksum 12; replica 2's checksum 99"],
  ])
})

test('batches with other offsets end it', () => {
  expect(() =>
    compare(
      { highWatermark: 11, records: Buffer.concat(whole) },
      { highWatermark: 11, records: batch(0, 6, 11) },
    ),
  ).toThrow("partition a-0: replica 1's offset 4 doesn't match replica 2's offset 6")
})

const a = topic('a')
const replicated = { ...a, partitions: [{ ...a.partitions[0]!, replicas: [1, 2] }] }

function clusterWith(recordsOf: (node: number) => Buffer) {
  const answers: Answers = {
    ListOffsets: () => ({
      topics: [
        {
          name: 'a',
          partitions: [{ partitionIndex: 0, errorCode: 0, offset: 0, timestamp: -1, leaderEpoch: 0 }],
        },
      ],
    }),
    Fetch: (_: never, node: unknown) => ({
      errorCode: 0,
      responses: [
        {
          topic: '',
          topicId: a.topicId,
          partitions: [
            { partitionIndex: 0, errorCode: 0, highWatermark: 11, records: recordsOf(node as number) },
          ],
        },
      ],
    }),
  }
  return fakeCluster({ topics: [replicated, topic('b')], brokers: [1, 2], answers })
}

test('every replica is read, and --once ends it when they are compared', async () => {
  const cluster = clusterWith(() => Buffer.concat(whole))
  const { exit, stdout, stderr } = await runTool('replica-verification a --time -2 --once', cluster)
  expect([exit, stdout.replaceAll(/^\S+ \S+: /gm, '')]).toEqual([
    0,
    'verification process is started\nmax lag is 0 for partition a-0 at offset 11 among 1 partitions\n',
  ])
  expect(stderr).toBe('This tool is deprecated and may be removed in a future major release.\n')
  const fetches = cluster.asked.filter(({ api }) => api === 'Fetch')
  expect(fetches.map(({ node }) => node)).toEqual([1, 2])
  expect(fetches[0]!.body).toMatchObject({ replicaState: { replicaId: -2 }, maxWaitMs: 1000, minBytes: 1 })
})

test('replicas that differ make it fail', async () => {
  const cluster = clusterWith((node) =>
    Buffer.concat(node === 1 ? whole : [whole[0]!, batch(5, 9, 99), whole[2]!]),
  )
  const { exit, stdout } = await runTool('replica-verification a --time -2 --once -o jsonl', cluster)
  expect(exit).toBe(1)
  expect(JSON.parse(stdout)).toMatchObject({ maxLag: 0, topic: 'a', offset: 11, mismatches: 1 })
})

test('no topic is a failure, and so is a pattern that is none', async () => {
  expect(
    await runTool(
      'replica-verification none',
      clusterWith(() => Buffer.alloc(0)),
    ),
  ).toMatchObject({
    exit: 1,
    stderr: expect.stringContaining(
      'No topics found. [topics-include] if specified, is either filtering out',
    ),
  })
  expect(await runTool('replica-verification [')).toMatchObject({
    exit: 2,
    stderr: expect.stringMatching(/^This tool is deprecated .*\n\[ is an invalid regex\n/),
  })
})
