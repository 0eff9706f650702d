import { javaFixed } from '../java/double.ts'

/** Metrics of Kafka's clients by group and name, under Kafka's names. */
export type Metrics = readonly {
  readonly group: string
  readonly name: string
  readonly tags: Tags
  readonly value: number
}[]

type Tags = Readonly<Record<string, string>>

/** Metrics as Kafka's tools print them, in alphabetical order. */
export function metricsText(metrics: Metrics): string {
  const rows = metrics
    .map(
      ({ group, name, tags, value }) => [`${group}:${name}:${tagsText(tags)}`, javaFixed(value, 3)] as const,
    )
    .sort(([a], [b]) => (a < b ? -1 : 1))
  const width = Math.max(...rows.map(([name]) => name.length))
  const lines = rows.map(([name, value]) => `${name.padEnd(width)} : ${value}\n`)
  return `\n${'Metric Name'.padEnd(width)}   Value\n${lines.join('')}`
}

const tagsText = (tags: Tags): string =>
  `{${Object.entries(tags)
    .map(([name, value]) => `${name}=${value}`)
    .join(', ')}}`
