const NAME = /^[A-Za-z_][0-9A-Za-z_]{0,254}$/

/** `NAME=value`, one a line; what isn't so is named. */
export function readEnvironment(typed: string): { env: Record<string, string>; error: string | null } {
  const env: Record<string, string> = {}
  for (const line of typed.split('\n').filter((text) => text.trim() !== '')) {
    const at = line.indexOf('=')
    const name = line.slice(0, Math.max(at, 0)).trim()
    if (!NAME.test(name)) return { env, error: `Not NAME=value: ${line.trim().split('=')[0]}` }
    env[name] = line.slice(at + 1)
  }
  return { env, error: null }
}
