import { type Int64, parseInt64, toSafeNumber } from '../../bytes/int64.ts'
import type { OffsetToCommit } from '../../client/groups/committed-offsets.ts'
import { partitionName } from '../../client/topic-partition.ts'
import { Failure } from '../failures.ts'
import { readTextFile } from '../read-file.ts'

/** The plan in a CSV file, by group; lines are `topic,partition,offset`, or have the group in front. */
export function readResetFile(path: string, groups: readonly string[]): Map<string, OffsetToCommit[]> {
  return parseResetPlan(readTextFile(path), groups, path)
}

/** A line of the file, for messages. */
interface Line {
  readonly file: string
  readonly number: number
  readonly text: string
}

/** Lines without a group belong to the only one that was named; the last line about a partition counts. */
export function parseResetPlan(
  text: string,
  groups: readonly string[],
  file: string,
): Map<string, OffsetToCommit[]> {
  const lines = text
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
    .map((line, at): Line => ({ file, number: at + 1, text: line }))
    .filter((line) => line.text !== '')
  const plan = new Map<string, Map<string, OffsetToCommit>>()
  for (const line of lines) {
    const fields = fieldsOf(line)
    const group = groups.length === 1 && fields.length <= 3 ? groups[0]! : fields.shift()!
    const target = targetOf(fields, line)
    const targets = plan.get(group) ?? new Map<string, OffsetToCommit>()
    plan.set(group, targets.set(partitionName(target), target))
  }
  return new Map([...plan].map(([group, targets]) => [group, [...targets.values()]]))
}

const MAX_PARTITION = 0x7fff_ffff

function targetOf([topic = '', partition, offset, ...more]: readonly string[], line: Line): OffsetToCommit {
  // Kafka's sentence about a name that no topic can have comes from the look-up of its partitions.
  if (topic !== '' && !/^[a-zA-Z0-9._-]+$/.test(topic)) return { topic, partition: 0, offset: 0 }
  if (topic === '') throw badLine(line, 'the topic is missing')
  // Differs: Kafka takes a partition or an offset that is missing for 0, and resets the group to the start.
  if (partition === undefined || offset === undefined) {
    throw badLine(line, `the ${partition === undefined ? 'partition' : 'offset'} is missing`)
  }
  if (more.length > 0) throw badLine(line, `'${more[0]}' is one field too many`)
  const number = parseInt64(partition)
  if (number === null || number < 0 || number > MAX_PARTITION) {
    throw badLine(line, `'${partition}' is not a partition`)
  }
  const value = parseInt64(offset)
  if (value === null || value < 0) throw badLine(line, `'${offset}' is not an offset`)
  return { topic, partition: toSafeNumber(number), offset: value }
}

/** A field may stand in quotes, and a quote within them is doubled. */
function fieldsOf(line: Line): string[] {
  const fields: string[] = []
  const field = /\s*(?:"((?:[^"]|"")*)"\s*|([^",][^,]*)?)(?:,|$)/y
  for (let end = ','; end === ','; ) {
    const found = field.exec(line.text)
    if (found === null) throw badLine(line, 'a quote is not closed, or not followed by a comma')
    fields.push(found[1]?.replaceAll('""', '"') ?? found[2]?.trim() ?? '')
    end = found[0].at(-1) ?? ''
  }
  return fields
}

const badLine = ({ file, number, text }: Line, problem: string): Failure =>
  new Failure(`${file}:${number}: ${problem} in the line '${text}'`, {
    hint: 'lines are topic,partition,offset or group,topic,partition,offset',
  })

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
