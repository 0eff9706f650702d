/** A 32-bit number as Java's Float.toString writes it. */
export const javaFloat = (value: number): string => javaDouble(withFewestDigits(value))

/** The shortest decimal that stands for the same 32-bit number. */
function withFewestDigits(value: number): number {
  if (value === 0 || !Number.isFinite(value)) return value
  for (let digits = 1; digits < 9; digits++) {
    const candidate = Number(value.toPrecision(digits))
    if (Math.fround(candidate) === value) return candidate
  }
  return Number(value.toPrecision(9))
}

/** A number as Java's Double.toString writes it: `1024.0`, `2.0E7`, `1.0E-4`. */
export function javaDouble(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity'
  const size = Math.abs(value)
  if (size === 0 || (size >= 1e-3 && size < 1e7)) {
    return Number.isInteger(value) ? `${Object.is(value, -0) ? '-0' : value}.0` : String(value)
  }
  const [digits = '', exponent = ''] = value.toExponential().split('e')
  return `${digits.includes('.') ? digits : `${digits}.0`}E${exponent.replace('+', '')}`
}

/** A number with so many decimals as Java's `%.Nf` writes it: its shortest decimal, rounded half up. */
export function javaFixed(value: number, decimals: number): string {
  if (!Number.isFinite(value)) return javaDouble(value)
  const [whole = '0', fraction = ''] = String(Math.abs(value)).split('.')
  if (fraction.length <= decimals || fraction.includes('e')) return value.toFixed(decimals)
  const digits = BigInt(whole + fraction.slice(0, decimals)) + (fraction[decimals]! >= '5' ? 1n : 0n)
  const text = String(digits).padStart(decimals + 1, '0')
  const at = text.length - decimals
  return `${value < 0 ? '-' : ''}${text.slice(0, at)}${decimals > 0 ? '.' : ''}${text.slice(at)}`
}
