import type { ReactElement } from 'react'
import { Link } from 'react-router'
import { Button } from '../ui/button.tsx'
import { Icon } from '../ui/icon.tsx'
import { Sheet } from '../ui/sheet.tsx'

const MOD = /Mac|iPhone|iPad/.test(navigator.userAgent) ? '⌘' : 'Ctrl'

const GROUPS = [
  [
    'Anywhere',
    [
      [[MOD, 'K'], 'Go anywhere, do anything'],
      [['?'], 'This help'],
      [['Esc'], 'Close what is open'],
      [[MOD, 'Enter'], 'Send what was typed'],
    ],
  ],
  [
    'On a board',
    [
      [['C'], 'New card'],
      [['/'], 'Search'],
      [['←', '↑', '→', '↓'], 'From card to card'],
      [['Enter'], 'Open the card that has the focus'],
      [['Space'], 'Pick it up; arrows move it, Space drops it, Esc puts it back'],
    ],
  ],
] as const

const Key = ({ name }: { name: string }): ReactElement => (
  <kbd className="inline-block min-w-6 rounded-sm border border-b-2 border-rule bg-canvas px-1.5 text-center text-sm">
    {name}
  </kbd>
)

export const Help = ({ close }: { close: () => void }): ReactElement => (
  <Sheet label="Keys" close={close}>
    <div className="overflow-y-auto p-4">
      <header className="mb-2 flex items-center">
        <h2 className="grow text-lg font-semibold">Keys</h2>
        <Button look="icon" aria-label="Close" onClick={close}>
          <Icon name="close" />
        </Button>
      </header>
      {GROUPS.map(([title, rows]) => (
        <section key={title} className="mb-3">
          <h3 className="mb-1 text-sm text-faint">{title}</h3>
          <dl>
            {rows.map(([keys, does]) => (
              <div key={does} className="flex gap-4 border-t border-rule py-1">
                <dt className="flex w-30 shrink-0 gap-1">
                  {keys.map((key) => (
                    <Key key={key} name={key} />
                  ))}
                </dt>
                <dd>{does}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
      <p className="mb-1 text-soft">
        What programs can ask and hear stands in{' '}
        <Link to="/docs" onClick={close} className="text-live underline underline-offset-2">
          the documents
        </Link>
        .
      </p>
      <p className="text-soft">Cards can also be dragged, by a finger after a long press, or moved by their menu.</p>
    </div>
  </Sheet>
)
