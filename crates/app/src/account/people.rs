//! Accounts made, changed and ended, and the second person for roles.
//!
//! - Source: R-ACC-01, R-ACC-02.
//! - Invariants: a role is given by two administrators, one who asks and one who approves, neither
//!   of whom is the person; taking a role away needs one. The one exception is the second
//!   administrator, whom the first must be able to make alone. Whoever may sign in anew by an
//!   administrator's link has no roles until another administrator gives them back.

use super::{Admin, Refusal, Token, event, name, note, password};
use crate::{App, AppError};
use oriel_policy::audit::Deed;
use oriel_policy::{Act, CONSOLE, Grant, Role, refuse_roles};
use oriel_store::{Account, AccountKind, NewAccount, Proposal, Tx};

/// An account to make.
#[derive(Clone, Copy, Debug)]
pub struct NewPerson<'a> {
    /// What is typed to sign in.
    pub login: &'a str,
    /// Name shown to colleagues.
    pub name: &'a str,
    /// Person or machine.
    pub kind: AccountKind,
    /// Roles wanted.
    pub roles: &'a [Role],
    /// The recipient it works for; the administrator's own unless said.
    pub compartment: Option<&'a str>,
}

/// An account as administrators see it.
#[derive(Clone, Debug)]
pub struct AccountView {
    /// The account.
    pub account: Account,
    /// How many sessions are open.
    pub sessions: usize,
}

pub(super) fn check_login(login: &str) -> Result<(), Refusal> {
    let shaped = (1..=64).contains(&login.len())
        && login
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b'@'));
    if shaped { Ok(()) } else { Err(Refusal::Login) }
}

pub(super) fn check_name(name: &str) -> Result<(), Refusal> {
    let shaped = (1..=128).contains(&name.chars().count()) && !name.chars().any(char::is_control);
    if shaped { Ok(()) } else { Err(Refusal::Name) }
}

pub(super) fn initials(name: &str) -> String {
    let firsts = name.split_whitespace().filter_map(|w| w.chars().next());
    firsts.take(4).collect()
}

fn names(roles: &[Role]) -> String {
    let names: Vec<&str> = roles.iter().map(|role| role.name()).collect();
    names.join(",")
}

impl App {
    /// Makes or changes an account from the console, with all its roles at once. A new one works for
    /// the default recipient.
    pub fn account_put(
        &self,
        login: &str,
        display: &str,
        roles: &[Role],
        password: Option<&str>,
    ) -> Result<Account, AppError> {
        self.account_put_for(None, login, display, roles, password)
    }

    /// The same for a recipient by its name.
    pub fn account_put_for(
        &self,
        compartment: Option<&str>,
        login: &str,
        display: &str,
        roles: &[Role],
        password: Option<&str>,
    ) -> Result<Account, AppError> {
        if let Some(named) = compartment {
            self.core.recipients_now()?.of(named)?;
        }
        check_login(login)?;
        check_name(display)?;
        let kind = match roles {
            [Role::Carrier] => AccountKind::Service,
            _ => AccountKind::Person,
        };
        check_roles(kind, roles)?;
        let hash = password
            .map(|password| password::hash(login, password))
            .transpose()?;
        self.core.store.write(|tx| {
            let known = tx.account_by_login(login)?;
            let compartment = match (compartment, &known) {
                (Some(named), _) => named.to_owned(),
                (None, Some(known)) => known.compartment.clone(),
                (None, None) => self.default_compartment(),
            };
            let id = match known {
                Some(known) => known.id,
                None => name("usr")?,
            };
            let account = Account {
                id,
                login: login.to_owned(),
                name: display.to_owned(),
                initials: initials(display),
                roles: roles.to_vec(),
                password: hash,
                kind,
                active: true,
                proposal: None,
                compartment,
            };
            // What an account may do is settled when a session is opened.
            tx.session_remove_all(&account.id, "")?;
            self.keep(tx, CONSOLE, Deed::AccountPut, &account, "ok")?;
            Ok(account)
        })
    }

    /// Every account, for administrators.
    pub fn accounts(&self, grant: &Grant) -> Result<Vec<AccountView>, AppError> {
        managing(grant)?;
        let now = self.now();
        let since = now
            .checked_sub(super::SESSION_IDLE)
            .unwrap_or(jiff::Timestamp::MIN);
        self.core.store.read(|tx| {
            let sessions = tx.session_list(None, now, since)?;
            let own = self.managed(grant.compartment());
            let shown =
                |account: &Account| own.as_ref().is_none_or(|own| account.compartment == *own);
            let accounts = tx.account_list()?.into_iter().filter(shown);
            let views = accounts.map(|account| {
                let open = sessions.iter().filter(|row| row.account == account.id);
                AccountView {
                    sessions: open.count(),
                    account,
                }
            });
            Ok(views.collect())
        })
    }

