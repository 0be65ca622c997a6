import type { AgentProfile } from '@boardcast/client'
import { type FormEvent, type ReactElement, useState } from 'react'
import { Button } from '../ui/button.tsx'
import { Area, Input } from '../ui/field.tsx'
import { isSend } from '../ui/keys.ts'
import { Trouble } from '../ui/trouble.tsx'
import { useFocusBack } from '../ui/use-focus-back.ts'
import { configOf } from './config.ts'
import { useSaveProfile } from './use-agents.ts'

interface ProfileFormProps {
  agent: string
  profile: AgentProfile | null
  done: () => void
}

export const ProfileForm = ({ agent, profile, done }: ProfileFormProps): ReactElement => {
  const [label, setLabel] = useState(profile?.label ?? '')
  const [text, setText] = useState(() => JSON.stringify(profile?.config ?? {}, null, 2))
  useFocusBack()
  const save = useSaveProfile(profile?.profileId ?? null)
  const config = configOf(text)
  const submit = (event?: FormEvent) => {
    event?.preventDefault()
    if (config === null || save.isPending) return
    save.mutate({ agent, label: label.trim() === '' ? null : label.trim(), config }, { onSuccess: done })
  }
  return (
    <form onSubmit={submit} onKeyDown={(event) => isSend(event) && submit()} className="grid gap-3">
      <Input
        autoFocus
        label="Label"
        placeholder="Careful, with tests"
        value={label}
        onChange={(event) => setLabel(event.target.value)}
      />
      <Area
        label="Configuration"
        rows={5}
        className="font-mono"
        spellCheck={false}
        value={text}
        onChange={(event) => setText(event.target.value)}
        hint={
          config === null
            ? 'This is not a JSON object yet.'
            : 'A JSON object. The values of env are kept and not shown again.'
        }
      />
      {save.error && <Trouble error={save.error} />}
      <div className="flex gap-2">
        <Button look="main" type="submit" disabled={config === null || save.isPending}>
          {profile ? 'Save' : 'Add profile'}
        </Button>
        <Button look="quiet" onClick={done}>
          Cancel
        </Button>
      </div>
    </form>
  )
}
