import { realFiles } from '../../log/files.ts'
import { StorageError } from '../../log/storage-error.ts'

/** The bytes of a small file; a missing one in Java's words. */
export function readWhole(file: string): Buffer {
  const bytes = realFiles.readFile(file)
  if (bytes === null) throw new StorageError('DISK_FAILED', `${file} (No such file or directory)`)
  return bytes
}
