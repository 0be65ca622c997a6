import type { ReactElement } from 'react'
import { Icon } from '../ui/icon.tsx'
import { Menu } from '../ui/menu.tsx'
import { chooseTheme, THEMES, useTheme } from '../ui/theme.ts'

const WORDS = { system: 'Like the system', light: 'Light', dark: 'Dark' } as const

export const ThemeMenu = (): ReactElement => {
  const theme = useTheme()
  const items = THEMES.map((one) => ({ words: WORDS[one], current: one === theme, act: () => chooseTheme(one) }))
  return (
    <Menu label={`Theme: ${WORDS[theme]}`} look="quiet" groups={[items]}>
      <Icon name="sun" />
      Theme
    </Menu>
  )
}
