import { type ReactElement, useState } from 'react'
import { Button } from '../ui/button.tsx'
import { Icon } from '../ui/icon.tsx'

/** A new token, shown once. */
export const MadeToken = ({ token, done }: { token: string; done: () => void }): ReactElement => {
  const [isCopied, setCopied] = useState(false)
  // On an address without TLS there is no clipboard: it is selected, to be copied by hand.
  const copy = async (): Promise<void> => {
    await navigator.clipboard?.writeText(token).then(
      () => setCopied(true),
      () => setCopied(false),
    )
  }
  return (
    <section aria-label="New token" className="grid gap-2 rounded-lg border border-live bg-sheet p-4">
      <p>Copy it now: it isn't shown again.</p>
      <div className="flex items-center gap-2">
        <input
          readOnly
          aria-label="Token"
          value={token}
          onFocus={(event) => event.target.select()}
          className="h-8 min-w-0 grow rounded-md border border-rule bg-canvas px-2.5 font-mono text-xs"
        />
        <Button onClick={() => void copy()}>
          <Icon name={isCopied ? 'check' : 'note'} />
          {isCopied ? 'Copied' : 'Copy'}
        </Button>
        <Button look="quiet" onClick={done}>
          Done
        </Button>
      </div>
    </section>
  )
}
