import type { AgentProfile } from '@boardcast/client'
import { type FormEvent, type ReactElement, useState } from 'react'
import { refusalOf } from '../api/request.ts'
import { Button } from '../ui/button.tsx'
import { Area, Choice, Input } from '../ui/field.tsx'
import { isSend } from '../ui/keys.ts'
import { Trouble } from '../ui/trouble.tsx'
import { useFocusBack } from '../ui/use-focus-back.ts'
import { configOf, errorsOf, PLACES, POLICIES, type ProfileField, policyOf, textOf } from './config.ts'
import { useSaveProfile } from './use-agents.ts'

interface ProfileFormProps {
  agent: string
  profile: AgentProfile | null
  done: () => void
}

const FIELDS: readonly ProfileField[] = [
  'model',
  'mode',
  'permissionPolicy',
  'env',
  'promptTemplate',
  'timeLimitSeconds',
  'args',
]

/** How an agent works: what is wrong is told at its field. */
export const ProfileForm = ({ agent, profile, done }: ProfileFormProps): ReactElement => {
  const [label, setLabel] = useState(profile?.label ?? '')
  const [typed, setTyped] = useState(() => textOf(profile?.config ?? {}))
  useFocusBack()
  const save = useSaveProfile(profile?.profileId ?? null)
  const errors = errorsOf(typed)
  const isReady = Object.keys(errors).length === 0 && !save.isPending
  const submit = (event?: FormEvent) => {
    event?.preventDefault()
    if (!isReady) return
    const fields = { agent, label: label.trim() === '' ? null : label.trim(), config: configOf(typed) }
    save.mutate(fields, { onSuccess: done })
  }
  const refused = (field: ProfileField) => refusalOf(save.error, `config.${field}`)
  const of = (field: ProfileField) => ({
    value: typed[field],
    error: errors[field] ?? refused(field),
    onChange: (event: { target: { value: string } }) => setTyped({ ...typed, [field]: event.target.value }),
  })
  const atLabel = refusalOf(save.error, 'label')
  const isTold = atLabel !== null || FIELDS.some((field) => refused(field) !== null)
  return (
    <form onSubmit={submit} onKeyDown={(event) => isSend(event) && submit()} className="grid gap-3">
      <Input
        autoFocus
        label="Label"
        placeholder="Careful, with tests"
        value={label}
        error={atLabel}
        onChange={(event) => setLabel(event.target.value)}
      />
      <div className="grid items-start gap-3 sm:grid-cols-3">
        <Input label="Model" placeholder="The agent's own" spellCheck={false} {...of('model')} />
        <Input label="Mode" placeholder="The agent's own" spellCheck={false} {...of('mode')} />
        <Input
          label="Time limit"
          placeholder="None"
          inputMode="decimal"
          hint="In minutes."
          {...of('timeLimitSeconds')}
        />
      </div>
      <Choice
        label="When it asks for a permission"
        options={POLICIES}
        {...of('permissionPolicy')}
        onChange={(policy) => setTyped({ ...typed, permissionPolicy: policyOf(policy) })}
      />
      <Area
        label="Prompt"
        rows={3}
        placeholder={'{{title}}\n\n{{description}}'}
        hint={`Fields of the card: ${PLACES}. Without it the agent gets title and description.`}
        {...of('promptTemplate')}
      />
      <div className="grid items-start gap-3 sm:grid-cols-2">
        <Area
          label="Environment"
          rows={2}
          className="font-mono"
          spellCheck={false}
          placeholder="NAME=value"
          hint="One a line. Values are never shown again; a name alone keeps its value."
          {...of('env')}
        />
        <Area
          label="More arguments"
          rows={2}
          className="font-mono"
          spellCheck={false}
          hint="One a line."
          {...of('args')}
        />
      </div>
      {save.error && !isTold && <Trouble error={save.error} />}
      <div className="flex gap-2">
        <Button look="main" type="submit" disabled={!isReady}>
          {profile ? 'Save' : 'Add profile'}
        </Button>
        <Button look="quiet" onClick={done}>
          Cancel
        </Button>
      </div>
    </form>
  )
}
