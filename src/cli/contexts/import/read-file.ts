import { readFileSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { Failure, messageOf } from '../../failures.ts'
import { Fields } from './fields.ts'
import { IMPORT_FORMATS, type ImportFormat } from './formats.ts'
import type { ImportedFile, SourceFile } from './imported.ts'
import { TELLTALE } from './librdkafka-names.ts'
import { readToml, readYaml } from './parse-text.ts'

/** Names that say which program a file belongs to. */
const KNOWN_NAMES: readonly (readonly [RegExp, ImportFormat])[] = [
  [/^(?:kcat|kafkacat)\.conf$/, 'kcat'],
  [/^\.?kafkactl\.ya?ml$/, 'kafkactl'],
  [/^rpk\.ya?ml$/, 'rpk'],
  [/\.toml$/, 'kcl'],
]

/** Reads another program's file of contexts; which program's is seen from its name or from what is in it. */
export async function readForeignFile(
  path: string,
  options: {
    readonly format?: ImportFormat | undefined
    readonly name?: string | undefined
    readonly cwd: string
  },
): Promise<ImportedFile & { readonly format: ImportFormat }> {
  const full = resolve(options.cwd, path)
  const text = readText(full, path)
  const format = options.format ?? (await formatOf(text, path))
  const source: SourceFile = {
    text,
    path,
    folders: [dirname(full), options.cwd],
    fallbackName: options.name ?? fallbackName(path, format),
  }
  return { format, ...(await readAs(format, source)) }
}

function readText(full: string, path: string): string {
  try {
    return readFileSync(full, 'utf8')
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    throw new Failure(
      isMissing ? `there is no file '${path}'` : `'${path}' cannot be read: ${messageOf(error)}`,
    )
  }
}

async function readAs(format: ImportFormat, source: SourceFile): Promise<ImportedFile> {
  switch (format) {
    case 'kcat':
      return (await import('./kcat.ts')).importKcat(source)
    case 'properties':
      return (await import('./properties-file.ts')).importProperties(source)
    case 'kcl':
      return (await import('./kcl.ts')).importKcl(await rootOf(readToml, source), source)
    case 'kaf':
      return (await import('./kaf.ts')).importKaf(await rootOf(readYaml, source), source)
    case 'rpk':
      return (await import('./rpk.ts')).importRpk(await rootOf(readYaml, source), source)
    case 'kafkactl':
      return await (await import('./kafkactl.ts')).importKafkactl(await rootOf(readYaml, source), source)
  }
}

async function rootOf(
  read: (text: string, path: string) => Promise<unknown>,
  { text, path }: SourceFile,
): Promise<Fields> {
  const root = Fields.of(await read(text, path))
  if (root !== null) return root
  throw new Failure(`'${path}' holds no fields`)
}

async function formatOf(text: string, path: string): Promise<ImportFormat> {
  const named = KNOWN_NAMES.find(([pattern]) => pattern.test(basename(path)))
  const format = named?.[1] ?? (await yamlFormat(text, path)) ?? lineFormat(text)
  if (format !== undefined) return format
  throw new Failure(`it is not plain whose file '${path}' is`, {
    hint: `name it with --format: ${IMPORT_FORMATS.join(', ')}`,
  })
}

async function yamlFormat(text: string, path: string): Promise<ImportFormat | undefined> {
  const root = Fields.of(await readYaml(text, path).catch(() => null))
  if (root?.has('contexts')) return 'kafkactl'
  if (root?.has('clusters')) return 'kaf'
  if (root?.has('profiles')) return 'rpk'
  return undefined
}

function lineFormat(text: string): ImportFormat | undefined {
  if (/^\s*(?:seed_brokers\s*=|\[(?:tls|sasl|profiles\.[^\]]+)\]\s*$)/m.test(text)) return 'kcl'
  const names = text.split(/\r?\n/).map((line) => /^\s*([^\s=:]*)/.exec(line)![1]!)
  if (names.some((name) => TELLTALE.has(name))) return 'kcat'
  if (names.some((name) => /^(?:bootstrap\.servers|security\.protocol|(?:sasl|ssl)\..+)$/.test(name)))
    return 'properties'
  return undefined
}

/** `client.properties` is `client`; files that are always called alike are named after their program. */
function fallbackName(path: string, format: ImportFormat): string {
  if (format !== 'properties') return format
  return (
    basename(path)
      .replace(/\.[^.]*$/, '')
      .replace(/\s+/g, '-')
      .replace(/^-+/, '') || format
  )
}
