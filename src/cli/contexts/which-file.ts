import { join } from 'node:path'
import { Failure } from '../failures.ts'
import type { Io } from '../io.ts'
import {
  type ContextFile,
  type FileKind,
  PROJECT_FILE,
  readContextFile,
  readProjectFile,
  userFilePath,
} from './context-file.ts'

export interface Place {
  readonly kind: FileKind
  readonly path: string
  /** Null when it is not there yet. */
  readonly file: ContextFile | null
}

/** The file that a change is for: the user's own, or the project's, which begins in the working folder. */
export function placeOf(isProject: boolean, io: Pick<Io, 'cwd' | 'env'>): Place {
  if (isProject) {
    const file = readProjectFile(io.cwd)
    return { kind: 'project', path: file?.path ?? join(io.cwd, PROJECT_FILE), file }
  }
  const path = userFilePath(io.env)
  if (path === undefined) throw new Failure('neither XDG_CONFIG_HOME nor HOME says where contexts are kept')
  return { kind: 'user', path, file: readContextFile(path, 'user') }
}