    /// The recipients for which an administrator may make accounts.
    pub fn recipients_managed(&self, grant: &Grant) -> Result<Vec<String>, AppError> {
        managing(grant)?;
        let names = self.compartments().into_iter().map(|known| known.name);
        Ok(match self.managed(grant.compartment()) {
            Some(own) => vec![own],
            None => names.collect(),
        })
    }

    /// One account, for administrators.
    pub fn account(&self, grant: &Grant, id: &str) -> Result<Account, AppError> {
        managing(grant)?;
        let account = self.core.store.read(|tx| found(tx, id))?;
        match self.managed(grant.compartment()) {
            Some(own) if own != account.compartment => {
                Err(oriel_store::StoreError::NotFound { what: "account" }.into())
            }
            _ => Ok(account),
        }
    }

    /// Makes an account whose roles wait for approval; a person gets a one-time link.
    pub fn account_invite(
        &self,
        admin: &Admin,
        new: NewPerson<'_>,
    ) -> Result<(Account, Option<Token>), AppError> {
        check_login(new.login)?;
        check_name(new.name)?;
        let apart = check_roles(new.kind, new.roles).map_err(AppError::from);
        self.noted(admin, Deed::AccountInvite, "", apart)?;
        let compartment = match (new.compartment, admin.compartment()) {
            (Some(named), _) => self.core.recipients_now()?.of(named)?.name.clone(),
            (None, Some(own)) => own.to_owned(),
            (None, None) => self.default_compartment(),
        };
        if !admin.manages(&compartment) {
            return Err(oriel_store::StoreError::NotFound { what: "recipient" }.into());
        }
        self.core.store.write(|tx| {
            if tx.account_by_login(new.login)?.is_some() {
                return Err(Refusal::LoginTaken.into());
            }
            let mut account = Account {
                id: name("usr")?,
                login: new.login.to_owned(),
                name: new.name.to_owned(),
                initials: initials(new.name),
                roles: Vec::new(),
                password: None,
                kind: new.kind,
                active: true,
                proposal: None,
                compartment,
            };
            self.want(tx, admin, &mut account, new.roles)?;
            self.keep(tx, admin.id(), Deed::AccountInvite, &account, "ok")?;
            let link = match new.kind {
                AccountKind::Person => Some(self.link(tx, admin.id(), &account.id)?),
                AccountKind::Service => None,
            };
            Ok((account, link))
        })
    }

    /// Asks for the roles of an account: those taken away are gone at once, those added wait.
    pub fn account_roles(
        &self,
        admin: &Admin,
        id: &str,
        roles: &[Role],
    ) -> Result<Account, AppError> {
        let changed = self.core.store.write(|tx| {
            let mut account = self.other(tx, admin, id)?;
            check_roles(account.kind, roles)?;
            if self.administers(&account.roles) && !self.administers(roles) {
                self.not_the_last(tx)?;
            }
            self.want(tx, admin, &mut account, roles)?;
            tx.session_remove_all(id, "")?;
            self.keep(tx, admin.id(), Deed::AccountRoles, &account, "asked")?;
            Ok(account)
        });
        self.noted(admin, Deed::AccountRoles, id, changed)
    }

    /// Approves or refuses the roles that wait.
    pub fn account_roles_answer(
        &self,
        admin: &Admin,
        id: &str,
        approve: bool,
    ) -> Result<Account, AppError> {
        let answered = self.core.store.write(|tx| {
            let mut account = self.other(tx, admin, id)?;
            let Some(proposal) = account.proposal.take() else {
                return Err(Refusal::NothingProposed.into());
            };
            let said = if approve {
                if proposal.by == admin.id() {
                    return Err(Refusal::SamePerson.into());
                }
                check_roles(account.kind, &proposal.roles)?;
                account.roles = proposal.roles;
                // The new roles begin with a new session, whose secret nobody knew before.
                tx.session_remove_all(id, "")?;
                format!("approved by_other={}", proposal.by)
            } else {
                format!("refused by_other={}", proposal.by)
            };
            self.keep(tx, admin.id(), Deed::AccountRoles, &account, &said)?;
            Ok(account)
        });
        self.noted(admin, Deed::AccountRoles, id, answered)
    }

    /// Leaves an event where a rule on who may be what together, or on the second person, refused:
    /// overseers are told of it (R-DPO-04).
    fn noted<T>(
        &self,
        admin: &Admin,
        deed: Deed,
        object: &str,
        done: Result<T, AppError>,
    ) -> Result<T, AppError> {
        let code = match &done {
            Err(AppError::Account(Refusal::Pair(_) | Refusal::Kind)) => "roles-apart",
            Err(AppError::Account(Refusal::Own | Refusal::SamePerson)) => "second-person",
            _ => return done,
        };
        let detail = format!("denied {code}");
        let event = event(self.now(), admin.id(), deed, object, detail);
        self.core.store.write(|tx| note(tx, event))?;
        done
    }

