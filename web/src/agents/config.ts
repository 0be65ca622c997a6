import type { Card } from '@boardcast/client'
import type { ProfileConfig } from '../api/agents.ts'

/** The settings of a profile, as they are typed. */
export interface ProfileText {
  model: string
  mode: string
  permissionPolicy: Policy
  /** `NAME=value` a line; a name alone keeps the value that the server knows. */
  env: string
  promptTemplate: string
  /** In minutes. */
  timeLimitSeconds: string
  /** One a line. */
  args: string
}

export type ProfileField = keyof ProfileText

type Policy = NonNullable<ProfileConfig['permissionPolicy']>

export const POLICIES = [
  ['ask', 'Ask for everything'],
  ['allow-reads', 'Allow reading, ask for the rest'],
  ['allow-all', 'Allow everything'],
] as const satisfies readonly (readonly [Policy, string])[]

export const policyOf = (value: unknown): Policy => POLICIES.find(([name]) => name === value)?.[0] ?? 'ask'

/** What a template may name of a card. */
const CARD_FIELDS = ['title', 'description', 'ticketKey', 'ticketType']
export const PLACES = CARD_FIELDS.map((field) => `{{${field}}}`).join(', ')

const SECONDS = 60
const MAX_MINUTES = 7 * 24 * 60

/** A configuration as the server shows it: what it holds is looked at before it is believed. */
type Shown = Readonly<Record<string, unknown>>

const text = (value: unknown): string => (typeof value === 'string' ? value : '')
const lines = (value: unknown): string =>
  (Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []).join('\n')

/** A configuration as it can be typed over. Values of `env` never come back, only their names. */
export const textOf = (config: Shown): ProfileText => ({
  model: text(config.model),
  mode: text(config.mode),
  permissionPolicy: policyOf(config.permissionPolicy),
  env: lines(config.env),
  promptTemplate: text(config.promptTemplate),
  timeLimitSeconds: typeof config.timeLimitSeconds === 'number' ? String(config.timeLimitSeconds / SECONDS) : '',
  args: lines(config.args),
})

export type Errors = Partial<Record<ProfileField, string>>

const NAME = /^[A-Za-z_][0-9A-Za-z_]{0,254}$/

/** What is wrong with what is typed, field by field, by the rules of the server. */
export function errorsOf(typed: ProfileText): Errors {
  const found = {
    env: envError(typed.env),
    timeLimitSeconds: timeError(typed.timeLimitSeconds),
    promptTemplate: templateError(typed.promptTemplate),
  }
  return Object.fromEntries(Object.entries(found).filter(([, error]) => error !== null))
}

function timeError(typed: string): string | null {
  const seconds = Math.round(Number(typed) * SECONDS)
  const isTime = typed.trim() === '' || (seconds >= 1 && seconds <= MAX_MINUTES * SECONDS)
  return isTime ? null : 'A number of minutes above 0, at most a week, or nothing.'
}

function templateError(typed: string): string | null {
  const unknown = [...typed.matchAll(/\{\{(.*?)\}\}/gs)].find(([, name = '']) => !CARD_FIELDS.includes(name.trim()))
  if (unknown) return `${unknown[0]} is no field of a card.`
  return typed.replace(/\{\{.*?\}\}/gs, '').includes('{{') ? 'A {{ is not closed.' : null
}

/** The prompt that a template makes of a card, as the server would. */
export function filled(
  template: string,
  card: Pick<Card, 'title' | 'description' | 'ticketKey' | 'ticketType'>,
): string {
  const { title, description, ticketKey, ticketType } = card
  const words: Readonly<Record<string, string | null>> = { title, description, ticketKey, ticketType }
  return template.replace(/\{\{(.*?)\}\}/gs, (_, name: string) => words[name.trim()] ?? '')
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
  return twice ? `${twice.name} is there twice.` : null
}

function envOf(typed: string): Record<string, string | null> | null {
  const all = variables(typed)
  return all.length === 0 ? null : Object.fromEntries(all.map(({ name, value }) => [name, value]))
}

/** What is sent: null for what isn't said. */
export function configOf(typed: ProfileText): ProfileConfig {
  const args = typed.args.split('\n').filter((line) => line !== '')
  return {
    model: typed.model.trim() || null,
    mode: typed.mode.trim() || null,
    permissionPolicy: typed.permissionPolicy === 'ask' ? null : typed.permissionPolicy,
    env: envOf(typed.env),
    promptTemplate: typed.promptTemplate.trim() === '' ? null : typed.promptTemplate,
    timeLimitSeconds:
      typed.timeLimitSeconds.trim() === '' ? null : Math.round(Number(typed.timeLimitSeconds) * SECONDS),
    args: args.length === 0 ? null : args,
  }
}

const minutes = (typed: string): string => `${Number(Number(typed).toFixed(2))} min`

/** A profile in a line: `opus · allow reading · 30 min`. */
export function summaryOf(config: Shown): string {
  const { model, mode, permissionPolicy, env, promptTemplate, timeLimitSeconds, args } = textOf(config)
  const policy = permissionPolicy === 'ask' ? '' : POLICIES.find(([name]) => name === permissionPolicy)?.[1]
  const words = [args, env].map((typed) => typed.split('\n').filter(Boolean).join(', '))
  const parts = [
    model,
    mode,
    policy,
    timeLimitSeconds && minutes(timeLimitSeconds),
    ...words,
    promptTemplate && 'own prompt',
  ]
  return parts.filter(Boolean).join(' · ')
}
