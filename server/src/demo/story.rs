//! What the cards are about: a small notes application, and work on it that never ends.

use std::path::Path;

/// The file by which the repository is known again.
const PACKAGE: (&str, &str) =
    ("package.json", "{\n  \"name\": \"notes\",\n  \"private\": true,\n  \"type\": \"module\"\n}\n");

/// What the repository begins with.
pub const FIRST_FILES: &[(&str, &str)] = &[
    (
        "README.md",
        "# Notes\n\nA small place for notes: a list, an editor and a search. Plain JavaScript, no build step.\n\n\
         ```\nnode --test\n```\n",
    ),
    PACKAGE,
    ("src/list.js", "export const newestFirst = (notes) => [...notes].sort((a, b) => b.changedAt - a.changedAt)\n"),
    ("src/editor.js", "export const insert = (text, at, piece) => text.slice(0, at) + piece + text.slice(at)\n"),
    ("src/search.js", "export const find = (notes, word) => notes.filter((note) => note.text.includes(word))\n"),
];

/// A piece of work: what its card says, and what an agent does about it.
pub struct Item {
    pub kind: &'static str,
    pub title: &'static str,
    pub description: &'static str,
    /// The file that changes, without folder and ending.
    pub file: &'static str,
    /// What the file is afterwards.
    pub code: &'static str,
    pub thought: &'static str,
    pub plan: &'static str,
    pub report: &'static str,
    pub todos: [&'static str; 4],
}

/// Where the same kind of work comes up again.
const PLACES: [&str; 5] = ["", " in the archive", " in shared notebooks", " on small screens", " in the trash"];

/// The n-th card's title: after all items have been on, they come again elsewhere.
pub fn title(n: usize) -> String {
    format!("{}{}", item(n).title, PLACES[n / ITEMS.len() % PLACES.len()])
}

/// The n-th card's work.
pub fn item(n: usize) -> &'static Item {
    &ITEMS[n % ITEMS.len()]
}

/// The work that a prompt asks for in a work tree of the demo's repository: its first line is a card's title.
pub fn item_at(work_tree: &Path, prompt: &str) -> Option<&'static Item> {
    let (name, text) = PACKAGE;
    let is_ours = std::fs::read(work_tree.join(name)).is_ok_and(|found| found == text.as_bytes());
    if is_ours { item_titled(prompt.lines().next()?.trim()) } else { None }
}

fn item_titled(title: &str) -> Option<&'static Item> {
    ITEMS.iter().find(|item| title.starts_with(item.title))
}

/// How many different titles there are.
#[cfg(test)]
const TITLES: usize = ITEMS.len() * PLACES.len();

