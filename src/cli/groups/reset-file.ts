import { type Int64, parseInt64, toSafeNumber } from '../../bytes/int64.ts'
import type { OffsetToCommit } from '../../client/groups/committed-offsets.ts'
import { Failure } from '../failures.ts'
import { readTextFile } from '../read-file.ts'

/** The plan in a CSV file, by group; lines are `topic,partition,offset`, or have the group in front. */
export function readResetFile(path: string, groups: readonly string[]): Map<string, OffsetToCommit[]> {
  return parseResetPlan(readTextFile(path), groups)
}

/** Lines without a group belong to the only one that was named. */
export function parseResetPlan(text: string, groups: readonly string[]): Map<string, OffsetToCommit[]> {
  const lines = text.split(/\r?\n/).filter((line) => line !== '')
  const hasNoGroups = groups.length === 1 && lines.every((line) => fieldsOf(line).length <= 3)
  const plan = new Map<string, OffsetToCommit[]>()
  for (const line of lines) {
    const fields = fieldsOf(line)
    const group = hasNoGroups ? groups[0]! : fields.shift()!
    const [topic = '', partition = '0', offset = '0'] = fields
    const target = {
      topic,
      partition: toSafeNumber(readNumber(partition, line)),
      offset: readNumber(offset, line),
    }
    const sofar = plan.get(group)
    if (sofar) sofar.push(target)
    else plan.set(group, [target])
  }
  return plan
}

/** A field may stand in quotes, and a quote within them is doubled. */
function fieldsOf(line: string): string[] {
  const fields = [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)]
  return fields.map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain!.trim())
}

function readNumber(text: string, line: string): Int64 {
  const value = parseInt64(text)
  if (value !== null) return value
  throw new Failure(`'${text}' is no number in the line '${line}'`, {
    hint: 'lines are topic,partition,offset or group,topic,partition,offset',
  })
}

/** A plan as a file for --from-file: with groups only where there are several. */
export function exportedPlan(
  rows: readonly {
    readonly group: string
    readonly topic: string
    readonly partition: number
    readonly newOffset: Int64
  }[],
  hasOneGroup: boolean,
): string {
  const lines = rows.map(({ group, topic, partition, newOffset }) =>
    [...(hasOneGroup ? [] : [quoted(group)]), quoted(topic), partition, newOffset].join(','),
  )
  return lines.map((line) => `${line}\n`).join('')
}

const quoted = (text: string): string => (/[",\s]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
