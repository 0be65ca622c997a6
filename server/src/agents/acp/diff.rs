/// Unchanged lines that are shown before and after a change.
const CONTEXT: usize = 3;

/// The change of a file as a tool tells it, as one hunk: what both texts begin and end with is left out.
pub fn hunk(path: &str, old: Option<&str>, new: &str) -> String {
    let old_lines: Vec<&str> = old.unwrap_or_default().lines().collect();
    let new_lines: Vec<&str> = new.lines().collect();
    let head = common(old_lines.iter(), new_lines.iter());
    let tail = common(old_lines[head..].iter().rev(), new_lines[head..].iter().rev());
    let (old_end, new_end) = (old_lines.len() - tail, new_lines.len() - tail);
    let from = head.saturating_sub(CONTEXT);
    let after = tail.min(CONTEXT);
    let mut text = match old {
        Some(_) => format!("--- {path}\n+++ {path}\n"),
        None => format!("--- /dev/null\n+++ {path}\n"),
    };
    let mut add = |sign: char, lines: &[&str]| {
        for line in lines {
            text.push(sign);
            text.push_str(line);
            text.push('\n');
        }
    };
    add(' ', &old_lines[from..head]);
    add('-', &old_lines[head..old_end]);
    add('+', &new_lines[head..new_end]);
    add(' ', &old_lines[old_end..old_end + after]);
    text
}

fn common<'a>(one: impl Iterator<Item = &'a &'a str>, other: impl Iterator<Item = &'a &'a str>) -> usize {
    one.zip(other).take_while(|(a, b)| a == b).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_shown_with_a_little_of_what_surrounds_it() {
        let old = "1\n2\n3\n4\n5\n6\n7\n8\n9\n";
        let new = "1\n2\n3\n4\nfive\n6\n7\n8\n9\n";
        assert_eq!(hunk("a", Some(old), new), "--- a\n+++ a\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n");
        assert_eq!(hunk("a", None, "x\ny"), "--- /dev/null\n+++ a\n+x\n+y\n");
        assert_eq!(hunk("a", Some("x\nx\n"), "x\n"), "--- a\n+++ a\n x\n-x\n");
        assert_eq!(hunk("a", Some("x"), ""), "--- a\n+++ a\n-x\n");
        assert_eq!(hunk("a", Some(""), ""), "--- a\n+++ a\n");
    }
}