    /// Gives a person a new link, because everything to sign in with is lost. What they signed in
    /// with is forgotten, and their roles wait for another administrator: otherwise a link would be
    /// a way to act as somebody else.
    pub fn account_reset(&self, admin: &Admin, id: &str) -> Result<(Account, Token), AppError> {
        self.core.store.write(|tx| {
            let mut account = self.other(tx, admin, id)?;
            if account.kind != AccountKind::Person {
                return Err(Refusal::Kind.into());
            }
            if self.administers(&account.roles) {
                self.not_the_last(tx)?;
            }
            let wanted = account
                .proposal
                .take()
                .map_or_else(|| account.roles.clone(), |proposal| proposal.roles);
            account.roles.clear();
            account.password = None;
            self.want(tx, admin, &mut account, &wanted)?;
            forget(tx, id)?;
            self.keep(tx, admin.id(), Deed::AccountReset, &account, "ok")?;
            let link = self.link(tx, admin.id(), id)?;
            Ok((account, link))
        })
    }

    /// Ends an account: nothing signs in to it any more. It stays, because the audit log names it.
    pub fn account_end(&self, admin: &Admin, id: &str) -> Result<Account, AppError> {
        self.core.store.write(|tx| {
            let mut account = self.other(tx, admin, id)?;
            if self.administers(&account.roles) {
                self.not_the_last(tx)?;
            }
            account.roles.clear();
            account.password = None;
            account.active = false;
            account.proposal = None;
            forget(tx, id)?;
            for key in tx.machine_key_list(id)? {
                tx.machine_key_revoke(id, &key.id, self.now())?;
            }
            self.keep(tx, admin.id(), Deed::AccountEnd, &account, "ok")?;
            Ok(account)
        })
    }

    /// An active account that is not the administrator's own.
    pub(super) fn other(
        &self,
        tx: &mut Tx<'_>,
        admin: &Admin,
        id: &str,
    ) -> Result<Account, AppError> {
        let account = found(tx, id)?;
        if !admin.manages(&account.compartment) {
            return Err(oriel_store::StoreError::NotFound { what: "account" }.into());
        }
        if !account.active {
            return Err(Refusal::Ended.into());
        }
        if account.id == admin.id() {
            return Err(Refusal::Own.into());
        }
        Ok(account)
    }

    /// Sets what can be set now and lets the rest wait.
    fn want(
        &self,
        tx: &mut Tx<'_>,
        admin: &Admin,
        account: &mut Account,
        roles: &[Role],
    ) -> Result<(), AppError> {
        let now = self.now();
        account.roles.retain(|role| roles.contains(role));
        account.proposal = None;
        let second_administrator = self.administers(roles) && self.administrators(tx)? == 1;
        if admin.is_console() || second_administrator {
            account.roles = roles.to_vec();
        } else if roles.iter().any(|role| !account.roles.contains(role)) {
            account.proposal = Some(Proposal {
                roles: roles.to_vec(),
                by: admin.id().to_owned(),
                at: now,
            });
        }
        Ok(())
    }

    fn keep(
        &self,
        tx: &mut Tx<'_>,
        by: &str,
        deed: Deed,
        account: &Account,
        said: &str,
    ) -> Result<(), AppError> {
        let now = self.now();
        tx.account_put(NewAccount { account, at: now })?;
        let mut detail = format!(
            "{said} roles={} for={}",
            names(&account.roles),
            account.compartment
        );
        if let Some(proposal) = &account.proposal {
            detail += &format!(" wanted={}", names(&proposal.roles));
        }
        note(tx, event(now, by, deed, &account.id, detail))
    }

    fn not_the_last(&self, tx: &mut Tx<'_>) -> Result<(), AppError> {
        if self.administrators(tx)? <= 1 {
            return Err(Refusal::LastAdministrator.into());
        }
        Ok(())
    }
}

/// Refuses roles that one account cannot have together.
fn check_roles(kind: AccountKind, roles: &[Role]) -> Result<(), Refusal> {
    let machine = roles.contains(&Role::Carrier);
    let alone = roles == [Role::Carrier];
    match kind {
        AccountKind::Service if !alone => return Err(Refusal::Kind),
        AccountKind::Person if machine => return Err(Refusal::Kind),
        _ => {}
    }
    Ok(refuse_roles(roles)?)
}

fn managing(grant: &Grant) -> Result<(), AppError> {
    if grant.act() == Act::AccountManage {
        Ok(())
    } else {
        Err(oriel_store::StoreError::WrongGrant.into())
    }
}

fn found(tx: &mut Tx<'_>, id: &str) -> Result<Account, AppError> {
    let account = tx.account_by_id(id)?;
    Ok(account.ok_or(oriel_store::StoreError::NotFound { what: "account" })?)
}

/// Forgets everything that a person signs in with, and ends every session.
fn forget(tx: &mut Tx<'_>, id: &str) -> Result<(), AppError> {
    tx.session_remove_all(id, "")?;
    tx.link_remove(id)?;
    tx.totp_remove(id)?;
    for key in tx.passkey_list(id)? {
        tx.passkey_remove(id, &key.id)?;
    }
    for identity in tx.identity_list(id)? {
        tx.identity_unlink(id, &identity.issuer)?;
    }
    Ok(())
}
