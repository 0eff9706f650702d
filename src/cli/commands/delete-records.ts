import type { Int64 } from '../../bytes/int64.ts'
import type { Cluster } from '../../client/cluster.ts'
import { comparePartitions, partitionName } from '../../client/topic-partition.ts'
import { defineCommand } from '../command.ts'
import type { Context } from '../context.ts'
import { deleteRecords } from '../offsets/delete-records.ts'
import { type OffsetTarget, parseOffsetFile } from '../offsets/offset-file.ts'
import { DRY_RUN, SERVER_OPTIONS } from '../options.ts'
import type { Listing } from '../output/listing.ts'
import { ALL_FORMATS } from '../output/listing.ts'
import { readTextFile } from '../read-file.ts'

export const deleteRecordsTool = defineCommand({
  name: 'delete-records',
  options: {
    ...SERVER_OPTIONS,
    offsetJsonFile: {
      flags: '--offset-json-file <file>',
      help: 'Where each partition is to start.',
      required: true,
      details: '{"partitions": [{"topic": "orders", "partition": 0, "offset": 5}]}; -1 empties a partition.',
    },
    dryRun: DRY_RUN,
  },
  subjects: ['offsetJsonFile'],
  formats: ALL_FORMATS,
  examples: [
    'delete-records --offset-json-file offsets.json',
    'delete-records offsets.json --dry-run',
    'delete-records offsets.json -o table',
  ],
  async run(options, context) {
    const wanted = parseOffsetFile(readTextFile(options.offsetJsonFile))
    const cluster = await context.cluster(options)
    if (options.dryRun) return await sayWhatWouldGo(cluster, wanted, context)
    if (context.isText)
      context.io.out('Executing records delete operation\nRecords delete operation completed:\n')
    const results = await deleteRecords(cluster, wanted)
    const rows = results.map(({ target: { topic, partition }, answer, error }) => {
      return { topic, partition, lowWatermark: answer, error: error?.message ?? null }
    })
    await print(rows, context)
    return rows.some(({ error }) => error !== null) ? 1 : 0
  },
  failure: { exit: 0 },
})

/** Gives the exit code: 1 when some records could not be deleted. */
async function sayWhatWouldGo(
  cluster: Cluster,
  wanted: readonly OffsetTarget[],
  context: Context,
): Promise<number> {
  const { tryDeleteRecords } = await import('../offsets/try-delete-records.ts')
  const tried = await tryDeleteRecords(cluster, wanted)
  for (const { target, error, count } of tried) {
    const name = partitionName(target)
    const place = target.offset === -1 ? 'up to the end' : `before offset ${target.offset}`
    if (error === null) context.say(`dry run: records of ${name} ${place} would be deleted: ${count} offsets`)
    else context.say(`partition: ${name}\terror: ${error}`)
  }
  return tried.some(({ error }) => error !== null) ? 1 : 0
}

const DELETED_COLUMNS = ['topic', 'partition', 'lowWatermark', 'error'] as const

interface DeletedRow {
  readonly topic: string
  readonly partition: number
  readonly lowWatermark: Int64 | null
  readonly error: string | null
}

/** Rows that failed are talk in Kafka's text, where a script looks for them on standard error. */
async function print(rows: readonly DeletedRow[], context: Context): Promise<void> {
  if (context.isText) {
    for (const row of rows.filter(({ error }) => error !== null)) {
      context.say(`partition: ${partitionName(row)}\terror: ${row.error}`)
    }
  }
  await context.print(deletedListing(rows))
}

export function deletedListing(rows: readonly DeletedRow[]): Listing {
  const sorted = [...rows].sort(comparePartitions)
  return {
    text: () =>
      rows
        .filter(({ error }) => error === null)
        .map((row) => `partition: ${partitionName(row)}\tlow_watermark: ${row.lowWatermark}\n`)
        .join(''),
    columns: DELETED_COLUMNS,
    items: sorted.map(({ topic, partition, lowWatermark, error }) => ({
      topic,
      partition,
      lowWatermark,
      error,
    })),
    names: () => [...new Set(sorted.map(({ topic }) => topic))],
  }
}
