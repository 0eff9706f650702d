// Values of client properties that stand elsewhere: `${file:/run/secrets.properties:password}`, with the providers that
// config.providers names, as Kafka's ConfigTransformer resolves them: once, and what no provider knows is left as it is.

import { readdirSync, readFileSync } from 'node:fs'
import { join, normalize, sep } from 'node:path'
import { Failure } from '../failures.ts'
import type { Io } from '../io.ts'
import { javaMatcher } from '../patterns/names.ts'
import { parseProperties } from './java-properties.ts'

/** Gives the value that a key has at a path. */
type Provider = (path: string, key: string) => string | undefined

const PACKAGE = 'org.apache.kafka.common.config.provider'

const VARIABLE = /\$\{([^}]*?):(?:([^}]*?):)?([^}]*?)\}/g

/** The properties with their variables resolved; those of the providers themselves are left out. */
export async function resolveVariables(
  properties: ReadonlyMap<string, string>,
  env: Io['env'],
): Promise<Map<string, string>> {
  const names = (properties.get('config.providers') ?? '').split(',').map((name) => name.trim())
  const providers = new Map<string, Provider>()
  for (const name of names) if (name !== '') providers.set(name, await providerOf(name, properties, env))

  const resolve = (value: string): string =>
    value.replace(VARIABLE, (whole, provider: string, path: string | undefined, key: string) => {
      return providers.get(provider)?.(path ?? '', key) ?? whole
    })
  const others = [...properties].filter(([name]) => !/^config\.providers(\.|$)/.test(name))
  return new Map(others.map(([name, value]) => [name, resolve(value)]))
}

async function providerOf(
  name: string,
  properties: ReadonlyMap<string, string>,
  env: Io['env'],
): Promise<Provider> {
  const property = `config.providers.${name}`
  const className = properties.get(`${property}.class`)?.trim()
  const parameter = (suffix: string): string | undefined =>
    properties.get(`${property}.param.${suffix}`)?.trim()
  switch (className) {
    case `${PACKAGE}.EnvVarConfigProvider`:
      return await envProvider(env, parameter('allowlist.pattern'))
    case `${PACKAGE}.FileConfigProvider`:
      return fileProvider(allowedPaths(parameter('allowed.paths')))
    case `${PACKAGE}.DirectoryConfigProvider`:
      return directoryProvider(allowedPaths(parameter('allowed.paths')))
    default:
      throw new Failure(
        className === undefined
          ? `the config provider '${name}' has no ${property}.class`
          : `${property}.class=${className} is not supported`,
        { hint: `the providers that ktool has are EnvVar-, File- and DirectoryConfigProvider of ${PACKAGE}` },
      )
  }
}

async function envProvider(env: Io['env'], pattern: string | undefined): Promise<Provider> {
  const isAllowed = await javaMatcher(pattern ?? '.*')
  return (path, key) => {
    if (path !== '')
      throw new Failure(`Path is not supported for EnvVarConfigProvider, invalid value '${path}'`)
    return isAllowed(key) ? env[key] : undefined
  }
}

type PathCheck = (path: string) => boolean

/** Whether a path lies in one of those that are allowed; all are when none is named. */
function allowedPaths(list: string | undefined): PathCheck {
  if (!list) return () => true
  const allowed = list.split(',').map((path) => normalize(path.trim()))
  return (path) => allowed.some((each) => within(normalize(path), each))
}

const within = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep)

/** A key of a Java properties file. */
function fileProvider(isAllowed: PathCheck): Provider {
  return (path, key) => {
    if (path === '' || !isAllowed(path)) return undefined
    try {
      return parseProperties(readFileSync(path, 'utf8')).get(key)
    } catch (error) {
      throw new Failure(`Could not read properties from file ${path}`, { cause: error })
    }
  }
}

/** A file of a folder, as secrets are mounted into containers. */
function directoryProvider(isAllowed: PathCheck): Provider {
  return (path, key) => {
    if (path === '' || !isAllowed(path)) return undefined
    try {
      return readdirSync(path).includes(key) ? readFileSync(join(path, key), 'utf8') : undefined
    } catch (error) {
      throw new Failure(`Could not read the files of directory ${path}`, { cause: error })
    }
  }
}
