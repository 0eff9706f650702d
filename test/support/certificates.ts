import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const folder = join(import.meta.dirname, 'certificates')

/** The path of a file that certificates/make.sh made; all stores have the password `store-password`. */
export const certificateFile = (name: string): string => join(folder, name)

export const certificateText = (name: string): string => readFileSync(certificateFile(name), 'utf8')
