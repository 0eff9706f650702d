import type { Context } from '../context.ts'
import { Failure } from '../failures.ts'
import type { RecordOutput } from '../records/record-output.ts'
import type { Printer, Stop } from './read-loop.ts'

type Counts = Pick<Printer, 'count' | 'leftOut'>

/** Kafka's closing line, with the records that were written. */
export const tally = ({ count, leftOut }: Counts, { missing }: RecordOutput): string =>
  `Processed a total of ${count - missing} messages${leftOut > 0 ? `, ${leftOut} more were read and left out` : ''}`

/** For the members of groups: which records others get, or the next start, when the reader of the output goes away. */
export const closedEarly = (
  { count }: Counts,
  { missing }: RecordOutput,
  done: 'committed' | 'acknowledged',
): string =>
  `WARN: the reader of standard output went away; only the messages written to it are ${done}: ${count - missing}`

/** A signal ends the run in any case; otherwise records that were read and not written are a failure. */
export function reportStall(
  stop: Stop,
  limits: { readonly deadlineMs: number | undefined; readonly timeoutMs: number | undefined },
  context: Context,
): void {
  const { output } = context.io
  const incomplete = output.taken < output.given ? ': the last record is incomplete' : ''
  output.abandon()
  if (stop !== 'interrupted') {
    const ms = stop === 'deadline' ? limits.deadlineMs : limits.timeoutMs
    throw new Failure(`the reader of standard output did not read on within ${ms} ms${incomplete}`)
  }
  context.say(`WARN: the reader of standard output did not read on${incomplete}`)
}