const ITEMS: [Item; 10] = [
    Item {
        kind: "fix",
        title: "Search ignores accents",
        description: "Searching for `cafe` should find *café*. Compare both sides without diacritics.",
        file: "search",
        code: "const plain = (text) => text.normalize('NFD').replace(/\\p{Diacritic}/gu, '').toLowerCase()\n\n\
               export const find = (notes, word) => notes.filter((note) => plain(note.text).includes(plain(word)))\n",
        thought: "Both the query and the text have to be folded, otherwise one direction still fails.",
        plan: "I'll fold the diacritics on both sides and leave the stored text as it is.",
        report: "Searching for `cafe` now finds *café* and the other way round. The stored text is unchanged.",
        todos: ["Read the search", "Write a failing test", "Fold diacritics on both sides", "Run the tests"],
    },
    Item {
        kind: "feat",
        title: "Export a note as Markdown",
        description: "A button that saves the open note as a `.md` file, with its title as the first heading.",
        file: "export",
        code: "export const toMarkdown = (note) => `# ${note.title}\\n\\n${note.text.trimEnd()}\\n`\n\n\
               export const fileName = (note) => `${note.title.replace(/[^\\p{L}\\p{N}]+/gu, '-').toLowerCase()}.md`\n",
        thought: "A title may hold characters that a file name can't; it needs folding, the heading doesn't.",
        plan: "Two small pure functions, one for the text and one for the file's name, then the button.",
        report: "Notes can be saved as Markdown. File names keep letters and digits of any script.",
        todos: ["Look for an existing export", "Write a failing test", "Build the text and the name", "Run the tests"],
    },
    Item {
        kind: "perf",
        title: "Load long lists page by page",
        description: "Opening a notebook with thousands of notes takes seconds. Load fifty at a time while scrolling.",
        file: "pages",
        code: "export const PAGE = 50\n\nexport const page = (notes, number) => notes.slice(number * PAGE, (number + 1) * PAGE)\n\n\
               export const pages = (notes) => Math.ceil(notes.length / PAGE)\n",
        thought: "The list is sorted in memory already, so slices are enough; no need for a cursor.",
        plan: "I'll cut the sorted list into pages of fifty and fetch the next one near the end.",
        report: "A notebook with 5,000 notes now opens with one page of fifty; the rest follows while scrolling.",
        todos: ["Measure the list", "Write a failing test", "Cut it into pages", "Run the tests"],
    },
    Item {
        kind: "docs",
        title: "Describe the keyboard shortcuts",
        description: "There are nine of them and nobody knows. One table that the help page shows as well.",
        file: "shortcuts",
        code: "export const shortcuts = [\n  ['Ctrl+K', 'Search'],\n  ['Ctrl+N', 'New note'],\n  ['Ctrl+E', 'Export'],\n  ['Esc', 'Back to the list'],\n]\n\n\
               export const table = () => shortcuts.map(([keys, what]) => `| ${keys} | ${what} |`).join('\\n')\n",
        thought: "If the table is data, the help page and the documentation can't drift apart.",
        plan: "I'll keep the shortcuts as data and let both places print it.",
        report: "The shortcuts stand in one table now; the help page is made from it.",
        todos: ["Collect the shortcuts", "Write a failing test", "Make them a table", "Run the tests"],
    },
    Item {
        kind: "fix",
        title: "Undo keeps the cursor where it was",
        description: "After Ctrl+Z the cursor jumps to the end of the text. It should return to where the change was.",
        file: "undo",
        code: "export const step = (before, after, cursor) => ({ before, after, cursor })\n\n\
               export const undo = (step) => ({ text: step.before, cursor: Math.min(step.cursor, step.before.length) })\n",
        thought: "The history holds only texts. The cursor has to be part of each step.",
        plan: "Each step of the history will remember the cursor, bounded by the text's length.",
        report: "Undo and redo put the cursor back to where the change was made.",
        todos: ["Reproduce the jump", "Write a failing test", "Remember the cursor", "Run the tests"],
    },
    Item {
        kind: "feat",
        title: "Pin notes to the top",
        description: "A pinned note stays above all others, in the order in which they were pinned.",
        file: "pins",
        code: "export const pinnedFirst = (notes) => [\n  ...notes.filter((note) => note.pinnedAt).sort((a, b) => a.pinnedAt - b.pinnedAt),\n  ...notes.filter((note) => !note.pinnedAt),\n]\n",
        thought: "A time of pinning gives the order for free, a flag would not.",
        plan: "I'll store when a note was pinned and sort by that before anything else.",
        report: "Pinned notes stay on top in the order of pinning; unpinning puts a note back into its place.",
        todos: ["Look at the sorting", "Write a failing test", "Sort pinned ones first", "Run the tests"],
    },
    Item {
        kind: "refactor",
        title: "One function for all dates",
        description: "Dates are printed in four ways. One function, relative within a week, absolute beyond.",
        file: "dates",
        code: "const DAY = 86_400_000\n\nexport const shown = (at, now) => {\n  const days = Math.floor((now - at) / DAY)\n  if (days < 1) return 'today'\n  return days < 7 ? `${days} d ago` : new Date(at).toISOString().slice(0, 10)\n}\n",
        thought: "The present must be an argument, or the tests would depend on the day they run.",
        plan: "I'll write one pure function and replace the four places, one after the other.",
        report: "All dates come from one function; the four old ways are gone.",
        todos: ["Find the four places", "Write a failing test", "Write the function", "Run the tests"],
    },
    Item {
        kind: "test",
        title: "Cover renaming with tests",
        description: "Renaming a note has broken twice. Tests for empty names, equal names and very long ones.",
        file: "rename",
        code: "export const renamed = (note, title) => {\n  const trimmed = title.trim().slice(0, 200)\n  return trimmed === '' || trimmed === note.title ? note : { ...note, title: trimmed }\n}\n",
        thought: "An empty name should leave the note alone rather than fail; that is what people expect.",
        plan: "First the three cases as tests, then the smallest change that makes them pass.",
        report: "Empty, equal and very long names are covered; the empty one did fail before.",
        todos: ["List the cases", "Write the failing tests", "Make them pass", "Run the tests"],
    },
    Item {
        kind: "feat",
        title: "Warn before unsaved text is lost",
        description: "Closing the tab with unsaved text should ask first. Saved text should never ask.",
        file: "unsaved",
        code: "export const isUnsaved = (note, text) => text !== (note?.text ?? '')\n\n\
               export const guard = (note, text) => (isUnsaved(note, text) ? 'There is unsaved text.' : undefined)\n",
        thought: "Comparing with what was saved is safer than a flag that somebody forgets to set.",
        plan: "I'll compare the text with the saved note when the page is about to close.",
        report: "The page asks before unsaved text is lost, and only then.",
        todos: ["Find where pages close", "Write a failing test", "Compare with the saved text", "Run the tests"],
    },
    Item {
        kind: "chore",
        title: "Count words without the markup",
        description: "The word count includes `**` and `#`. Strip the markup first, count what people read.",
        file: "words",
        code: "const bare = (text) => text.replace(/[*_#`>~-]+/g, ' ')\n\n\
               export const words = (text) => bare(text).split(/\\s+/).filter(Boolean).length\n",
        thought: "A full Markdown parser would be too much for a count; the marks alone are enough.",
        plan: "I'll strip the marks before counting and keep the function pure.",
        report: "The count is what people read. `**bold** word` is two words now.",
        todos: ["See what is counted", "Write a failing test", "Strip the markup", "Run the tests"],
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_titles_than_cards_on_the_board_and_each_leads_back_to_its_work() {
        let titles: std::collections::BTreeSet<String> = (0..TITLES).map(title).collect();
        assert_eq!(titles.len(), 50);
        for n in 0..TITLES {
            assert_eq!(item_titled(&title(n)).unwrap().title, item(n).title);
        }
        assert_eq!(title(TITLES), title(0));
    }
}
