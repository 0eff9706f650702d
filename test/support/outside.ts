// Programs of others that ktool is compared with. Any of them may be missing; describe-with.ts says
// what becomes of the tests then.
import { accessSync, constants, existsSync } from 'node:fs'
import { delimiter, join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '../..')

/** The path of the first that exists. */
const firstOf = (...paths: (string | undefined)[]): string | null =>
  paths.find((path) => path !== undefined && existsSync(path)) ?? null

function onPath(program: string): string | null {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const path = join(folder, program)
    try {
      accessSync(path, constants.X_OK)
      return path
    } catch {
      // Not in this folder.
    }
  }
  return null
}

/** A script that runs Apache Kafka 4.3.1: `broker DIR PORT`, `TOOL ARGS`. */
export const apacheKafka = firstOf(process.env.KTOOL_APACHE_KAFKA, join(root, '../shared/apache-kafka/kafka'))

export const kcat = onPath('kcat')

/** Prometheus' checker, of Debian's package prometheus. */
export const promtool = onPath('promtool')

/** A Python that can import kafka-python and confluent-kafka. */
export const python = firstOf(process.env.KTOOL_PYTHON, join(root, '.venv/bin/python'))

/** What plays recorded transcripts of Apache Kafka's tools. */
export const parity = firstOf(process.env.KTOOL_PARITY, join(root, '../shared/parity/parity.mjs'))

/** The shells whose completion is tested. */
export const bash = onPath('bash')
export const zsh = onPath('zsh')
export const fish = onPath('fish')

export const OUTSIDE = { apacheKafka, kcat, promtool, python, parity, bash, zsh, fish } as const
export type Outside = keyof typeof OUTSIDE
