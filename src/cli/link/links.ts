import { lstatSync, realpathSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { Failure, messageOf } from '../failures.ts'
import type { Listing } from '../output/listing.ts'
import { linkNamesOf, type Tool } from '../registry.ts'

export type LinkState = 'made' | 'kept' | 'removed' | 'absent' | 'refused'

/** A link with the name of one of Kafka's tools, and what became of it. */
export interface Link {
  readonly name: string
  readonly path: string
  /** The tool that ktool is when it is called by this link. */
  readonly tool: string
  readonly state: LinkState
  readonly error: string | null
}

export interface LinkOptions {
  readonly folder: string
  /** What the links lead to, without links on the way. */
  readonly target: string
  readonly force: boolean
  readonly dryRun: boolean
}

/** Both names that each of Kafka's tools goes by: `kafka-topics`, `kafka-topics.sh`. */
function linkNames(tools: readonly Tool[]): { name: string; tool: string }[] {
  return tools.flatMap((tool) => linkNamesOf(tool).map((name) => ({ name, tool: tool.name })))
}

/** Makes the links that are missing; what stands in the place of one and is not ours is left alone, unless forced. */
export function makeLinks(tools: readonly Tool[], options: LinkOptions): Link[] {
  return eachLink(tools, options, (path, found) => {
    if (found === 'ours') return 'kept'
    if (found === 'foreign' && !options.force) return 'refused'
    if (!options.dryRun) {
      if (found === 'foreign') rmSync(path)
      symlinkSync(options.target, path)
    }
    return 'made'
  })
}

/** Removes the links that lead to this ktool, and nothing else. */
export function removeLinks(tools: readonly Tool[], options: LinkOptions): Link[] {
  return eachLink(tools, options, (path, found) => {
    if (found === 'nothing') return 'absent'
    if (found === 'foreign' && !options.force) return 'refused'
    if (!options.dryRun) rmSync(path)
    return 'removed'
  })
}

type Found = 'nothing' | 'ours' | 'foreign'

function eachLink(
  tools: readonly Tool[],
  { folder, target }: LinkOptions,
  act: (path: string, found: Found) => LinkState,
): Link[] {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new Failure(`ktool link: there is no folder '${folder}'`, { hint: `mkdir -p '${folder}'` })
  }
  return linkNames(tools).map(({ name, tool }) => {
    const path = join(folder, name)
    try {
      const state = act(path, whatIsAt(path, target))
      const error = state === 'refused' ? 'something else has this name' : null
      return { name, path, tool, state, error }
    } catch (error) {
      return { name, path, tool, state: 'refused', error: messageOf(error) }
    }
  })
}

function whatIsAt(path: string, target: string): Found {
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (found === undefined) return 'nothing'
  return found.isSymbolicLink() && leadsTo(path, target) ? 'ours' : 'foreign'
}

function leadsTo(path: string, target: string): boolean {
  try {
    return realpathSync(path) === target
  } catch {
    // It leads nowhere.
    return false
  }
}

const COLUMNS = ['name', 'path', 'tool', 'state', 'error'] as const

/** Those that something was done about, or should have been. */
export function linkListing(links: readonly Link[]): Listing {
  const changed = links.filter(({ state }) => state === 'made' || state === 'removed')
  return {
    text: () => changed.map(({ path, tool, state }) => `${state} ${path} (${tool})\n`).join(''),
    columns: COLUMNS,
    items: links.map(({ name, path, tool, state, error }) => ({ name, path, tool, state, error })),
    names: () => changed.map(({ name }) => name),
  }
}
