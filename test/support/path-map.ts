const parentOf = (path: string): string => path.slice(0, path.lastIndexOf('/'))

/** A map by path that finds what is in a folder without a look at everything else. */
export class PathMap<T> extends Map<string, T> {
  readonly #children = new Map<string, Set<string>>()

  constructor(entries: Iterable<readonly [string, T]> = []) {
    super()
    for (const [path, value] of entries) this.set(path, value)
  }

  override set(path: string, value: T): this {
    for (let child = path; child !== ''; child = parentOf(child)) {
      const siblings = this.#children.get(parentOf(child))
      if (siblings?.has(child)) break
      if (siblings) siblings.add(child)
      else this.#children.set(parentOf(child), new Set([child]))
    }
    return super.set(path, value)
  }

  override delete(path: string): boolean {
    const isGone = super.delete(path)
    for (let child = path; child !== ''; child = parentOf(child)) {
      if (this.has(child) || this.#children.has(child)) break
      const siblings = this.#children.get(parentOf(child))
      siblings?.delete(child)
      if (siblings?.size === 0) this.#children.delete(parentOf(child))
    }
    return isGone
  }

  /** Paths right below the folder that are in the map. */
  in(folder: string): string[] {
    return [...(this.#children.get(folder) ?? [])].filter((path) => this.has(path))
  }

  /** The path and all below it that are in the map. */
  under(path: string): string[] {
    const below = [...(this.#children.get(path) ?? [])].flatMap((child) => this.under(child))
    return this.has(path) ? [path, ...below] : below
  }
}
