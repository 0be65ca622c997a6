//! Changes of columns.

use boardcast_shared::{ColumnId, ColumnKey};
use imbl::Vector;

use super::{BoardDoc, ColumnDoc, MAX_COLUMNS};
use crate::domain::refusal::Refusal;

impl BoardDoc {
    /// Adds a column.
    ///
    /// # Errors
    /// Too many columns, or its key is taken.
    pub fn add_column(
        &mut self,
        title: String,
        key: Option<ColumnKey>,
        index: Option<usize>,
    ) -> Result<ColumnId, Refusal> {
        if self.columns.len() >= MAX_COLUMNS {
            return Err(Refusal::invalid(
                "too_many_columns",
                "columns",
                format!("a board has at most {MAX_COLUMNS} columns"),
            ));
        }
        if key.is_some_and(|key| self.column_of(key).is_some()) {
            return Err(Refusal::conflict("duplicate_key", "another column of this board has that key"));
        }
        let id = ColumnId::random();
        let at = index.unwrap_or(usize::MAX).min(self.order.len());
        self.order.insert(at, id.clone());
        self.columns.insert(id.clone(), ColumnDoc { key, title, cards: Vector::new() }.into());
        Ok(id)
    }

    /// Renames or moves a column.
    ///
    /// # Errors
    /// There is none of that id.
    pub fn change_column(&mut self, id: &ColumnId, title: Option<String>, index: Option<usize>) -> Result<(), Refusal> {
        let column = self.columns.get(id).ok_or_else(|| Refusal::not_found("column", id.as_str()))?;
        if let Some(title) = title {
            self.columns.insert(id.clone(), ColumnDoc { title, ..ColumnDoc::clone(column) }.into());
        }
        if let Some(index) = index {
            let from = self.order.iter().position(|other| other == id).expect("every column has a place");
            self.order.remove(from);
            self.order.insert(index.min(self.order.len()), id.clone());
        }
        Ok(())
    }

    /// Removes an empty column.
    ///
    /// # Errors
    /// There is none of that id, or it has cards.
    pub fn remove_column(&mut self, id: &ColumnId) -> Result<(), Refusal> {
        let column = self.columns.get(id).ok_or_else(|| Refusal::not_found("column", id.as_str()))?;
        if !column.cards.is_empty() {
            return Err(Refusal::conflict("column_not_empty", "move its cards away or delete them first"));
        }
        self.columns.remove(id);
        self.order.retain(|other| other != id);
        Ok(())
    }
}
