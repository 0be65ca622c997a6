import { type ReactElement, useState } from 'react'
import { Button } from '../ui/button.tsx'

/** Something to read or to take along. */
export const Code = ({ text, label }: { text: string; label: string }): ReactElement => {
  const [isCopied, setCopied] = useState(false)
  const copy = () => void navigator.clipboard.writeText(text).then(() => setCopied(true))
  return (
    <figure aria-label={label} className="relative rounded-md bg-sunken">
      <pre className="overflow-x-auto px-3 py-2 pr-16 font-mono text-sm">{text}</pre>
      {/* There is no clipboard on origins that aren't secure. */}
      {'clipboard' in navigator && (
        <Button look="quiet" className="absolute top-1 right-1 h-6! bg-sunken text-sm" onClick={copy}>
          {isCopied ? 'Copied' : 'Copy'}
        </Button>
      )}
    </figure>
  )
}

const TICKED = /(`[^`]+`)/

/** A description: what stands between backticks is code. */
export const Words = ({ text }: { text: string }): ReactElement => (
  <>
    {text.split(TICKED).map((part, nth) =>
      TICKED.test(part) ? (
        // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a text never change their places
        <code key={nth} className="rounded-sm bg-sunken px-1 font-mono text-sm">
          {part.slice(1, -1)}
        </code>
      ) : (
        part
      ),
    )}
  </>
)
