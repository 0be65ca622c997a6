import type { ReactElement, ReactNode } from 'react'
import Markdown, { type Components } from 'react-markdown'
import remarkGfm from 'remark-gfm'

/** What agents write is never HTML, and nothing of it is fetched: a picture becomes a link to it. */
const PARTS: Components = {
  a: ({ href, children }) => <Away href={href}>{children}</Away>,
  img: ({ src, alt }) => <Away href={typeof src === 'string' ? src : undefined}>{alt || 'picture'}</Away>,
}

/** An address that isn't safe has been emptied by the parser: it is then no link. */
const Away = ({ href, children }: { href: string | undefined; children?: ReactNode }): ReactElement =>
  href ? (
    <a href={href} target="_blank" rel="noopener noreferrer">
      {children}
    </a>
  ) : (
    <span>{children}</span>
  )

/** Agents write tables and task lists. */
const EXTENSIONS = [remarkGfm]

const Rendered = ({ text }: { text: string }): ReactElement => (
  <Markdown components={PARTS} remarkPlugins={EXTENSIONS}>
    {text}
  </Markdown>
)

export default Rendered
