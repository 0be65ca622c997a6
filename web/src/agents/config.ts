/** A typed configuration, or null while it is no JSON object. */
export function configOf(text: string): Record<string, unknown> | null {
  try {
    const told: unknown = JSON.parse(text)
    const isObject = typeof told === 'object' && told !== null && !Array.isArray(told)
    return isObject ? Object.fromEntries(Object.entries(told)) : null
  } catch {
    return null
  }
}
