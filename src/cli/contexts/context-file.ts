// The user's file and a project's have one format; fields that are not known are kept:
//
//   { "current": "dev",
//     "contexts": {
//       "dev": { "bootstrapServers": "localhost:9092", "properties": { "client.id": "me" },
//                "propertiesFile": "client.properties", "readOnly": true, "description": "…" } } }

import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Failure, messageOf } from '../failures.ts'
import type { Io } from '../io.ts'
import { jsonProblem } from './json-problem.ts'

export const PROJECT_FILE = '.ktool.json'

/** A named cluster as it is written down. */
export interface ContextEntry {
  readonly bootstrapServers?: string
  readonly properties: Readonly<Record<string, string>>
  /** Relative to the folder of the file that names it. */
  readonly propertiesFile?: string
  readonly readOnly: boolean
  readonly description?: string
}

export type FileKind = 'project' | 'user'

export interface ContextFile {
  readonly kind: FileKind
  readonly path: string
  readonly current: string | undefined
  readonly contexts: ReadonlyMap<string, ContextEntry>
  /** All that the file holds, for writing it again. */
  readonly json: Readonly<Record<string, unknown>>
}

/** Those of the project and of the user that are there; a project's goes before the user's. */
export function readContextFiles(io: Pick<Io, 'cwd' | 'env'>): ContextFile[] {
  const path = userFilePath(io.env)
  const files = [readProjectFile(io.cwd), path === undefined ? null : readContextFile(path, 'user')]
  return files.filter((file) => file !== null)
}

/** `ktool/config.json` in the folder for a user's settings (XDG Base Directory Specification). */
export function userFilePath(env: Io['env']): string | undefined {
  const home = env.HOME || env.USERPROFILE
  const folder = env.XDG_CONFIG_HOME || (home && join(home, '.config'))
  return folder ? join(folder, 'ktool', 'config.json') : undefined
}

/**
 * A project's file: that of the working folder, or else the nearest above it in the same git repository. Outside of a
 * repository no folder above counts, since anybody may put a file into /tmp.
 */
export function readProjectFile(cwd: string): ContextFile | null {
  let nearest: ContextFile | null = null
  for (let folder = cwd; ; folder = dirname(folder)) {
    nearest ??= readContextFile(join(folder, PROJECT_FILE), 'project')
    if (nearest !== null && folder === cwd) return nearest
    if (existsSync(join(folder, '.git'))) return nearest
    if (dirname(folder) === folder) return null
  }
}

/** Null when there is no such file; Failure when it makes no sense. */
export function readContextFile(path: string, kind: FileKind): ContextFile | null {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
      return null
    throw new Failure(`'${path}' cannot be read: ${messageOf(error)}`, { cause: error })
  }
  return parseContextFile(text, path, kind)
}

export function parseContextFile(text: string, path: string, kind: FileKind): ContextFile {
  const file = new FieldReader(path)
  const json = file.object(parseJson(text, path), 'the whole')
  const contexts = Object.entries(file.object(json.contexts ?? {}, 'contexts')).map(([name, value]) => {
    const where = `contexts.${name}`
    return [name, readEntry(file, file.object(value, where), where)] as const
  })
  return { kind, path, current: file.text(json, 'current'), contexts: new Map(contexts), json }
}

function parseJson(text: string, path: string): unknown {
  const plain = text.replace(/^\uFEFF/, '')
  if (plain.trim() === '') return {}
  try {
    return JSON.parse(plain)
  } catch {
    throw new Failure(`'${path}' is not JSON at ${jsonProblem(plain)}`)
  }
}

function readEntry(file: FieldReader, json: Record<string, unknown>, where: string): ContextEntry {
  const bootstrapServers = file.text(json, 'bootstrapServers', where)
  const propertiesFile = file.text(json, 'propertiesFile', where)
  const description = file.text(json, 'description', where)
  const properties = Object.entries(file.object(json.properties ?? {}, `${where}.properties`)).map(
    ([name, value]) => {
      if (['string', 'number', 'boolean'].includes(typeof value)) return [name, String(value)]
      throw file.wrong(`${where}.properties.${name}`, 'a text')
    },
  )
  const { readOnly = false } = json
  if (typeof readOnly !== 'boolean') throw file.wrong(`${where}.readOnly`, 'true or false')
  return {
    ...(bootstrapServers === undefined ? {} : { bootstrapServers }),
    properties: Object.fromEntries(properties),
    ...(propertiesFile === undefined ? {} : { propertiesFile }),
    readOnly,
    ...(description === undefined ? {} : { description }),
  }
}

/** Reads fields by their types; what is wrong is told by its place, and never by its value. */
class FieldReader {
  readonly #path: string

  constructor(path: string) {
    this.#path = path
  }

  object(value: unknown, where: string): Record<string, unknown> {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return value as Record<string, unknown>
    }
    throw this.wrong(where, 'an object')
  }

  text(json: Record<string, unknown>, field: string, where?: string): string | undefined {
    const value = json[field] ?? undefined
    if (value === undefined || typeof value === 'string') return value
    throw this.wrong(where === undefined ? field : `${where}.${field}`, 'a text')
  }

  wrong(where: string, expected: string): Failure {
    return new Failure(`'${this.#path}' makes no sense: ${where} is not ${expected}`)
  }
}
