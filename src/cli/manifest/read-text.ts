import { readFileSync } from 'node:fs'
import { Failure, messageOf } from '../failures.ts'
import type { Io } from '../io.ts'

/** The text of a file, or of standard input for `-`. */
export async function readText(file: string, io: Pick<Io, 'in'>): Promise<string> {
  if (file === '-') {
    const chunks: Buffer[] = []
    for await (const chunk of io.in) chunks.push(chunk as Buffer)
    return Buffer.concat(chunks).toString()
  }
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new Failure(`${file}: ${messageOf(error)}`, { cause: error })
  }
}
