import type { Cluster } from '../../client/cluster.ts'
import type { FetchedRecords } from '../../client/fetch/fetched-records.ts'
import { OutputClosed, type OutputState } from '../io.ts'
import type { RecordOutput } from '../records/record-output.ts'
import { Ending } from './ending.ts'

/** When to stop reading. */
export interface ReadLimits {
  readonly records: number
  /** Without a record that arrives or is written for this long. */
  readonly idleMs: number
  readonly totalMs: number
}

/** The limits that options set, as Kafka reads them: less than nothing is no limit. */
export function limitsOf(options: {
  readonly maxMessages: number
  readonly timeoutMs: number | undefined
  readonly deadlineMs: number | undefined
}): ReadLimits {
  const { maxMessages, timeoutMs, deadlineMs } = options
  return {
    records: maxMessages < 0 ? Infinity : maxMessages,
    idleMs: timeoutMs === undefined || timeoutMs < 0 ? Infinity : timeoutMs,
    totalMs: deadlineMs ?? Infinity,
  }
}

/** Where records come from. */
export interface RecordSource<Records = FetchedRecords> {
  /**
   * The next records, which may be used until the next call: those of the last call again while some of them were not
   * stepped through. Null when there are none within `timeoutMs`.
   */
  next(timeoutMs: number): Promise<Records | null>
  /** Ends the wait for records, too. */
  close(): void | Promise<void>
}

export interface Printer<Records = FetchedRecords> {
  /** Records printed. */
  readonly count: number
  /** Records that were not to be printed. */
  readonly leftOut: number
  /** Prints at most `most` records, and no more once `limit` are printed in all. */
  print(records: Records, limit: number, most: number): void
}

/** Why reading stopped: as many records as asked for, no more to read, none came or was written for long, no time left, a signal. */
export type Stop = 'count' | 'end' | 'idle' | 'deadline' | 'interrupted'

export interface Reading {
  readonly stop: Stop
  /** Whether records that were read are not written, since the reader of the output did not read on. */
  readonly isStalled: boolean
}

export interface LoopOptions<Records> {
  readonly reader: RecordSource<Records>
  readonly printer: Printer<Records>
  readonly output: RecordOutput
  readonly limits: ReadLimits
  /** Records that are printed before the output is waited for. */
  readonly most: number
  /** Others get the records that are not written: the first of them are written one by one. */
  readonly isGentle: boolean
  readonly cluster: Cluster
  readonly stop: AbortSignal
}

/** Between the first records of a gentle reader: time for `head` to go away. */
const PAUSE_MS = 2

/** How long the record that is being written may take to be accepted when reading is to end. */
const GRACE_MS = 300

/**
 * Prints what the reader gives until a limit is reached, a signal comes, or the reader has no more. No more is printed
 * than the output accepts: what was printed last is accepted before more is read, and cut off at the end of a record
 * when reading ends earlier.
 */
export async function printRecords<Records>(options: LoopOptions<Records>): Promise<Reading> {
  const { output, limits, cluster } = options
  const ending = new Ending(cluster.clock, limits.totalMs, options.stop)
  try {
    const stop = await readOn(options, ending)
    if (output.isAllAccepted) return { stop, isStalled: false }
    const isWhole = await writeWhole(output, cluster)
    return { stop, isStalled: stop === 'idle' || !isWhole }
  } catch (error) {
    // Nobody is left to read what the signal leaves to be written.
    if (error instanceof OutputClosed && ending.reason === 'interrupted') {
      return { stop: 'interrupted', isStalled: false }
    }
    throw error
  } finally {
    ending.close()
  }
}

async function readOn<Records>(options: LoopOptions<Records>, ending: Ending): Promise<Stop> {
  const { reader, printer, output, limits, most, cluster } = options
  const isGentle = options.isGentle && output.state.hasReader
  let idle = cluster.deadline(limits.idleMs)
  for (let next = isGentle ? 1 : most; printer.count < limits.records; ) {
    const records = await ending.until(reader.next(idle.leftMs))
    if (ending.reason !== null) return ending.reason
    if (records === null) return idle.isOver ? 'idle' : 'end'
    const before = printer.count + printer.leftOut
    try {
      printer.print(records, limits.records, Math.min(next, most))
    } catch (error) {
      // What was printed before a record that cannot be printed is still written.
      if (!(error instanceof OutputClosed)) await accepted(output.state, ending, limits.idleMs)
      throw error
    }
    if (!(await accepted(output.state, ending, limits.idleMs))) return ending.reason ?? 'idle'
    // Transaction markers and aborted records are no records to whoever waits for one.
    if (printer.count + printer.leftOut > before) idle = cluster.deadline(limits.idleMs)
    if (next >= most) continue
    next *= 2
    await ending.until(new Promise(() => {}), PAUSE_MS)
  }
  return 'count'
}

/** Whether all output was accepted before reading is to end, with no pause longer than `idleMs`. */
async function accepted(output: OutputState, ending: Ending, idleMs: number): Promise<boolean> {
  while (output.taken < output.given) {
    const { taken } = output
    await ending.until(output.drained(), idleMs)
    if (ending.reason !== null || (output.taken === taken && output.taken < output.given)) return false
  }
  return true
}

/** Drops what was printed after the record that is being written; whether that one is accepted within a moment. */
async function writeWhole(output: RecordOutput, { clock }: Cluster): Promise<boolean> {
  output.cut()
  let cancel = (): void => {}
  const late = new Promise<'late'>((resolve) => {
    cancel = clock.after(GRACE_MS, () => resolve('late'))
  })
  return (await Promise.race([output.state.drained(), late]).finally(cancel)) !== 'late'
}
