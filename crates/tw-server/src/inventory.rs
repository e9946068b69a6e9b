//! Files of an inventory become the register.
//!
//! **Room:** layer 2, shell. **May use:** `tw-config`, `tw-model`, `tw-store`. **Must not:** take
//! what the register's own rules refuse.

use crate::app::App;
use tw_config::{Inventory, Problems};
use tw_model::{Absent, ItemError, plan};
use tw_store::{Author, PlanApplied, RegisterError};

/// Why an inventory was not applied. Nothing of it was.
#[derive(Debug, thiserror::Error)]
pub enum InventoryError {
    /// What is wrong, with file and line.
    #[error("the register would be wrong with these files")]
    Wrong(Problems),
    /// Not an entity.
    #[error("cannot read an entity of the inventory")]
    Item(#[from] ItemError),
    /// The store.
    #[error("cannot change the register")]
    Register(#[from] RegisterError),
}

impl App {
    /// Puts the files' entities into the register, in one transaction. What no file names stays,
    /// and applying the same files again changes nothing.
    pub async fn apply_inventory(
        &self,
        inventory: &Inventory,
        author: &Author,
    ) -> Result<PlanApplied, InventoryError> {
        let stored = self.store.load_register().await?;
        let named = inventory.over(&stored.register)?;
        let plan = plan(&named, &stored.register, Absent::Keep);
        let wanted = tw_model::apply(&plan, &stored.register)?;
        let problems = inventory.problems_in(&wanted);
        if !problems.problems.is_empty() {
            return Err(InventoryError::Wrong(problems));
        }
        let applied = self
            .store
            .apply_plan(plan, Some(stored.revision), author)
            .await?;
        self.own(inventory.owned());
        self.reload_register().await?;
        Ok(applied)
    }
}
