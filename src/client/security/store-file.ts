import { readFile } from 'node:fs/promises'

/** The bytes of a file that a setting names. */
export const readStoreFile = (path: string): Promise<Buffer> => readFile(path)
