//! Who asks, and what lies in their scope.
//!
//! **Room:** layer 2, pure. **May use:** `tw-api`, `tw-model`. **Must not:** do I/O.

use std::collections::BTreeSet;
use tw_api::{Permission, Role, Scope};
use tw_model::Register;
use tw_units::{CollectorId, SiteId, Timestamp, UnitId};

/// What kind of caller.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Who {
    /// Nobody said who they are.
    Nobody,
    /// A person with a session: the account, and the session's hash.
    Person {
        account: String,
        session: [u8; 32],
        expires_at: Timestamp,
        has_password: bool,
    },
    /// A program with a token, by the token's public part.
    Program { token: String, name: String },
    /// A collector.
    Collector {
        id: CollectorId,
        token: String,
        seal_key: [u8; 32],
    },
}

/// Who asks.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Caller {
    pub(crate) who: Who,
    pub(crate) role: Option<Role>,
    pub(crate) scope: Scope,
}

impl Caller {
    pub(crate) fn nobody() -> Self {
        Self {
            who: Who::Nobody,
            role: None,
            scope: Scope::All,
        }
    }

    /// The name in the audit log.
    pub(crate) fn actor(&self) -> String {
        match &self.who {
            Who::Nobody => String::new(),
            Who::Person { account, .. } => account.clone(),
            Who::Program { token, .. } => format!("token:{token}"),
            Who::Collector { id, .. } => format!("collector:{id}"),
        }
    }

    /// Whether the role has the right.
    pub(crate) fn may(&self, permission: Permission) -> bool {
        match self.role {
            Some(role) => role.may(permission),
            None => permission == Permission::Public,
        }
    }

    /// Whether a site lies in the scope.
    pub(crate) fn sees_site(&self, site: &SiteId) -> bool {
        match &self.scope {
            Scope::All => true,
            Scope::Site { site: own } => own == site.as_str(),
            Scope::Unit { .. } => false,
        }
    }

    /// Whether a unit lies in the scope: the own one or one below it.
    pub(crate) fn sees_unit(&self, register: &Register, unit: &UnitId) -> bool {
        match &self.scope {
            Scope::All => true,
            Scope::Site { .. } => false,
            Scope::Unit { unit: own } => is_below(register, unit, own),
        }
    }

    /// Whether something with a place and an owner lies in the scope: an asset.
    pub(crate) fn sees(
        &self,
        register: &Register,
        site: Option<&SiteId>,
        unit: Option<&UnitId>,
    ) -> bool {
        match &self.scope {
            Scope::All => true,
            Scope::Site { .. } => site.is_some_and(|site| self.sees_site(site)),
            Scope::Unit { .. } => unit.is_some_and(|unit| self.sees_unit(register, unit)),
        }
    }

    /// Whether the scope is the whole organisation.
    pub(crate) fn sees_all(&self) -> bool {
        self.scope == Scope::All
    }
}

/// Whether `unit` is `top` or lies below it. Cycles, which validation refuses, end the walk.
pub(crate) fn is_below(register: &Register, unit: &UnitId, top: &str) -> bool {
    let mut seen = BTreeSet::new();
    let mut next = Some(unit);
    while let Some(unit) = next {
        if unit.as_str() == top {
            return true;
        }
        if !seen.insert(unit) {
            return false;
        }
        next = register
            .units
            .get(unit)
            .and_then(|unit| unit.parent.as_ref());
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use tw_model::{Name, Unit};

    fn register(links: &[(&str, Option<&str>)]) -> Register {
        let mut register = Register::default();
        for (id, parent) in links {
            let id: UnitId = id.parse().unwrap();
            let unit = Unit {
                id: id.clone(),
                name: Name::plain(id.as_str()),
                parent: parent.map(|p| p.parse().unwrap()),
                site: None,
            };
            register.units.insert(id, unit);
        }
        register
    }

    fn caller(scope: Scope) -> Caller {
        Caller {
            who: Who::Nobody,
            role: Some(Role::Viewer),
            scope,
        }
    }

    #[track_caller]
    fn check(unit: &str, expect: bool) {
        let register = register(&[
            ("top", None),
            ("it", Some("top")),
            ("net", Some("it")),
            ("loop-a", Some("loop-b")),
            ("loop-b", Some("loop-a")),
        ]);
        let it = caller(Scope::Unit {
            unit: "it".to_owned(),
        });
        assert_eq!(
            it.sees_unit(&register, &unit.parse().unwrap()),
            expect,
            "{unit}"
        );
    }

    #[test]
    fn a_unit_sees_itself_and_what_is_below_and_nothing_else() {
        check("it", true);
        check("net", true);
        check("top", false);
        check("loop-a", false);
        check("nowhere", false);
    }

    #[test]
    fn a_site_sees_its_own_place_only() {
        let here = caller(Scope::Site {
            site: "mic".to_owned(),
        });
        let register = Register::default();
        let (mic, vnta): (SiteId, SiteId) = ("mic".parse().unwrap(), "vnta".parse().unwrap());
        assert!(here.sees(&register, Some(&mic), None));
        assert!(!here.sees(&register, Some(&vnta), None));
        assert!(!here.sees(&register, None, Some(&"it".parse().unwrap())));
        assert!(!here.sees_all());
    }

    #[test]
    fn nobody_may_only_what_is_public() {
        assert!(Caller::nobody().may(Permission::Public));
        assert!(!Caller::nobody().may(Permission::View));
        assert!(!Caller::nobody().may(Permission::SignedIn));
    }
}
