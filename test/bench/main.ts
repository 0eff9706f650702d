import { readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { consoleTools } from './console.ts'
import { groups } from './groups.ts'
import { latency } from './latency.ts'
import { memory } from './memory.ts'
import { perf } from './perf.ts'
import { produce } from './produce.ts'
import type { Question, Row } from './question.ts'
import { rebalance } from './rebalance.ts'
import { stalls } from './stalls.ts'
import { start } from './start.ts'
import { tools } from './tools.ts'

const QUESTIONS: readonly Question[] = [
  start,
  memory,
  tools,
  latency,
  rebalance,
  groups,
  stalls,
  produce,
  consoleTools,
  perf,
]

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    scale: { type: 'string', default: '1' },
    readme: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
  },
})

/** A number with three digits that count. */
const round = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toPrecision(3))

function line({ what, unit, ktool, kafka, kcat, against }: Row): string {
  const other = against ?? (kafka === null ? null : (['Apache Kafka', kafka] as const))
  const ratio = other ? `${(ktool / other[1]).toFixed(2)} × ${other[0]}` : ''
  const cell = (value: number | null | undefined) =>
    value === null || value === undefined ? '' : `${round(value)} ${unit}`
  return `| ${what} | ${cell(ktool)} | ${cell(kafka)} | ${cell(kcat)} | ${ratio} |`
}

function table(rows: readonly Row[]): string {
  const head = ['| | ktool | Apache Kafka 4.3.1 | kcat | ktool takes |', '| --- | --- | --- | --- | --- |']
  return [...head, ...rows.map(line)].join('\n')
}

/** Puts the table between its marks in the README. */
function writeReadme(text: string): void {
  const path = resolve(import.meta.dirname, '../../README.md')
  const readme = readFileSync(path, 'utf8')
  writeFileSync(path, readme.replace(/(<!-- bench -->\n)[\s\S]*?(<!-- \/bench -->)/, `$1${text}\n$2`))
}

if (values.list) {
  for (const { name, question } of QUESTIONS) console.log(`${name}: ${question}`)
  process.exit(0)
}
const unknown = positionals.find((name) => !QUESTIONS.some((question) => question.name === name))
if (unknown) {
  console.error(`no question '${unknown}'; there are ${QUESTIONS.map(({ name }) => name).join(', ')}`)
  process.exit(2)
}

const options = { scale: Number(values.scale), say: (text: string) => console.error(`  ${text}`) }
const rows: Row[] = []
for (const question of QUESTIONS) {
  if (positionals.length > 0 && !positionals.includes(question.name)) continue
  console.error(question.question)
  rows.push(...(await question.measure(options)))
}
const machine = `${cpus().length} × ${cpus()[0]!.model.trim()}, Node ${process.versions.node}`
console.log(`${table(rows)}\n\n${machine}`)
if (values.readme) writeReadme(`${table(rows)}\n\nMeasured in one run on ${machine}.`)
