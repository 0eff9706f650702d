// `serve --seed FILE`: records that topics begin with, as JSON lines.
import { createReadStream, statSync } from 'node:fs'
import type { Cluster } from '../../client/cluster.ts'
import { listOffsets, OFFSET_SPECS } from '../../client/offsets.ts'
import { Producer } from '../../client/produce/producer.ts'
import { producerSettings } from '../../client/produce/producer-config.ts'
import { Failure, messageOf } from '../failures.ts'
import { inputChunks } from '../produce/input-chunks.ts'
import { RecordSender } from '../produce/record-sender.ts'
import { readRecords } from '../produce/record-source.ts'
import type { InputRecord } from '../records/line-reader.ts'
import { parseRecordJson } from '../records/record-json.ts'

export interface Seeded {
  readonly records: number
  /** Topics that were left as they are, because they had records. */
  readonly passedOver: readonly string[]
}

/**
 * Writes the records of the file to those of its topics that have none yet, so that a broker on a folder of its own
 * gets them once. The whole file is read before the first is written: one that cannot be read leaves nothing behind.
 */
export async function seedTopics(cluster: Cluster, path: string, stop: AbortSignal): Promise<Seeded> {
  requireFile(path)
  const topics = await topicsOf(path, stop)
  const full = await withRecords(cluster, [...topics])
  const isWanted = ({ topic }: InputRecord): boolean => !full.has(topic!)
  const producer = await Producer.create(cluster, producerSettings(new Map()))
  const sender = new RecordSender(producer, {
    topic: undefined,
    partition: undefined,
    timestamp: undefined,
    isSync: false,
    rate: undefined,
    onDelivery: undefined,
    clock: cluster.clock,
  })
  let count = 0
  try {
    for await (const records of recordsOf(path, stop)) {
      const wanted = records.filter(isWanted)
      count += wanted.length
      await sender.send(wanted)
    }
  } catch (error) {
    await sender.finish()
    throw error
  }
  const failure = await sender.finish()
  if (failure) throw failure
  return { records: count, passedOver: [...full].sort() }
}

/** A pipe could not be read a second time, and a wait for its other end would keep the process from ending. */
function requireFile(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false })
  if (found === undefined || found.isFile()) return
  throw new Failure(`--seed ${path}: it is no regular file, and is read twice`)
}

async function topicsOf(path: string, stop: AbortSignal): Promise<Set<string>> {
  const topics = new Set<string>()
  for await (const records of recordsOf(path, stop)) {
    for (const { topic } of records) {
      if (topic === undefined) throw new Failure(`--seed ${path}: a record names no topic`)
      topics.add(topic)
    }
  }
  return topics
}

async function* recordsOf(path: string, stop: AbortSignal): AsyncGenerator<InputRecord[], void, undefined> {
  try {
    const chunks = inputChunks(createReadStream(path), stop)
    yield* readRecords(chunks, { parse: parseRecordJson }, { key: null, headers: [] }, stop)
  } catch (error) {
    throw new Failure(`--seed ${path}: ${messageOf(error)}`, { cause: error })
  }
}

async function withRecords(cluster: Cluster, names: readonly string[]): Promise<Set<string>> {
  const topics = await cluster.topics(names)
  const ends = await listOffsets(
    cluster,
    [...topics.values()].flatMap(({ name, partitions }) =>
      partitions.map(({ partition }) => ({ topic: name, partition, timestamp: OFFSET_SPECS.latest })),
    ),
  )
  return new Set(ends.flatMap(({ target, answer }) => (answer && answer.offset > 0 ? [target.topic] : [])))
}
