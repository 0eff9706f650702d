// What members and the producer printed.
import { existsSync, readFileSync } from 'node:fs'

export interface PrintedRecord {
  readonly partition: number
  readonly offset: number
  readonly number: number
}

/** Partitions that a member was told to own. */
export interface PrintedAssignment {
  readonly memberId: string
  /** null where the client does not say it. */
  readonly generation: number | null
  readonly partitions: readonly number[]
}

export interface Printed {
  readonly records: readonly PrintedRecord[]
  readonly assignments: readonly PrintedAssignment[]
}

const RECORD = /^Partition:(\d+)\tOffset:(\d+)\t(\d+)$/
const ASSIGNED = /^#assigned (\S+) (-|\d+) ([\d,]*)$/

/** A line that was cut short when its writer was killed is passed over. */
export function readPrinted(path: string): Printed {
  const records: PrintedRecord[] = []
  const assignments: PrintedAssignment[] = []
  for (const line of existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(0, -1) : []) {
    const record = RECORD.exec(line)
    if (record) {
      const [partition, offset, number] = record.slice(1).map(Number)
      records.push({ partition: partition!, offset: offset!, number: number! })
      continue
    }
    const assigned = ASSIGNED.exec(line)
    if (!assigned) continue
    const [, memberId, generation, partitions] = assigned
    assignments.push({
      memberId: memberId!,
      generation: generation === '-' ? null : Number(generation),
      partitions: partitions === '' ? [] : partitions!.split(',').map(Number),
    })
  }
  return { records, assignments }
}
