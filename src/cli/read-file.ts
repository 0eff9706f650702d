import { readFileSync } from 'node:fs'

import { Failure } from './failures.ts'

/** A file that an option names; Failure in Kafka's words when it cannot be read. */
export function readTextFile(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new Failure(`Unable to read file ${path}`, { cause: error })
  }
}
