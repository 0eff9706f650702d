import type { Clock } from '../../client/clock.ts'
import type { ProducerCounts } from '../../client/produce/producer.ts'
import type { Io } from '../io.ts'
import { type Progress, startProgress } from '../output/progress.ts'
import { fileBytes } from './input-chunks.ts'

/** The input with a line of progress while it is read, where it is a file and somebody looks on. */
export interface WatchedInput {
  readonly chunks: AsyncIterable<Buffer>
  readonly progress: Progress | null
}

export function watchInput(
  chunks: AsyncIterable<Buffer>,
  io: Io,
  clock: Clock,
  counts: () => ProducerCounts,
): WatchedInput {
  const total = io.isTerminal.err ? fileBytes(io.in) : null
  if (total === null) return { chunks, progress: null }
  let read = 0
  const progress = startProgress(io, clock, () => progressText(read, total, counts()))
  return { chunks: counted(chunks, (bytes) => (read += bytes)), progress }
}

async function* counted(
  chunks: AsyncIterable<Buffer>,
  onBytes: (count: number) => void,
): AsyncGenerator<Buffer, void, undefined> {
  for await (const chunk of chunks) {
    onBytes(chunk.length)
    yield chunk
  }
}

/** `45 % of 2.6 GB read, 1234567 records acknowledged`. */
export function progressText(read: number, total: number, { acknowledged, failed }: ProducerCounts): string {
  const percent = total === 0 ? 100 : Math.min(100, Math.floor((read / total) * 100))
  const lost = failed > 0 ? `, ${failed} not` : ''
  return `${percent} % of ${inUnits(total)} read, ${acknowledged} records acknowledged${lost}`
}

function inUnits(bytes: number): string {
  const [divisor, unit] = bytes >= 1e9 ? [1e9, 'GB'] : bytes >= 1e6 ? [1e6, 'MB'] : [1e3, 'kB']
  return `${(bytes / divisor).toFixed(1)} ${unit}`
}
