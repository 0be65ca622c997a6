import type { ReactElement, ReactNode } from 'react'
import { NavLink } from 'react-router'
import { useHotkeys } from '../ui/keys.ts'
import { PageHead } from '../ui/page-head.tsx'
import type { Search } from './use-search.ts'

const DOCUMENTS = [
  ['/docs/api', 'API'],
  ['/docs/stream', 'Stream'],
] as const

interface FrameProps {
  /** Where the document itself is served. */
  served: string
  sections: readonly string[]
  search: Search
  children: ReactNode
}

const tab = ({ isActive }: { isActive: boolean }) =>
  `border-b-2 px-1 py-1.5 ${isActive ? 'border-live font-medium' : 'border-transparent text-soft hover:text-ink'}`

/** What both documents have around them: the other one, a search, and where their parts are. */
export const Frame = ({ served, sections, search: { sought, seek }, children }: FrameProps): ReactElement => {
  useHotkeys({ '/': () => document.getElementById(FIELD)?.focus() })
  return (
    <>
      <PageHead title="Documents" />
      <div className="min-h-0 overflow-y-auto">
        <div className="sticky top-0 z-10 flex flex-wrap items-center gap-x-4 gap-y-1 border-b border-rule bg-canvas px-4 py-1">
          <nav aria-label="Documents" className="flex gap-3">
            {DOCUMENTS.map(([to, words]) => (
              <NavLink key={to} to={to} className={tab}>
                {words}
              </NavLink>
            ))}
          </nav>
          <input
            id={FIELD}
            type="search"
            aria-label="Search the document"
            placeholder="Search paths, fields, codes"
            value={sought}
            onChange={(event) => seek(event.target.value)}
            className="h-8 min-w-40 grow rounded-md border border-rule bg-sheet px-2.5 placeholder:text-faint max-sm:text-[1rem] sm:max-w-80"
          />
          <a href={served} className="ml-auto text-soft underline underline-offset-2 hover:text-ink">
            {served.split('/').at(-1)}
          </a>
        </div>
        <div className="flex gap-8 px-4 pt-4 pb-16">
          <div className="grid max-w-4xl min-w-0 grow grid-cols-1 content-start gap-7">{children}</div>
          <nav aria-label="On this page" className="sticky top-16 w-36 shrink-0 self-start max-lg:hidden">
            {sections.map((name) => (
              <a key={name} href={`#${sectionId(name)}`} className="block py-0.5 text-soft hover:text-ink">
                {name}
              </a>
            ))}
          </nav>
        </div>
      </div>
    </>
  )
}

const FIELD = 'search-document'

const sectionId = (name: string): string => `about-${name.toLowerCase().replaceAll(/\W+/g, '-')}`

interface SectionProps {
  title: string
  about?: ReactNode
  children: ReactNode
}

export const Section = ({ title, about, children }: SectionProps): ReactElement => (
  <section aria-label={title} id={sectionId(title)} className="min-w-0 scroll-mt-14">
    <h2 className="text-lg font-semibold">{title}</h2>
    {about && <p className="mb-2 text-soft">{about}</p>}
    {children}
  </section>
)
