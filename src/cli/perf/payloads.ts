import { readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'

import { Failure } from '../failures.ts'
import type { Match } from '../patterns/engine.ts'
import { JavaPattern } from '../patterns/java-pattern.ts'
import { PatternError } from '../patterns/node.ts'

/** Where the value of the next record lies. */
export interface Payloads {
  readonly buffer: Buffer
  readonly from: number
  readonly to: number
  /** Moves on to the value of record number `index`. */
  next(index: number): void
}

/** What a codec could find twice: larger than any batch, and than the window of any codec over it. */
const POOL_BYTES = 8 * 1024 * 1024

/** A small generator of pseudo-random 32-bit numbers, the same in each run: xorshift. */
function xorshift(seed = 0x2545_f491): () => number {
  let state = seed
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state >>> 0
  }
}

/** Values of random capital letters, cut from a long text of them that is begun again at its end. */
export class RandomPayloads implements Payloads {
  readonly buffer: Buffer
  readonly #size: number
  from = 0
  to = 0

  constructor(size: number, count: number) {
    this.#size = size
    this.buffer = Buffer.allocUnsafeSlow(Math.max(size, Math.min(POOL_BYTES, size * count)))
    const random = xorshift()
    for (let at = 0; at < this.buffer.length; ) {
      let drawn = random()
      for (let i = 0; i < 4 && at < this.buffer.length; i++, at++) {
        this.buffer[at] = 65 + (drawn % 26)
        drawn = Math.trunc(drawn / 26)
      }
    }
  }

  next(): void {
    this.from = this.to + this.#size <= this.buffer.length ? this.to : 0
    this.to = this.from + this.#size
  }
}

/** The number of each record, in digits. */
export class MonotonicPayloads implements Payloads {
  readonly buffer = Buffer.alloc(20)
  readonly from = 0
  to = 0

  next(index: number): void {
    this.to = this.buffer.write(String(index), 'latin1')
  }
}

/** Values drawn at random from those of a file. */
export class ChosenPayloads implements Payloads {
  readonly buffer: Buffer
  readonly #ends: readonly number[]
  readonly #random = xorshift()
  from = 0
  to = 0

  constructor(values: readonly string[]) {
    const parts = values.map((value) => Buffer.from(value))
    this.buffer = Buffer.concat(parts)
    let end = 0
    this.#ends = parts.map((part) => {
      end += part.length
      return end
    })
  }

  next(): void {
    const chosen = this.#random() % this.#ends.length
    this.from = chosen === 0 ? 0 : this.#ends[chosen - 1]!
    this.to = this.#ends[chosen]!
  }
}

/** The values in a file of UTF-8 text; `say` gets what Kafka's tool reports of it. */
export async function readPayloads(
  path: string,
  delimiter: string,
  say: (line: string) => void,
): Promise<string[]> {
  say(`Reading payloads from: ${resolve(path)}`)
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) === 0) {
    throw new Failure('File does not exist or empty file provided.')
  }
  const values = await splitAsScanner(readFileSync(path, 'utf8'), delimiter)
  say(`Number of records read: ${values.length}`)
  if (values.length === 0) throw new Failure('File does not exist or empty file provided.')
  return values
}

/** As java.util.Scanner with a delimiter, which is a regular expression: one that begins or ends the text ends nothing. */
export async function splitAsScanner(text: string, delimiter: string): Promise<string[]> {
  const values: string[] = []
  let from = 0
  for (const { start, end } of await delimitersIn(text, delimiter)) {
    if (start === end && start === from) continue
    if (start > from || (start === from && from > 0)) values.push(text.slice(from, start))
    from = end
  }
  if (from < text.length) values.push(text.slice(from))
  return values
}

async function delimitersIn(text: string, delimiter: string): Promise<Iterable<Match>> {
  try {
    return (await new JavaPattern(delimiter).engine({ isWhole: false })).matchAll(text)
  } catch (error) {
    if (!(error instanceof PatternError)) throw error
    throw new Failure(`--payload-delimiter: '${delimiter}' is an invalid regex: ${error.message}`, {
      cause: error,
    })
  }
}
