use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// One operation of a JSON Patch [RFC 6902]; boards use these three.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(tag = "op", rename_all = "lowercase", deny_unknown_fields)]
pub enum PatchOp {
    /// Adds a member, or inserts before an index.
    Add {
        /// Where, as a JSON Pointer [RFC 6901].
        path: String,
        /// What is there afterwards.
        #[ts(type = "unknown")]
        value: serde_json::Value,
    },
    /// Removes a member or an element.
    Remove {
        /// Where, as a JSON Pointer [RFC 6901].
        path: String,
    },
    /// Replaces what is there.
    Replace {
        /// Where, as a JSON Pointer [RFC 6901].
        path: String,
        /// What is there afterwards.
        #[ts(type = "unknown")]
        value: serde_json::Value,
    },
}
