import { lazy, memo, type ReactElement, Suspense } from 'react'

// Half of the page's script is the Markdown parser; nothing needs it before a text is read.
const Rendered = lazy(() => import('./markdown.tsx'))

/** Markdown as prose; the plain text stands until the parser is there. */
export const Prose = memo(
  ({ text }: { text: string }): ReactElement => (
    <div className="prose">
      <Suspense fallback={<p className="whitespace-pre-wrap">{text}</p>}>
        <Rendered text={text} />
      </Suspense>
    </div>
  ),
)
