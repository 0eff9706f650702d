import { expect, test } from 'vitest'
import type { LogSettings } from '../../src/log/log-settings.ts'
import { atOnce } from '../../src/log/slices.ts'
import { batch, client, readAll, recordReaching, recordsIn, START_MS, TestFolder } from '../support/logs.ts'
import { MemoryFiles } from '../support/memory-files.ts'
import { randomInteger, seededRandom } from '../support/random.ts'

const SEEDS = 25
const STEPS = 120

interface Kept {
  offset: number
  timestamp: number
  value: string
}

/** A log and the plain array that it must be equal to. */
class Simulation {
  readonly random: () => number
  readonly folder: TestFolder
  kept: Kept[] = []
  startOffset = 0
  nextOffset = 0
  nextSequence = 0

  constructor(seed: number) {
    this.random = seededRandom(seed)
    const settings: Partial<LogSettings> = {
      segmentBytes: this.pick(700, 1000, 5000),
      indexIntervalBytes: this.pick(0, 100, 4096),
      segmentIndexBytes: this.pick(48, 10_000),
      segmentMs: this.pick(50, 1_000_000),
      segmentJitterMs: this.pick(0, 20),
      flushMessages: this.pick(1, 7, 1_000_000),
      retentionMs: -1,
    }
    this.folder = new TestFolder(new MemoryFiles(), '/data', { settings, seed })
  }

  pick(...choices: number[]): number {
    return choices[randomInteger(this.random, 0, choices.length)]!
  }

  get log() {
    return this.folder.log()
  }

  /** One step; its name tells what was done. */
  step(): string {
    const roll = this.random()
    if (roll < 0.6) return this.append()
    if (roll < 0.75) return this.read()
    if (roll < 0.8) return this.search()
    if (roll < 0.84) return this.deleteRecords()
    if (roll < 0.87) return this.truncate()
    if (roll < 0.91) return this.retain()
    if (roll < 0.96) return this.restart()
    return this.repeat()
  }

  append(): string {
    const count = randomInteger(this.random, 1, 6)
    const values = Array.from({ length: count }, (_, i) =>
      `${this.nextOffset + i}`.repeat(this.pick(1, 3, 30)),
    )
    const timestamp = START_MS + this.nextOffset * 3 + randomInteger(this.random, -20, 20)
    const isIdempotent = this.random() < 0.5
    const ids = isIdempotent ? { producerId: 7, producerEpoch: 0, baseSequence: this.nextSequence } : {}
    const result = this.log.append(batch({ values, timestamp, step: 1, ...ids }), client)
    expect(result).toMatchObject({ baseOffset: this.nextOffset, lastOffset: this.nextOffset + count - 1 })
    for (const [i, value] of values.entries()) {
      this.kept.push({ offset: this.nextOffset + i, timestamp: timestamp + i, value })
    }
    this.nextOffset += count
    if (isIdempotent) this.nextSequence += count
    return `append ${count}`
  }

  read(): string {
    const from = randomInteger(this.random, this.startOffset, this.nextOffset + 1)
    const maxBytes = this.pick(1, 200, 3000)
    const { records, release } = this.log.read(from, maxBytes)
    const found = recordsIn(records).filter((record) => record.offset >= from)
    const expected = this.kept.filter((k) => k.offset >= from).slice(0, found.length)
    expect(found.map((r) => [r.offset, r.timestamp, String(r.value)])).toEqual(
      expected.map((k) => [k.offset, k.timestamp, k.value]),
    )
    if (from < this.nextOffset) expect(found.length).toBeGreaterThan(0)
    release()
    return `read ${from} ${maxBytes}`
  }

  search(): string {
    const timestamp = START_MS + randomInteger(this.random, -30, this.nextOffset * 3 + 30)
    const found = recordReaching(this.log, timestamp)
    expect(found?.offset ?? -1).toBe(this.kept.find((k) => k.timestamp >= timestamp)?.offset ?? -1)
    return `search ${timestamp}`
  }

  deleteRecords(): string {
    const offset = randomInteger(this.random, this.startOffset, this.nextOffset + 1)
    atOnce(this.folder.dir.deleteRecordsBefore([{ log: this.log, offset: offset }]))
    this.startAt(offset)
    return `delete before ${offset}`
  }

  startAt(offset: number): void {
    this.startOffset = offset
    this.kept = this.kept.filter((k) => k.offset >= offset)
  }

  truncate(): string {
    const offset = randomInteger(this.random, this.startOffset, this.nextOffset + 1)
    this.folder.dir.truncateTo(this.log, offset)
    this.nextOffset = this.log.endOffset
    expect(this.nextOffset).toBeLessThanOrEqual(Math.max(offset, this.startOffset))
    this.startOffset = this.log.startOffset
    this.kept = this.kept.filter((k) => k.offset < this.nextOffset)
    this.nextSequence = this.log.producers.snapshot()[0]?.lastSequence ?? -1
    this.nextSequence++
    return `truncate to ${offset}`
  }

  retain(): string {
    this.folder.settings.retentionBytes = this.pick(-1, 300, 2000)
    atOnce(this.folder.dir.applyRetention())
    this.folder.settings.retentionBytes = -1
    expect(this.log.startOffset).toBeGreaterThanOrEqual(this.startOffset)
    this.startAt(this.log.startOffset)
    return 'apply retention'
  }

  restart(): string {
    if (this.random() < 0.5) this.folder.dir.checkpoint()
    const how = this.random()
    if (how < 0.4) {
      this.folder.reopen()
      return 'close and open'
    }
    const files = this.folder.files as MemoryFiles
    // Only this setting promises that a power loss takes nothing.
    if (how < 0.7 && this.folder.settings.flushMessages === 1) {
      this.folder.crash(files.afterPowerLoss())
      return 'lose power and open'
    }
    this.folder.crash()
    return 'kill and open'
  }

  /** Sends the last idempotent batch again. */
  repeat(): string {
    const last = [...this.log.producers.entries()][0]?.batches.at(-1)
    if (last === undefined) return 'nothing to repeat'
    const values = Array.from({ length: last.offsetDelta + 1 }, () => 'again')
    const baseSequence = last.lastSequence - last.offsetDelta
    const again = batch({ values, producerId: 7, producerEpoch: 0, baseSequence })
    expect(this.log.append(again, client)).toMatchObject({ isDuplicate: true, lastOffset: last.lastOffset })
    return 'repeat'
  }

  check(): void {
    expect([this.log.startOffset, this.log.endOffset]).toEqual([this.startOffset, this.nextOffset])
    expect(readAll(this.log).map((r) => [r.offset, String(r.value)])).toEqual(
      this.kept.map((k) => [k.offset, k.value]),
    )
    // A kill or a power loss is nothing to report: no record was lost.
    expect(this.folder.findings).toEqual([])
  }
}

test('whatever is done to a log, it stays equal to a plain array', () => {
  for (let seed = 1; seed <= SEEDS; seed++) {
    const simulation = new Simulation(seed)
    const steps: string[] = []
    try {
      for (let i = 0; i < STEPS; i++) {
        steps.push(simulation.step())
        if (i % 10 === 9) simulation.check()
      }
      simulation.check()
      simulation.folder.close()
    } catch (error) {
      throw new Error(`seed ${seed} failed after: ${steps.join(', ')}`, { cause: error })
    }
  }
}, 60_000)
