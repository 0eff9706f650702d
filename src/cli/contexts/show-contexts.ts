import type { Context } from '../context.ts'
import { Failure } from '../failures.ts'
import { contextInUse, warnOfEnvironment } from './change-contexts.ts'
import { contextProperties, currentContext, namedContext } from './choose-context.ts'
import { readContextFiles } from './context-file.ts'
import { contextListing, detailsListing } from './listing.ts'

export async function listContexts(context: Context): Promise<void> {
  const files = readContextFiles(context.io)
  await context.print(contextListing(files, contextInUse(context, files)))
  if (files.every(({ contexts }) => contexts.size === 0)) {
    context.say('there are no contexts; ktool context add --help tells how to make one')
  }
}

export async function showContext(name: string | undefined, context: Context): Promise<void> {
  const { io } = context
  const files = readContextFiles(io)
  const named = namedContext(name, io, () => files)
  const shown = named === undefined ? currentContext(files) : named
  const current = name === undefined ? shown : contextInUse(context, files)
  if (shown === null) {
    throw new Failure('no context is current', { hint: 'ktool context list tells which there are' })
  }
  const chosenBy = current?.name === shown.name ? current.chosenBy : null
  if (chosenBy !== null) warnOfEnvironment(context)
  await context.print(detailsListing({ ...shown, chosenBy }, contextProperties(shown)))
}
