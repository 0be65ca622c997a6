import type { ReactElement } from 'react'
import Markdown, { type Components } from 'react-markdown'
import remarkGfm from 'remark-gfm'

/** What agents write is never HTML, and nothing of it is fetched: a picture becomes a link to it. */
const PARTS: Components = {
  a: ({ href, children }) => (
    <a href={href} target="_blank" rel="noopener noreferrer">
      {children}
    </a>
  ),
  img: ({ src, alt }) => (
    <a href={typeof src === 'string' ? src : undefined} target="_blank" rel="noopener noreferrer">
      {alt || 'picture'}
    </a>
  ),
}

/** Agents write tables and task lists. */
const EXTENSIONS = [remarkGfm]

const Rendered = ({ text }: { text: string }): ReactElement => (
  <Markdown components={PARTS} remarkPlugins={EXTENSIONS}>
    {text}
  </Markdown>
)

export default Rendered
