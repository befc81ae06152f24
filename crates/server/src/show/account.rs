//! Accounts, sessions and keys on the wire. No secret but one just made.

use super::instant;
use crate::views::account as view;
use crate::views::session::User;
use jiff::Timestamp;
use oriel_app::Session;
use oriel_policy::Role;
use oriel_store::{Account, AccountKind, MachineKey, SessionRow};

pub(crate) fn user(account: &Account) -> User {
    User {
        id: account.id.clone(),
        name: account.name.clone(),
        initials: account.initials.clone(),
        roles: roles(&account.roles),
    }
}

pub(crate) fn roles(roles: &[Role]) -> Vec<String> {
    roles.iter().map(|role| role.name().to_owned()).collect()
}

pub(crate) fn open_session(row: &SessionRow, asking: &Session) -> view::OpenSession {
    view::OpenSession {
        id: row.id.clone(),
        how: row.how.clone(),
        device: row.device.clone(),
        began: instant(&row.created_at),
        seen: instant(&row.seen_at),
        ends: instant(&row.expires_at),
        current: row.id == asking.row.id,
    }
}

/// `login_of` names the account of an identifier.
pub(crate) fn account(
    account: &Account,
    sessions: usize,
    asking: &Session,
    login_of: &dyn Fn(&str) -> String,
) -> view::Account {
    let me = &asking.account.id;
    view::Account {
        id: account.id.clone(),
        login: account.login.clone(),
        name: account.name.clone(),
        kind: match account.kind {
            AccountKind::Person => view::Kind::Person,
            AccountKind::Service => view::Kind::Service,
        },
        active: account.active,
        roles: roles(&account.roles),
        proposal: account.proposal.as_ref().map(|proposal| view::Proposal {
            roles: roles(&proposal.roles),
            by: login_of(&proposal.by),
            at: instant(&proposal.at),
            mine: proposal.by == *me || account.id == *me,
        }),
        recipient: account.compartment.clone(),
        sessions: sessions as u64,
        me: account.id == *me,
    }
}

pub(crate) fn machine_key(key: &MachineKey, now: Timestamp) -> view::MachineKey {
    view::MachineKey {
        id: key.id.clone(),
        kind: key.kind.name().to_owned(),
        name: key.name.clone(),
        made: instant(&key.created_at),
        expires: instant(&key.expires_at),
        used: key.used_at.as_ref().map(instant),
        revoked: key.revoked_at.as_ref().map(instant),
        counts: key.revoked_at.is_none() && key.expires_at > now,
    }
}
