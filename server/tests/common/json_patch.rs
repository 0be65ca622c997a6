//! Patches, applied as a client would.

use serde_json::Value;

/// Applies one RFC 6902 operation of the kinds that we send.
pub fn apply(document: &mut Value, operation: &Value) {
    let path = operation["path"].as_str().unwrap();
    let kind = operation["op"].as_str().unwrap();
    if path.is_empty() {
        assert!(matches!(kind, "add" | "replace"), "{operation}");
        *document = operation["value"].clone();
        return;
    }
    let (parent, last) = path.rsplit_once('/').unwrap();
    let last = last.replace("~1", "/").replace("~0", "~");
    let parent = document.pointer_mut(parent).unwrap_or_else(|| panic!("no place for {operation}"));
    match (parent, kind) {
        (Value::Object(map), "add") => drop(map.insert(last, operation["value"].clone())),
        (Value::Object(map), "replace") => *map.get_mut(&last).expect("it is there") = operation["value"].clone(),
        (Value::Object(map), "remove") => drop(map.remove(&last).expect("it is there")),
        (Value::Array(items), "add") if last == "-" => items.push(operation["value"].clone()),
        (Value::Array(items), "add") => items.insert(last.parse().unwrap(), operation["value"].clone()),
        (Value::Array(items), "replace") => items[last.parse::<usize>().unwrap()] = operation["value"].clone(),
        (Value::Array(items), "remove") => drop(items.remove(last.parse().unwrap())),
        _ => panic!("{operation} can't be applied"),
    }
}
