// `npm run docs` writes the pages of the tools; without it they are only compared.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { PAGES, toolPages } from './support/tool-page.ts'

const pages = await toolPages()

if (process.env.KTOOL_WRITE_README === '1') {
  rmSync(PAGES, { recursive: true, force: true })
  mkdirSync(PAGES)
  for (const [name, text] of pages) writeFileSync(join(PAGES, name), text)
}

test.each([...pages])('docs/tools/%s is what the declarations say', (name, text) => {
  const path = join(PAGES, name)
  expect(existsSync(path) ? readFileSync(path, 'utf8') : '', 'run `npm run docs`').toBe(text)
})

test('there is no page of a tool that is gone', () => {
  expect(readdirSync(PAGES).filter((name) => !pages.has(name))).toEqual([])
})

test.each([...pages])('links of docs/tools/%s lead somewhere', (_, text) => {
  for (const [, target, anchor] of text.matchAll(/\]\(([^)#]+)#?([^)]*)\)/g)) {
    const path = resolve(PAGES, target!)
    expect(existsSync(path), target).toBe(true)
    if (anchor) expect(anchorsOf(path)).toContain(anchor)
  }
})

const anchorsOf = (path: string): string[] =>
  [...readFileSync(resolve(dirname(path), path), 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\w -]/g, '')
      .replaceAll(' ', '-'),
  )
