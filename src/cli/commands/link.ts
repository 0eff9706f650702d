import { realpathSync } from 'node:fs'
import { delimiter, resolve } from 'node:path'
import { defineCommand } from '../command.ts'
import { Failure, throwFailures, UsageError } from '../failures.ts'
import { linkListing, makeLinks, removeLinks } from '../link/links.ts'
import { DRY_RUN } from '../options.ts'
import { ALL_FORMATS } from '../output/listing.ts'
import { TOOLS } from '../registry.ts'

export const link = defineCommand({
  name: 'link',
  options: {
    dir: {
      flags: '--dir <folder>',
      help: 'The folder for the links, best one on your PATH.',
      details: 'Each of the tools gets two, as kafka-topics and kafka-topics.sh.',
      required: true,
    },
    remove: { flags: '--remove', help: 'Remove those that lead to this ktool.' },
    force: { flags: '--force', help: 'Also in place of what is not a link to this ktool.' },
    dryRun: DRY_RUN,
  },
  subjects: ['dir'],
  formats: ALL_FORMATS,
  examples: ['link ~/bin', 'link ~/bin --dry-run -o table', 'link ~/bin --remove'],
  async run({ dir, remove, force, dryRun }, context) {
    const { io } = context
    if (dir === '') throw new UsageError('--dir: the name of the folder is empty')
    const folder = resolve(io.cwd, dir)
    const options = { folder, target: realpathSync(io.programPath), force, dryRun }
    const links = (remove ? removeLinks : makeLinks)(TOOLS, options)
    if (dryRun) context.say('dry run: nothing is changed')
    await context.print(linkListing(links))
    const isOnPath = (io.env.PATH ?? '').split(delimiter).some((entry) => resolve(io.cwd, entry) === folder)
    if (!remove && !isOnPath) context.say(`note: ${folder} is not on your PATH`)
    throwFailures(
      links.flatMap(({ path, error }) =>
        error === null
          ? []
          : [
              new Failure(`ktool link: ${path}: ${error}`, {
                hint: 'with --force it is replaced or removed',
              }),
            ],
      ),
    )
  },
})
