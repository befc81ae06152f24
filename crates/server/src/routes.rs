//! The addresses under `/api/v1`, one file a noun.

use crate::state::State;
use axum::extract::DefaultBodyLimit;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) mod account;
pub(crate) mod accounts;
pub(crate) mod carriers;
pub(crate) mod cases;
pub(crate) mod compat;
pub(crate) mod flights;
pub(crate) mod infringements;
pub(crate) mod lists;
pub(crate) mod matching;
pub(crate) mod messages;
pub(crate) mod oversight;
pub(crate) mod passkeys;
pub(crate) mod profiles;
pub(crate) mod providers;
pub(crate) mod pushes;
pub(crate) mod quality;
pub(crate) mod rights;
pub(crate) mod schedules;
pub(crate) mod selections;
pub(crate) mod session;
pub(crate) mod statistics;
pub(crate) mod stream;
pub(crate) mod travellers;
pub(crate) mod unmask;

/// Every address of the API.
pub(crate) fn all() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(session::begin, session::show, session::end))
        .routes(routes!(session::first))
        .routes(routes!(session::ways))
        .routes(routes!(session::prove))
        .routes(routes!(passkeys::ask))
        .routes(routes!(passkeys::answer))
        .routes(routes!(passkeys::prove))
        .routes(routes!(passkeys::prove_answer))
        .routes(routes!(providers::go))
        .routes(routes!(providers::back))
        .routes(routes!(providers::prove))
        .routes(routes!(account::show))
        .routes(routes!(passkeys::add))
        .routes(routes!(passkeys::add_answer))
        .routes(routes!(passkeys::remove))
        .routes(routes!(providers::add, providers::remove))
        .routes(routes!(account::end_session))
        .routes(routes!(account::set_password))
        .routes(routes!(
            account::offer_totp,
            account::confirm_totp,
            account::remove_totp
        ))
        .routes(routes!(account::renew_recovery))
        .routes(routes!(accounts::list, accounts::invite))
        .routes(routes!(accounts::end))
        .routes(routes!(accounts::set_roles))
        .routes(routes!(accounts::answer_roles))
        .routes(routes!(accounts::reset))
        .routes(routes!(accounts::end_sessions))
        .routes(routes!(accounts::keys, accounts::make_key))
        .routes(routes!(accounts::revoke_key))
        .routes(routes!(cases::queue))
        .routes(routes!(cases::show))
        .routes(routes!(cases::claim))
        .routes(routes!(cases::release))
        .routes(routes!(cases::decide))
        .routes(routes!(cases::reasons))
        .routes(routes!(flights::list))
        .routes(routes!(flights::show))
        .routes(routes!(travellers::show))
        .routes(routes!(messages::receive))
        .routes(routes!(messages::rehearse))
        .routes(routes!(messages::show))
        .merge(lists())
        .routes(routes!(matching::ask))
        .routes(routes!(unmask::list, unmask::ask))
        .routes(routes!(unmask::show))
        .routes(routes!(unmask::decide))
        .routes(routes!(unmask::read))
        .routes(routes!(unmask::holds, unmask::place))
        .routes(routes!(unmask::held))
        .routes(routes!(unmask::hold_review))
        .routes(routes!(unmask::links))
        .routes(routes!(unmask::link_review))
        .routes(routes!(rights::list, rights::open))
        .routes(routes!(rights::show))
        .routes(routes!(rights::search))
        .routes(routes!(rights::answer))
        .routes(routes!(rights::refuse))
        .routes(routes!(rights::correct))
        .routes(routes!(rights::erase))
        .routes(routes!(rights::redress))
        .routes(routes!(oversight::inbox))
        .routes(routes!(oversight::waiting))
        .routes(routes!(oversight::answer))
        .routes(routes!(oversight::page))
        .routes(routes!(oversight::export))
        .routes(routes!(oversight::prove))
        .routes(routes!(oversight::prove_month))
        .routes(routes!(oversight::chain))
        .routes(routes!(oversight::sweeps))
        .routes(routes!(profiles::list, profiles::propose))
        .routes(routes!(profiles::show))
        .routes(routes!(profiles::activate))
        .merge(carriers())
        .routes(routes!(schedules::list, schedules::put))
        .routes(routes!(schedules::end))
        .routes(routes!(schedules::expected))
        .routes(routes!(selections::list, selections::propose))
        .routes(routes!(selections::approve))
        .routes(routes!(selections::end))
        .routes(routes!(statistics::show))
        .routes(routes!(statistics::csv))
        .routes(routes!(stream::stream))
}

/// Lists are longer than anything else that is sent here.
fn lists() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(lists::list, lists::propose))
        .routes(routes!(lists::check))
        .routes(routes!(lists::activate))
        .routes(routes!(lists::roll_back))
        .layer(DefaultBodyLimit::max(lists::BODY_LIMIT))
}

/// Who sends.
fn carriers() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(carriers::list, carriers::enrol))
        .routes(routes!(carriers::own))
        .routes(routes!(carriers::seen))
        .routes(routes!(carriers::show, carriers::change))
        .routes(routes!(carriers::set_status))
        .routes(routes!(carriers::contacts))
        .routes(routes!(carriers::add_channel))
        .routes(routes!(carriers::end_channel))
        .routes(routes!(carriers::certify))
        .routes(routes!(pushes::list, pushes::ask))
        .routes(routes!(pushes::decide))
        .routes(routes!(quality::show))
        .routes(routes!(infringements::show))
}
