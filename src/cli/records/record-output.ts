import { addInt64, type Int64 } from '../../bytes/int64.ts'
import type { Io, OutputState } from '../io.ts'
import { ByteOutput } from './byte-output.ts'
import { EscapedOutput } from './escaped-output.ts'

/** Records, and bytes of them, that are printed before the output is waited for. */
export const MAX_PRINTED = 4096
const MAX_PRINTED_BYTES = 1 << 18

/** Records that are stepped through one by one, as FetchedRecords and ShareRecords are. */
interface SteppedRecords {
  readonly isExhausted: boolean
  readonly nextOffset: Int64
}

/**
 * Standard output for records: it tells which of the records that were printed last have been accepted by the system,
 * so that no more than these are committed or acknowledged.
 */
export class RecordOutput {
  readonly bytes: ByteOutput
  readonly #io: Pick<Io, 'out' | 'output' | 'escapeOut'>
  /** Of each record that was printed last: its offset, and where its output ends. */
  readonly #offsets: Int64[] = new Array<Int64>(MAX_PRINTED).fill(0)
  readonly #ends = new Float64Array(MAX_PRINTED)
  /** Which of these records were not to be printed. */
  #leftOut: number[] = []
  #length = 0
  #most = 0
  #start = 0
  #source: object | null = null
  /** Whether the output is to be waited for before more is printed. */
  isFull = true

  constructor(io: Pick<Io, 'out' | 'output' | 'escapeOut'>) {
    this.#io = io
    const write = (bytes: Buffer): void => io.out(bytes)
    this.bytes = io.escapeOut === undefined ? new ByteOutput(write) : new EscapedOutput(write, io.escapeOut)
  }

  get state(): OutputState {
    return this.#io.output
  }

  /** Records of `source` come next, `most` of them at most; all that were printed before are accepted. */
  begin(source: object, most: number): void {
    this.#source = source
    this.#most = most
    this.#length = 0
    this.#leftOut = []
    this.#start = this.#position
    this.isFull = most <= 0
  }

  /** Notes that the record at `offset` is done with; one that is not printed is accepted with those before it. */
  add(offset: Int64, isLeftOut = false): void {
    const at = this.#length++
    const end = this.#position
    this.#offsets[at] = offset
    this.#ends[at] = end
    if (isLeftOut) this.#leftOut.push(at)
    this.isFull = at + 1 === this.#most || end - this.#start >= MAX_PRINTED_BYTES
  }

  /** The offset after the last of these records that was accepted; null when none was. */
  acceptedUpTo(records: SteppedRecords): Int64 | null {
    if (this.#source !== records) return null
    const accepted = this.#acceptedAt(this.#io.output.taken)
    // Nothing but transaction markers and aborted records comes after the last one.
    if (accepted === this.#length && records.isExhausted) return records.nextOffset
    return accepted === 0 ? null : addInt64(this.#offsets[accepted - 1]!, 1)
  }

  get isAllAccepted(): boolean {
    return this.#acceptedAt(this.#io.output.taken) === this.#length
  }

  /** How many of the printed records were not accepted. */
  get missing(): number {
    const accepted = this.#acceptedAt(this.#io.output.taken)
    return this.#length - accepted - this.#leftOut.filter((at) => at >= accepted).length
  }

  /** Drops what comes after the record that is being written. */
  cut(): void {
    const { output } = this.#io
    const whole = this.#acceptedAt(output.bound)
    const isBetween = whole > 0 ? this.#ends[whole - 1] === output.bound : output.bound <= this.#start
    const last = isBetween ? whole - 1 : Math.min(whole, this.#length - 1)
    output.cut(last < 0 ? output.bound : this.#ends[last]!)
  }

  get #position(): number {
    return this.#io.output.given + this.bytes.used
  }

  /** How many of the records end at or before this position of the output. */
  #acceptedAt(position: number): number {
    let low = 0
    let high = this.#length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#ends[middle]! <= position) low = middle + 1
      else high = middle
    }
    return low
  }
}
