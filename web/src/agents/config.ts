/** The settings of a profile, as they are typed. */
export interface ProfileText {
  model: string
  mode: string
  permissionPolicy: string
  /** `NAME=value` a line; a name alone keeps the value that the server knows. */
  env: string
  promptTemplate: string
  /** In minutes. */
  timeLimit: string
  /** One a line. */
  args: string
}

export type ProfileField = keyof ProfileText

export const POLICIES = [
  ['ask', 'Ask for everything'],
  ['allowReads', 'Allow reading, ask for the rest'],
  ['allowAll', 'Allow everything'],
] as const

const [DEFAULT_POLICY] = POLICIES[0]

/** What a template may name of a card. */
export const CARD_FIELDS = ['{{title}}', '{{description}}', '{{ticketKey}}', '{{ticketType}}'] as const

const SECONDS = 60

type Config = Readonly<Record<string, unknown>>

const text = (value: unknown): string => (typeof value === 'string' ? value : '')
const lines = (value: unknown): string =>
  (Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []).join('\n')

/** A configuration as it can be typed over. Values of `env` never come back, only their names. */
export const textOf = (config: Config): ProfileText => ({
  model: text(config.model),
  mode: text(config.mode),
  permissionPolicy: text(config.permissionPolicy) || DEFAULT_POLICY,
  env: lines(config.env),
  promptTemplate: text(config.promptTemplate),
  timeLimit: typeof config.timeLimit === 'number' ? String(config.timeLimit / SECONDS) : '',
  args: lines(config.args),
})

export type Errors = Partial<Record<ProfileField, string>>

const NAME = /^[A-Za-z_][0-9A-Za-z_]{0,254}$/

/** What is wrong with what is typed, field by field. */
export function errorsOf(typed: ProfileText): Errors {
  const env = envError(typed.env)
  const minutes = Number(typed.timeLimit)
  const isTime = typed.timeLimit.trim() === '' || (Number.isFinite(minutes) && minutes > 0)
  return {
    ...(env === null ? {} : { env }),
    ...(isTime ? {} : { timeLimit: 'A number of minutes above 0, or nothing.' }),
  }
}

interface Variable {
  name: string
  /** Null to keep the one that is known. */
  value: string | null
}

const variables = (typed: string): Variable[] =>
  typed
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const at = line.indexOf('=')
      return at < 0 ? { name: line.trim(), value: null } : { name: line.slice(0, at).trim(), value: line.slice(at + 1) }
    })

function envError(typed: string): string | null {
  const all = variables(typed)
  const wrong = all.find(({ name }) => !NAME.test(name))
  if (wrong) return `"${wrong.name}" is no name: letters, digits and _, not beginning with a digit.`
  const twice = all.find(({ name }, nth) => all.findIndex((one) => one.name === name) !== nth)
  if (twice) return `${twice.name} is there twice.`
  const kept = all.find(({ value }) => value === null)
  // The server takes either all values anew or names to be kept.
  const isMixed = kept !== undefined && all.some(({ value }) => value !== null)
  return isMixed ? `Give ${kept.name} its value again, too: all are kept, or all are given anew.` : null
}

function envOf(typed: string): string[] | Record<string, string> | null {
  const all = variables(typed)
  if (all.length === 0) return null
  const given = all.flatMap(({ name, value }) => (value === null ? [] : [[name, value] as const]))
  return given.length > 0 ? Object.fromEntries(given) : all.map(({ name }) => name)
}

/** What is sent; settings that this page has no field for stay as they were. */
export function configOf(typed: ProfileText, before: Config): Record<string, unknown> {
  const args = typed.args.split('\n').filter((line) => line !== '')
  const isDefault = typed.permissionPolicy === DEFAULT_POLICY && before.permissionPolicy === undefined
  const given: Readonly<Record<ProfileField, unknown>> = {
    model: typed.model.trim() || null,
    mode: typed.mode.trim() || null,
    permissionPolicy: isDefault ? null : typed.permissionPolicy,
    env: envOf(typed.env),
    promptTemplate: typed.promptTemplate.trim() === '' ? null : typed.promptTemplate,
    timeLimit: typed.timeLimit.trim() === '' ? null : Math.round(Number(typed.timeLimit) * SECONDS),
    args: args.length === 0 ? null : args,
  }
  const others = Object.entries(before).filter(([name]) => !Object.hasOwn(given, name))
  return Object.fromEntries([...others, ...Object.entries(given).filter(([, value]) => value !== null)])
}

/** A profile in a line: `opus · allow reading · 30 min`. */
export function summaryOf(config: Config): string {
  const { model, mode, permissionPolicy, env, promptTemplate, timeLimit } = textOf(config)
  const policy = permissionPolicy === DEFAULT_POLICY ? '' : POLICIES.find(([name]) => name === permissionPolicy)?.[1]
  const names = env.split('\n').filter(Boolean).join(', ')
  const parts = [model, mode, policy, timeLimit && `${timeLimit} min`, names, promptTemplate && 'own prompt']
  return parts.filter(Boolean).join(' · ')
}
