import type { AgentProfile } from '@boardcast/client'
import { type ReactElement, useState } from 'react'
import { Button } from '../ui/button.tsx'
import { Icon } from '../ui/icon.tsx'
import { Sure } from '../ui/sure.tsx'
import { Trouble } from '../ui/trouble.tsx'
import { summaryOf } from './config.ts'
import { ProfileForm } from './profile-form.tsx'
import { useDeleteProfile } from './use-agents.ts'

export const ProfileRow = ({ profile }: { profile: AgentProfile }): ReactElement => {
  const [isOpen, setOpen] = useState(false)
  const remove = useDeleteProfile()
  const name = profile.label ?? profile.profileId
  return (
    <li className="border-b border-rule">
      <div className="flex min-h-9 items-center gap-2">
        <span className="max-w-[60%] shrink-0 truncate">{name}</span>
        <span className="min-w-0 truncate text-sm text-faint">{summaryOf(profile.config)}</span>
        <span className="grow" />
        <Button look="small" aria-label={`Edit ${name}`} title="Edit" onClick={() => setOpen(!isOpen)}>
          <Icon name="pencil" />
        </Button>
        <Sure label={`Delete ${name}`} act={() => remove.mutate(profile.profileId)} />
      </div>
      {remove.error && <Trouble error={remove.error} />}
      {isOpen && (
        <div className="pt-1 pb-3">
          <ProfileForm agent={profile.agent} profile={profile} done={() => setOpen(false)} />
        </div>
      )}
    </li>
  )
}
