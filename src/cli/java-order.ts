/** The order in which a java.util.HashMap made for `capacity` entries and filled with these strings gives them back. */
export function javaHashOrder(names: readonly string[], capacity = 16): string[] {
  let buckets = 2 ** Math.ceil(Math.log2(Math.max(1, capacity)))
  while (names.length > buckets * 0.75) buckets *= 2
  const bucketOf = (name: string) => {
    const hash = javaHash(name)
    return (hash ^ (hash >>> 16)) & (buckets - 1)
  }
  return [...names].sort((a, b) => bucketOf(a) - bucketOf(b))
}

function javaHash(text: string): number {
  let hash = 0
  for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0
  return hash
}
