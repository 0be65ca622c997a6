import type { ReactElement } from 'react'
import { useNavigate } from 'react-router'
import { afterwards } from '../ui/afterwards.ts'
import { Button } from '../ui/button.tsx'
import { useTitle } from '../ui/page-head.tsx'
import { Trouble } from '../ui/trouble.tsx'
import { NewBoardForm } from './new-board-form.tsx'
import { useStartDemo } from './use-boards.ts'

const POINTS = [
  ['Cards and columns', 'change in every open window the moment they change anywhere.'],
  ['Attempts of agents', 'tell here what they say, do and tick off, whoever runs them.'],
  ['Commits and pushes', 'of the repository appear by themselves, within two seconds.'],
] as const

/** What somebody sees who has never been here. */
export const FirstRun = (): ReactElement => {
  useTitle('Boardcast')
  const demo = useStartDemo()
  const navigate = useNavigate()
  const play = () => afterwards(demo.mutateAsync(undefined), ({ id }) => void navigate(`/boards/${id}`))
  return (
    <div className="overflow-y-auto px-6 py-10 max-md:pt-14 sm:py-[12vh]">
      <div className="mx-auto grid max-w-4xl gap-10 lg:grid-cols-[1fr_24rem] lg:gap-16">
        <div>
          <h1 className="text-2xl font-semibold tracking-tight">A board that is never minutes old</h1>
          <p className="mt-3 max-w-prose text-lg text-soft">
            Boardcast shows what coding agents do, while they do it, from one server on your machine. Nothing leaves it.
          </p>
          <dl className="mt-6 grid max-w-prose gap-2.5">
            {POINTS.map(([what, does]) => (
              <div key={what} className="border-l-2 border-live pl-3">
                <dt className="inline font-medium">{what}</dt> <dd className="inline text-soft">{does}</dd>
              </div>
            ))}
          </dl>
        </div>
        <div className="grid content-start gap-6">
          <section aria-labelledby="look">
            <h2 id="look" className="font-semibold">
              Have a look first
            </h2>
            <p className="mt-1 mb-3 text-soft">
              A demo plays on a scratch repository: cards move, an agent works, commits arrive.
            </p>
            <Button look="main" onClick={play} disabled={demo.isPending}>
              {demo.isPending ? 'Setting the stage…' : 'Play the demo'}
            </Button>
            {demo.error && <Trouble error={demo.error} />}
          </section>
          <section aria-labelledby="start" className="border-t border-rule pt-6">
            <h2 id="start" className="mb-3 font-semibold">
              Or start a board
            </h2>
            <NewBoardForm />
          </section>
        </div>
      </div>
    </div>
  )
}
