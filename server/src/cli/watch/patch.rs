use boardcast_shared::PatchOp;
use serde_json::Value;

/// One operation of [RFC 6902]; `None` when its place isn't there.
pub fn apply(doc: &mut Value, operation: &PatchOp) -> Option<()> {
    match operation {
        PatchOp::Add { path, value } => {
            let Some((parent, last)) = place(path) else {
                *doc = value.clone();
                return Some(());
            };
            match doc.pointer_mut(parent)? {
                Value::Object(members) => {
                    members.insert(last, value.clone());
                }
                Value::Array(elements) => {
                    let index = if last == "-" { elements.len() } else { last.parse().ok()? };
                    if index > elements.len() {
                        return None;
                    }
                    elements.insert(index, value.clone());
                }
                _ => return None,
            }
        }
        PatchOp::Remove { path } => {
            let (parent, last) = place(path)?;
            match doc.pointer_mut(parent)? {
                Value::Object(members) => {
                    members.remove(&last)?;
                }
                Value::Array(elements) => {
                    let index: usize = last.parse().ok()?;
                    elements.get(index)?;
                    elements.remove(index);
                }
                _ => return None,
            }
        }
        PatchOp::Replace { path, value } => *doc.pointer_mut(path)? = value.clone(),
    }
    Some(())
}

/// The parent's pointer and the last token; `None` for the whole document.
fn place(path: &str) -> Option<(&str, String)> {
    path.rsplit_once('/').map(|(parent, last)| (parent, unescaped(last)))
}

/// [RFC 6901 4]: first `~1`, then `~0`.
pub fn unescaped(token: &str) -> String {
    token.replace("~1", "/").replace("~0", "~")
}
