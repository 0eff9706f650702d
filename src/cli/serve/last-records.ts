// What `serve --exec` says of the broker when its command failed: the topics, and the records they end with.

import { addSaturated, type Int64 } from '../../bytes/int64.ts'
import type { Cluster } from '../../client/cluster.ts'
import { fetchSettings } from '../../client/fetch/fetch-config.ts'
import { Fetcher } from '../../client/fetch/fetcher.ts'
import { resolveRanges } from '../../client/fetch/read-range.ts'
import type { TopicMetadata } from '../../client/metadata.ts'
import { listOffsets, OFFSET_SPECS } from '../../client/offsets.ts'
import { plural } from '../output/plural.ts'
import { ByteOutput } from '../records/byte-output.ts'
import { currentRecord } from '../records/current-record.ts'
import type { ConsumedRecord } from '../records/formatter.ts'
import { JsonFormatter } from '../records/record-json.ts'

/** How many records of a partition are shown, and how many partitions of a topic. */
const RECORDS_SHOWN = 5
const TOPICS_SHOWN = 20
/** Longer keys and values are cut: a person reads this. */
const MAX_SHOWN_BYTES = 500

/** A line for each topic, its last records below it as JSON lines. */
export async function lastRecords(cluster: Cluster): Promise<string> {
  const topics = [...(await cluster.allTopics()).values()]
    .filter(({ isInternal }) => !isInternal)
    .sort((a, b) => (a.name < b.name ? -1 : 1))
  const texts: string[] = []
  for (const topic of topics.slice(0, TOPICS_SHOWN)) texts.push(await describeTopic(cluster, topic))
  if (topics.length > TOPICS_SHOWN) texts.push(`… and ${topics.length - TOPICS_SHOWN} more topics\n`)
  return texts.length === 0 ? 'there are no topics\n' : texts.join('')
}

async function describeTopic(cluster: Cluster, { name, partitions }: TopicMetadata): Promise<string> {
  const targets = partitions.map(({ partition }) => ({ topic: name, partition }))
  const ends = await listOffsets(
    cluster,
    targets.map((target) => ({ ...target, timestamp: OFFSET_SPECS.latest })),
  )
  const records = ends.reduce<Int64>((sum, { answer }) => addSaturated(sum, answer?.offset ?? 0), 0)
  const head = `${name}: ${plural(partitions.length, 'partition')}, ${plural(records, 'record')} written\n`
  return head + (await readLast(cluster, targets))
}

async function readLast(
  cluster: Cluster,
  targets: readonly { topic: string; partition: number }[],
): Promise<string> {
  const range = { from: { fromEnd: RECORDS_SHOWN }, until: 'latest' } as const
  const fetcher = new Fetcher(cluster, fetchSettings(new Map()), await resolveRanges(cluster, targets, range))
  const printed: Buffer[] = []
  const output = new ByteOutput((bytes) => printed.push(Buffer.from(bytes)))
  const formatter = new JsonFormatter(false)
  try {
    for (let records = await fetcher.next(); records !== null; records = await fetcher.next()) {
      while (records.next()) formatter.write(cut(currentRecord(records)), output)
    }
    output.flush()
  } finally {
    fetcher.close()
  }
  const lines = Buffer.concat(printed).toString()
  return lines.replace(/^(?=.)/gm, '  ')
}

const cut = (record: ConsumedRecord): ConsumedRecord => ({
  ...record,
  key: record.key?.subarray(0, MAX_SHOWN_BYTES) ?? null,
  value: record.value?.subarray(0, MAX_SHOWN_BYTES) ?? null,
})
