import type { Context } from '../context.ts'
import { Failure } from '../failures.ts'
import { currentContext } from './change-contexts.ts'
import { chooseContext, contextProperties } from './choose-context.ts'
import { readContextFiles } from './context-file.ts'
import { contextListing, detailsListing } from './listing.ts'

export async function listContexts(context: Context): Promise<void> {
  const files = readContextFiles(context.io)
  await context.print(contextListing(files, currentContext(context, files)))
  if (files.every(({ contexts }) => contexts.size === 0)) {
    context.say('there are no contexts; ktool context add --help tells how to make one')
  }
}

export async function showContext(name: string | undefined, context: Context): Promise<void> {
  const { io } = context
  const files = readContextFiles(io)
  const current = name === undefined ? chooseContext(undefined, io) : currentContext(context, files)
  const shown = name === undefined ? current : chooseContext(name, io)
  if (shown === null) {
    throw new Failure('no context is current', { hint: 'ktool context list tells which there are' })
  }
  const chosenBy = current?.name === shown.name ? current.chosenBy : null
  await context.print(detailsListing({ ...shown, chosenBy }, contextProperties(shown)))
}
